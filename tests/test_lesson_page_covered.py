"""Nothing beside a clip gives away what is asked: what comes after a question is covered until it is done with."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import Visit, visiting
from playwright.sync_api import Browser, expect

from edgeglow.lesson.lesson_data import Lesson

pytest_plugins = ("browser",)

RIGHT, WRONG = 2, 0  # see small_lesson.py


def legible(visit: Visit, slug: str = "pixels") -> list[str]:
    """What can be read or seen beside the clip, by anybody: sentences, stills by their captions, and texts."""
    visit.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found: list[str] = visit.page.eval_on_selector_all(
        f"{visit.clip(slug)} :is(.said, figcaption, [data-tells])",
        "(all) => all.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('[inert]'))"
        ".map((one) => one.textContent)",
    )
    return found


def ask(visit: Visit, slug: str = "pixels") -> None:
    visit.play(slug)
    expect(visit.form(slug).locator("fieldset")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_follows_is_covered_until_the_question_is_answered(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str], language: str
) -> None:
    (clip,) = (one.clips[0] for one in made[0].editions if one.language == language)
    texts = [one.text for one in clip.sentences]
    whole = [*texts, clip.study, clip.description, *texts]
    with visiting(browser, f"{addresses['file']}?lang={language}", reduced_motion="reduce") as visit:
        assert legible(visit) == whole
        ask(visit)
        assert legible(visit) == [texts[0], texts[0]]
        assert visit.page.locator(f"{visit.clip('pixels')} .veil").is_visible()
        assert len(legible(visit, "bias")) == len(whole)  # that clip asks nothing now
        visit.form("pixels").locator("label").nth(WRONG).click()
        assert legible(visit) == [texts[0], texts[0]]
        visit.form("pixels").locator(".check").click()
        assert legible(visit) == whole
        visit.form("pixels").locator(".again").click()  # known by now
        assert legible(visit) == whole


@pytest.mark.parametrize("way", ["skip", "play", "pass"])
def test_who_skips_a_question_sees_what_follows(browser: Browser, addresses: dict[str, str], way: str) -> None:
    with visiting(browser, addresses["file"]) as visit:
        whole = legible(visit)
        ask(visit)
        assert len(legible(visit)) == 2
        if way == "skip":
            visit.form("pixels").locator(".go-on").click()
        elif way == "play":
            visit.page.locator(f"{visit.clip('pixels')} .play").click()
        else:
            visit.page.locator(f"{visit.clip('pixels')} .position").fill("1.5")
        expect(visit.page.locator(f"{visit.clip('pixels')} .veil")).to_have_count(0)
        assert legible(visit) == whole


def test_who_looks_again_is_asked_again_and_sees_no_more_until_then(
    browser: Browser, addresses: dict[str, str]
) -> None:
    with visiting(browser, addresses["file"]) as visit:
        ask(visit)
        visit.sentence("pixels", 0).click()
        expect(visit.form("pixels")).to_have_count(0)
        assert len(legible(visit)) == 2
        expect(visit.form("pixels").locator("legend")).to_contain_text("(pixels/given)")
        visit.form("pixels").locator(".go-on").click()
        assert len(legible(visit)) > 2


def test_no_key_moves_on_a_clip_that_asks(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        ask(visit)
        before = visit.video("pixels", "video.currentTime")
        for key in ("ArrowRight", "l", " "):
            visit.page.keyboard.press(key)
        expect(visit.form("pixels")).to_have_count(1)
        assert visit.video("pixels", "video.paused && video.currentTime") == before


def test_a_clip_in_a_frame_covers_its_transcript(browser: Browser, made: tuple[Lesson, Path]) -> None:
    address = (made[1] / "embed" / "pixels-en.html").as_uri()
    with visiting(browser, address, viewport={"width": 640, "height": 440}) as visit:
        visit.page.locator(".play").click()
        expect(visit.page.locator("form.question")).to_be_visible()
        visit.page.evaluate("document.getElementById('transcript').hidden = false")
        assert legible(visit) == ["This is <b> & w."]
