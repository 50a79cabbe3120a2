"""Questions stop a clip, take answers, and let it go on, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import visiting
from playwright.sync_api import Browser, expect

from edgeglow.lesson.lesson_data import Lesson

pytest_plugins = ("browser",)

FIRST, LAST = "given", "end"  # the beats with questions; see small_lesson.py
RIGHT, WRONG = 2, 0


def test_a_question_stops_the_clip_takes_answers_and_goes_on(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str]
) -> None:
    question, last = made[0].editions[0].clips[0].questions
    with visiting(browser, addresses["file"]) as visit:
        visit.listen()
        visit.play("pixels")
        asked = visit.form("pixels")
        expect(asked.locator("legend")).to_have_text(question.ask)
        assert visit.video("pixels", "video.paused")
        assert abs(visit.video("pixels", "video.currentTime") - question.at) < 0.15
        expect(asked.locator("fieldset")).to_be_focused()
        asked.locator(".check").click()
        expect(asked.locator(".verdict")).to_have_text("Choose an answer first.")
        asked.get_by_label(question.choices[WRONG]).check()
        asked.locator(".check").click()
        expect(asked.locator(".verdict")).to_have_text(f"That is not right. {question.why}")
        expect(asked.locator("label").nth(RIGHT)).to_contain_text("✓ Right answer")
        expect(asked.locator("label").nth(WRONG)).to_contain_text("✗ Your answer")
        asked.locator(".again").click()
        asked.get_by_label(question.answer).check()
        asked.locator(".check").click()
        expect(asked.locator(".verdict")).to_contain_text("That is right.")
        expect(asked.locator(".go-on")).to_be_focused()
        asked.locator(".go-on").click()
        expect(asked).to_have_count(0)
        expect(visit.form("pixels").locator("legend")).to_have_text(last.ask)  # it went on to the next
        visit.form("pixels").locator(".go-on").click()
        visit.wait("pixels", "video.ended")
        detail = {"clip": "pixels", "beat": FIRST}
        assert visit.told == [
            ["answer", detail | {"right": False, "first": True, "choice": WRONG}],
            ["answer", detail | {"right": True, "first": False, "choice": RIGHT}],
            ["watched", {"clip": "pixels"}],
        ]
        expect(visit.page.locator("nav [data-watched=pixels]").first).to_be_visible()
        visit.play("pixels")  # again: what was asked is not asked again
        visit.wait("pixels", "video.currentTime > 1")
        expect(visit.form("pixels")).to_have_count(0)


def test_a_question_can_be_answered_by_keyboard_alone(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        visit.listen()
        visit.page.locator(f"{visit.clip('bias')} .play").focus()
        visit.page.keyboard.press("k")
        expect(visit.form("bias").locator("fieldset")).to_be_focused()
        for key in ("Tab", "Space", "ArrowDown", "ArrowDown", "Enter"):
            visit.page.keyboard.press(key)
        assert visit.told == [
            ["answer", {"clip": "bias", "beat": FIRST, "right": True, "first": True, "choice": RIGHT}]
        ]
        visit.page.keyboard.press("Enter")  # go on has the focus
        visit.wait("bias", "!video.paused && video.currentTime > 0.8")
        expect(visit.page.locator(f"{visit.clip('bias')} .play")).to_be_focused()


def test_jumping_past_a_question_does_not_ask_it_but_it_can_be_opened(
    browser: Browser, addresses: dict[str, str]
) -> None:
    with visiting(browser, f"{addresses['file']}?lang=ko") as visit:
        visit.sentence("pixels", 1).click()
        visit.wait("pixels", "video.currentTime > 1.2")
        expect(visit.form("pixels")).to_have_count(0)
        opener = visit.page.locator(f"{visit.clip('pixels')} .ask").first
        opener.click()
        assert visit.video("pixels", "video.paused")
        expect(visit.form("pixels").locator("legend")).to_contain_text("픽셀은 몇 개입니까?")
        visit.form("pixels").locator(".go-on").click()
        expect(opener).to_be_focused()
        visit.wait("pixels", "!video.paused")


def test_stopping_can_be_turned_off_and_that_is_remembered(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        for _ in range(2):
            visit.page.locator(".edition:not([hidden]) .settings summary").click()
            box = visit.page.locator(".edition:not([hidden]) [data-setting=stops]")
            if _ == 0:
                box.uncheck()
            expect(box).not_to_be_checked()
            visit.play("pixels")
            visit.wait("pixels", "video.ended")
            expect(visit.form("pixels")).to_have_count(0)
            visit.page.reload()


def test_an_earlier_visit_is_gone_on_with(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        visit.listen()
        known = visit.page.evaluate("({ ...window.edgeglow, restore: undefined })")
        assert (known["clips"], known["language"]) == (["pixels", "bias"], "en")
        assert [(one["clip"], one["beat"], one["right"]) for one in known["questions"]] == [
            (slug, beat, RIGHT) for slug in ("pixels", "bias") for beat in (FIRST, LAST)
        ]
        state = {"answered": [{"clip": "pixels", "beat": FIRST, "right": False}], "watched": ["bias"]}
        visit.page.evaluate("(state) => window.edgeglow.restore(state)", state)
        expect(visit.page.locator("nav [data-watched=bias]").first).to_be_visible()
        expect(visit.page.locator(f"{visit.clip('pixels')} [data-answered]").first).to_be_visible()
        visit.play("pixels")
        visit.wait("pixels", "video.currentTime > 1")
        assert visit.told == []


def test_a_film_that_fills_the_screen_makes_room_for_a_question(browser: Browser, addresses: dict[str, str]) -> None:
    full = "document.fullscreenElement?.className ?? ''"
    with visiting(browser, addresses["file"]) as visit:
        visit.play("pixels")
        visit.page.locator(f"{visit.clip('pixels')} video").evaluate("(video) => video.requestFullscreen()")
        expect(visit.form("pixels").locator("fieldset")).to_be_visible()
        visit.page.wait_for_function("document.fullscreenElement === null")
        visit.form("pixels").locator(".go-on").click()
        visit.page.wait_for_function(f"({full}) === 'player'")
        expect(visit.form("pixels").locator("legend")).to_contain_text("(pixels/end)")
        assert visit.page.evaluate(full) == "player"  # there the next question has its place
        expect(visit.form("pixels").locator(".go-on")).to_be_in_viewport()


def test_a_request_that_would_leave_is_found(browser: Browser, addresses: dict[str, str]) -> None:
    with (
        pytest.raises(AssertionError, match=r"left: http://school\.example/"),
        visiting(browser, addresses["file"]) as visit,
    ):
        visit.page.goto("data:text/html,<title>x</title><img src='http://school.example/x.png'>")


def test_it_stops_before_the_next_sentence(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        visit.page.evaluate("Player.all[0].questions[0].at = 2.0")  # where one sentence ends and the next begins
        visit.play("pixels")
        expect(visit.form("pixels").locator("fieldset")).to_be_focused()
        expect(visit.sentence("pixels", 1)).to_have_attribute("aria-current", "true")
        assert visit.caption("pixels") == "en: A bias shifts."
        assert 1.9 < visit.video("pixels", "video.currentTime") < 2.0
        assert visit.page.locator("#pixels .sentence[aria-current]").count() == 1
