"""The pages of a SCORM package as students have them: what counts as watched, what they see, a chapter at a time."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from browser import browser, made
from playwright.sync_api import Browser, Frame, Locator
from small_lesson import SLUGS
from test_lesson_scorm import ADL, CP, HERE, Platform, schema

from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.scorm import MANIFEST, Scoring, write_scorm
from edgeglow.lesson.web_server import serve_folder

__all__ = ["browser", "made", "schema"]  # fixtures

Packed = dict[str, Path]


@pytest.fixture(scope="module")
def packed(made: tuple[Lesson, Path], tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """A package as one activity, and one with an activity for each chapter, each unpacked beside a platform."""
    lesson, folder = made
    base = tmp_path_factory.mktemp("packed")
    found = {}
    for name, scoring in (("whole", Scoring()), ("chapters", Scoring(80, by_chapter=True))):
        with zipfile.ZipFile(write_scorm(lesson, folder, base / f"{name}.zip", scoring)) as archive:
            archive.extractall(base / name / "lesson")
        found[name] = base / name
        (base / name / "index.html").write_bytes((HERE / "fixtures" / "lms.html").read_bytes())
    return found


@pytest.fixture
def platform(packed: Packed, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Platform]:
    with serve_folder(packed["whole"]) as address:
        platform = Platform(browser.new_page(locale="en-GB"))
        platform.page.goto(f"{address}?mastery=60")
        yield platform
        assert platform.said == []
        platform.page.close()


def video_in(frame: Frame, slug: str = SLUGS[0]) -> Locator:
    return frame.locator(f'.edition:not([hidden]) [data-clip="{slug}"] video')


def is_watched(frame: Frame, slug: str = SLUGS[0]) -> bool:
    return bool(frame.evaluate("(slug) => Progress.watched.has(slug)", slug))


PLAYED = "async (video) => { Settings.stops = false; await video.play(); %s }"
END = "await new Promise((done) => video.addEventListener('ended', done, { once: true }));"


@pytest.mark.parametrize(
    "drag",
    [
        "video.currentTime = video.duration - 0.2;",
        "for (let now = 0; now < video.duration; now += 0.1)"
        " { video.currentTime = now; await new Promise((done) => setTimeout(done, 10)); }",
        "for (let now = 0; now < video.duration; now += 0.02) { video.currentTime = now; }",
    ],
    ids=["jump", "drag", "quick drag"],
)
def test_a_drag_to_the_end_is_not_watching(platform: Platform, drag: str) -> None:
    frame = platform.launch()
    video = video_in(frame)
    video.evaluate(PLAYED % f"{{ const end = {END.removeprefix('await ')[:-1]}; {drag} await end; }}")
    assert not is_watched(frame)
    assert platform.leave()["kept"]["cmi.core.lesson_status"] == "incomplete"


def test_what_was_played_in_two_visits_counts(platform: Platform) -> None:
    """Half of it today and the rest tomorrow, at double speed, is all of it; the first half twice is not."""
    frame = platform.launch()
    to_half = "while (video.currentTime < 1.7) await new Promise((done) => setTimeout(done, 20)); video.pause();"
    for _ in range(2):
        video_in(frame).evaluate(PLAYED % f"video.currentTime = 0; {to_half}")
    kept = platform.leave()["kept"]["cmi.suspend_data"]
    assert re.search(r"\|pixels:0(\.0\d+)?-0\.[56]\d*$", kept), kept
    frame = platform.launch()
    assert not is_watched(frame)
    video_in(frame).evaluate(PLAYED % f"video.playbackRate = 2; video.currentTime = 1.5; {END}")
    assert is_watched(frame)
    assert platform.leave()["kept"]["cmi.suspend_data"].split("|")[1:] == ["1-", "----", ""]


def test_students_see_nothing_that_is_for_teachers(platform: Platform) -> None:
    frame = platform.launch()
    assert frame.locator(".sharing, .snippet").count() == 0
    assert "Use this clip in a course" not in frame.locator("body").inner_text()
    assert frame.locator(".unsaved:visible").count() == 0
    platform.page.evaluate("lms.api.state = 'finished'")
    for language, word in (("en", "not being saved"), ("ko", "저장되지 않고")):
        frame.locator(f'.edition:not([hidden]) [data-language="{language}"]').click()
        frame.evaluate("Progress.watch('bias')")
        assert word in frame.locator(".unsaved:visible").inner_text()


def test_each_chapter_can_be_an_activity_of_its_own(
    packed: Packed, browser: Browser, schema: xmlschema.XMLSchema10
) -> None:
    folder = packed["chapters"] / "lesson"
    schema.validate(folder / MANIFEST)
    root = ElementTree.parse(folder / MANIFEST).getroot()
    resources = {one.attrib["identifier"]: one for one in root.iter(f"{CP}resource")}
    items = list(root.iter(f"{CP}item"))
    assert [item.findtext(f"{CP}title") for item in items] == ["Pixels", "Bias"]
    assert [item.findtext(f"{ADL}masteryscore") for item in items] == ["80", "80"]
    listed = [one.attrib["href"] for one in root.iter(f"{CP}file")]
    own = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    assert (set(listed), len(listed)) == (own, len(own))
    with serve_folder(packed["chapters"]) as address:
        for slug, item in zip(SLUGS, items, strict=True):
            resource = resources[item.attrib["identifierref"]]
            assert resource.attrib["href"] == f"{slug}.html"
            (dependency,) = resource.iter(f"{CP}dependency")
            assert resources[dependency.attrib["identifierref"]].attrib[f"{ADL}scormtype"] == "asset"
            platform = Platform(browser.new_page(locale="en-GB"))
            platform.page.goto(f"{address}?mastery=80&page={slug}.html")
            frame = platform.launch()
            assert frame.evaluate("window.edgeglow.clips") == [slug]
            video_in(frame, slug).evaluate(PLAYED % END)
            for question in frame.evaluate("window.edgeglow.questions"):
                frame.evaluate("({ clip, beat, right }) => Progress.answer(clip, beat, right, true)", question)
            left = platform.leave()["kept"]
            assert (left["cmi.core.lesson_status"], left["cmi.core.score.raw"]) == ("passed", "100")
            assert platform.said == []
            platform.page.close()
