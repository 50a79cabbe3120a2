"""The SCORM package: its manifest by the schemas and by the rules, and what it tells a platform, in a browser."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import xmlschema
from browser import launched, make_lesson_of_films
from playwright.sync_api import Browser, Frame, Page, sync_playwright
from small_lesson import SLUGS, make_small_lesson

from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.scorm import (
    LAUNCH,
    LEFT_OUT,
    MANIFEST,
    MASTERY,
    METADATA,
    PACKAGING,
    PARTS,
    SCORM,
    SCRIPTS,
    manifest,
    write_scorm,
)
from edgeglow.lesson.web_server import serve_folder

HERE = Path(__file__).parent
SCHEMAS = {PACKAGING: "imscp_rootv1p1p2.xsd", SCORM: "adlcp_rootv1p2.xsd", METADATA: "imsmd_rootv1p2p1.xsd"}
Made = tuple[Lesson, Path, Path]
CP, ADL, MD = f"{{{PACKAGING}}}", f"{{{SCORM}}}", f"{{{METADATA}}}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A lesson, the folder of its pack, and its package."""
    from edgeglow.lesson.web_page import write_page

    base = tmp_path_factory.mktemp("scorm")
    folder = base / "lesson"
    lesson = make_small_lesson(folder)
    write_page(lesson, folder)
    return lesson, folder, write_scorm(lesson, folder, base / "lesson-scorm.zip")


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> xmlschema.XMLSchema10:
    """The schemas of SCORM 1.2: IMS Content Packaging 1.1.2, its metadata 1.2.1, and ADL's own, as one.

    Of these, only that of XML's own attributes is left out: it binds a name that XML reserves, so readers of today
    refuse it, and they know those attributes.
    """
    spec = find_spec("plct_bulder_for_sphinx")  # not imported, for it wants Sphinx
    assert spec is not None and spec.origin is not None, "the schemas are missing: ./dev setup brings them"
    folder = tmp_path_factory.mktemp("schemas")
    for file in SCHEMAS.values():
        text = (Path(spec.origin).parent / "scorm-templates" / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace('schemaLocation="ims_xml.xsd"', ""), encoding="utf-8")
    places = [(name, str(folder / file)) for name, file in SCHEMAS.items() if name != PACKAGING]
    return xmlschema.XMLSchema10(str(folder / SCHEMAS[PACKAGING]), locations=places, allow="local")


@pytest.fixture(scope="module")
def root(made: Made) -> ElementTree.Element:
    with zipfile.ZipFile(made[2]) as archive:
        return ElementTree.fromstring(archive.read(MANIFEST))


# -- the manifest ---------------------------------------------------------------------------------------------


def test_the_manifest_is_valid(made: Made, schema: xmlschema.XMLSchema10) -> None:
    with zipfile.ZipFile(made[2]) as archive:
        text = archive.read(MANIFEST).decode()
    schema.validate(text)
    assert "schemaLocation" not in text  # nothing is named that does not lie in the package


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('identifier="lesson"', 'identifier="1 lesson"'),
        ("adlcp:masteryscore", "adlcp:mastery"),
        ('adlcp:scormtype="sco"', 'adlcp:scormtype="page"'),
        ('type="webcontent"', ""),
        ("<schema>", "<scheme>"),
        ("imsmd:langstring", "imsmd:words"),
        ('identifier="item-index"', 'identifier="page-index"'),
    ],
)
def test_a_manifest_with_a_mistake_would_not_be(
    made: Made, schema: xmlschema.XMLSchema10, good: str, bad: str
) -> None:
    with zipfile.ZipFile(made[2]) as archive:
        text = archive.read(MANIFEST).decode()
    assert good in text
    with pytest.raises(xmlschema.XMLSchemaException):
        schema.validate(text.replace(good, bad))


def test_every_file_is_listed_and_every_file_listed_is_there(made: Made, root: ElementTree.Element) -> None:
    listed = [unquote(one.attrib["href"]) for one in root.iter(f"{CP}file")]
    with zipfile.ZipFile(made[2]) as archive:
        assert archive.testzip() is None
        there = set(archive.namelist()) - {MANIFEST}
    assert set(listed) == there
    assert len(listed) == len(set(listed))
    own = {path.relative_to(made[1]).as_posix() for path in made[1].rglob("*") if path.is_file()}
    assert {name for name in own if not name.startswith(LEFT_OUT)} <= there
    assert not [name for name in there if name.startswith(LEFT_OUT)]


def test_a_name_is_listed_as_an_address(made: Made, schema: xmlschema.XMLSchema10) -> None:
    text = manifest(made[0], ["index.html", "assets/가 b%20.css"])
    schema.validate(text.decode())
    listed = [one.attrib["href"] for one in ElementTree.fromstring(text).iter(f"{CP}file")]
    assert listed == ["assets/%EA%B0%80%20b%2520.css", "index.html"]


def test_what_is_referred_to_is_there(root: ElementTree.Element) -> None:
    organizations = root.find(f"{CP}organizations")
    assert organizations is not None
    (organization,) = organizations
    assert organizations.attrib["default"] == organization.attrib["identifier"]
    resources = {one.attrib["identifier"]: one for one in root.iter(f"{CP}resource")}
    (item,) = root.iter(f"{CP}item")
    resource = resources.pop(item.attrib["identifierref"])
    assert not resources
    assert resource.attrib[f"{ADL}scormtype"] == "sco"
    assert resource.attrib["href"] == LAUNCH
    assert LAUNCH in [one.attrib["href"] for one in resource.iter(f"{CP}file")]
    assert [root.findtext(f"{CP}metadata/{CP}{name}") for name in ("schema", "schemaversion")] == ["ADL SCORM", "1.2"]


def test_identifiers_are_unique_and_tell_lessons_apart(made: Made, root: ElementTree.Element) -> None:
    names = [one.attrib["identifier"] for one in root.iter() if "identifier" in one.attrib]
    assert len(names) == len(set(names)) == 4
    lesson = made[0]
    others = [replace(lesson, run="f" * 16), replace(lesson, editions=lesson.editions[:1])]
    ids = {ElementTree.fromstring(manifest(one, [])).attrib["identifier"] for one in (lesson, *others)}
    assert len(ids) == 3


def test_the_manifest_says_what_the_lesson_does(made: Made, root: ElementTree.Element) -> None:
    lesson = made[0]
    titles = [one.text for one in root.iter(f"{CP}title")]
    assert titles == [lesson.editions[0].title] * 2
    for name, wanted in (
        ("title", [one.title for one in lesson.editions]),
        ("description", ["Pixels. Bias.", "픽셀. 편향."]),
    ):
        found = root.findall(f".//{MD}{name}/{MD}langstring")
        assert [one.text for one in found] == wanted
        assert [one.attrib["{http://www.w3.org/XML/1998/namespace}lang"] for one in found] == ["en", "ko"]
    assert root.findtext(f".//{ADL}masteryscore") == str(MASTERY)


def test_without_questions_no_score_is_to_be_reached(tmp_path: Path, schema: xmlschema.XMLSchema10) -> None:
    lesson = make_small_lesson(tmp_path, asks=False)
    text = manifest(lesson, ["index.html"]).decode()
    schema.validate(text)
    assert "masteryscore" not in text


def test_the_pack_itself_stays_as_it_was(made: Made) -> None:
    _, folder, package = made
    assert not [name for name in PARTS if (folder / "assets" / name).exists()]
    assert not (folder / MANIFEST).exists()
    assert "scorm" not in (folder / LAUNCH).read_text(encoding="utf-8")
    assert sorted(path.name for path in package.parent.iterdir()) == ["lesson", package.name]
    with zipfile.ZipFile(package) as archive:
        page = archive.read(LAUNCH).decode()
    assert [name for name in SCRIPTS if f'src="{name}"' not in page] == []


# -- in a platform --------------------------------------------------------------------------------------------

PAGE = """<!doctype html><meta charset="utf-8"><title>lesson</title>
<h2 id="pixels">Pixels</h2><h2 id="bias">Bias</h2>
<script type="application/json" id="scorm-words">{"en": "Nothing is saved."}</script>
<script src="assets/platform.js"></script>
<script src="assets/scorm.js"></script>
<script>
window.edgeglow = {
  clips: CLIPS, questions: QUESTIONS, language: "en",
  restore: (state) => { window.restored = state; },
};
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`edgeglow:${name}`, { detail }));
</script>
"""
QUESTIONS = [(slug, beat) for slug in SLUGS for beat in ("given", "end")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


Opened = Callable[..., "Platform"]


class Platform:
    """The platform of fixtures/lms.html in a browser, and the lesson in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def launch(self) -> Frame:
        with self.page.expect_event("framenavigated", lambda frame: "lesson/" in frame.url) as found:
            self.page.evaluate("launch()")
        frame = found.value
        frame.wait_for_load_state("load")
        return frame

    def visit(self, *deeds: tuple[Any, ...]) -> Frame:
        """Open the lesson and do this: ("watched", clip) or ("answer", clip, beat, choice)."""
        frame = self.launch()
        for kind, clip, *answer in deeds:
            detail = {"clip": clip}
            if kind == "answer":
                beat, choice = answer
                detail |= {"beat": beat, "right": choice == 2, "first": True, "choice": choice}
            frame.evaluate("([kind, detail]) => tell(kind, detail)", [kind, detail])
        return frame

    def leave(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(
            "(() => { const api = leave();"
            " return { ...lms.attempt, state: api.state, errors: api.errors, calls: api.calls }; })()"
        )
        return found

    @property
    def now(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("lms.attempt")
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    base = tmp_path_factory.mktemp("platform")
    (base / "index.html").write_bytes((HERE / "fixtures" / "lms.html").read_bytes())
    adapter = HERE.parent / "lesson" / "assets" / "scorm"
    for name, asks in (("with", True), ("without", False)):
        folder = base / name / "lesson"
        (folder / "assets").mkdir(parents=True)
        (folder.parent / "index.html").write_bytes((base / "index.html").read_bytes())
        for script in SCRIPTS:
            (folder / script).write_bytes((adapter / Path(script).name).read_bytes())
        asked = [{"clip": clip, "beat": beat, "ask": "?", "right": 2} for clip, beat in QUESTIONS if asks]
        (folder / "index.html").write_text(
            PAGE.replace("CLIPS", str(list(SLUGS))).replace("QUESTIONS", str(asked)), encoding="utf-8"
        )
    with serve_folder(base) as address:
        yield address


@pytest.fixture
def opened(browser: Browser, site: str) -> Iterator[Opened]:
    context = browser.new_context()

    def opened(query: str = "?mastery=60", lesson: str = "with") -> Platform:
        platform = Platform(context.new_page())
        platform.page.goto(f"{site}{lesson}/{query}")
        return platform

    yield opened
    context.close()


NOTICE = ".unsaved[role=alert]:not([hidden])"
WATCHED = [("watched", slug) for slug in SLUGS]


def answers(*choices: int) -> list[tuple[Any, ...]]:
    return [("answer", clip, beat, choice) for (clip, beat), choice in zip(QUESTIONS, choices, strict=False)]


@pytest.mark.parametrize(
    ("choices", "score", "mastery", "status"),
    [
        ((2, 2, 2, 2), "100", 60, "passed"),
        ((2, 2, 0, 2), "75", 75, "passed"),
        ((2, 2, 0, 2), "75", 76, "failed"),
        ((2, 2, 0, 1), "50", 60, "failed"),
        ((0, 1, 0, 1), "0", 60, "failed"),
    ],
)
def test_completion_and_score_arrive(
    opened: Opened, choices: tuple[int, ...], score: str, mastery: int, status: str
) -> None:
    platform = opened(f"?mastery={mastery}")
    platform.visit(*WATCHED, *answers(*choices))
    kept = platform.now["kept"]
    assert kept["cmi.core.lesson_status"] == status  # before the page is left
    assert (kept["cmi.core.score.min"], kept["cmi.core.score.raw"], kept["cmi.core.score.max"]) == ("0", score, "100")
    left = platform.leave()
    assert (left["state"], left["errors"]) == ("finished", [])
    assert left["kept"]["cmi.core.lesson_status"] == status
    assert platform.said == []


def test_what_is_half_done_is_incomplete_and_has_no_score(opened: Opened) -> None:
    """A score would make the platform say "failed" of somebody who only has not come to the end."""
    for deeds in (answers(2, 2, 2, 0), [*WATCHED, *answers(2, 0, 2)], [WATCHED[0], *answers(2, 2, 2, 2)], []):
        platform = opened()
        platform.visit(*deeds)
        left = platform.leave()
        assert left["kept"]["cmi.core.lesson_status"] == "incomplete"
        assert "cmi.core.score.raw" not in left["kept"]
        assert left["errors"] == []


def test_only_the_first_try_counts_and_all_are_reported(opened: Opened) -> None:
    platform = opened()
    platform.visit(*answers(0), *answers(2, 2, 2, 2), *WATCHED)
    left = platform.leave()
    assert left["kept"]["cmi.core.score.raw"] == "75"
    assert [(one["id"], one["student_response"], one["result"]) for one in left["answers"]] == [
        ("pixels_given", "a", "wrong"),
        ("pixels_given", "c", "correct"),
        ("pixels_end", "c", "correct"),
        ("bias_given", "c", "correct"),
        ("bias_end", "c", "correct"),
    ]
    assert {(one["type"], one["correct_responses.0.pattern"]) for one in left["answers"]} == {("choice", "c")}
    assert left["errors"] == []


def test_an_answer_is_saved_at_once_and_the_visit_ends_once(opened: Opened) -> None:
    platform = opened()
    platform.visit(*answers(2, 0))
    saved = platform.page.evaluate("lms.api.saved")  # whatever happens to the page now
    assert len(saved["answers"]) == 2
    left = platform.leave()
    names = [name for name, *_ in left["calls"]]
    assert (names[0], names[-2:]) == ("LMSInitialize", ["LMSCommit", "LMSFinish"])
    assert (names.count("LMSInitialize"), names.count("LMSFinish")) == (1, 1)
    assert left["kept"]["cmi.core.exit"] == "suspend"
    assert left["kept"]["cmi.core.session_time"].startswith("0000:00:0")


def test_a_lesson_is_gone_on_with(opened: Opened) -> None:
    platform = opened()
    first = platform.visit(WATCHED[1], *answers(0, 2), ("watched", "bias"))
    assert first.evaluate("restored") == {"answered": [], "watched": []}
    assert len(platform.leave()["kept"]["cmi.suspend_data"]) < 100
    second = platform.visit()
    assert second.evaluate("restored") == {
        "answered": [
            {"clip": "pixels", "beat": "given", "right": False},
            {"clip": "pixels", "beat": "end", "right": True},
        ],
        "watched": ["bias"],
    }
    assert second.evaluate("location.hash") == "#bias"
    platform.leave()
    platform.visit(WATCHED[0], *answers(2, 2, 2, 2)[2:])
    left = platform.leave()
    assert (left["kept"]["cmi.core.score.raw"], left["kept"]["cmi.core.lesson_status"]) == ("75", "passed")
    assert (left["visits"], len(left["answers"]), left["errors"]) == (3, 4, [])


@pytest.mark.parametrize("status", ["passed", "failed", "completed"])
def test_what_is_done_stays_done(opened: Opened, status: str) -> None:
    """Also where a teacher said that it is, or the platform lost what was kept."""
    platform = opened("?mastery=")
    platform.page.evaluate("(status) => { lms.attempt.kept['cmi.core.lesson_status'] = status; }", status)
    platform.visit(*answers(0, 0))
    left = platform.leave()
    assert left["kept"]["cmi.core.lesson_status"] == status
    assert "cmi.core.score.raw" not in left["kept"]
    assert [one["result"] for one in left["answers"]] == ["wrong", "wrong"]


def test_what_was_kept_of_another_lesson_is_not_taken_for_this_one(opened: Opened) -> None:
    for kept in ("0|11|1111", "{}", "|||", "x" * 4096):
        platform = opened()
        platform.page.evaluate("(kept) => { lms.attempt.kept['cmi.suspend_data'] = kept; }", kept)
        assert platform.visit().evaluate("restored") == {"answered": [], "watched": []}
        assert platform.leave()["errors"] == []


def test_without_questions_watching_is_all(opened: Opened) -> None:
    platform = opened("", "without")
    platform.visit(WATCHED[0])
    assert platform.now["kept"]["cmi.core.lesson_status"] == "incomplete"
    platform.leave()
    platform.visit(WATCHED[1])
    left = platform.leave()
    assert left["kept"]["cmi.core.lesson_status"] == "completed"
    assert "cmi.core.score.raw" not in left["kept"]
    assert left["errors"] == []


def test_where_no_score_is_to_be_reached_it_is_completed(opened: Opened) -> None:
    platform = opened("")
    platform.visit(*WATCHED, *answers(2, 0, 0, 0))
    left = platform.leave()["kept"]
    assert (left["cmi.core.lesson_status"], left["cmi.core.score.raw"]) == ("completed", "25")


@pytest.mark.parametrize("mode", ["review", "browse"])
def test_who_only_looks_changes_nothing(opened: Opened, mode: str) -> None:
    platform = opened(f"?mastery=60&mode={mode}")
    platform.visit(*WATCHED, *answers(2, 2, 2, 2))
    left = platform.leave()
    assert left["kept"]["cmi.core.lesson_status"] == "not attempted"
    assert (left["answers"], left["errors"], left["state"]) == ([], [], "finished")


def test_the_platform_is_found_through_frames(opened: Opened) -> None:
    platform = opened("?mastery=60&deep")
    platform.visit(*WATCHED, *answers(2, 2, 2, 2))
    assert platform.leave()["kept"]["cmi.core.lesson_status"] == "passed"


def test_the_platform_is_found_from_a_window_of_its_own(opened: Opened) -> None:
    platform = opened()
    with platform.page.expect_popup() as found:
        platform.page.evaluate(
            "(launch(), leave(), lms.api = window.API = new Api(lms.attempt), void window.open('lesson/index.html'))"
        )
    window = found.value
    window.wait_for_load_state("load")
    for slug in SLUGS:
        window.evaluate("(clip) => tell('watched', { clip })", slug)
    window.close(run_before_unload=True)
    platform.page.wait_for_function("lms.api.state === 'finished'")
    assert platform.now["kept"]["cmi.core.lesson_location"] == "bias"


def test_a_platform_that_keeps_no_answers_still_hears_the_score(opened: Opened) -> None:
    platform = opened("?mastery=60&poor")
    platform.visit(*WATCHED, *answers(2, 2, 2, 0))
    left = platform.leave()
    assert left["kept"]["cmi.core.score.raw"] == "75"
    refused = [error for error in left["errors"] if error[1] == "set"]
    assert refused == [["401", "set", "cmi.interactions.0.id"]]  # asked once, and not again


@pytest.mark.parametrize("bad", ["none", "bad=throws", "bad=refuses", "bad=nonsense", "bad=hollow"])
def test_a_platform_that_does_not_work_does_not_break_the_page(opened: Opened, bad: str) -> None:
    platform = opened(f"?{bad}")
    frame = platform.visit(*WATCHED, *answers(2, 2, 2, 2))
    assert frame.locator(NOTICE).inner_text() == "Nothing is saved."
    platform.leave()
    assert platform.said == []


def test_the_lesson_itself_is_played_answered_and_gone_on_with(browser: Browser, tmp_path: Path) -> None:
    """The page that teachers get, as a learner goes through it: no event is made up."""
    from edgeglow.lesson.web_page import write_page

    lesson = make_lesson_of_films(tmp_path / "pack")
    write_page(lesson, tmp_path / "pack")
    with zipfile.ZipFile(write_scorm(lesson, tmp_path / "pack", tmp_path / "scorm.zip")) as archive:
        archive.extractall(tmp_path / "platform" / "lesson")
    (tmp_path / "platform" / "index.html").write_bytes((HERE / "fixtures" / "lms.html").read_bytes())
    with serve_folder(tmp_path / "platform") as address:
        platform = Platform(browser.new_page(locale="en-GB"))
        platform.page.goto(f"{address}?mastery=60")
        for slug, wrong in zip(SLUGS, (0, 1), strict=True):
            frame = platform.launch()
            clip = frame.locator(f'.edition:not([hidden]) [data-clip="{slug}"]')
            clip.locator("video").evaluate("(video) => { video.play(); }")
            for choice in (2, wrong):
                clip.locator("form.question input").nth(choice).check()
                clip.locator("form.question .check").click()
                clip.locator("form.question .go-on").click()
            frame.wait_for_function("(slug) => Progress.watched.has(slug)", arg=slug)
            left = platform.leave()
            assert left["errors"] == []
        assert left["kept"]["cmi.core.lesson_status"] == "failed"
        assert left["kept"]["cmi.core.score.raw"] == "50"
        assert [one["student_response"] for one in left["answers"]] == ["c", "a", "c", "b"]
        assert platform.said == []
        platform.page.close()


def test_opened_from_a_file_it_is_silent(browser: Browser, made: Made, tmp_path: Path) -> None:
    with zipfile.ZipFile(made[2]) as archive:
        archive.extractall(tmp_path)
    platform = Platform(browser.new_page())
    platform.page.goto((tmp_path / LAUNCH).as_uri())
    platform.page.wait_for_load_state("load")
    assert platform.page.evaluate("window.edgeglow.clips") == list(SLUGS)
    assert platform.said == []
    platform.page.close()
