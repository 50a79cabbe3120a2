"""What comes first on the page, what lies where around a clip, and what is printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import visiting
from pdfs import pages_in, pictures_in
from playwright.sync_api import Browser, expect

from edgeglow.lesson.lesson_data import Lesson

pytest_plugins = ("browser",)

SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
TOPS = (
    "(names) => names.map((name) => document.querySelector(`.edition:not([hidden]) ${name}`)"
    ".getBoundingClientRect().top)"
)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_clip_and_a_sentence_come_first_and_numbers_last(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str], screen: str, language: str
) -> None:
    (edition,) = (one for one in made[0].editions if one.language == language)
    with visiting(browser, f"{addresses['file']}?lang={language}", viewport=SCREENS[screen]) as visit:
        for part in (".claim", "video", ".controls .play"):
            expect(visit.page.locator(f"{visit.clip('pixels')} {part}")).to_be_in_viewport(ratio=1)
        order = [".claim", "video", ".caption", ".controls", ".goals", ".time-needed"]
        tops = visit.page.evaluate(TOPS, [*order, "[data-clip=bias]", ".numbers"])
        assert tops == sorted(tops)
        goals = visit.page.locator(".goals:visible li")
        assert goals.all_text_contents() == [clip.goal for clip in edition.clips]
        expect(visit.page.locator(".time-needed:visible")).to_contain_text("0:06")
        expect(visit.page.locator(f"{visit.clip('bias')} .study p")).to_have_text(edition.clips[1].study)


def test_nothing_lies_over_the_picture(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        visit.sentence("pixels", 1).click()
        visit.wait("pixels", "video.currentTime > 1")
        visit.video("pixels", "(video.pause(), 0)")
        assert visit.video("pixels", "video.controls") is False
        assert visit.video("pixels", "[...video.textTracks].every(({ mode }) => mode !== 'showing')")
        over = visit.video(
            "pixels",
            "(() => { const { left, top, width, height } = video.getBoundingClientRect();"
            " return [0.02, 0.5, 0.98].flatMap((x) => [0.02, 0.5, 0.98].map((y) =>"
            " document.elementFromPoint(left + x * width, top + y * height)))"
            ".filter((one) => one !== null && one !== video).length; })()",
        )
        assert over == 0
        visit.page.locator(f"{visit.clip('pixels')} video").click()
        visit.wait("pixels", "!video.paused")


def test_captions_are_chosen_once_for_all_clips(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        caption = visit.page.locator(f"{visit.clip('bias')} .caption")
        visit.page.locator(f"{visit.clip('pixels')} .captions").select_option("ko")
        expect(caption).to_have_text("이것은 <b>와 w입니다.")
        visit.page.reload()
        expect(caption).to_have_text("이것은 <b>와 w입니다.")
        visit.page.locator(f"{visit.clip('bias')} .captions").select_option("")
        expect(caption).not_to_be_visible()
        visit.page.locator(f"{visit.clip('bias')} .captions").select_option("en")  # the page's own
        visit.page.locator("button[data-language=ko]:visible").click()
        expect(caption).to_have_text("이것은 <b>와 w입니다.")


def test_arrows_on_the_bar_move_by_what_the_page_says(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        bar = visit.page.locator(f"{visit.clip('pixels')} .position")
        visit.page.evaluate("Settings.stops = false")
        visit.page.evaluate("Player.all[0].seek(0.5)")
        visit.wait("pixels", "!video.seeking && video.currentTime === 0.5")
        asked = "(Player.all[0].asked = [], Player.all[0].seek = (seconds) => Player.all[0].asked.push(seconds), 0)"
        visit.page.evaluate(asked)  # where it goes, however short the film is
        for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "j", "l"):
            bar.press(key)
        assert visit.page.evaluate("Player.all[0].asked") == [5.5, -4.5, 5.5, -9.5, 10.5]


def test_steps_before_a_film_is_loaded_add_up(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        moments = visit.page.evaluate(
            "(() => { const [player] = Player.all; player.step(0.5); player.step(0.5); player.step(0.25);"
            " return [player.video.readyState, player.now]; })()"
        )
        assert moments == [0, 1.25]
        visit.wait("pixels", "!video.seeking && video.currentTime === 1.25")


# -- on paper -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["file", "one"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_prints_a_sheet_for_each_clip_and_the_answers(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str], language: str, way: str
) -> None:
    (edition,) = (one for one in made[0].editions if one.language == language)
    with visiting(browser, f"{addresses[way]}?lang={language}", color_scheme="dark") as visit:
        visit.page.wait_for_function(
            "[...document.querySelectorAll('.handout img')].every((one) => one.getAttribute('src'))"
        )
        printed = visit.page.pdf(format="A4")
        assert pages_in(printed) == len(edition.clips) + 1
        assert pictures_in(printed) > 0
        visit.page.emulate_media(media="print")
        sheets = visit.page.locator(".sheet:visible")
        for clip, sheet in zip(edition.clips, sheets.all(), strict=False):
            text = " ".join(sheet.inner_text().split())
            assert clip.claim in text and clip.sentences[1].text in text
            for question in clip.questions:
                assert question.ask in text and all(choice in text for choice in question.choices)
                assert question.why not in text
            assert sheet.locator(".line:visible").count() >= 2 * len(clip.questions)
        key = visit.page.locator(".key:visible").inner_text()
        assert all(one.why in key and one.answer in key for clip in edition.clips for one in clip.questions)
        assert visit.page.locator("video:visible, button:visible, nav:visible").count() == 0
