"""PowerPoint presentation of a deck of slides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgeglow.lesson.slide_deck import (
    BeatSlide,
    ClipTitleSlide,
    QuestionSlide,
    Slide,
    SlideDeck,
    SlideSection,
    TitleSlide,
)

PIXEL = 9525  # in PowerPoint's units (EMU)
SHORT_SIDE = 720  # pixels, for all clips: PowerPoint's pages have a size, not a resolution
TITLE_ONLY = 5  # index of the layout with only a title in python-pptx's default template
# Boxes as shares of the page: left, top, width, height.
MIDDLE, BELOW_MIDDLE = (0.08, 0.28, 0.84, 0.2), (0.08, 0.5, 0.84, 0.4)
HEAD, BODY = (0.08, 0.08, 0.84, 0.26), (0.08, 0.36, 0.84, 0.56)
CAPTION = (0.04, 0.83, 0.92, 0.15)
LARGE, MEDIUM, SMALL = 44.0, 28.0, 22.0  # points
ROOM = 620.0  # characters of the medium size that fit into the body
RIGHT = "#3fae6a"


def write_powerpoint(deck: SlideDeck, target: Path) -> None:
    """Write the deck; videos start automatically, and each slide has a title for screen readers."""
    from pptx import Presentation
    from pptx.util import Emu

    presentation = Presentation()
    scale = SHORT_SIDE / min(deck.width, deck.height)
    presentation.slide_width = Emu(round(deck.width * scale) * PIXEL)
    presentation.slide_height = Emu(round(deck.height * scale) * PIXEL)
    about = presentation.core_properties
    about.title, about.author, about.language = deck.title, "edgeglow", deck.language
    about.last_modified_by = ""
    for section in deck.sections:
        for slide in section.slides:
            _SlideBuilder(presentation, section).fill(slide)
    presentation.save(str(target))


class _SlideBuilder:
    """Builder of one slide."""

    def __init__(self, presentation: Any, section: SlideSection) -> None:
        from pptx.dml.color import RGBColor

        self._wide, self._high = presentation.slide_width, presentation.slide_height
        self._slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE_ONLY])
        self._colour = lambda text: RGBColor.from_string(text.removeprefix("#").upper())
        self._ink = section.ink
        fill = self._slide.background.fill
        fill.solid()
        fill.fore_color.rgb = self._colour(section.background)

    def fill(self, slide: Slide) -> None:
        if isinstance(slide, TitleSlide):
            self._title(slide.title, MIDDLE, LARGE)
            self._words([" · ".join(slide.chapters)], BELOW_MIDDLE, SMALL)
        elif isinstance(slide, ClipTitleSlide):
            self._title(f"{slide.number}  {slide.title}", MIDDLE, LARGE)
            self._words([slide.claim], BELOW_MIDDLE, MEDIUM)
        elif isinstance(slide, BeatSlide):
            self._film(slide)
        else:
            self._question(slide)
        self._slide.notes_slide.notes_text_frame.text = slide.notes

    def _film(self, slide: BeatSlide) -> None:
        """Add the video over the whole page, and its sentence, as the slide's title, below it."""
        beat = slide.beat
        movie = self._slide.shapes.add_movie(
            str(beat.video), 0, 0, self._wide, self._high, str(beat.still), "video/mp4"
        )
        movie._element.nvPicPr.cNvPr.set("descr", slide.said)
        tree = self._slide.shapes._spTree
        tree.remove(movie._element)
        tree.insert(2, movie._element)  # behind the text
        for begin in self._slide._element.xpath(".//p:timing//p:video//p:cond"):
            begin.set("delay", "0")  # start automatically, not at a click
        self._title(slide.said, CAPTION, SMALL)

    def _question(self, slide: QuestionSlide) -> None:
        question = slide.question
        texts = [question.ask, *question.choices, question.why]
        size = MEDIUM * min(1.0, (ROOM / sum(map(len, texts))) ** 0.5)
        self._title(question.ask, HEAD, min(LARGE * 0.75, size * 1.2))
        lines = [f"{number}.  {choice}" for number, choice in zip("ABCDEFGHIJ", question.choices, strict=False)]
        frame = self._words(lines, BODY, size)
        if not slide.is_answered:
            return
        run = frame.paragraphs[question.right].runs[0]
        run.text, run.font.bold, run.font.color.rgb = f"{run.text}  ✓", True, self._colour(RIGHT)
        why = frame.add_paragraph()
        why.text = question.why
        self._set(why, size * 0.85)
        why.space_before = why.runs[0].font.size

    def _title(self, text: str, place: Sequence[float], size: float) -> None:
        title = self._slide.shapes.title
        title.left, title.top, title.width, title.height = self._at(place)
        self._write(title.text_frame, [text], size)

    def _words(self, lines: Sequence[str], place: Sequence[float], size: float) -> Any:
        box = self._slide.shapes.add_textbox(*self._at(place))
        self._write(box.text_frame, lines, size)
        if place is BELOW_MIDDLE:
            self._centred(box.text_frame)
        return box.text_frame

    def _at(self, place: Sequence[float]) -> tuple[int, int, int, int]:
        left, top, width, height = place
        return (
            round(left * self._wide),
            round(top * self._high),
            round(width * self._wide),
            round(height * self._high),
        )

    def _write(self, frame: Any, lines: Sequence[str], size: float) -> None:
        from pptx.enum.text import MSO_AUTO_SIZE

        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.text = line
            self._set(paragraph, size)

    def _set(self, paragraph: Any, size: float) -> None:
        from pptx.util import Pt

        for run in paragraph.runs:
            run.font.size = Pt(round(size))
            run.font.color.rgb = self._colour(self._ink)
        paragraph.space_after = Pt(round(size / 3))

    def _centred(self, frame: Any) -> None:
        from pptx.enum.text import PP_ALIGN

        for paragraph in frame.paragraphs:
            paragraph.alignment = PP_ALIGN.CENTER
