"""The page of a lesson as it is used: languages, keys, colours, code to copy; in a real browser."""

from __future__ import annotations

import pytest
from browser import visiting
from playwright.sync_api import Browser, expect

pytest_plugins = ("browser",)


def test_languages_are_switched_and_remembered(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, f"{addresses['server']}#bias") as visit:
        page = visit.page
        page.locator("button[data-language=ko]:visible").click()
        expect(page.locator("h1:visible")).to_have_text("신경망 수업")
        assert page.evaluate("[document.documentElement.lang, window.edgeglow.language]") == ["ko", "ko"]
        expect(page.locator("button[data-language=ko]:visible")).to_be_focused()
        assert "lang=ko" in page.url
        page.goto(addresses["server"])
        expect(page.locator("h1:visible")).to_have_text("신경망 수업")
        page.goto(f"{addresses['server']}?lang=en#bias")
        expect(page.locator("#bias h2")).to_contain_text("Bias")
        expect(page.locator("#bias h2")).to_be_in_viewport()
    with visiting(browser, addresses["server"], locale="ko-KR") as visit:  # the browser asks for it
        expect(visit.page.locator("h1:visible")).to_have_text("신경망 수업")


def test_keys_work_and_are_not_taken_from_controls(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        page = visit.page
        page.evaluate("Settings.stops = false")
        visit.sentence("pixels", 0).click()
        visit.wait("pixels", "!video.paused && video.currentTime > 0.1")
        page.keyboard.press("k")
        assert visit.video("pixels", "video.paused")
        page.keyboard.press("ArrowRight")
        visit.wait("pixels", "video.currentTime === video.duration")
        page.keyboard.press("ArrowLeft")
        visit.wait("pixels", "video.currentTime === 0")
        page.keyboard.press("c")
        expect(page.locator(f"{visit.clip('pixels')} .caption")).not_to_be_visible()
        page.keyboard.press("c")
        expect(page.locator(f"{visit.clip('pixels')} .caption")).to_have_text("This is <b> & w.")
        page.keyboard.press("f")
        page.wait_for_function("document.fullscreenElement?.className === 'player'")
        page.keyboard.press("f")
        page.wait_for_function("document.fullscreenElement === null")
        page.keyboard.press("?")
        expect(page.locator("dialog[open] h2")).to_have_text("Keyboard shortcuts")
        page.keyboard.press("Escape")
        page.locator(f"{visit.clip('pixels')} .sharing summary").click()
        field = page.locator(f"{visit.clip('pixels')} .base")
        field.fill("")
        field.press_sequentially("jack f?")
        expect(field).to_have_value("jack f?")
        assert visit.video("pixels", "video.paused && video.currentTime === 0")
        page.locator(".edition:not([hidden]) .settings summary").click()
        page.locator("[data-setting=keys]:visible").uncheck()
        visit.sentence("pixels", 0).focus()
        page.keyboard.press("l")
        assert visit.video("pixels", "video.currentTime") == 0


def test_colours_follow_the_system_or_the_reader(browser: Browser, addresses: dict[str, str]) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with visiting(browser, addresses["file"], color_scheme="light") as visit:
        assert visit.page.evaluate(ground) == "rgb(247, 246, 242)"
        visit.page.locator(".settings summary:visible").click()
        visit.page.locator("[data-setting=theme]:visible").select_option("dark")
        assert visit.page.evaluate(ground) == "rgb(11, 13, 18)"
        visit.page.reload()
        assert visit.page.evaluate(ground) == "rgb(11, 13, 18)"


@pytest.mark.parametrize("way", ["file", "server"])
def test_code_is_filled_with_the_address_and_copied(browser: Browser, addresses: dict[str, str], way: str) -> None:
    with visiting(browser, addresses[way]) as visit:
        panel = visit.page.locator(f"{visit.clip('bias')} .sharing")
        panel.locator("summary").click()
        own = addresses[way].rstrip("/") if way == "server" else "lesson"
        expect(panel.locator(".snippet:visible code")).to_contain_text(f'src="{own}/embed/bias-en.html"')
        panel.locator(".kind").select_option("Jupyter")
        panel.locator(".base").fill('https://school.example/a "b"/')
        code = 'IFrame("https://school.example/a%20%22b%22/embed/bias-en.html"'
        expect(panel.locator(".snippet:visible code")).to_contain_text(code)
        panel.locator(".copy").click()
        expect(panel.locator(".copied")).to_have_text("Copied")
        panel.locator(".base").evaluate("(field) => { field.value = ''; }")
        panel.locator(".base").focus()
        visit.page.keyboard.press("Control+v")
        assert code in panel.locator(".base").input_value()


def test_with_motion_unwelcome_there_are_still_pictures(browser: Browser, addresses: dict[str, str]) -> None:
    for motion, moves in (("reduce", False), ("no-preference", True)):
        with visiting(browser, addresses["file"], reduced_motion=motion) as visit:
            link = visit.page.locator("nav [data-slug=pixels]:visible")
            link.hover()
            assert link.locator("img").evaluate("(one) => one.src.endsWith('-loop.webp')") == moves
            stills = visit.page.locator(f"{visit.clip('pixels')} .stills")
            assert stills.evaluate("(one) => one.open") != moves
            if not moves:
                stills.scroll_into_view_if_needed()
                shown = "(one) => [...one.querySelectorAll('img')].every((img) => img.naturalWidth > 0)"
                visit.page.wait_for_function(f"({shown})(document.querySelector('#pixels .stills'))")
                expect(stills.locator("figcaption").first).to_have_text("This is <b> & w.")


def test_without_scripts_it_can_be_read_and_played(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"], java_script_enabled=False) as visit:
        page = visit.page
        expect(page.get_by_text("Without JavaScript you can watch")).to_be_visible()
        for language, said in (("en", "A bias shifts."), ("ko", "편향은 옮깁니다.")):
            expect(page.locator(f"#lesson-{language} video").first).to_be_visible()
            expect(page.locator(f"#lesson-{language} .said", has_text=said).first).to_be_visible()
        page.locator("#lesson-en .asks summary").first.click()
        expect(page.locator("#lesson-en .asks").first).to_contain_text("28 × 28 are 784.")
        page.locator("#lesson-en .no-script a", has_text="한국어").first.click()
        expect(page.locator("#lesson-ko h1")).to_be_in_viewport()
        expect(page.locator("[data-setting]").first).not_to_be_visible()


def test_settings_close_when_somebody_goes_on(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        summary = visit.page.locator(".settings summary:visible")
        panel = visit.page.locator(".settings .panel").first
        summary.click()
        expect(panel).to_be_visible()
        visit.page.locator("[data-setting=stops]:visible").focus()
        visit.page.keyboard.press("Escape")
        expect(panel).not_to_be_visible()
        expect(summary).to_be_focused()
        summary.click()
        visit.page.locator("h1:visible").click()
        expect(panel).not_to_be_visible()
