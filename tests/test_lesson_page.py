"""The pages of a lesson as they are written: valid HTML whose links lead somewhere, in every language."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from browser import make_lesson_of_films

from lesson import page as pages
from lesson.material import Lesson
from lesson.onefile import one_file
from lesson.page import clock, data_block, page_of, size, transcript_of, words_of, write_page
from lesson.snippets import embedded, snippets_of
from lesson.tracks import tracks_of
from scenes.script import languages, load_script

ASSETS = Path(pages.__file__).parent / "assets"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lesson, Path]:
    """A lesson and its folder; beside it, the same in one file."""
    folder = tmp_path_factory.mktemp("page") / "lesson"
    lesson = make_lesson_of_films(folder)
    write_page(lesson, folder)
    one_file(lesson, folder, folder.parent / "lesson.html")
    return lesson, folder


def html_of(folder: Path) -> list[Path]:
    return [folder / "index.html", *sorted((folder / "embed").iterdir()), folder.parent / "lesson.html"]


def parsed(path: Path) -> Element:
    """The elements of a page. Raises html5lib's ParseError where it is no valid HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(path.read_text(encoding="utf-8"))
    return tree


def test_every_page_is_valid_html(made: tuple[Lesson, Path]) -> None:
    lesson, folder = made
    found = html_of(folder)
    assert len(found) == 2 + sum(len(edition.clips) for edition in lesson.editions)
    for path in found:
        assert len(list(parsed(path).iter())) > 30


@pytest.mark.parametrize(
    "bad", ["<p>a</div>", "<a <b>", "<!doctype html><p id=a id=b>", "<table><p></table>"]
)
def test_a_mistake_in_html_would_be_found(tmp_path: Path, bad: str) -> None:
    (tmp_path / "bad.html").write_text(f"<!doctype html><title>x</title>{bad}", encoding="utf-8")
    with pytest.raises(html5lib.html5parser.ParseError):
        parsed(tmp_path / "bad.html")


def test_ids_are_unique_and_all_that_is_named_is_there(made: tuple[Lesson, Path]) -> None:
    for path in html_of(made[1]):
        tree = parsed(path)
        ids = [one.attrib["id"] for one in tree.iter() if "id" in one.attrib]
        assert len(ids) == len(set(ids)), path.name
        named = [
            name
            for one in tree.iter()
            for kind in ("aria-labelledby", "aria-describedby", "aria-controls", "for")
            for name in one.attrib.get(kind, "").split()
        ]
        assert named
        assert set(named) <= set(ids), path.name


def test_every_link_and_source_leads_to_a_file_of_the_pack(made: tuple[Lesson, Path]) -> None:
    folder = made[1]
    reached = set()
    for path in html_of(folder)[:-1]:
        tree = parsed(path)
        ids = {one.attrib.get("id") for one in tree.iter()}
        for one in tree.iter():
            for kind in ("src", "href", "poster", "data-loop"):
                if kind not in one.attrib or one.attrib[kind].startswith("data:"):
                    continue
                address = urlsplit(one.attrib[kind])
                assert not address.scheme and not address.netloc, address
                if address.path:
                    target = (path.parent / unquote(address.path)).resolve()
                    assert target.is_file(), f"{path.name}: {address.path}"
                    reached.add(target)
                else:
                    assert address.fragment in ids
    assert reached >= {one.resolve() for one in folder.rglob("*") if one.is_file()}  # and nothing lies idle


def test_the_page_in_one_file_holds_every_file_once(made: tuple[Lesson, Path]) -> None:
    lesson, folder = made
    tree = parsed(folder.parent / "lesson.html")
    blocks = [one for one in tree.iter("script") if "data-path" in one.attrib]
    held = {one.attrib["data-path"]: b64decode(one.text or "", validate=True) for one in blocks}
    assert len(held) == len(blocks)
    for name, content in held.items():
        assert content == (folder / name).read_bytes()
    wanted = {
        value for one in tree.iter() for kind, value in one.attrib.items() if kind.startswith("data-held-")
    }
    assert wanted <= set(held)
    assert {str(clip.media.mp4.path) for edition in lesson.editions for clip in edition.clips} <= set(held)
    assert not [
        one for one in tree.iter() if "href" in one.attrib and one.attrib["href"][:1] not in ("#", "d")
    ]


def test_large_files_are_held_whole(made: tuple[Lesson, Path], tmp_path: Path) -> None:
    """They are read in pieces, whose letters follow each other without a gap."""
    lesson, folder = made
    first, *others = lesson.editions
    clip, *rest = first.clips
    large = replace(clip.media, mp4=replace(clip.media.mp4, path=PurePosixPath("large.mp4")))
    content = bytes(range(256)) * 8000 + b"end"
    first = replace(first, clips=(replace(clip, media=large), *rest))
    lesson = replace(lesson, editions=(first, *others))
    for source in folder.rglob("*"):
        if source.is_file():
            copy = tmp_path / source.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    (tmp_path / "large.mp4").write_bytes(content)
    text = one_file(lesson, tmp_path, tmp_path / "one.html").read_text(encoding="utf-8")
    found = re.search(r'data-path="large\.mp4"[^>]*>([^<]*)<', text)
    assert found and b64decode(found[1], validate=True) == content


def test_scripts_and_styles_are_the_policys(made: tuple[Lesson, Path]) -> None:
    """Nothing may be loaded from elsewhere, and nothing runs that stands in an attribute."""
    for path in html_of(made[1]):
        tree = parsed(path)
        (policy,) = [one.attrib["content"] for one in tree.iter("meta") if "http-equiv" in one.attrib]
        assert policy.startswith("default-src 'none'")
        assert "http" not in policy and "unsafe" not in policy and "*" not in policy
        assert not [
            name for one in tree.iter() for name in one.attrib if name.startswith("on") or name == "style"
        ]


def test_scripts_that_others_add_come_first(made: tuple[Lesson, Path]) -> None:
    text = page_of(*made, scripts=("assets/scorm.js",))
    assert text.index('src="assets/scorm.js"') < text.index('src="assets/question.js"')


def test_no_script_of_ours_asks_the_network_for_anything() -> None:
    for path in [*ASSETS.glob("*.js"), *ASSETS.glob("*.css"), *ASSETS.glob("templates/*")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|fetch\(|XMLHttpRequest|sendBeacon|WebSocket|@import|url\(", text), (
            path.name
        )


# -- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
def test_a_language_says_all_words_of_the_page(language: str) -> None:
    said = load_script(language).pages["lesson"]["labels"]
    known = load_script("en").pages["lesson"]["labels"]
    assert set(said) == set(known)
    assert all(word.strip() for word in said.values())


def test_templates_use_all_words_and_no_others() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("templates/*.html"))
    used = set(re.findall(r"words\.(\w+)", text)) | set(pages.SPOKEN)
    used |= {f"file_{kind}" for kind in ("mp4", "webm", "transparent", "loop", "poster", "vtt", "srt")}
    assert used == set(load_script("en").pages["lesson"]["labels"])


def test_what_a_language_does_not_say_is_said_in_english(made: tuple[Lesson, Path]) -> None:
    words = words_of(replace(made[0].editions[1], words={"check": "확인!"}))
    assert (words["check"], words["go_on"]) == ("확인!", "Go on")


def test_both_languages_stand_in_the_page(made: tuple[Lesson, Path]) -> None:
    lesson, folder = made
    text = (folder / "index.html").read_text(encoding="utf-8")
    for edition in lesson.editions:
        assert f'lang="{edition.language}"' in text
        for clip in edition.clips:
            assert clip.description in text
            for question in clip.questions:
                assert question.why in text
    assert lesson.run in text


# -- parts --------------------------------------------------------------------------------------------------


def test_questions_stand_where_they_are_asked(made: tuple[Lesson, Path]) -> None:
    clip = made[0].editions[0].clips[0]
    assert [one.beat + "?" * hasattr(one, "ask") for one in transcript_of(clip)] == [
        "given",
        "given?",
        "shift",
        "end",
        "end?",
    ]


def test_tracks_are_held_by_the_page(made: tuple[Lesson, Path]) -> None:
    lesson, folder = made
    clip = lesson.editions[1].clips[0]
    tracks = list(tracks_of(clip, {"en": "English", "ko": "한국어"}, folder))
    assert [(one.kind, one.language, one.label, one.is_default) for one in tracks] == [
        ("captions", "en", "English", False),
        ("captions", "ko", "한국어", True),
        ("chapters", "ko", "한국어", False),
    ]
    texts = [b64decode(one.url.partition(",")[2]).decode() for one in tracks]
    assert texts[0] == (folder / clip.media.captions[0].vtt.path).read_text(encoding="utf-8")
    assert "pixels/shift\n00:00:00.900 --> 00:00:02.000\n편향은 옮깁니다." in texts[2]


def test_snippets_name_files_of_the_pack(made: tuple[Lesson, Path]) -> None:
    lesson, folder = made
    clip = replace(lesson.editions[0].clips[0], title='The "first" [*]', width=1080, height=1920)
    snippets = {one.kind: one.text for one in snippets_of(clip, "https://school.example/nn")}
    assert list(snippets) == ["HTML", "Markdown", "Quarto", "Jupyter", "reStructuredText"]
    for text in snippets.values():
        named = re.findall(r"https://school\.example/nn/([\w./-]+)", text)
        assert named and all((folder / name).is_file() for name in named)
    frame = parsed_fragment(snippets["HTML"])
    assert frame.attrib["title"] == clip.title
    assert "aspect-ratio: 9 / 16" in frame.attrib["style"]
    assert snippets["Markdown"].startswith('[![The "first" \\[\\*\\]](')
    compile(snippets["Jupyter"], "cell", "exec")
    directive, empty, *body = snippets["reStructuredText"].splitlines()
    assert (directive, empty) == (".. raw:: html", "")
    assert all(line.startswith("   <iframe") for line in body)


def parsed_fragment(text: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    (element,) = parser.parseFragment(text)
    found: Element = element
    return found


def test_every_clip_has_a_page_of_its_own(made: tuple[Lesson, Path]) -> None:
    lesson, folder = made
    names = {embedded(clip) for edition in lesson.editions for clip in edition.clips}
    assert {path.name for path in (folder / "embed").iterdir()} == names
    assert "pixels-ko.html" in names


def test_data_cannot_end_its_block() -> None:
    block = str(data_block({"ask": "</script><script>alert(1)</script>"}))
    assert "<" not in block
    assert json.loads(block) == {"ask": "</script><script>alert(1)</script>"}


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "0:00"), (59.9, "0:59"), (65.0, "1:05"), (600.0, "10:00")]
)
def test_times_are_said_shortly(seconds: float, said: str) -> None:
    assert clock(seconds) == said


@pytest.mark.parametrize(("count", "said"), [(3, "1 kB"), (34_400, "34 kB"), (1_249_000, "1.2 MB")])
def test_sizes_are_said_shortly(count: int, said: str) -> None:
    assert size(count) == said
