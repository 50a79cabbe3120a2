"""The clips of a lesson as they are watched, in a real browser, and in the page of a course."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import answer, visiting
from playwright.sync_api import Browser, expect

from edgeglow.lesson.embed_code import snippets_of
from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.web_server import serve_folder

pytest_plugins = ("browser",)

PHONE = {"width": 390, "height": 844}
RIGHT = 2  # see small_lesson.py


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("way", ["file", "server", "one"])
def test_clips_play_and_seek_with_captions_and_a_transcript_that_follows(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str], way: str, language: str
) -> None:
    lesson, _ = made
    (edition,) = (one for one in lesson.editions if one.language == language)
    with visiting(browser, f"{addresses[way]}?lang={language}", viewport=PHONE) as visit:
        expect(visit.page).to_have_title(edition.title)
        assert visit.page.evaluate("document.documentElement.lang") == language
        for clip in edition.clips:
            loaded = visit.video(clip.slug, "video.buffered.length")
            assert loaded == 0 or way == "one"  # there nothing is to be loaded
            visit.sentence(clip.slug, 1).click()
            visit.wait(clip.slug, "video.currentTime > 1.1 && !video.paused")
            assert visit.caption(clip.slug) == f"{language}: {clip.sentences[1].text}"
            expect(visit.sentence(clip.slug, 1)).to_have_attribute("aria-current", "true")
            visit.sentence(clip.slug, 2).click()
            visit.wait(clip.slug, "!video.seeking && video.currentTime >= 2 && !video.paused")
            expect(visit.sentence(clip.slug, 2)).to_have_attribute("aria-current", "true")
            expect(visit.sentence(clip.slug, 1)).not_to_have_attribute("aria-current", "true")
            assert visit.caption(clip.slug) == f"{language}: {clip.sentences[2].text}"
            visit.video(clip.slug, "video.pause()")


@pytest.mark.parametrize("way", ["file", "server", "one"])
def test_a_clip_far_from_the_window_can_be_jumped_into(browser: Browser, addresses: dict[str, str], way: str) -> None:
    """In one file its film is not there yet; elsewhere nothing of it is loaded."""
    with visiting(browser, addresses[way], viewport={"width": 390, "height": 100}) as visit:
        visit.page.evaluate("document.querySelector('#bias').style.marginTop = '5000px'")
        assert not visit.video("bias", "video.currentSrc && video.readyState")
        visit.sentence("bias", 1).evaluate("(button) => button.click()")
        visit.wait("bias", "!video.paused && video.currentTime > 1.1")


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_both_kinds_of_film_play(browser: Browser, addresses: dict[str, str], kind: str) -> None:
    with visiting(browser, addresses["file"]) as visit:
        other = {"mp4": "webm", "webm": "mp4"}[kind]
        visit.video("bias", f"video.querySelector('source[type$={other}]').remove()")
        visit.video("bias", "video.load()")
        visit.sentence("bias", 1).click()
        visit.wait("bias", f"video.currentTime > 1 && video.currentSrc.endsWith('.{kind}')")


def test_pictures_after_a_jump_are_those_of_the_moment(browser: Browser, addresses: dict[str, str]) -> None:
    """Frames tell their number by their brightness: see small_lesson.py."""
    with visiting(browser, addresses["server"]) as visit:
        visit.page.evaluate("Settings.stops = false")
        visit.sentence("pixels", 2).click()
        visit.wait("pixels", "video.currentTime > 2.0")
        visit.video("pixels", "(video.pause(), video.currentTime = 1.25, 0)")
        visit.wait("pixels", "!video.seeking && video.readyState >= 2")
        grey = visit.video(
            "pixels",
            "(() => { const canvas = document.createElement('canvas'); canvas.width = canvas.height = 8;"
            " const brush = canvas.getContext('2d'); brush.drawImage(video, 0, 0, 8, 8);"
            " return brush.getImageData(4, 4, 1, 1).data[0]; })()",
        )
        assert round((grey - 30) / 6) == 12


def test_the_box_moves_to_the_sentence_and_the_page_does_not(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"], viewport=PHONE, reduced_motion="reduce") as visit:
        page = visit.page
        box = page.locator(f"{visit.clip('pixels')} .box")
        box.evaluate("(box) => { box.style.maxHeight = '50px'; box.scrollIntoView({ block: 'center' }); }")
        before = page.evaluate("scrollY")
        visit.video("pixels", "(Settings.stops = false, video.play(), 0)")
        visit.wait("pixels", "video.currentTime > 2.1")
        assert box.evaluate("(box) => box.scrollTop") > 20
        inside = "(item) => { const box = item.closest('.box').getBoundingClientRect();"
        inside += " return item.getBoundingClientRect().top - box.top; }"
        assert 0 <= visit.sentence("pixels", 2).evaluate(inside) < 50
        assert page.evaluate("scrollY") == before


def test_one_clip_plays_at_a_time(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        for slug, other in (("pixels", "bias"), ("bias", "pixels")):
            visit.sentence(slug, 1).click()
            visit.wait(slug, "!video.paused && video.currentTime > 0.9")
            assert visit.video(other, "video.paused")


@pytest.mark.parametrize("width", [240, 480, 1280])
def test_a_clip_in_the_page_of_a_course_fills_its_frame(
    browser: Browser, made: tuple[Lesson, Path], width: int
) -> None:
    lesson, folder = made
    code = next(iter(snippets_of(lesson.editions[1].clips[1]))).text
    course = f'<!doctype html><title>Course</title><div style="width: {width}px">{code}</div>'
    (folder.parent / "index.html").write_text(course, encoding="utf-8")
    with (
        serve_folder(folder.parent) as address,
        visiting(browser, address, viewport={"width": 1300, "height": 900}) as visit,
    ):
        frame = visit.page.frame_locator("iframe")
        video = frame.locator("video")
        shape = video.bounding_box()
        assert shape is not None
        below = frame.locator(".controls").bounding_box()
        frames = visit.page.locator("iframe").bounding_box()
        assert below is not None and frames is not None
        assert shape["width"] == frames["width"] == width
        assert shape["height"] >= (0.7 if width < 400 else 0.9) * width * 9 / 16
        assert below["y"] >= shape["y"] + shape["height"]  # nothing lies over the picture
        assert below["y"] + below["height"] <= frames["y"] + frames["height"]
        fits = "document.documentElement.scrollWidth <= innerWidth && document.body.scrollHeight <= innerHeight"
        assert video.evaluate(f"() => {fits}")
        visit.page.wait_for_load_state("networkidle")  # scripts of frames that are loaded late
        frame.locator(".toggle").click()
        frame.locator(".sentence").nth(1).click()
        expect(frame.locator("#transcript")).not_to_be_visible()
        asked = frame.locator("form.question")
        expect(asked.locator("legend")).to_contain_text("(bias/end)")
        answer(asked, RIGHT, "맞았습니다.")
        expect(asked).to_have_count(0)
        expect(frame.locator(".bar a")).to_have_attribute("href", "../index.html?lang=ko#bias")
