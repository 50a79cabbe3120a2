"""Presentations for PowerPoint: the same slides, each with a title, films that begin by themselves, and notes."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from pptx import Presentation
from small_lesson import ASKED, BEATS, HEIGHT, WIDTH, level
from test_lesson_slides import SPANS, Made, brightness, is_close, made, slides_of

from edgeglow.lesson.slide_deck import BeatSlide, ClipTitleSlide, QuestionSlide, Slide

__all__ = ["made"]  # a fixture


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_presentation_has_slides_notes_and_films(made: Made, language: str) -> None:
    lesson, _, folder = made
    edition = lesson.editions[language == "ko"]
    deck = Presentation(str(folder / f"lesson-{language}.pptx"))
    about = deck.core_properties
    assert (about.title, about.author, about.language) == (edition.title, "edgeglow", language)
    assert deck.slide_width / deck.slide_height == pytest.approx(WIDTH / HEIGHT, abs=0.01)
    wanted, pages = slides_of(lesson, language), list(deck.slides)
    assert [page.notes_slide.notes_text_frame.text for page in pages] == [slide.notes for slide in wanted]
    assert [page.shapes.title.text_frame.text for page in pages] == [titled(slide) for slide in wanted]
    films = [page for page, slide in zip(pages, wanted, strict=True) if isinstance(slide, BeatSlide)]
    for number, (page, slide) in enumerate(
        zip(films, [one for one in wanted if isinstance(one, BeatSlide)], strict=True)
    ):
        film, title = page.shapes
        assert (film.width, film.height) == (deck.slide_width, deck.slide_height)
        assert title.top > 0.8 * deck.slide_height
        assert film._element.nvPicPr.cNvPr.get("descr") == slide.said
        timing = page._element.xpath(".//p:timing//p:video//*[@delay or @repeatCount]")
        assert [(one.get("delay"), one.get("repeatCount")) for one in timing] == [("0", None)]
        rels = page.part.rels.values()
        (media,) = {rel.target_part.blob for rel in rels if rel.reltype.endswith(("/video", "/media"))}
        start, end = SPANS[number % len(BEATS)]
        assert is_close(brightness(BytesIO(media)), range(start, end))
        with Image.open(BytesIO(film.poster_frame.blob)) as poster:
            assert abs(poster.convert("L").getpixel((80, 45)) - level(end - 1)) < 4


def titled(slide: Slide) -> str:
    """What PowerPoint's outline calls a slide."""
    if isinstance(slide, BeatSlide):
        return slide.said
    if isinstance(slide, QuestionSlide):
        return slide.question.ask
    return f"{slide.number}  {slide.title}" if isinstance(slide, ClipTitleSlide) else slide.title


def test_a_presentation_asks_and_then_answers(made: Made) -> None:
    deck = Presentation(str(made[2] / "lesson-en.pptx"))
    asked, answered = ([shape.text_frame for shape in deck.slides[place].shapes][1] for place in (3, 4))
    choices = [f"{letter}.  {choice}" for letter, choice in zip("ABC", ASKED["en"][1], strict=True)]
    assert asked.text.split("\n") == choices
    assert answered.text.split("\n") == [*choices[:2], f"{choices[2]}  ✓", ASKED["en"][2]]
