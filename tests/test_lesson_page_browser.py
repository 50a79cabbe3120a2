"""The page of a lesson as it is used: clips play, sentences jump, questions stop, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Visit, launched, make_lesson_of_films, visiting
from playwright.sync_api import Browser, expect, sync_playwright

from lesson.material import Lesson
from lesson.onefile import one_file
from lesson.page import write_page
from lesson.serving import serving
from lesson.snippets import snippets_of

PHONE = {"width": 390, "height": 844}
FIRST, LAST = "given", "end"  # the beats with questions; see small_lesson.py
RIGHT, WRONG = 2, 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lesson, Path]:
    folder = tmp_path_factory.mktemp("page") / "lesson"
    lesson = make_lesson_of_films(folder)
    write_page(lesson, folder)
    one_file(lesson, folder, folder.parent / "lesson.html")
    return lesson, folder


@pytest.fixture(scope="module")
def addresses(made: tuple[Lesson, Path]) -> Iterator[dict[str, str]]:
    """The page, as a file, from a server, and in one file."""
    folder = made[1]
    with serving(folder) as server:
        yield {
            "file": (folder / "index.html").as_uri(),
            "server": server,
            "one": (folder.parent / "lesson.html").as_uri(),
        }


def sentence(visit: Visit, slug: str, number: int) -> Any:
    return visit.page.locator(f"{visit.clip(slug)} .sentence").nth(number)


def form(visit: Visit, slug: str) -> Any:
    return visit.page.locator(f"{visit.clip(slug)} form.question")


def play(visit: Visit, slug: str) -> None:
    video = visit.page.locator(f"{visit.clip(slug)} video")
    video.scroll_into_view_if_needed()
    visit.wait(slug, "video.currentSrc || video.querySelector('source').src")
    video.evaluate("(video) => video.play()")


def captions(visit: Visit, slug: str) -> list[str]:
    found: list[str] = visit.video(
        slug,
        "[...video.textTracks].filter((track) => track.mode === 'showing')"
        ".flatMap((track) => [...track.activeCues].map((cue) => `${track.language}: ${cue.text}`))",
    )
    return found


# -- clips --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("way", ["file", "server", "one"])
def test_clips_play_and_seek_with_captions_and_a_transcript_that_follows(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str], way: str, language: str
) -> None:
    lesson, _ = made
    (edition,) = (one for one in lesson.editions if one.language == language)
    with visiting(browser, f"{addresses[way]}?lang={language}", viewport=PHONE) as visit:
        expect(visit.page).to_have_title(edition.title)
        assert visit.page.evaluate("document.documentElement.lang") == language
        for clip in edition.clips:
            loaded = visit.video(clip.slug, "video.buffered.length")
            assert loaded == 0 or way == "one"  # there nothing is to be loaded
            sentence(visit, clip.slug, 1).click()
            visit.wait(clip.slug, "video.currentTime > 1.1 && !video.paused")
            assert captions(visit, clip.slug) == [f"{language}: {clip.sentences[1].text}"]
            expect(sentence(visit, clip.slug, 1)).to_have_attribute("aria-current", "true")
            sentence(visit, clip.slug, 2).click()
            visit.wait(clip.slug, "!video.seeking && video.currentTime >= 2 && !video.paused")
            expect(sentence(visit, clip.slug, 2)).to_have_attribute("aria-current", "true")
            expect(sentence(visit, clip.slug, 1)).not_to_have_attribute("aria-current", "true")
            assert captions(visit, clip.slug) == [f"{language}: {clip.sentences[2].text}"]
            visit.video(clip.slug, "video.pause()")


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_both_kinds_of_film_play(browser: Browser, addresses: dict[str, str], kind: str) -> None:
    with visiting(browser, addresses["file"]) as visit:
        other = {"mp4": "webm", "webm": "mp4"}[kind]
        visit.video("bias", f"video.querySelector('source[type$={other}]').remove()")
        visit.video("bias", "video.load()")
        sentence(visit, "bias", 1).click()
        visit.wait("bias", f"video.currentTime > 1 && video.currentSrc.endsWith('.{kind}')")


def test_pictures_after_a_jump_are_those_of_the_moment(browser: Browser, addresses: dict[str, str]) -> None:
    """Frames tell their number by their brightness: see small_lesson.py."""
    with visiting(browser, addresses["server"]) as visit:
        visit.page.evaluate("Settings.stops = false")
        sentence(visit, "pixels", 2).click()
        visit.wait("pixels", "video.currentTime > 2.0")
        visit.video("pixels", "(video.pause(), video.currentTime = 1.25, 0)")
        visit.wait("pixels", "!video.seeking && video.readyState >= 2")
        grey = visit.video(
            "pixels",
            "(() => { const canvas = document.createElement('canvas'); canvas.width = canvas.height = 8;"
            " const brush = canvas.getContext('2d'); brush.drawImage(video, 0, 0, 8, 8);"
            " return brush.getImageData(4, 4, 1, 1).data[0]; })()",
        )
        assert round((grey - 30) / 6) == 12


def test_the_box_moves_to_the_sentence_and_the_page_does_not(
    browser: Browser, addresses: dict[str, str]
) -> None:
    with visiting(browser, addresses["file"], viewport=PHONE, reduced_motion="reduce") as visit:
        page = visit.page
        box = page.locator(f"{visit.clip('pixels')} .box")
        box.evaluate("(box) => { box.style.maxHeight = '50px'; box.scrollIntoView({ block: 'center' }); }")
        before = page.evaluate("scrollY")
        visit.video("pixels", "(Settings.stops = false, video.play(), 0)")
        visit.wait("pixels", "video.currentTime > 2.1")
        assert box.evaluate("(box) => box.scrollTop") > 20
        inside = "(item) => { const box = item.closest('.box').getBoundingClientRect();"
        inside += " return item.getBoundingClientRect().top - box.top; }"
        assert 0 <= sentence(visit, "pixels", 2).evaluate(inside) < 50
        assert page.evaluate("scrollY") == before


def test_one_clip_plays_at_a_time(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        for slug, other in (("pixels", "bias"), ("bias", "pixels")):
            sentence(visit, slug, 1).click()
            visit.wait(slug, "!video.paused && video.currentTime > 0.9")
            assert visit.video(other, "video.paused")


# -- questions ----------------------------------------------------------------------------------------------

LISTEN = """() => {
  window.told = [];
  for (const name of ["edgeglow:answer", "edgeglow:watched"]) {
    document.addEventListener(name, ({ type, detail }) => window.told.push([type.slice(9), detail]));
  }
}"""


def told(visit: Visit) -> list[Any]:
    found: list[Any] = visit.page.evaluate("told")
    return found


def test_a_question_stops_the_clip_takes_answers_and_goes_on(
    browser: Browser, made: tuple[Lesson, Path], addresses: dict[str, str]
) -> None:
    question, last = made[0].editions[0].clips[0].questions
    with visiting(browser, addresses["file"]) as visit:
        visit.page.evaluate(LISTEN)
        play(visit, "pixels")
        asked = form(visit, "pixels")
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
        expect(asked).to_have_count(0, timeout=1000)
        expect(form(visit, "pixels").locator("legend")).to_have_text(last.ask)  # it went on to the next
        form(visit, "pixels").locator(".go-on").click()
        visit.wait("pixels", "video.ended")
        detail = {"clip": "pixels", "beat": FIRST}
        assert told(visit) == [
            ["answer", detail | {"right": False, "first": True, "choice": WRONG}],
            ["answer", detail | {"right": True, "first": False, "choice": RIGHT}],
            ["watched", {"clip": "pixels"}],
        ]
        expect(visit.page.locator("nav [data-watched=pixels]").first).to_be_visible()
        play(visit, "pixels")  # again: what was asked is not asked again
        visit.wait("pixels", "video.currentTime > 1")
        expect(form(visit, "pixels")).to_have_count(0)


def test_a_question_can_be_answered_by_keyboard_alone(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        visit.page.evaluate(LISTEN)
        visit.page.locator(f"{visit.clip('bias')} video").focus()
        visit.page.keyboard.press("k")
        expect(form(visit, "bias").locator("fieldset")).to_be_focused()
        for key in ("Tab", "Space", "ArrowDown", "ArrowDown", "Enter"):
            visit.page.keyboard.press(key)
        assert told(visit) == [
            ["answer", {"clip": "bias", "beat": FIRST, "right": True, "first": True, "choice": RIGHT}]
        ]
        visit.page.keyboard.press("Enter")  # go on has the focus
        visit.wait("bias", "!video.paused && video.currentTime > 0.8")
        expect(visit.page.locator(f"{visit.clip('bias')} video")).to_be_focused()


def test_jumping_past_a_question_does_not_ask_it_but_it_can_be_opened(
    browser: Browser, addresses: dict[str, str]
) -> None:
    with visiting(browser, f"{addresses['file']}?lang=ko") as visit:
        sentence(visit, "pixels", 1).click()
        visit.wait("pixels", "video.currentTime > 1.2")
        expect(form(visit, "pixels")).to_have_count(0)
        opener = visit.page.locator(f"{visit.clip('pixels')} .ask").first
        opener.click()
        assert visit.video("pixels", "video.paused")
        expect(form(visit, "pixels").locator("legend")).to_contain_text("픽셀은 몇 개입니까?")
        form(visit, "pixels").locator(".go-on").click()
        expect(opener).to_be_focused()
        visit.wait("pixels", "!video.paused")


def test_stopping_can_be_turned_off_and_that_is_remembered(
    browser: Browser, addresses: dict[str, str]
) -> None:
    with visiting(browser, addresses["file"]) as visit:
        for _ in range(2):
            visit.page.locator(".edition:not([hidden]) .settings summary").click()
            box = visit.page.locator(".edition:not([hidden]) [data-setting=stops]")
            if _ == 0:
                box.uncheck()
            expect(box).not_to_be_checked()
            play(visit, "pixels")
            visit.wait("pixels", "video.ended")
            expect(form(visit, "pixels")).to_have_count(0)
            visit.page.reload()


def test_an_earlier_visit_is_gone_on_with(browser: Browser, addresses: dict[str, str]) -> None:
    with visiting(browser, addresses["file"]) as visit:
        visit.page.evaluate(LISTEN)
        known = visit.page.evaluate("({ ...window.edgeglow, restore: undefined })")
        assert (known["clips"], known["language"]) == (["pixels", "bias"], "en")
        assert [(one["clip"], one["beat"], one["right"]) for one in known["questions"]] == [
            (slug, beat, RIGHT) for slug in ("pixels", "bias") for beat in (FIRST, LAST)
        ]
        state = {"answered": [{"clip": "pixels", "beat": FIRST, "right": False}], "watched": ["bias"]}
        visit.page.evaluate("(state) => window.edgeglow.restore(state)", state)
        expect(visit.page.locator("nav [data-watched=bias]").first).to_be_visible()
        expect(visit.page.locator(f"{visit.clip('pixels')} [data-answered]").first).to_be_visible()
        play(visit, "pixels")
        visit.wait("pixels", "video.currentTime > 1")
        assert told(visit) == []


# -- the page -----------------------------------------------------------------------------------------------


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
        sentence(visit, "pixels", 0).click()
        visit.wait("pixels", "!video.paused && video.currentTime > 0.1")
        page.keyboard.press("k")
        assert visit.video("pixels", "video.paused")
        page.keyboard.press("ArrowRight")
        visit.wait("pixels", "video.currentTime === video.duration")
        page.keyboard.press("ArrowLeft")
        visit.wait("pixels", "video.currentTime === 0")
        page.keyboard.press("c")
        assert visit.video("pixels", "[...video.textTracks].every(({ mode }) => mode !== 'showing')")
        page.keyboard.press("c")
        assert visit.video("pixels", "video.textTracks[0].mode") == "showing"
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
        sentence(visit, "pixels", 0).focus()
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
def test_code_is_filled_with_the_address_and_copied(
    browser: Browser, addresses: dict[str, str], way: str
) -> None:
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


# -- frames -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [240, 480, 1280])
def test_a_clip_in_the_page_of_a_course_fills_its_frame(
    browser: Browser, made: tuple[Lesson, Path], width: int
) -> None:
    lesson, folder = made
    code = next(iter(snippets_of(lesson.editions[1].clips[1]))).text
    course = f'<!doctype html><title>Course</title><div style="width: {width}px">{code}</div>'
    (folder.parent / "index.html").write_text(course, encoding="utf-8")
    with (
        serving(folder.parent) as address,
        visiting(browser, address, viewport={"width": 1300, "height": 900}) as visit,
    ):
        frame = visit.page.frame_locator("iframe")
        video = frame.locator("video")
        shape = video.bounding_box()
        assert shape is not None
        assert (shape["width"], shape["height"]) == (width, width * 9 / 16)
        fits = (
            "document.documentElement.scrollWidth <= innerWidth && document.body.scrollHeight <= innerHeight"
        )
        assert video.evaluate(f"() => {fits}")
        visit.page.wait_for_load_state("networkidle")  # scripts of frames that are loaded late
        frame.locator(".toggle").click()
        frame.locator(".sentence").nth(1).click()
        expect(frame.locator("#transcript")).not_to_be_visible()
        asked = frame.locator("form.question")
        expect(asked.locator("legend")).to_contain_text("(bias/end)", timeout=8000)
        asked.locator("label").nth(RIGHT).click()
        asked.locator(".check").click()
        expect(asked.locator(".verdict")).to_contain_text("맞았습니다.")
        asked.locator(".go-on").click()
        expect(asked).to_have_count(0)
        expect(frame.locator(".bar a")).to_have_attribute("href", "../index.html?lang=ko#bias")


# -- for everybody ------------------------------------------------------------------------------------------


AXE = {
    "rules": {"target-size": {"enabled": True}},
    "preload": False,
}  # it would fetch styles, which pages forbid


def check(visit: Visit) -> None:
    """What axe-core finds against WCAG 2.2, its best practices among them."""
    found = Axe().run(visit.page, options=AXE)
    assert [
        (one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found.response["violations"]
    ] == []
    assert len(found.response["passes"]) > 10


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_no_violation(
    browser: Browser, addresses: dict[str, str], scheme: str, language: str
) -> None:
    width = {"width": 320, "height": 640} if scheme == "light" else {"width": 1280, "height": 900}
    address = f"{addresses['file']}?lang={language}"
    with visiting(browser, address, color_scheme=scheme, viewport=width, reduced_motion="reduce") as visit:
        page = visit.page
        for details in page.locator(".edition:not([hidden]) details").all():
            details.evaluate("(one) => { one.open = true; }")
        check(visit)
        page.locator(f"{visit.clip('pixels')} .ask").first.click()
        check(visit)
        form(visit, "pixels").locator("label").first.click()
        form(visit, "pixels").locator(".check").click()
        check(visit)
        form(visit, "pixels").locator(".go-on").click()
        page.locator(".show-help:visible").click()
        check(visit)
        assert page.evaluate("document.documentElement.scrollWidth") <= width["width"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_no_violation_in_a_frames_page(
    browser: Browser, made: tuple[Lesson, Path], language: str
) -> None:
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
