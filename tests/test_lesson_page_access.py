"""The pages of a lesson are for everybody: what axe-core finds, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Visit, visiting
from playwright.sync_api import Browser

from edgeglow.lesson.lesson_data import Lesson

pytest_plugins = ("browser",)


AXE = {"rules": {"target-size": {"enabled": True}}, "preload": False}  # it would fetch styles, which pages forbid


def check(visit: Visit) -> None:
    """What axe-core finds against WCAG 2.2, its best practices among them."""
    found = Axe().run(visit.page, options=AXE)
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found.response["violations"]] == []
    assert len(found.response["passes"]) > 10


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_no_violation(browser: Browser, addresses: dict[str, str], scheme: str, language: str) -> None:
    width = {"width": 320, "height": 640} if scheme == "light" else {"width": 1280, "height": 900}
    address = f"{addresses['file']}?lang={language}"
    with visiting(browser, address, color_scheme=scheme, viewport=width, reduced_motion="reduce") as visit:
        page = visit.page
        for details in page.locator(".edition:not([hidden]) details").all():
            details.evaluate("(one) => { one.open = true; }")
        check(visit)
        page.locator(f"{visit.clip('pixels')} .ask").first.click()
        check(visit)
        visit.form("pixels").locator("label").first.click()
        visit.form("pixels").locator(".check").click()
        check(visit)
        visit.form("pixels").locator(".go-on").click()
        page.locator(".settings summary:visible").click()
        page.locator(".show-help:visible").click()
        check(visit)
        assert page.evaluate("document.documentElement.scrollWidth") <= width["width"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_no_violation_in_a_frames_page(browser: Browser, made: tuple[Lesson, Path], language: str) -> None:
    address = (made[1] / "embed" / f"pixels-{language}.html").as_uri()
    with visiting(browser, address, viewport={"width": 480, "height": 270}) as visit:
        check(visit)
        visit.page.locator(".toggle").click()
        check(visit)
        visit.page.locator(".ask").first.click()
        check(visit)


def test_controls_are_large_enough_to_be_touched(browser: Browser, addresses: dict[str, str]) -> None:
    """24 × 24 pixels, as WCAG 2.2 asks of all that is not a link within a sentence."""
    with visiting(browser, addresses["file"], viewport={"width": 320, "height": 640}) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        visit.page.locator(f"{visit.clip('pixels')} .ask").first.click()
        small = visit.page.evaluate(
            "[...document.querySelectorAll('button, summary, select, input[type=text], label, a[href]')]"
            ".filter((one) => one.checkVisibility() && !one.matches('.skip, label[for]'))"
            ".map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])"
            ".filter(([, { width, height }]) => width < 24 || height < 24).map(([html]) => html)"
        )
        assert small == []


def test_axe_finds_no_violation_in_one_file(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, f"{addresses['one']}?lang=ko", viewport={"width": 390, "height": 844}) as visit:
        for details in visit.page.locator(".edition:not([hidden]) details").all():
            details.evaluate("(one) => { one.open = true; }")
        check(visit)
        saved = visit.download(visit.page.locator(f"{visit.clip('bias')} .files a").first)
        assert saved.suggested_filename == "bias.mp4"
