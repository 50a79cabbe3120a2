"""A file of one's own sentences is said instead of the installed ones, and every mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

import edgeglow.scenes.script
from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.script import load_script
from edgeglow.scenes.script.script_parts import check_script, merged_pages, placeholders

PAGES = """
[words]
characters_per_second = 10
characters_per_line = 20
and = " and "

[flow]
title = "The flow"

[flow.beats]
given = "It has {pixels} pixels."
given-relu = "It has {pixels} pixels, {most} at most."
shown = "Nothing to count."

[flow.labels]
sum = "sum of {count}"
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the file of one's own may be written; English and Korean scripts are installed."""
    for lang in ("en", "ko"):
        (tmp_path / f"{lang}.toml").write_text(PAGES, encoding="utf-8")
    monkeypatch.setattr(edgeglow.scenes.script, "FOLDER", tmp_path)
    return tmp_path / "my.toml"


def refusal(lang: str, file: Path | None) -> str:
    with pytest.raises(EdgeglowError) as caught:
        load_script(lang, file)
    message = str(caught.value)
    assert "\n" not in message and 20 < len(message) < 300, message
    return message


def test_only_what_the_file_holds_is_different(mine: Path) -> None:
    mine.write_text('[flow.beats]\ngiven = "Only {pixels}!"\nshown-tanh = "Less."\n[words]\ncharacters_per_line = 30')
    script = load_script("ko", mine)
    assert script.line("flow", "given", pixels=49) == "Only 49!"
    assert script.line("flow", "given", "relu", pixels=49, most=3) == "It has 49 pixels, 3 at most."
    assert script.line("flow", "shown", "tanh") == "Less."
    assert script.line("flow", "shown") == "Nothing to count."
    assert (script.title("flow"), script.characters_per_line) == ("The flow", 30)
    assert script.beats("flow") == ("given", "shown")
    assert load_script("ko").line("flow", "given", pixels=49) == "It has 49 pixels.", "the installed one stays"


def test_questions_may_be_asked_at_any_beat_in_any_wording(mine: Path) -> None:
    """And a chapter be described, with all that will be known of it then."""
    mine.write_text(
        """[flow]
claim = "{inputs} numbers flow."
description-rows = "They flow."
[flow.questions.given-tanh-rows]
ask = "How many?"
right = "{pixels}"
wrong = ["{more}"]
why = "Count them."
[flow.questions.shown]
"""
    )
    script = load_script("en", mine)
    assert script.pages["flow"]["questions"]["given-tanh-rows"]["wrong"] == ["{more}"]
    assert script.pages["flow"]["claim"] == "{inputs} numbers flow."


def test_an_edited_file_is_read_again(mine: Path) -> None:
    mine.write_text('[flow]\ntitle = "One"')
    assert load_script("en", mine).title("flow") == "One"
    mine.write_text('[flow]\ntitle = "Another"')
    assert load_script("en", mine).title("flow") == "Another"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[flwo.beats]\ngiven = "x"', "my.toml: there is no chapter 'flwo'; did you mean flow?"),
        ('[flow.beat]\ngiven = "x"', "my.toml: flow.beat: there is no such thing in a chapter; did you mean beats?"),
        ('[flow.beats]\ngivn = "x"', "my.toml: flow.beats.givn: there is no such beat; did you mean given"),
        ('[flow.beats]\ngivn-relu = "x"', "my.toml: flow.beats.givn-relu: there is no such beat; did you mean given"),
        ('[flow.beats]\ngiven- = "x"', "my.toml: flow.beats.given-: there is no such beat; did you mean given"),
        ('[flow.labels]\nsum-relu = "x"', "my.toml: flow.labels.sum-relu: there is no such label; known here: sum"),
        ('[flow.beats]\nzzz = "x"', "there is no such beat; known here: given, given-relu, shown"),
        ("[flow.beats]\ngiven = 3", "my.toml: flow.beats.given: is 3, expected a string"),
        ('[flow.beats.given]\nrelu = "x"', "my.toml: flow.beats.given: is {'relu': 'x'}, expected a string"),
        ("[flow]\ntitle = true", "my.toml: flow.title: is True, expected a string"),
        ("flow = 'x'", "my.toml: flow: expected a table, as [flow.beats]"),
        ("[flow]\nbeats = 'x'", "my.toml: flow.beats: expected a table, as [flow.beats]"),
        ("[words]\ncharacters_per_line = '9'", "my.toml: words.characters_per_line: is '9', expected a number"),
        ("[words]\ncharacters_per_second = 0", "characters_per_second: is 0, expected a number above 0"),
        ("[words]\ncomma = ','", "my.toml: words.comma: there is no such thing"),
        ("[flow.beats]\ngiven = '{pixel}'", "flow.beats.given: placeholder {pixel} is unknown in '{pixel}'; "
         "known here: {most}, {pixels}"),
        ("[flow.beats]\nshown = '{pixels}'", "placeholder {pixels} is unknown in '{pixels}'; known here: none"),
        ("[flow.beats]\ngiven = '{}'", "my.toml: flow.beats.given: placeholder {} is unknown"),
        ("[flow.beats]\ngiven = '{pixels.real}'", "my.toml: flow.beats.given: placeholder {pixels.real} is unknown"),
        ("[flow.labels]\nsum = '{count'", "my.toml: flow.labels.sum: expected '}' before end of string"),
        ("[flow.beats", "my.toml: "),
        ("[flow]\nclaim = 3", "my.toml: flow.claim: is 3, expected a string"),
        ("[flow]\ndescription-rows = []", "my.toml: flow.description-rows: is [], expected a string"),
        ("[flow]\nclaim- = 'x'", "my.toml: flow.claim-: there is no such thing in a chapter"),
        ("[words]\nclaim = 'x'", "my.toml: words.claim: there is no such thing in a chapter"),
        ("[flow]\nquestions = 'x'", "my.toml: flow.questions: expected a table"),
        ("[flow.questions]\ngiven = 'x'", "flow.questions.given: expected a table with ask, right, wrong, why"),
        ("[flow.questions.givn]\nask = 'x'", "my.toml: flow.questions.givn.ask: there is no beat 'givn' to ask at; "
         "did you mean given"),
        ("[flow.questions.given]\naks = 'x'", "flow.questions.given.aks: there is no such part of a question; "
         "did you mean ask?"),
        ("[flow.questions.given]\nask = 3", "my.toml: flow.questions.given.ask: is 3, expected a string"),
        ("[flow.questions.given]\nright = ['x']", "my.toml: flow.questions.given.right: is ['x'], expected a string"),
        ("[flow.questions.given]\nwrong = 'x'", "flow.questions.given.wrong: is 'x', expected a list of strings"),
        ("[flow.questions.given]\nwrong = []", "flow.questions.given.wrong: is [], expected a list of strings"),
        ("[flow.questions.given]\nwrong = ['x', 3]", "flow.questions.given.wrong: is ['x', 3], expected a list"),
        ("[flow.questions.given.ask]\nx = 'x'", "flow.questions.given.ask: is {'x': 'x'}, expected a string"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_file_chapter_and_key(mine: Path, text: str, message: str) -> None:
    mine.write_text(text)
    assert message in refusal("en", mine)


def test_a_file_that_is_not_there_is_told(mine: Path) -> None:
    assert "my.toml: no such file or directory; expected a file of sentences" in refusal("en", mine)


def test_a_sentence_of_the_file_is_named_where_it_fails(mine: Path) -> None:
    mine.write_text(
        "[flow.beats]\ngiven = '{pixels:d}'\nshown = 'never, never, never, never and never again so long'"
    )
    script = load_script("en", mine)
    with pytest.raises(
        EdgeglowError, match=r"^my\.toml: flow\.beats\.given: placeholder .*; known here: \{pixels\}$"
    ):
        script.line("flow", "given", pixels="many")
    with pytest.raises(EdgeglowError, match=r"^my\.toml: flow\.beats\.shown: 'never.* does not fit 2 lines of 20"):
        script.lines(script.line("flow", "shown"))
    with pytest.raises(EdgeglowError, match=r"^en\.toml: flow\.labels\.sum: 'sum of 7.* does not fit 1 lines of 3"):
        script.lines(script.label("flow", "sum", count=7), 1, 3)


def test_a_language_file_may_hold_nothing_that_english_does_not_know(mine: Path) -> None:
    file = mine.with_name("ko.toml")
    file.write_text(PAGES.replace("shown =", "shwon ="), encoding="utf-8")
    assert refusal("ko", None) == "ko.toml: flow.beats.shwon: there is no such beat; did you mean shown?"


def test_a_key_that_a_language_lacks_is_told_with_the_nearest(mine: Path) -> None:
    mine.with_name("ko.toml").write_text(PAGES.replace('shown = "Nothing to count."', ""), encoding="utf-8")
    with pytest.raises(EdgeglowError) as caught:
        load_script("ko").line("flow", "givens")
    message = "ko.toml: flow.beats.givens is missing; add it, as in"
    assert str(caught.value).startswith(message) and str(caught.value).endswith("did you mean given or given-relu?")


def test_merging_changes_neither_side() -> None:
    pages, own = {"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 3}}}
    assert merged_pages(pages, own) == {"a": {"b": {"c": 3, "d": 2}}}
    assert (pages, own) == ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 3}}})


def test_placeholders_are_found_in_formats_too() -> None:
    assert placeholders("{a:,} of {b:{width}.2f} {{c}}") == {"a", "b", "width"}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_installed_scripts_are_scripts(lang: str) -> None:
    check_script(f"{lang}.toml", load_script(lang).pages, load_script("en").pages)
