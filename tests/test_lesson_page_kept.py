"""What was watched and answered is kept in the browser, shown, and saved as a table; places in clips are not lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from browser import Visit, answer, visiting
from playwright.sync_api import Browser, expect

pytest_plugins = ("browser",)

RIGHT, WRONG = 2, 0  # see small_lesson.py
SHOWN = ".edition:not([hidden]) [data-progress]"


def ask(visit: Visit, slug: str, number: int, choice: int) -> None:
    """Open one of a clip's questions from its transcript, and answer it."""
    visit.page.locator(f"{visit.clip(slug)} .ask").nth(number).click()
    answer(visit.form(slug), choice, "That is right." if choice == RIGHT else "That is not right.")


def table(visit: Visit, tmp_path: Path) -> list[list[str]]:
    saved = visit.download(visit.page.locator(".save-table:visible"))
    path = tmp_path / saved.suggested_filename
    saved.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("way", ["server", "one"])
def test_progress_outlives_a_reload_and_is_saved_as_a_table(
    browser: Browser, addresses: dict[str, str], tmp_path: Path, way: str
) -> None:
    with visiting(browser, addresses[way]) as visit:
        page = visit.page
        expect(page.locator(SHOWN)).to_have_text("0 of 2 watched, 0 of 4 right")
        ask(visit, "pixels", 0, WRONG)
        ask(visit, "pixels", 0, RIGHT)
        ask(visit, "bias", 1, RIGHT)
        page.evaluate("Progress.watch('bias')")
        page.reload()
        visit.listen()
        expect(page.locator(SHOWN)).to_have_text("1 of 2 watched, 1 of 4 right")  # the first answer counts
        expect(page.locator(f"{visit.clip('bias')} [data-answered]").nth(1)).to_be_visible()
        names, *rows = table(visit, tmp_path)
        assert names == ["Clip", "Watched", "Question", "First answer", "Right", "Attempts", "First answered at"]
        asked = "How many pixels? ({})"
        assert [row[:-1] for row in rows] == [
            ["Pixels", "no", asked.format("pixels/given"), "10", "no", "2"],
            ["Pixels", "no", asked.format("pixels/end"), "", "", ""],
            ["Bias", "yes", asked.format("bias/given"), "", "", ""],
            ["Bias", "yes", asked.format("bias/end"), "784", "yes", "1"],
        ]
        assert rows[0][-1].startswith("20") and not rows[1][-1]
        page.locator("button[data-language=ko]:visible").click()
        expect(page.locator(SHOWN)).to_have_text("영상 2개 중 1개 시청, 질문 4개 중 1개 정답")
        assert table(visit, tmp_path)[1][:4] == ["픽셀", "아니요", "픽셀은 몇 개입니까? (pixels/given)", "10개"]
        assert visit.told == []
        page.locator("details:has(.forget):visible summary").click()
        page.locator(".forget:visible").click()
        expect(page.locator(SHOWN)).to_contain_text("0개 시청")
        page.reload()
        expect(page.locator(SHOWN)).to_contain_text("0개 시청")


def test_two_windows_lose_nothing_of_each_other(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["server"]) as visit:
        other = visit.page.context.new_page()
        other.goto(addresses["server"])
        visit.page.evaluate("Progress.watch('pixels')")
        expect(other.locator(SHOWN)).to_contain_text("1 of 2 watched")
        other.evaluate("Progress.answer('bias', 'end', 2, true)")
        expect(visit.page.locator(SHOWN)).to_have_text("1 of 2 watched, 1 of 4 right")


def test_what_a_platform_knows_counts_alone_and_is_not_kept(browser: Browser, addresses: dict[str, str]) -> None:
    """The browser may be another student's: of a school, say."""
    with visiting(browser, addresses["server"]) as visit:
        visit.page.evaluate("Progress.watch('pixels')")
        visit.page.evaluate("window.edgeglow.restore({ watched: [], answered: [] })")
        expect(visit.page.locator(SHOWN)).to_have_text("0 of 2 watched, 0 of 4 right")
        expect(visit.page.locator(".kept-here:visible")).to_have_count(0)
        visit.page.evaluate("Progress.watch('bias')")
        visit.page.reload()
        expect(visit.page.locator(".kept-here:visible")).to_have_count(2)
        expect(visit.page.locator("nav:visible [data-watched=pixels]")).to_be_visible()
        expect(visit.page.locator("nav:visible [data-watched=bias]")).not_to_be_visible()


@pytest.mark.parametrize("kept", ["", "{", "[]", "7", '{"watched":7,"answered":{"pixels/given":null}}'])
def test_what_others_keep_there_breaks_nothing(browser: Browser, addresses: dict[str, str], kept: str) -> None:
    with visiting(browser, addresses["server"]) as visit:
        visit.page.evaluate("(kept) => localStorage.setItem(`edgeglow.${Progress.place}`, kept)", kept)
        visit.page.reload()
        ask(visit, "pixels", 0, RIGHT)
        expect(visit.page.locator(SHOWN)).to_have_text("0 of 2 watched, 1 of 4 right")


def test_formulas_in_a_table_are_text(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        rows = [["=1+1", "-2", "-x", '"a", b', "@x"]]
        assert visit.page.evaluate("(rows) => Table.csv(rows)", rows) == '\'=1+1,-2,\'-x,"""a"", b",\'@x\r\n'


# -- places -------------------------------------------------------------------------------------------------


def test_another_language_goes_on_at_the_same_place(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        page = visit.page
        visit.sentence("bias", 1).click()
        visit.wait("bias", "video.currentTime > 1.1")
        page.locator("button[data-language=ko]:visible").click()
        visit.wait("bias", "!video.paused && !video.seeking && video.currentTime > 1.1")
        expect(visit.form("bias").locator("legend")).to_contain_text("(bias/end)")
        visit.form("bias").locator("label").nth(WRONG).click()
        visit.form("bias").locator(".check").click()
        page.locator("button[data-language=en]:visible").click()
        expect(visit.form("bias").locator("legend")).to_have_text("How many pixels? (bias/end)")
        expect(visit.form("bias").locator(".verdict")).to_contain_text("That is not right.")
        expect(page.locator("button[data-language=en]:visible")).to_be_focused()
        visit.wait("bias", "video.paused && !video.seeking && video.currentTime > 2.5")


@pytest.mark.parametrize("moment", ["0:01.5", "1.5", "0:01.50"])
def test_an_address_names_a_moment(browser: Browser, addresses: dict[str, str], moment: str) -> None:
    with visiting(browser, f"{addresses['server']}#bias@{moment}") as visit:
        visit.wait("bias", "!video.seeking && Math.abs(video.currentTime - 1.5) < 0.01 && video.paused")
        expect(visit.page.locator("#bias h2")).to_be_in_viewport()
        visit.page.evaluate("location.hash = '#pixels-ko@0:02'")  # a moment in another language
        expect(visit.page.locator("h1:visible")).to_have_text("신경망 수업")
        visit.wait("pixels", "!video.seeking && Math.abs(video.currentTime - 2) < 0.01")
        visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit.page.locator(f"{visit.clip('pixels')} .moment").click()
        expect(visit.page.locator(f"{visit.clip('pixels')} .said-so")).to_have_text("복사했습니다.")
        copied = visit.page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{addresses['server']}#pixels@0:02"


@pytest.mark.parametrize("name", ["bias@x", "nothing@0:10", "@", "%", "bias@0:99999"])
def test_an_address_that_names_nothing_breaks_nothing(browser: Browser, addresses: dict[str, str], name: str) -> None:
    with visiting(browser, f"{addresses['file']}#{name}") as visit:
        expect(visit.page.locator("h1:visible")).to_have_text("A neural network & its lesson")
        if name.endswith("99999"):
            visit.wait("bias", "video.currentTime === video.duration")
