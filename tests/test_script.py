"""The script: both languages say the same, everything fits its two lines, and a mistake is told in one line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain
from string import Formatter

import pytest
from abroad import NAMES as ABROAD
from abroad import random_run
from casts import NAMES
from pairs import PAIRS, perform_two
from stage import CHAPTERS, Performance, Told, fitting, perform, play, words
from truth import pages

from edgeglow.scenes.comparison import COMPARISON
from edgeglow.scenes.script import STRETCH, Script, languages, load_script
from edgeglow.scenes.script.lesson_texts import LESSON
from edgeglow.scenes.script.line_breaks import break_lines
from edgeglow.scenes.script.script_parts import fill_placeholders, script_entries
from edgeglow.scenes.style.layout import Layout, layout_of

LINE = {"en": 42, "ko": 20}  # characters, of film.md
SPEED = {"en": 17, "ko": 12}  # characters a second
# The largest that a film is made for: every placeholder of the script, as wide as it gets
LAYOUTS = [layout_of(1920, 1080), layout_of(1080, 1080), layout_of(1080, 1920)]
EXTREMES: dict[str, object] = {
    "rows": 99,
    "columns": 99,
    "inputs": 9_801,
    "outputs": 100,
    "hidden": "128, 64 and 32",
    "edges": 784_000,
    "total": -99.99,
    "sum": -99.99,
    "activation": 123.45,
    "slope": 0.123,
    "low": -0.123,
    "answer": "19",
    "moment": "step 1,000,000",
    "label": "17",
    "second": "18",
    "confidence": 1.0,
    "doubt": 0.49,
    "tests": 100_000,
    "accuracy": 1.0,
    "loss": 12.34,
    "batch": 1_000,
    "examples": 6_000_000,
    "parameters": 1_300_000,
    "shown": 400,
    "all": 1_000,
    "epoch": 100.0,
    "epochs": 1_000.0,
    "training": 100_000,
    "output": "17",
    "count": 10_000,
    "value": 0.5,
    "bias": -99.99,
    "biases": 1_000,
    "threshold": 0.5,
    "squares": 1_000,
    "lit": 1_000,
    "layers": 9,
    "weights": 1_300_000,
    "neurons": 1024,
    "number": 999,
    "name": "17",
    "right": 100_000,
    "noise": 1_000,
    "digits": 1.0,
    "others": "18, 17",
    "alike": "17",
    "answers": "… 7, 8, 9, 7, 8, 9",
    "filters": 16,
    "maps": 64,
    "side": 9,
    "height": 99,
    "width": 99,
    "size": 2,
    "rival": 1_300_000,
    "against": 1.0,
    "share": 1.0,
    "seen": 1.0,
    "other": "overfitted twice",
}
COMPARED = ("two_networks", "two_trainings")
LONG_OF_A_NETWORK = {"en": "overfitted twice", "ko": "overfitted"}  # as much as there is room for

# and where there is a wording of its own for what is wider still
LARGER: dict[tuple[str, str], dict[str, object]] = {("pixel_flow", "joined-many"): {"edges": 1_048_576}}

EVERY = (*CHAPTERS.values(), *COMPARISON)
STEPS = "digit"
NARROW = [("Matrix", "columns", "9:16")]  # frames where a chapter has another wording, for want of room

SUBJECTS = ("digits", "pictures", "rows")
SPOKEN = {"answer", "label", "second", "output", "name"}  # names of classes: of digits numbers, else words
LONG_NAME = "versicolour…"  # as long as names get in a sentence


def extremes(script: Script, chapter: str, key: str) -> dict[str, object]:
    """The facts of one sentence; a few are lists, or no list, in one sentence only."""
    special: dict[str, object] = {"hidden": script.enumeration((128, 64, 32))}
    special["moment"] = script.label("training", "step", step=1_000_000)
    if key.startswith(("hidden-many", "hidden-alike")):
        special["hidden"] = "9,999"
    special |= LARGER.get((chapter, key), {})
    if is_of_words(script, chapter, key):
        special |= dict.fromkeys(SPOKEN, LONG_NAME)
    if chapter in COMPARED:
        special |= dict.fromkeys(("name", "other"), LONG_OF_A_NETWORK[script.language])
    return EXTREMES | special


def is_of_words(script: Script, chapter: str, key: str) -> bool:
    """May the classes that this sentence names be called by words?"""
    said = script.pages[chapter]["beats"]
    suffix = key.rpartition("-")[2]
    if suffix in SUBJECTS:
        return suffix != "digits"
    (shows,) = [found.subjects for found in EVERY if found.name == chapter]
    return not suffix.isdecimal() and any(f"{key}-{subject}" not in said for subject in shows if subject != "digits")


every_language = pytest.mark.parametrize("lang", languages())


def sentences(lang: str, kind: str) -> Iterator[tuple[str, str, str]]:
    """Chapter, key and template of all beats, or of all labels."""
    for chapter, page in pages(lang).items():
        for key, template in page.get(kind, {}).items():
            yield chapter, key, template


def placeholders(template: str) -> set[tuple[str, str]]:
    """Names of the facts in a template, with how each is written."""
    parsed = Formatter().parse(template)
    return {(name, form or "") for _, name, form, _ in parsed if name is not None}


def names(template: str) -> set[str]:
    return {name for name, _ in placeholders(template)}


@cache
def every_told() -> tuple[tuple[Told, str], ...]:
    """All that the chapters ask of the script, whatever network they are of, and what that reads."""
    return tuple(_every_told())


def _every_told() -> Iterator[tuple[Told, str]]:
    for run_name in (*NAMES, *ABROAD):
        for chapter in fitting(run_name):
            found = words(chapter, run_name)
            yield from ((told, found.subject) for told in found.told)
    narrow = (perform(chapter, run_name, aspect=aspect) for chapter, run_name, aspect in NARROW)
    compared = (perform_two(chapter, pair) for pair in PAIRS for chapter in COMPARISON)
    for played in chain(narrow, compared, [of_one_input(), of_no_likeness()], of_one_answer()):
        yield from ((told, played.run.subject) for told in played.told)


def of_one_answer() -> Iterator[Performance]:
    """The first chapter about rows, and the mistakes, of a network that gives all of them the same answer."""
    run = random_run((2, 3, 2), None, ("a", "b"), "relu", 1, feature_names=("x", "y"), seed=4)
    yield from (play(CHAPTERS[chapter], run) for chapter in ("Neurons", "Mistakes"))


def of_one_input() -> Performance:
    """The matrix of a network that has but one."""
    run = random_run((1, 4, 3), None, ("a", "b", "c"), "tanh", 1, feature_names=("length",))
    return play(CHAPTERS["Matrix"], run)


def of_no_likeness() -> Performance:
    """The weights of a network without hidden layers whose pictures are like no digit."""
    run = random_run((400, 10), (20, 20), tuple("0123456789"), "tanh", 1)
    return play(CHAPTERS["Weights"], run)


def wordings(told: Told, subject: str) -> list[str]:
    """The keys that a sentence or label is looked for under, in this order."""
    special = f"{told.name}-{told.variant}" if told.variant else told.name
    return [f"{special}-{subject}", special, f"{told.name}-{subject}", told.name]


# -- the same film in both languages ------------------------------------------------------------------------


def test_english_and_korean_are_there() -> None:
    assert languages()[:2] == ("en", "ko")


def test_all_languages_have_the_same_chapters_beats_and_labels() -> None:
    """But for variants: a language may need a wording that another one does without."""

    def keys(lang: str) -> set[tuple[str, ...]]:
        return {key for key, _ in script_entries(pages(lang)) if key[1] != "beats" or "-" not in key[2]}

    assert all(keys(lang) == keys("en") for lang in languages())


def test_all_languages_fill_in_the_same_facts_and_write_them_alike() -> None:
    for kind in ("beats", "labels"):
        english = {(chapter, key): template for chapter, key, template in sentences("en", kind)}
        for lang in languages():
            for chapter, key, template in sentences(lang, kind):
                if (chapter, key) in english:
                    there = placeholders(english[chapter, key])
                    assert placeholders(template) == there, f"{lang} {chapter} {key}"


@every_language
def test_variants_stand_beside_a_plain_wording_and_know_no_other_facts(lang: str) -> None:
    """Than the beat has in English, in any of its wordings."""

    def known(language: str) -> dict[tuple[str, str], set[str]]:
        facts: dict[tuple[str, str], set[str]] = {}
        for chapter, key, template in sentences(language, "beats"):
            facts.setdefault((chapter, key.partition("-")[0]), set()).update(names(template))
        return facts

    assert known(lang) == known("en")
    variants = [(chapter, key) for chapter, key, _ in sentences(lang, "beats") if "-" in key]
    assert variants
    for chapter, key in variants:
        assert key.partition("-")[0] in pages(lang)[chapter]["beats"], f"{chapter} {key}"


def test_every_sentence_is_said_and_every_label_used() -> None:
    """Nothing in the files that no chapter asks for. (What is asked for and not there stops the play.)"""
    asked = {(one.kind, one.page, one.name) for one, _ in every_told()}
    ways = {(one.kind, one.page, *wordings(one, subject)) for one, subject in every_told()}
    for lang in languages():
        book = pages(lang)
        said = {(kind, page, next(key for key in keys if key in book[page][kind])) for kind, page, *keys in ways}
        for kind in ("beats", "labels"):
            for chapter, key, _ in sentences(lang, kind):
                if chapter in (STEPS, LESSON):  # on a sheet, or around the clips: no chapters
                    continue
                known = said if "-" in key else asked
                assert (kind, chapter, key) in known, f"{lang} {chapter}.{kind}.{key}"


def test_every_chapter_of_the_film_has_a_page_and_every_page_a_chapter() -> None:
    chapters = {chapter.name for chapter in EVERY}
    assert chapters == set(pages("en")) - {"words", "network", STEPS, LESSON}
    for lang in languages():
        titles = [pages(lang)[name]["title"] for name in chapters]
        assert len(set(titles)) == len(titles) and all(titles)


# -- it fits, and can be read -------------------------------------------------------------------------------


@every_language
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_sentence_fits_whatever_the_numbers_and_the_frame(lang: str, layout: Layout) -> None:
    script = load_script(lang)
    width = round(LINE[lang] * layout.share)
    for chapter, key, template in sentences(lang, "beats"):
        assert names(template) <= set(EXTREMES), "a placeholder that this test has no extreme for"
        text = fill_placeholders(f"{chapter} {key}", template, extremes(script, chapter, key))
        lines = script.lines(text, layout.lines, width)
        assert 1 <= len(lines) <= layout.lines, f"{chapter} {key}"
        # A tall frame's lines are so short that a long word may make one a little longer.
        most = width if layout.name == "wide" else int(STRETCH * width)
        assert max(map(len, lines)) <= most, f"{chapter} {key}: {lines}"
        assert " ".join(lines) == " ".join(text.split()), "a word was lost"
        assert not script.splits(lines), f"{chapter} {key}: words that belong together stand apart: {lines}"


def test_extremes_are_no_narrower_than_what_the_runs_need() -> None:
    for told, subject in every_told():
        if told.kind != "beats":  # labels are no sentences: that they fit is the layout's test
            continue
        widest = EXTREMES | ({} if subject == "digits" else dict.fromkeys(SPOKEN, LONG_NAME))
        if told.page in COMPARED:
            widest |= {"name": LONG_OF_A_NETWORK["en"]}
        widest |= LARGER.get((told.page, f"{told.name}-{told.variant}"), {})
        for name, fact in told.facts.items():
            assert len(f"{fact}".split(".")[0]) <= len(f"{widest[name]}"), told


@every_language
def test_reading_speed_is_as_agreed(lang: str) -> None:
    script = load_script(lang)
    assert script.seconds("x" * 10 * SPEED[lang]) >= 10
    assert script.seconds("x") >= 1.0


def test_a_break_that_is_asked_for_is_kept_and_others_fall_at_a_pause() -> None:
    script = load_script("en")
    assert script.lines("One.\nTwo words and more.") == ["One.", "Two words and more."]
    assert script.lines("It fits.") == ["It fits."]
    text = "A first sentence is here. Then comes one that is longer."
    assert script.lines(text) == ["A first sentence is here.", "Then comes one that is longer."]


def test_more_and_shorter_lines_are_as_even_and_as_few_as_can_be() -> None:
    script = load_script("en")
    text = "Each edge carries weight × activation. From black pixels: nothing, for zero stays zero."
    lines = break_lines(text, 25, 4)  # without words that belong together, which come before evenness
    assert " ".join(lines) == text and len(lines) == 4
    assert max(map(len, lines)) - min(map(len, lines)) <= 8
    assert script.lines("One.\nTwo words and more.", 4, 25) == ["One. Two words and more."], "it needs no break"
    assert script.lines("The first part. And then the second.", 4, 25) == ["The first part.", "And then the second."]
    assert script.lines("한글도 여러 줄로 나뉩니다. 짧게, 고르게.", 3, 12) == [
        "한글도 여러",
        "줄로 나뉩니다.",
        "짧게, 고르게.",
    ]


def test_words_that_belong_together_stay_on_one_line_if_there_is_any_way() -> None:
    pairs = ["of the", "# *", "* ×", "× *"]
    text = "These are sums of the weights."
    assert break_lines(text, 22, 2) == ["These are sums", "of the weights."]
    assert break_lines(text, 22, 2, ["sums of"]) == ["These are sums of", "the weights."]
    assert break_lines("An edge, weight × activation.", 20, 2, pairs) == ["An edge,", "weight × activation."]
    assert break_lines("There are 1,234 digits", 12, 2, pairs) == ["There are", "1,234 digits"]
    assert break_lines("ab 10 cdefg", 8, 2, pairs) == ["ab", "10 cdefg"]
    assert break_lines("a 10 digits 2 b", 9, 3) == ["a 10", "digits", "2 b"]
    assert break_lines("a 10 digits 2 b", 9, 3, pairs) == ["a", "10 digits", "2 b"], "one line more"
    assert break_lines("Black is 0. White is 1.", 14, 2, pairs) == ["Black is 0.", "White is 1."], "after a pause"
    assert break_lines("100 200 300", 7, 2, pairs) == ["100", "200 300"], "there is no other way"
    assert break_lines("One\ntwo three four five six seven", 14, 3) == ["One", "two three four", "five six seven"]
    assert break_lines("One two three four five six seven", 14, 3) == ["One two three", "four five", "six seven"]


def test_a_break_that_a_writer_asks_for_does_not_excuse_a_sentence() -> None:
    script = load_script("en")
    assert script.splits(["Each of the", "weights of 0"]) and script.splits(["a sum of", "-1.5"])
    assert not script.splits(["Black is 0.", "White is 1."]) and not script.splits(["All of it"])


@every_language
def test_pairs_are_two_words_each(lang: str) -> None:
    pairs = load_script(lang).together
    assert len(set(pairs)) == len(pairs) > 20
    assert all(len(pair.split(" ")) == 2 for pair in pairs)


@every_language
def test_enumerations_read_as_one_says_them(lang: str) -> None:
    script = load_script(lang)
    assert script.enumeration((16,)) == "16"
    assert script.enumeration((16, 8)) == {"en": "16 and 8", "ko": "16개, 8"}[lang]
    assert script.enumeration((16, 8, 4)) == {"en": "16, 8 and 4", "ko": "16개, 8개, 4"}[lang]
