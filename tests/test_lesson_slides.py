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
from small_lesson import ASKED, BEATS, FPS, FRAMES, HEIGHT, SAID, SLUGS, TITLES, WIDTH, level, make_small_lesson

from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.slide_deck import (
    BeatSlide,
    BeatVideo,
    ClipSegments,
    ClipTitleSlide,
    QuestionSlide,
    Slide,
    TitleSlide,
    deck_of,
)
from edgeglow.lesson.slides import check_slides, split_clips, write_slides
from edgeglow.lesson.split_clip import SplitTask
from edgeglow.model.errors import EdgeglowError

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


# -- segments --------------------------------------------------------------------------------------------------


def test_a_clip_is_cut_to_the_frame(made: Made) -> None:
    lesson, reveal, _ = made
    for edition in lesson.editions:
        for slug in SLUGS:
            files = sorted((reveal / edition.language).glob(f"{slug}-*.mp4"))
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
    colour = SplitTask(tmp_path / "clips/en/bias.mp4", ends, targets)(told.append)
    assert is_close(brightness(targets[0]), range(10))
    assert is_close(brightness(targets[1]), range(10, 11)) or is_close(brightness(targets[1]), range(9, 10))
    assert brightness(targets[2])[-1] == pytest.approx(level(FRAMES - 1), abs=3)
    assert is_close(brightness(targets[3]), range(FRAMES - 1, FRAMES))
    assert sum(told) == FRAMES
    assert [abs(int(colour[place : place + 2], 16) - level(FRAMES - 1)) < 4 for place in (1, 3, 5)] == [True] * 3


def test_pieces_are_used_again(made: Made, tmp_path: Path) -> None:
    lesson = make_small_lesson(tmp_path / "lesson")
    told: list[int] = []
    first = split_clips(lesson, tmp_path / "lesson", tmp_path / "cuts", report=told.append)
    assert sum(told) == 4 * SPANS[-1][1]
    again = split_clips(lesson, tmp_path / "lesson", tmp_path / "cuts", report=told.append)
    assert sum(told) == 4 * SPANS[-1][1]
    assert again == first


def test_a_clip_that_is_none_is_one_line(tmp_path: Path) -> None:
    lesson = make_small_lesson(tmp_path / "lesson")
    (tmp_path / "lesson/clips/ko/bias.mp4").write_bytes(b"no video")
    with pytest.raises(EdgeglowError, match=r"bias\.mp4: cannot be read as a video"):
        write_slides(lesson, tmp_path / "lesson", tmp_path / "deck", "slides")
    assert not list(tmp_path.glob(".cuts*"))


def test_without_python_pptx_it_is_one_line(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    line = r"^presentations are made with python-pptx, which is not installed\. Install it: pip install .*$"
    with pytest.raises(EdgeglowError, match=line):
        check_slides()
    with pytest.raises(EdgeglowError, match=line):
        write_slides(made[0], tmp_path, tmp_path / "deck", "powerpoint")


def test_the_picture_of_a_piece_is_its_last_frame(made: Made) -> None:
    """No black posters: pages that cannot play show what a beat ends with."""
    for still in made[1].glob("en/*.jpg"):
        with Image.open(still) as picture:
            assert picture.size == (WIDTH, HEIGHT)
            number = int(still.stem.split("-")[1]) - 1
            assert abs(picture.convert("L").getpixel((80, 45)) - level(SPANS[number][1] - 1)) < 4


# -- notes ----------------------------------------------------------------------------------------------------


def slides_of(lesson: Lesson, language: str = "en") -> list[Slide]:
    """The slides of an edition, their films uncut."""
    edition = lesson.editions[language == "ko"]
    video = BeatVideo(Path("film.mp4"), Path("film.jpg"))
    segments = {(language, slug): ClipSegments((video,) * len(BEATS), "#1e1e1e") for slug in SLUGS}
    return [slide for section in deck_of(edition, segments).sections for slide in section.slides]


ORDER = [ClipTitleSlide, BeatSlide, QuestionSlide, QuestionSlide, BeatSlide, BeatSlide, QuestionSlide, QuestionSlide]


def test_there_is_a_slide_for_all_that_is_told_and_asked(made: Made) -> None:
    for edition in made[0].editions:
        slides = slides_of(made[0], edition.language)
        assert [type(slide) for slide in slides] == [TitleSlide, *ORDER, *ORDER]
        assert [slide.is_answered for slide in slides if isinstance(slide, QuestionSlide)] == [False, True] * 4
        said, (ask, choices, why) = SAID[edition.language], ASKED[edition.language]
        title, opening, film, asked, answered = slides[:5]
        assert isinstance(opening, ClipTitleSlide)
        assert title.notes.split("\n") == [edition.title, *(clip.title for clip in edition.clips)]
        assert opening.notes == f"{edition.clips[0].claim}\n\n{edition.clips[0].description}"
        assert film.notes == said["given"]
        assert asked.notes == f"{ask} (pixels/given)\n– {choices[0]}\n– {choices[1]}\n✓ {choices[2]}\n{why}"
        assert answered.notes == asked.notes


def test_a_clip_without_words_is_one_film(made: Made, tmp_path: Path) -> None:
    lesson = make_small_lesson(tmp_path / "lesson")
    edition = lesson.editions[0]
    silent = replace(edition.clips[0], sentences=(), questions=())
    lesson = replace(lesson, editions=(replace(edition, clips=(silent,)),))
    segments = split_clips(lesson, tmp_path / "lesson", tmp_path / "cuts")
    _, (_, film) = (section.slides for section in deck_of(lesson.editions[0], segments).sections)
    assert isinstance(film, BeatSlide)
    assert film.notes == silent.claim
    assert is_close(brightness(film.beat.video), range(FRAMES))


# -- in a browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


SHOWN = "Reveal.getCurrentSlide().slideBackgroundContentElement.querySelector('video')"


def open_deck(
    browser: Browser, deck: Path, strays: list[str], said: list[str], query: str = "", **options: Any
) -> Page:
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    page.on(
        "request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or strays.append(request.url)
    )
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{deck.as_uri()}{query}")
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    return page


@pytest.mark.parametrize(("language", "name"), [("en", "index.html"), ("ko", "ko.html")])
def test_a_deck_plays_from_a_file_without_a_network(made: Made, browser: Browser, language: str, name: str) -> None:
    strays: list[str] = []
    said: list[str] = []
    page = open_deck(browser, made[1] / name, strays, said)
    assert (page.title(), page.get_attribute("html", "lang")) == (TITLES[language]["lesson"], language)
    slides = slides_of(made[0], language)
    assert page.evaluate("Reveal.getTotalSlides()") == len(slides)
    films = 0
    for slide in slides:
        shown = page.locator("section.present section.present")
        note = slide.notes.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert page.evaluate("Reveal.getSlideNotes().replace(/<br>\\n/g, '\\n')").strip() == note
        if isinstance(slide, BeatSlide):
            start, end = SPANS[films % len(BEATS)]
            page.wait_for_function(f"{SHOWN}?.ended")  # begins by itself, plays to its end, and stays there
            seconds = page.evaluate(f"[{SHOWN}.currentTime, {SHOWN}.duration, {SHOWN}.videoWidth]")
            assert seconds == pytest.approx([(end - start) / FPS, (end - start) / FPS, WIDTH], abs=0.02)
            assert shown.locator(".said").inner_text() == slide.said
            films += 1
        elif isinstance(slide, QuestionSlide):
            assert shown.locator("h3").inner_text() == slide.question.ask
            ticked = [choice + " ✓" * (slide.is_answered and number == 2)
                      for number, choice in enumerate(slide.question.choices)]  # fmt: skip
            assert shown.locator("li").all_inner_texts() == ticked
            assert (slide.question.why in shown.inner_text()) == slide.is_answered
        else:
            assert shown.locator("h1, h2").inner_text() == slide.title
        page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.isLastSlide()")
    assert (strays, said) == ([], [])
    page.context.close()


FIRST_FILM = "#/1/1"


def test_it_prints_as_it_is_shown(made: Made, browser: Browser, tmp_path: Path) -> None:
    """A page for each slide: the films' last frames, and no black first page."""
    page = open_deck(browser, made[1] / "index.html", [], [], query="?print-pdf")
    page.wait_for_function("document.querySelectorAll('.pdf-page').length > 0")
    slides = slides_of(made[0])
    assert page.locator(".pdf-page").count() == len(slides)
    assert page.locator(".pdf-page .still:visible").count() == 2 * len(BEATS)
    assert page.locator(".pdf-page video:visible").count() == 0
    for number, place in ((0, 2), (1, 5)):
        picture = page.locator(".pdf-page").nth(place)
        picture.scroll_into_view_if_needed()
        with Image.open(BytesIO(picture.screenshot())) as shot:
            middle = shot.convert("L").getpixel((shot.width // 2, shot.height // 3))
        assert abs(middle - level(SPANS[number][1] - 1)) < 5, place
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.count(b"/Type /Page\n") == len(slides)
    page.context.close()


def test_a_slide_is_played_again_and_its_last_frame_is_seen(made: Made, browser: Browser) -> None:
    page = open_deck(browser, made[1] / "index.html", [], [], FIRST_FILM)
    page.wait_for_function(f"{SHOWN}?.ended")
    with Image.open(BytesIO(page.screenshot())) as picture:
        assert abs(picture.convert("L").getpixel((640, 360)) - level(SPANS[0][1] - 1)) < 5
    page.keyboard.press("r")
    page.wait_for_function(f"!{SHOWN}.ended")
    page.wait_for_function(f"{SHOWN}.ended")
    page.context.close()


def test_who_wants_no_motion_starts_it_by_hand(made: Made, browser: Browser) -> None:
    page = open_deck(browser, made[1] / "index.html", [], [], FIRST_FILM, reduced_motion="reduce")
    page.wait_for_function(f"{SHOWN}?.readyState >= 2")
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{SHOWN}.paused, {SHOWN}.currentTime]") == [True, 0]
    page.keyboard.press("r")
    page.wait_for_function(f"{SHOWN}.ended")
    page.context.close()


def test_beside_the_film_there_is_its_own_colour(made: Made, browser: Browser) -> None:
    last = "#/1/5"
    page = open_deck(browser, made[1] / "index.html", [], [], last, viewport={"width": 900, "height": 300})
    page.wait_for_function(f"{SHOWN}?.ended")
    with Image.open(BytesIO(page.screenshot())) as picture:
        colours = [picture.convert("RGB").getpixel((x, 20)) for x in (5, 450, 895)]
    assert colours[0] == colours[1] == colours[2]
    page.keyboard.press("Escape")
    page.wait_for_timeout(100)
    with Image.open(BytesIO(page.screenshot())) as picture:
        assert picture.convert("RGB").getpixel((5, 20)) == colours[0]  # around the overview, too
    page.context.close()
