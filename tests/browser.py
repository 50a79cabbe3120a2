"""Helpers and fixtures (a pytest plugin) for tests of a lesson in Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from films import make_lesson_of_films
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Download,
    Locator,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.single_file import write_single_file
from edgeglow.lesson.web_page import write_page
from edgeglow.lesson.web_server import serve_folder

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OURS = ("file:", "data:", "blob:")
PATIENCE = 60_000  # timeout in milliseconds; long, since the machine may be busy

expect.set_options(timeout=PATIENCE)

# Counts the clicks on links with a file name, also on those that are not on the page, and so not heard by it.
COUNT_FILES = """() => {
    const isFirst = window.started === undefined;
    window.started = 0;
    if (!isFirst) return;
    document.addEventListener("click", ({ target }) => { window.started += Boolean(target.closest("a[download]")); });
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function () {
        window.started += !this.isConnected && this.hasAttribute("download");
        click.call(this);
    };
}"""


def launched(playwright: Playwright) -> Browser:
    """Launch Chromium: the system's, else Chrome, else Playwright's own. Fails in one line."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    ways: list[dict[str, Any]] = [{"executable_path": found}] if found else []
    ways += [{"channel": "chrome"}, {}]
    for way in ways:
        try:
            return playwright.chromium.launch(args=["--no-sandbox"], **way)
        except PlaywrightError as error:
            reason = str(error).splitlines()[0]
    pytest.fail(f"no browser to test pages in: {reason}. Install Chromium: ./dev test does", pytrace=False)


@dataclass
class Visit:
    """An open page, with its console messages and its requests to other machines."""

    page: Page
    said: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # blocked requests to other machines

    def clip(self, slug: str) -> str:
        """Return a selector for the visible section of a clip."""
        return f'.edition:not([hidden]) [data-clip="{slug}"]'

    def video(self, slug: str, wanted: str) -> Any:
        """Evaluate the JavaScript expression ``wanted``, in which ``video`` is the clip's video."""
        return self.page.evaluate(
            f"(selector) => {{ const video = document.querySelector(selector); return ({wanted}); }}",
            f"{self.clip(slug)} video",
        )

    def wait(self, slug: str, condition: str) -> None:
        self.page.wait_for_function(
            f"(selector) => {{ const video = document.querySelector(selector); return ({condition}); }}",
            arg=f"{self.clip(slug)} video",
        )

    def sentence(self, slug: str, number: int) -> Locator:
        return self.page.locator(f"{self.clip(slug)} .sentence").nth(number)

    def form(self, slug: str) -> Locator:
        return self.page.locator(f"{self.clip(slug)} form.question")

    def play(self, slug: str) -> None:
        video = self.page.locator(f"{self.clip(slug)} video")
        video.scroll_into_view_if_needed()
        video.evaluate("(video) => video.play()")

    def caption(self, slug: str) -> str:
        """Return the caption that is shown now, with its language."""
        found: str = self.page.locator(f"{self.clip(slug)} .caption").evaluate(
            "(one) => `${one.lang}: ${one.textContent}`"
        )
        return found

    def download(self, button: Locator) -> Download:
        """Click on ``button`` and return the download that it starts.

        Chromium now and then loses a download that a page has started. Then there is one more click, if the page did
        start one at the click before: clicks on links to files are counted.
        """
        self.page.evaluate(COUNT_FILES)
        for click in (1, 2, 3):
            try:
                with self.page.expect_download(timeout=PATIENCE / 3) as taken:
                    button.click()
                return taken.value
            except PlaywrightTimeout:
                assert self.page.evaluate("started") == click, "the page started no download"
        pytest.fail("Chromium lost three downloads in a row")

    def listen(self) -> None:
        """Start to record the page's events; ``told`` returns them."""
        self.page.evaluate(
            "() => { window.told = []; for (const name of ['answer', 'watched'])"
            " document.addEventListener(`edgeglow:${name}`, ({ detail }) => told.push([name, detail])); }"
        )

    @property
    def told(self) -> list[Any]:
        found: list[Any] = self.page.evaluate("told")
        return found


def answer(asked: Locator, choice: int, verdict: str) -> None:
    """Answer the question that is shown, check the verdict, and go on."""
    asked.locator("label").nth(choice).click()
    asked.locator(".check").click()
    expect(asked.locator(".verdict")).to_contain_text(verdict)
    asked.locator(".go-on").click()


@contextmanager
def visiting(browser: Browser, address: str, **options: Any) -> Iterator[Visit]:
    """Open a page in a new browser context with these options.

    At the end, fail if there were console messages, or requests to other machines.
    """
    context: BrowserContext = browser.new_context(**{"locale": "en-GB"} | options)
    context.set_default_timeout(PATIENCE)
    parts = urlsplit(address)
    own = (*OURS, f"{parts.scheme}://{parts.netloc}/") if parts.netloc else OURS
    visit = Visit(context.new_page())

    def guard(route: Route) -> None:
        if route.request.url.startswith(own):
            route.continue_()
        else:
            visit.left.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    context.on("console", lambda message: visit.said.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: visit.said.append(str(error.error)))
    try:
        visit.page.goto(address)
        yield visit
        complaints = [*visit.said, *(f"left: {request}" for request in visit.left)]
        assert not complaints, complaints
    finally:
        context.close()


# -- fixtures -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lesson, Path]:
    """Make a lesson in a folder, and beside it the same in one file."""
    folder = tmp_path_factory.mktemp("page") / "lesson"
    lesson = make_lesson_of_films(folder)
    write_page(lesson, folder)
    write_single_file(lesson, folder, folder.parent / "lesson.html")
    return lesson, folder


@pytest.fixture(scope="module")
def addresses(made: tuple[Lesson, Path]) -> Iterator[dict[str, str]]:
    """Return the addresses of the page as a file, from a server, and in one file."""
    folder = made[1]
    with serve_folder(folder) as server:
        yield {
            "file": (folder / "index.html").as_uri(),
            "server": server,
            "one": (folder.parent / "lesson.html").as_uri(),
        }
