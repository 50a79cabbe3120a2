"""What becomes of results when a session ends early, a frame is loaded again, or a platform stops to keep them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Frame
from test_lesson_scorm import NOTICE, WATCHED, Opened, answers, browser, opened, site

__all__ = ["browser", "opened", "site"]  # fixtures

OLD_BROWSER = "Object.defineProperty(window, 'navigation', { value: undefined })"  # does not tell why a page goes


def tell(frame: Frame, *deeds: tuple[object, ...]) -> None:
    for kind, clip, *answer in deeds:
        detail = {"clip": clip}
        if answer:
            detail |= {"beat": answer[0], "choice": answer[1], "right": answer[1] == 2, "first": True}
        frame.evaluate("([kind, detail]) => tell(kind, detail)", [kind, detail])


def reload(frame: Frame) -> None:
    frame.evaluate("window.isOld = true; location.reload()")
    frame.wait_for_function("!window.isOld && document.readyState === 'complete'")


def warned(frame: Frame) -> bool:
    return frame.locator(NOTICE).count() > 0


def test_after_a_reload_the_session_goes_on(opened: Opened) -> None:
    platform = opened()
    frame = platform.visit(*WATCHED, *answers(2, 0))
    reload(frame)
    assert not warned(frame)
    assert frame.evaluate("restored.watched") == ["pixels", "bias"]
    tell(frame, *answers(2, 2, 2, 2)[2:])
    left = platform.leave()
    assert (left["kept"]["cmi.core.score.raw"], left["kept"]["cmi.core.lesson_status"]) == ("75", "passed")
    assert (left["visits"], left["state"], len(left["answers"])) == (1, "finished", 4)
    assert [name for name, *_ in left["calls"]].count("LMSFinish") == 1


def test_time_before_a_reload_counts(opened: Opened) -> None:
    platform = opened()
    frame = platform.launch()
    frame.evaluate("() => { const now = Date.now; Date.now = () => now() - 3600_000; }")
    frame.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    reload(frame)
    span = platform.leave()["kept"]["cmi.core.session_time"]
    assert span.startswith("0001:00:"), span


def test_a_platform_that_begins_again_is_gone_on_with(opened: Opened) -> None:
    platform = opened("?mastery=60&again")
    platform.page.add_init_script(OLD_BROWSER)
    frame = platform.visit(*WATCHED, *answers(2, 0))
    reload(frame)
    assert not warned(frame)
    tell(frame, *answers(2, 2, 2, 2)[2:])
    left = platform.leave()
    assert (left["kept"]["cmi.core.score.raw"], left["visits"], left["errors"]) == ("75", 2, [])


def test_where_none_begins_again_the_student_is_told(opened: Opened) -> None:
    platform = opened()
    platform.page.add_init_script(OLD_BROWSER)
    frame = platform.visit(*answers(2))
    assert not warned(frame)
    reload(frame)
    assert warned(frame)
    tell(frame, *answers(2, 0)[1:])
    assert warned(frame)
    left = platform.leave()
    assert len(left["answers"]) == 1
    assert platform.said == []


def test_a_session_that_dies_is_told_and_one_that_comes_gets_all(opened: Opened) -> None:
    platform = opened()
    frame = platform.visit(*WATCHED, *answers(2))
    platform.page.evaluate("lms.api.state = 'finished'")
    tell(frame, *answers(2, 0, 2)[1:])
    assert warned(frame)
    platform.page.evaluate("lms.api = window.API = new Api(lms.attempt)")
    tell(frame, *answers(2, 0, 2, 2)[3:])
    assert not warned(frame)
    left = platform.leave()
    assert [one["result"] for one in left["answers"]] == ["correct", "wrong", "correct", "correct"]
    assert (left["kept"]["cmi.core.score.raw"], left["errors"]) == ("75", [])


def test_a_platform_that_comes_late_is_found(opened: Opened) -> None:
    platform = opened("?mastery=60&none")
    frame = platform.visit(*answers(0))
    assert warned(frame)
    platform.page.evaluate("window.API = lms.api")
    tell(frame, *answers(0, 2)[1:])
    assert not warned(frame)
    left = platform.leave()
    assert [one["result"] for one in left["answers"]] == ["wrong", "correct"]


def test_a_first_answer_that_the_platform_has_stays_the_first(opened: Opened) -> None:
    platform = opened()
    platform.visit(*answers(0))
    platform.leave()
    platform.page.evaluate("asked.set('none', '')")
    frame = platform.visit(*answers(2))
    platform.page.evaluate("window.API = lms.api")
    tell(frame, *WATCHED, *answers(2, 2, 2, 2)[1:])
    assert platform.leave()["kept"]["cmi.core.score.raw"] == "75"


@pytest.mark.parametrize("query", ["?mastery=60&again", "?mastery=60"])
def test_a_page_that_was_put_aside_begins_again(opened: Opened, query: str) -> None:
    """Browsers keep pages that are left, and show them again as they were: their session is over then."""
    platform = opened(query)
    frame = platform.visit(*answers(2))
    frame.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert platform.page.evaluate("lms.api.state") == "finished"
    frame.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert warned(frame) == ("again" not in query)
    tell(frame, *answers(2, 2)[1:])
    assert len(platform.leave()["answers"]) == (2 if "again" in query else 1)


@pytest.mark.parametrize("mode", ["review", "browse"])
def test_who_only_looks_is_not_warned(opened: Opened, mode: str) -> None:
    platform = opened(f"?mode={mode}")
    assert not warned(platform.visit(*answers(2)))
