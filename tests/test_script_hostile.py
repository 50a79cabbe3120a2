"""Files of sentences that were made to do harm, or went wrong: each is read, or told in one short line, at once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import edgeglow.scenes.script
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.text.printable import short_repr
from edgeglow.scenes.script import Script, load_script
from edgeglow.scenes.script.lesson_texts import lesson_text, question_at
from edgeglow.scenes.script.script_file import LARGEST

PAGES = """
[words]
characters_per_second = 10
characters_per_line = 40
comma = ", "
and = " and "

[flow]
title = "The flow"
claim = "It has {lit:,} pixels."

[flow.beats]
given = "It has {lit:,} pixels."
shown = "It reads {share:.1%}."

[flow.labels]
sum = "sum of {lit}"

[flow.questions.given]
ask = "How many?"
right = "{lit}"
wrong = ["1", "2"]
why = "Count them."
"""
FACTS: dict[str, object] = {"lit": 49, "share": 0.5, "who": "seven"}


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the file of one's own may be written, beside an installed script of one chapter."""
    (tmp_path / "en.toml").write_text(PAGES, encoding="utf-8")
    monkeypatch.setattr(edgeglow.scenes.script, "FOLDER", tmp_path)
    return tmp_path / "my.toml"


def refusal(file: Path) -> str:
    """What is said of a file that is refused: short, printable, and naming that file."""
    with pytest.raises(EdgeglowError) as caught:
        load_script("en", file)
    return checked(str(caught.value))


def checked(message: str) -> str:
    assert message.isprintable() and 20 < len(message) < 500, message
    assert "my.toml" in message.split(": ", maxsplit=1)[0], message
    return message


def use(script: Script) -> None:
    """Say all that there is to say."""
    for beat in script.beats("flow"):
        script.lines(script.line("flow", beat, **FACTS))
        question_at(script, "flow", beat, "", FACTS)
    script.label("flow", "sum", **FACTS)
    script.seconds(script.title("flow"))
    lesson_text(script, "flow", "claim", FACTS)


def beat(text: str) -> str:
    return f"[flow.beats]\ngiven = {text}\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"[words]\ncharacters_per_line = {'9' * 5000}", "a number of thousands of digits"),
        (f"[words]\ncharacters_per_line = 0x{'f' * 5000}", "a number of thousands of digits, expected a number"),
        (beat(f"0x{'f' * 5000}"), "flow.beats.given: is a number of thousands of digits, expected a string"),
        ("[words]\ncharacters_per_line = inf", "is inf, expected a number above 0, from 8 to 400"),
        ("[words]\ncharacters_per_line = 3", "is 3, expected a number above 0, from 8 to 400"),
        ("[words]\ncharacters_per_second = nan", "is nan, expected a number above 0, from 1 to 1,000"),
        ("[words]\ncharacters_per_second = 1e-300", "is 1e-300, expected a number above 0"),
        (beat("[" * 500 + "]" * 500), "nested too deep"),
        (beat("{a = " * 500 + "1" + "}" * 500), "nested too deep"),
        (beat("[" * 3000 + "]" * 3000), "nested too deep"),
        (f"[flow.{'.'.join('a' * 20)}]\nx = 1", "nested too deep"),
        (f"{'a.' * 5000}a = 1", "has a line of more than 8,000 characters"),
        (f"[flow.beats]\n{'a' * 100} = 'x'", "has a key that is none of a script: 'aaaa"),
        ('[flow.beats]\n"\\u001b[31m" = "x"', "has a key that is none of a script: '?[31m'"),
        (beat('"x\\u0000y"'), "flow.beats.given: holds U+0000"),
        (beat('"x\\u001b[31my"'), "holds U+001B, a character that controls"),
        (beat('"x\\u0085y"'), "holds U+0085"),
        (beat('"x\\ry"'), "holds U+000D"),
        (beat('"x\\u2028y"'), "holds U+2028"),
        (beat('"x\\u202ey"'), "holds U+202E"),
        (beat('"x\u2066y"'), "holds U+2066"),
        (beat('"x\\uffffy"'), "holds U+FFFF"),
        ('[flow.questions.given]\nwrong = ["x", "y\\u0007"]', "flow.questions.given.wrong.1: holds U+0007"),
        ('[flow]\ntitle = "\\u0001"', "flow.title: holds U+0001"),
        (beat(f"'{'x' * 5000}'"), "flow.beats.given: has 5,000 characters, expected 4,000 at most"),
        (beat("'x\x00'"), "my.toml: "),
        (beat("'{lit:0999999999}'"), "flow.beats.given: placeholder '{lit:0999999999}' has a form that is unknown"),
        (beat("'{lit:.999999999f}'"), "has a form that is unknown; write {lit}, {lit:,}, {loss:.2f} or"),
        (beat("'{lit:>99999999}'"), "has a form that is unknown"),
        (beat("'{lit:{lit}}'"), "has a form that is unknown"),
        (beat("'{lit!r}'"), "has a form that is unknown"),
        (beat("'{lit.__class__}'"), "placeholder {lit.__class__} is unknown"),
        (beat("'{lit[0]}'"), "placeholder {lit[0]} is unknown"),
        ("[flow]\nclaim = '{lit:0999999999}'", "flow.claim: placeholder"),
        ("[flow]\ndescription = '{lit.real}'", "flow.description: placeholder {lit.real} is unknown"),
        ("[flow]\nclaim = '{lit'", "flow.claim: expected '}'"),
        ("[flow.questions.given]\nwrong = ['{lit:0999999999}']", "flow.questions.given.wrong: placeholder"),
        (beat("1979-05-27T07:32:00Z"), "expected a string"),
        (beat("''"), "flow.beats.given: is '', expected words that can be seen"),
        (beat('" \\n\\u200b\\u00a0"'), "expected words that can be seen"),
        ('[flow.labels]\nsum = "\\u2060"', "flow.labels.sum: is '\\u2060', expected words that can be seen"),
        ("[flow.questions.given]\nwrong = ['1', '']", "flow.questions.given.wrong: is '', expected words"),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_does_harm_is_refused_in_one_line(mine: Path, content: str, said: str) -> None:
    mine.write_text(content, encoding="utf-8")
    assert said in refusal(mine)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (beat("'x'").encode("utf-16"), "is UTF-16; save it again as UTF-8"),
        (beat("'x\ud800'").encode("utf-8", "surrogatepass"), "mend the file, it must be TOML in UTF-8"),
        (b"\xff" * 100, "mend the file"),
    ],
)
def test_bytes_that_are_no_utf8_are_refused(mine: Path, content: bytes, said: str) -> None:
    mine.write_bytes(content)
    assert said in refusal(mine)


@pytest.mark.parametrize("text", ["'x\u200f \u05d0'", "'\U0001f468\u200d\U0001f469'", '"one\\ntwo\\tthree"'])
def test_marks_joined_letters_and_a_mark_at_the_beginning_are_fine(mine: Path, text: str) -> None:
    mine.write_bytes(b"\xef\xbb\xbf" + beat(text).encode().replace(b"\n", b"\r\n"))
    use(load_script("en", mine))


def test_only_regular_files_of_a_bounded_size_are_read(mine: Path) -> None:
    """In a process of its own, with a limit: what waits for ever is to fail."""
    os.mkfifo(mine)
    large = mine.with_name("large.my.toml")
    with large.open("wb") as file:
        file.truncate(1 << 30)
    code = (
        "import sys\nfrom pathlib import Path\nfrom edgeglow.model.errors import EdgeglowError\n"
        "from edgeglow.scenes.script.script_file import read_pages\n"
        "for name in sys.argv[1:]:\n"
        "    try: read_pages(Path(name))\n"
        "    except EdgeglowError as error: print(error)\n"
    )
    names = [str(mine), "/dev/zero", str(large), str(mine.parent)]
    done = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, timeout=60, check=True
    )
    lines = done.stdout.splitlines()
    assert [name in line for name, line in zip(names, lines, strict=True)] == [True] * 4
    assert [("a pipe or a device" in line, f"{LARGEST:,}" in line) for line in lines] == [
        (True, False),
        (True, False),
        (False, True),
        (False, False),
    ]
    assert "is a folder" in lines[3]


def test_a_file_called_as_the_installed_one_is_told_apart(mine: Path) -> None:
    own = mine.with_name("my.toml.d") / "en.toml"
    own.parent.mkdir()
    own.write_text(beat("'{who}'"))
    with pytest.raises(EdgeglowError) as caught:
        load_script("en", own)
    assert str(caught.value).startswith(f"{own}: flow.beats.given: ")


def test_the_file_that_asks_for_shorter_lines_is_named(mine: Path) -> None:
    mine.write_text("[words]\ncharacters_per_line = 8\n")
    script = load_script("en", mine)
    with pytest.raises(EdgeglowError, match=r"^en\.toml: flow\.beats\.shown: .* lines of 8, as my\.toml has"):
        script.lines(script.line("flow", "shown", share=0.123456), 1)


def test_a_sentence_of_nothing_but_facts_is_found(mine: Path) -> None:
    mine.write_text(beat("'{lit}'"))
    script = load_script("en", mine)
    with pytest.raises(EdgeglowError, match=r"^my\.toml: flow\.beats\.given: 'x"):
        script.lines(script.line("flow", "given", lit="x" * 200))


def test_names_of_a_run_bring_no_controls_into_a_sentence(mine: Path) -> None:
    """They would end a presentation in a traceback, and break a manifest."""
    script = load_script("en", mine.with_name("en.toml"))
    assert script.label("flow", "sum", lit="\x1b[31m7\x00\u202e\ud800") == "sum of [31m7"
    asked = question_at(script, "flow", "given", "", FACTS | {"lit": "\x07seven"})
    assert asked is not None and asked.right == "seven"


PIECES = [
    *"\"'{}[]=.,:!\\\n\r\t \x00\x1b\x7f\u202e\ufeff", "{lit}", "{lit:,}", "{share:.1%}", "{lit:09999}", "{lit:{lit}}",
    "[flow.beats]", "[flow.questions.given]", "given", "shown", "words", "'''", '"""', "\\u0000", "\\ud800",
    "0x" + "f" * 5000, "9" * 4400, "[" * 600, "{a=" * 300, "a." * 300, "nan", "-inf", "true", "1979-05-27",
    "x" * 5000, "a", "b ", "seven", "1", " ",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_whatever_a_file_holds_it_is_read_or_told(mine: Path, seed: int) -> None:
    """Small changes and large ones, drawn by lot: the same each time."""
    draw = random.Random(seed)
    loaded = 0
    for _ in range(60):
        text = list(PAGES)
        for _ in range(draw.randint(1, 2)):
            place = draw.randrange(len(text))
            text[place : place + draw.choice((0, 0, 1, 5, 40))] = draw.choice(PIECES)
        content = "".join(text).encode("utf-8", "surrogatepass")
        if draw.random() < 0.1:
            content = bytes(byte ^ (draw.random() < 0.01) for byte in content)
        mine.write_bytes(content)
        try:
            script = load_script("en", mine)
        except EdgeglowError as error:
            checked(str(error))
            continue
        try:
            loaded += 1
            use(script)
        except EdgeglowError as error:
            assert str(error).isprintable() and len(str(error)) < 500
    assert loaded  # else it would not be seen what becomes of them


@pytest.mark.parametrize(
    "value",
    ["x" * 10_000, "\x1b]0;", 10**5000, [[[[[]]]]] * 900, {"a" * 900: {"b": [1] * 900}}, 1.5],
    ids=["long", "controls", "number", "nested", "table", "short"],
)
def test_a_value_is_repeated_briefly(value: object) -> None:
    assert short_repr(value).isprintable() and len(short_repr(value)) < 200
