"""What stands in the pages of a lesson: their words, tracks, snippets and data."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from edgeglow.lesson import web_page as pages
from edgeglow.lesson.caption_tracks import tracks_of
from edgeglow.lesson.embed_code import embed_page_name, snippets_of
from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.web_page import clock_time, data_block, readable_size, transcript_of, words_of
from edgeglow.scenes.script import languages, load_script

pytest_plugins = ("browser",)

ASSETS = Path(pages.__file__).parent / "assets"


# -- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
def test_a_language_says_all_words_of_the_page(language: str) -> None:
    said = load_script(language).pages["lesson"]["labels"]
    known = load_script("en").pages["lesson"]["labels"]
    assert set(said) == set(known)
    assert all(word.strip() for word in said.values())


def test_templates_use_all_words_and_no_others() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("templates/*.html"))
    used = set(re.findall(r"words\.(\w+)", text)) | {"time", "unsaved", *pages.SPOKEN}
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
    assert "aspect-ratio: 72 / 137" in frame.attrib["style"]
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
    names = {embed_page_name(clip) for edition in lesson.editions for clip in edition.clips}
    assert {path.name for path in (folder / "embed").iterdir()} == names
    assert "pixels-ko.html" in names


def test_data_cannot_end_its_block() -> None:
    block = str(data_block({"ask": "</script><script>alert(1)</script>"}))
    assert "<" not in block
    assert json.loads(block) == {"ask": "</script><script>alert(1)</script>"}


@pytest.mark.parametrize(("seconds", "said"), [(0.0, "0:00"), (59.9, "0:59"), (65.0, "1:05"), (600.0, "10:00")])
def test_times_are_said_shortly(seconds: float, said: str) -> None:
    assert clock_time(seconds) == said


@pytest.mark.parametrize(("count", "said"), [(3, "1 kB"), (34_400, "34 kB"), (1_249_000, "1.2 MB")])
def test_sizes_are_said_shortly(count: int, said: str) -> None:
    assert readable_size(count) == said
