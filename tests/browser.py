"""A lesson in a real browser: Chromium, what it reports, and a small lesson whose clips are real."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route
from playwright.sync_api import Error as PlaywrightError
from small_lesson import FPS, FRAMES, HEIGHT, WIDTH, level, make_small_lesson

from film.subtitles import Cue, Told, webvtt
from lesson.material import Clip, Edition, Lesson
from scenes.script import load_script

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OURS = ("file:", "data:", "blob:")


def launched(playwright: Playwright) -> Browser:
    """Chromium: the system's, or Chrome as it was installed by hand, or Playwright's own. Fails in one line."""
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
    """A page as somebody has it open, what it said in the console, and what it asked of others."""

    page: Page
    said: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # requests that wanted to leave this machine

    def clip(self, slug: str) -> str:
        """The visible section of a clip, as a selector."""
        return f'.edition:not([hidden]) [data-clip="{slug}"]'

    def video(self, slug: str, wanted: str) -> Any:
        """What ``wanted`` is of the clip's video, which is called ``video`` in it."""
        return self.page.evaluate(
            f"(selector) => {{ const video = document.querySelector(selector); return ({wanted}); }}",
            f"{self.clip(slug)} video",
        )

    def wait(self, slug: str, condition: str) -> None:
        self.page.wait_for_function(
            f"(selector) => {{ const video = document.querySelector(selector); return ({condition}); }}",
            arg=f"{self.clip(slug)} video",
            timeout=8000,
        )


@contextmanager
def visiting(browser: Browser, address: str, **options: Any) -> Iterator[Visit]:
    """Open a page with the browser so set up; afterwards nothing may have been complained of, or have left."""
    context: BrowserContext = browser.new_context(**{"locale": "en-GB"} | options)
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


# -- the lesson ---------------------------------------------------------------------------------------------


def make_lesson_of_films(folder: Path) -> Lesson:
    """The small lesson with its words, with pictures that are pictures, and WebM, and captions in both languages."""
    lesson = make_small_lesson(folder)
    return replace(lesson, editions=tuple(_edition(edition, folder) for edition in lesson.editions))


def _edition(edition: Edition, folder: Path) -> Edition:
    for clip in edition.clips:
        _fill(clip, folder)
    words = load_script(edition.language).pages["lesson"]["labels"]
    return replace(edition, words=words)


def _fill(clip: Clip, folder: Path) -> None:
    media = clip.media
    _webm(folder / media.webm.path)
    grey = [Image.new("RGB", (WIDTH, HEIGHT), (level(number),) * 3) for number in (0, 8, 16, 24)]
    grey[0].save(folder / media.poster.path)
    grey[0].save(folder / media.loop.path, save_all=True, append_images=grey[1:], duration=200)
    for number, still in enumerate(media.stills):
        grey[number].save(folder / still.path)
    for captions in media.captions:
        said = clip.told[captions.language]
        cues = [Cue(round(one.start * FPS), round(one.end * FPS), one.beat, one.text) for one in said]
        told = Told(clip.slug, FRAMES, tuple(cues))
        text = webvtt([told], FPS, captions.language)
        (folder / captions.vtt.path).write_text(text, encoding="utf-8")


def _webm(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libvpx-vp9", rate=FPS, options={"deadline": "realtime", "cpu-used": "8"}
        )
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        for number in range(FRAMES):
            picture = np.full((HEIGHT, WIDTH, 3), level(number), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
