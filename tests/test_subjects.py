"""What a network reads is what the film speaks of: no digits where there are none, and no pictures of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from abroad import NAMES as ABROAD
from abroad import make_abroad
from stage import CHAPTERS, fitting, words
from truth import pages

from edgeglow.scenes.script import languages, load_script
from edgeglow.scenes.stage.chapter import SUBJECTS

# Words that would be untrue, or mean nothing, of pictures that are no digits, and of rows of named numbers
OF_DIGITS = {"en": r"\bdigits?\b|handwrit", "ko": "숫자|글씨"}
OF_PICTURES = {
    "en": r"\bpixels?\b|\bpictures?\b|\bimages?\b|\bink\b|\bstrokes?\b|\bloops?\b|\bblack\b|\bwhite\b|\bgr[ea]y\b",
    "ko": "픽셀|그림|이미지|잉크|획|동그라미|검은|흰|회색",
}
FORBIDDEN = {"pictures": OF_DIGITS, "rows": {lang: f"{OF_DIGITS[lang]}|{OF_PICTURES[lang]}" for lang in OF_DIGITS}}


# Runs and the chapters shown of them where not all words are true; of digits they all are
NO_DIGITS = [(run, chapter) for run in ABROAD if make_abroad(run).subject != "digits" for chapter in fitting(run)]


def told(chapter: str, run_name: str, lang: str) -> Iterator[tuple[str, str]]:
    """All that a chapter asked of the script, in one of the languages, and under which name."""
    found = words(chapter, run_name)
    script = replace(load_script(lang), subject=found.subject)
    yield "title", script.title(CHAPTERS[chapter].name)
    for one in found.told:
        if one.kind == "beats":
            yield f"{one.page}.{one.name}", script.line(one.page, one.name, one.variant, **one.facts)
        else:
            yield f"{one.page}.{one.name}", script.label(one.page, one.name, **one.facts)


def untrue(text: str, subject: str, lang: str) -> list[str]:
    """Words in a text that must not be used of what the network reads."""
    return re.findall(FORBIDDEN[subject][lang], text.lower())


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(("run_name", "chapter"), NO_DIGITS)
def test_nothing_is_said_of_digits_or_pictures_where_there_are_none(run_name: str, chapter: str, lang: str) -> None:
    subject = make_abroad(run_name).subject
    for key, text in told(chapter, run_name, lang):
        assert not untrue(text, subject, lang), f"{lang} {key}: {text!r}"


@pytest.mark.parametrize(("run_name", "chapter"), NO_DIGITS)
def test_nothing_else_that_is_written_says_so(run_name: str, chapter: str) -> None:
    """Not even words that do not come from the script."""
    subject = make_abroad(run_name).subject
    for beat, texts in words(chapter, run_name).written:
        for text in texts:
            assert not untrue(text, subject, "en"), f"{beat}: {text!r}"


def test_names_on_screen_have_the_same_wordings_for_rows_in_all_languages() -> None:
    """Titles are read by themselves, in contents and on sheets: what one language says otherwise, all do."""
    titles = {
        lang: {(page, kind) for page, table in pages(lang).items() for kind in table if kind.startswith("title-")}
        for lang in languages()
    }
    assert all(found == titles["en"] for found in titles.values())


def test_wordings_are_for_what_a_chapter_can_show() -> None:
    for lang in languages():
        for chapter in CHAPTERS.values():
            for kind in ("beats", "labels"):
                for key in pages(lang)[chapter.name].get(kind, {}):
                    _, _, subject = key.rpartition("-")
                    assert subject not in SUBJECTS or subject in chapter.subjects, f"{lang} {chapter.name} {key}"


def test_a_chapter_that_makes_no_sense_says_why_in_a_sentence() -> None:
    reasons = {(run, name): CHAPTERS[name].fits(make_abroad(run)) for run in ABROAD for name in CHAPTERS}
    left_out = {key: reason for key, reason in reasons.items() if reason is not None}
    for name in ("Handwriting", "Pixels", "Convolution", "Weights"):
        assert ("rows", name) in left_out
    assert ("letters", "Handwriting") in left_out and ("letters", "Pixels") not in left_out
    for reason in left_out.values():
        assert reason and "\n" not in reason and reason[0].islower() and not reason.endswith(".")


@pytest.mark.parametrize(
    ("text", "subject", "lang"),
    [
        ("This digit is hard for it.", "pictures", "en"),
        ("A black pixel sends nothing.", "rows", "en"),
        ("다른 숫자들입니다.", "pictures", "ko"),
        ("픽셀만 바뀝니다.", "rows", "ko"),
    ],
)
def test_an_untrue_word_would_be_found(text: str, subject: str, lang: str) -> None:
    assert untrue(text, subject, lang)


def test_other_words_are_left_alone() -> None:
    assert not untrue("Each pixel is a number.", "pictures", "en")
    assert not untrue("Blue pushes its neuron up; think of a link.", "rows", "en")
    assert not untrue("수 5개가 들어갑니다.", "rows", "ko")
