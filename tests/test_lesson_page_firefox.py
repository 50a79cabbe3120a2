"""The page of a lesson in Firefox: where it stops for a question, how far its keys go, how it is printed."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from films import write_webm
from firefox import Firefox, opened
from pdfs import pages_in, pictures_in

from edgeglow.lesson.lesson_data import Lesson

pytest_plugins = ("browser",)

RIGHT_ARROW, LEFT_ARROW, TAB = "\ue014", "\ue012", "\ue004"
# How bright the picture is that is shown: frames tell their number by it, see small_lesson.py.
GREY = (
    "(() => { const canvas = document.createElement('canvas'); canvas.width = canvas.height = 8;"
    " const brush = canvas.getContext('2d'); brush.drawImage(Player.all[0].video, 0, 0, 8, 8);"
    " return brush.getImageData(4, 4, 1, 1).data[0]; })()"
)
STILL = "!document.querySelector('#pixels video').seeking && document.querySelector('#pixels video').readyState >= 2"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with opened(tmp_path_factory.mktemp("firefox")) as found:
        yield found


def test_it_stops_on_the_last_picture_before_the_answer(
    firefox: Firefox, made: tuple[Lesson, Path], addresses: dict[str, str]
) -> None:
    """In a film of 60 pictures a second, as the usual one is: a browser that stops late is late by some of them."""
    question = made[0].editions[0].clips[0].questions[0]
    rate, step = 60, 4
    write_webm(made[1] / "fast.webm", rate=rate, count=54, step=step)
    for _ in range(3):  # it is late by chance
        firefox.go(addresses["server"])
        firefox.run("(Progress.forget(), Player.all[0].video.src = 'fast.webm', 0)")
        firefox.run("Player.all[0].play()")
        firefox.wait("document.querySelector('#pixels form.question')")
        firefox.wait(STILL)
        firefox.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")
        assert firefox.run("document.querySelector('#pixels video').paused")
        assert round((firefox.run(GREY) - 30) / step) == round(question.at * rate) - 1
        assert firefox.run("document.querySelector('#pixels .caption').textContent") == "This is <b> & w."


def test_a_step_is_what_the_page_says(firefox: Firefox, addresses: dict[str, str]) -> None:
    """Also with the focus on the bar, which a browser moves by steps of its own."""
    firefox.go(addresses["server"])
    firefox.run("(Settings.stops = false, Player.all[0].seek(0.2), 0)")
    firefox.wait(STILL)
    now = "document.querySelector('#pixels video').currentTime"
    for focus in (".position", ".play"):
        firefox.run(f"(document.querySelector('#pixels {focus}').focus(), Player.current = Player.all[0], 0)")
        firefox.press(RIGHT_ARROW)
        firefox.wait(f"{now} === document.querySelector('#pixels video').duration")  # it is shorter than 5 seconds
        firefox.press(LEFT_ARROW)
        firefox.wait(f"{now} === 0")


def test_it_fits_a_telephone(firefox: Firefox, addresses: dict[str, str]) -> None:
    for language in ("en", "ko"):
        firefox.go(f"{addresses['file']}?lang={language}", width=390, height=844)
        assert firefox.run("document.documentElement.scrollWidth") <= 390
        assert firefox.run("document.querySelector('#pixels .controls').getBoundingClientRect().bottom") < 700


@pytest.mark.parametrize("way", ["file", "one"])
def test_it_prints_a_sheet_for_each_clip_and_the_answers(
    firefox: Firefox, made: tuple[Lesson, Path], addresses: dict[str, str], way: str
) -> None:
    firefox.go(f"{addresses[way]}?lang=ko")
    firefox.wait("[...document.querySelectorAll('#lesson-ko .handout img')].every((one) => one.src)")
    content = b64decode(firefox.call("browsingContext.print", context=firefox.page)["data"])
    assert pages_in(content) == len(made[0].editions[1].clips) + 1
    assert pictures_in(content) > 0
