"""Slides: one for each beat, cut to the frame, with notes; decks that play in a browser without a network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
from browser import launched
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from pptx import Presentation
from small_lesson import (
    ASKED,
    BEATS,
    FPS,
    FRAMES,
    HEIGHT,
    SAID,
    SLUGS,
    TITLES,
    WIDTH,
    level,
    make_small_lesson,
)

from lesson.cutting import Cut
from lesson.material import Lesson
from lesson.slides import check_slides, cut, notes_of, write_slides
from model.errors import EdgeglowError

Made = tuple[Lesson, Path, Path]
# Where each slide begins and ends, in frames of the clip: all of it up to the last beat's end
SPANS = [(0, 7), (7, 20), (20, 26)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A lesson, the folder of its deck for browsers, and that of its presentations."""
    base = tmp_path_factory.mktemp("slides")
    lesson = make_small_lesson(base / "lesson")
    reveal = write_slides(lesson, base / "lesson", base / "reveal deck", "slides", cuts=base / "cuts")
    power = write_slides(lesson, base / "lesson", base / "powerpoint", "powerpoint", cuts=base / "cuts")
    return lesson, reveal, power


def brightness(video: Path | BytesIO) -> list[int]:
    """How bright each frame is."""
    with av.open(video if isinstance(video, BytesIO) else str(video)) as source:
        return [round(frame.to_ndarray(format="rgb24").mean()) for frame in source.decode(video=0)]


def is_close(found: list[int], frames: range) -> bool:
    """Are these those frames, and no others? Neighbours are six levels apart."""
    return len(found) == len(frames) and all(
        abs(one - level(frame)) < 3 for one, frame in zip(found, frames, strict=True)
    )


# -- pieces ---------------------------------------------------------------------------------------------------


def test_a_clip_is_cut_to_the_frame(made: Made) -> None:
    lesson, reveal, _ = made
    for edition in lesson.editions:
        for number, slug in enumerate(SLUGS):
            files = sorted((reveal / edition.language).glob(f"s{number}_{slug}-*.mp4"))
            assert [file.stem.split("-")[-1] for file in files] == list(BEATS)
            for file, (start, end) in zip(files, SPANS, strict=True):
                assert is_close(brightness(file), range(start, end)), file
                with av.open(str(file)) as source:
                    stream = source.streams.video[0]
                    assert (stream.width, stream.height, stream.codec_context.name) == (WIDTH, HEIGHT, "h264")
                    assert abs(float(source.duration) / av.time_base - (end - start) / FPS) < 0.01
                    assert next(source.decode(stream)).time == 0
                content = file.read_bytes()
                assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_beats_that_end_after_the_clip_still_have_a_picture(tmp_path: Path) -> None:
    make_small_lesson(tmp_path)
    targets = tuple(tmp_path / f"{number}.mp4" for number in range(4))
    told: list[int] = []
    ends = (1.0, 1.01, FRAMES / FPS, 9.0)
    colour = Cut(tmp_path / "clips/en/bias.mp4", ends, targets)(told.append)
    assert is_close(brightness(targets[0]), range(10))
    assert is_close(brightness(targets[1]), range(10, 11)) or is_close(brightness(targets[1]), range(9, 10))
    assert brightness(targets[2])[-1] == pytest.approx(level(FRAMES - 1), abs=3)
    assert is_close(brightness(targets[3]), range(FRAMES - 1, FRAMES))
    assert sum(told) == FRAMES
    assert [abs(int(colour[place : place + 2], 16) - level(FRAMES - 1)) < 4 for place in (1, 3, 5)] == [
        True
    ] * 3


def test_pieces_are_used_again(made: Made, tmp_path: Path) -> None:
    lesson = make_small_lesson(tmp_path / "lesson")
    told: list[int] = []
    first = cut(lesson, tmp_path / "lesson", tmp_path / "cuts", report=told.append)
    assert sum(told) == 4 * SPANS[-1][1]
    again = cut(lesson, tmp_path / "lesson", tmp_path / "cuts", report=told.append)
    assert sum(told) == 4 * SPANS[-1][1]
    assert again == first


def test_a_clip_that_is_none_is_one_line(tmp_path: Path) -> None:
    lesson = make_small_lesson(tmp_path / "lesson")
    (tmp_path / "lesson/clips/ko/bias.mp4").write_bytes(b"no video")
    with pytest.raises(EdgeglowError, match=r"bias\.mp4: cannot be read as a video"):
        write_slides(lesson, tmp_path / "lesson", tmp_path / "deck", "slides")
    assert not list(tmp_path.glob(".cuts*"))


def test_without_manim_slides_it_is_one_line(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "manim_slides.convert", None)
    line = r"^slides are made with manim-slides, but .* not installed\. Install it: pip install .*$"
    with pytest.raises(EdgeglowError, match=line):
        check_slides()
    with pytest.raises(EdgeglowError, match=line):
        write_slides(made[0], tmp_path, tmp_path / "deck", "slides")


# -- notes ----------------------------------------------------------------------------------------------------


def test_notes_say_what_is_said_and_asked(made: Made) -> None:
    for edition in made[0].editions:
        said, (ask, choices, why) = SAID[edition.language], ASKED[edition.language]
        asked = f"({SLUGS[0]}/given)\n– {choices[0]}\n– {choices[1]}\n✓ {choices[2]}\n{why}"
        assert notes_of(edition.clips[0])[:2] == [f"{said['given']}\n\n{ask} {asked}", said["shift"]]


def test_a_clip_without_words_is_one_slide(made: Made, tmp_path: Path) -> None:
    lesson = make_small_lesson(tmp_path / "lesson")
    edition = lesson.editions[0]
    silent = replace(edition.clips[0], sentences=(), questions=())
    lesson = replace(lesson, editions=(replace(edition, clips=(silent,)),))
    chapter = cut(lesson, tmp_path / "lesson", tmp_path / "cuts")["en", SLUGS[0]]
    assert [slide.notes for slide in chapter.slides] == [silent.claim]
    assert is_close(brightness(chapter.slides[0].video), range(FRAMES))


# -- in a browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


SHOWN = "Reveal.getCurrentSlide().slideBackgroundContentElement.querySelector('video')"


def open_deck(browser: Browser, deck: Path, strays: list[str], said: list[str], **options: Any) -> Page:
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    page.on(
        "request",
        lambda request: request.url.startswith(("file:", "data:", "blob:")) or strays.append(request.url),
    )
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(deck.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    return page


@pytest.mark.parametrize(("language", "name"), [("en", "index.html"), ("ko", "ko.html")])
def test_a_deck_plays_from_a_file_without_a_network(
    made: Made, browser: Browser, language: str, name: str
) -> None:
    strays: list[str] = []
    said: list[str] = []
    page = open_deck(browser, made[1] / name, strays, said)
    assert (page.title(), page.get_attribute("html", "lang")) == (TITLES[language]["lesson"], language)
    assert page.evaluate("Reveal.getTotalSlides()") == len(SLUGS) * len(BEATS)
    notes = [note for clip in made[0].editions[language == "ko"].clips for note in notes_of(clip)]
    for number, note in enumerate(notes):
        start, end = SPANS[number % len(BEATS)]
        page.wait_for_function(f"{SHOWN}?.ended")  # begins by itself, plays to its end, and stays there
        seconds = page.evaluate(f"[{SHOWN}.currentTime, {SHOWN}.duration, {SHOWN}.videoWidth]")
        assert seconds == pytest.approx([(end - start) / FPS, (end - start) / FPS, WIDTH], abs=0.02)
        slide = page.locator("section.present section.present")
        assert page.evaluate("Reveal.getSlideNotes().replace(/<br>\\n/g, '\\n')").strip() == (
            note.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        )
        assert slide.locator(".said").text_content() == note.split("\n")[0]
        page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.isLastSlide()")
    assert (strays, said) == ([], [])
    page.context.close()


def test_a_slide_is_played_again_and_its_last_frame_is_seen(made: Made, browser: Browser) -> None:
    page = open_deck(browser, made[1] / "index.html", [], [])
    page.wait_for_function(f"{SHOWN}?.ended")
    with Image.open(BytesIO(page.screenshot())) as picture:
        assert abs(picture.convert("L").getpixel((640, 360)) - level(SPANS[0][1] - 1)) < 5
    page.keyboard.press("r")
    page.wait_for_function(f"!{SHOWN}.ended")
    page.wait_for_function(f"{SHOWN}.ended")
    page.context.close()


def test_who_wants_no_motion_starts_it_by_hand(made: Made, browser: Browser) -> None:
    page = open_deck(browser, made[1] / "index.html", [], [], reduced_motion="reduce")
    page.wait_for_function(f"{SHOWN}?.readyState >= 2")
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{SHOWN}.paused, {SHOWN}.currentTime]") == [True, 0]
    page.keyboard.press("r")
    page.wait_for_function(f"{SHOWN}.ended")
    page.context.close()


def test_beside_the_film_there_is_its_own_colour(made: Made, browser: Browser) -> None:
    page = open_deck(browser, made[1] / "index.html", [], [], viewport={"width": 900, "height": 300})
    for _ in range(len(BEATS) - 1):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{SHOWN}?.ended")
    with Image.open(BytesIO(page.screenshot())) as picture:
        colours = [picture.convert("RGB").getpixel((x, 20)) for x in (5, 450, 895)]
    assert colours[0] == colours[1] == colours[2]
    page.keyboard.press("Escape")
    page.wait_for_timeout(100)
    with Image.open(BytesIO(page.screenshot())) as picture:
        assert picture.convert("RGB").getpixel((5, 20)) == colours[0]  # around the overview, too
    page.context.close()


# -- PowerPoint -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_presentation_has_slides_notes_and_films(made: Made, language: str) -> None:
    lesson, _, folder = made
    edition = lesson.editions[language == "ko"]
    deck = Presentation(str(folder / f"lesson-{language}.pptx"))
    about = deck.core_properties
    assert (about.title, about.author, about.language) == (edition.title, "edgeglow", language)
    assert deck.slide_width / deck.slide_height == pytest.approx(WIDTH / HEIGHT, abs=0.01)
    notes = [note for clip in edition.clips for note in notes_of(clip)]
    slides = list(deck.slides)
    assert [slide.notes_slide.notes_text_frame.text for slide in slides] == notes
    for number, slide in enumerate(slides):
        (film,) = slide.shapes
        assert (film.width, film.height) == (deck.slide_width, deck.slide_height)
        assert film._element.nvPicPr.cNvPr.get("descr") == notes[number].split("\n")[0]
        timing = slide._element.xpath(".//p:timing//p:video//*[@delay or @repeatCount]")
        assert [(one.get("delay"), one.get("repeatCount")) for one in timing] == [("0", None)]
        rels = slide.part.rels.values()
        (media,) = {rel.target_part.blob for rel in rels if rel.reltype.endswith(("/video", "/media"))}
        assert is_close(brightness(BytesIO(media)), range(*SPANS[number % len(BEATS)]))
