"""The page of a lesson where not everything is allowed: under the policy of a server, and in frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from browser import Visit, answer, visiting
from playwright.sync_api import Browser, Route, expect

from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.web_server import serve_folder

pytest_plugins = ("browser",)

RIGHT = 2  # see small_lesson.py


@contextmanager
def under_policy(browser: Browser, address: str, policy: str) -> Iterator[Visit]:
    """The page as a server gives it that says what pages may load; what the browser refuses then is no complaint."""

    def give(route: Route) -> None:
        given = route.fetch()
        route.fulfill(response=given, headers={**given.headers, "content-security-policy": policy})

    with visiting(browser, urljoin(address, "/assets/start.js")) as visit:
        visit.page.route(lambda url: url == address, give)
        visit.page.goto(address)
        yield visit
        refused = [one for one in visit.said if "data:" in one]  # tracks and the icon, which the page holds itself
        assert refused, "the policy forbids nothing"
        visit.said[:] = [one for one in visit.said if one not in refused]


def test_captions_are_shown_under_a_policy_of_the_server(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str]
) -> None:
    clip = made[0].editions[1].clips[0]
    with under_policy(browser, f"{addresses['server']}?lang=ko", "default-src 'self'") as visit:
        visit.sentence("pixels", 1).click()
        visit.wait("pixels", "video.currentTime > 1.1")
        assert visit.caption("pixels") == f"ko: {clip.sentences[1].text}"
        # The film's own captions, for telephones that show nothing else, come from the file beside it.
        visit.video("pixels", "(video.textTracks[1].mode = 'showing', 0)")
        visit.wait("pixels", "video.textTracks[1].cues?.length === 3")
        assert visit.video("pixels", "video.textTracks[1].cues[1].text") == clip.sentences[1].text


def test_a_page_of_a_clip_has_captions_under_a_policy_too(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str]
) -> None:
    with under_policy(browser, f"{addresses['server']}embed/bias-en.html", "default-src 'self'") as visit:
        visit.page.evaluate("(document.querySelector('video').textTracks[0].mode = 'showing', 0)")
        visit.page.wait_for_function("() => document.querySelector('video').textTracks[0].cues?.length === 3")


def test_questions_can_be_answered_in_a_frame_that_may_send_no_forms(
    browser: Browser, made: tuple[Lesson, Path]
) -> None:
    folder = made[1]
    course = (
        "<!doctype html><title>Course</title><iframe title='Clip' sandbox='allow-scripts' width=700 height=480"
        f" src='{folder.name}/embed/pixels-en.html'></iframe>"
    )
    (folder.parent / "index.html").write_text(course, encoding="utf-8")
    with serve_folder(folder.parent) as address, visiting(browser, address) as visit:
        frame = visit.page.frame_locator("iframe")
        visit.page.wait_for_load_state("networkidle")
        frame.locator(".play").click()
        asked = frame.locator("form.question")
        expect(asked.locator("legend")).to_contain_text("(pixels/given)")
        answer(asked, RIGHT, "That is right.")
        asked = frame.locator("form.question")
        expect(asked.locator("legend")).to_contain_text("(pixels/end)")
        asked.locator("input").nth(RIGHT).focus()
        visit.page.keyboard.press("Space")
        visit.page.keyboard.press("Enter")
        expect(asked.locator(".verdict")).to_contain_text("That is right.")
        asked.locator(".go-on").click()
        visit.page.keyboard.press("?")
        expect(frame.locator("dialog[open]")).to_be_visible()
        frame.locator("dialog .close").click()
        expect(frame.locator("dialog[open]")).to_have_count(0)
