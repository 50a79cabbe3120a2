"""Questions of a lesson: where they are asked, what they are filled with, in which order their choices stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from abroad import random_run
from casts import make_run
from stage import CHAPTERS, FPS, fitting
from test_teaching import taught

from edgeglow.film.cache_key import chapter_pages, input_digests
from edgeglow.film.subtitle_files import TimedCaption
from edgeglow.lesson.questions import questions_of
from edgeglow.lesson.run_facts import run_facts
from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.script import Script, load_script
from edgeglow.scenes.script.lesson_texts import lesson_text, question_at
from edgeglow.scenes.script.script_parts import PARTS


def test_of_a_square_matrix_no_wrong_answer_is_right() -> None:
    script = load_script("en")
    sizes = {"neurons": 7, "inputs": 7, "edges": 49}
    found = question_at(script, "matrix", "row", "", sizes)
    assert found is not None and found.right == "7 × 7" and found.wrong == ("1 × 7",)
    assert question_at(script, "matrix", "row", "", {"neurons": 1, "inputs": 1, "edges": 1}) is None


def test_a_layer_of_one_neuron_and_one_input_is_still_asked_about() -> None:
    run = random_run((1, 1, 3), None, ("a", "b", "c"), "tanh", 1, feature_names=("length",))
    script = replace(load_script("en"), subject=run.subject)
    cues = (TimedCaption(0, 9, "row", "", "whole", {"inputs": 1, "columns": 1}), TimedCaption(9, 19, "formula", ""))
    (left,) = questions_of(script, "matrix", cues, FPS, run_facts(run, script))
    assert left.beat == "formula"


def test_right_answers_stand_anywhere_and_always_at_the_same_place() -> None:
    run = make_run("usual")
    script = load_script("en")
    places = []
    for chapter in fitting("usual"):
        lesson = taught(chapter, "usual", "en")
        page = CHAPTERS[chapter].name
        assert questions_of(script, page, lesson.cues, FPS, run_facts(run, script)) == lesson.questions
        places += [one.right for one in lesson.questions]
    assert len(places) >= 18 and {0, 1, 2} <= set(places)
    assert max(map(places.count, places)) < 0.6 * len(places)


def asking(table: Mapping[str, Any], key: str = "numbers") -> Script:
    script = load_script("en")
    own: dict[str, Any] = deepcopy(dict(script.pages))
    own["pixels"]["questions"] = {key: table}
    return replace(script, pages=own)


WHOLE = {"ask": "How many?", "right": "{n}", "wrong": ["3", "4", "3"], "why": "Count: {n}."}


def test_a_beat_that_is_told_twice_asks_once_with_what_was_told_until_then() -> None:
    cues = [TimedCaption(0, 10, "numbers", "", "", {"n": 5}), TimedCaption(10, 30, "numbers", "", "", {"n": 4})]
    (one,) = questions_of(asking(WHOLE), "pixels", cues, 10, {"n": 1})
    assert (one.at, one.answer, one.why, sorted(one.choices)) == (3.0, "4", "Count: 4.", ["3", "4"])


def test_an_empty_table_asks_nothing_in_its_wording() -> None:
    script = asking(WHOLE)
    script.pages["pixels"]["questions"] |= {"numbers-relu": {}, "numbers-rows": WHOLE | {"ask": "Rows?"}}
    told = {"n": 5}
    assert question_at(script, "pixels", "numbers", "relu", told) is None
    plain = question_at(script, "pixels", "numbers", "tanh", told)
    of_rows = question_at(replace(script, subject="rows"), "pixels", "numbers", "tanh", told)
    assert plain and of_rows and (plain.ask, of_rows.ask) == ("How many?", "Rows?")
    assert question_at(script, "pixels", "black", "", told) is None


@pytest.mark.parametrize("part", PARTS)
def test_a_question_without_a_part_of_it_is_refused(part: str) -> None:
    script = asking({name: value for name, value in WHOLE.items() if name != part})
    message = f"en.toml: pixels.questions.numbers: has no {part}; a question has ask, right, wrong, why"
    with pytest.raises(EdgeglowError, match=f"^{re.escape(message)}$"):
        question_at(script, "pixels", "numbers", "", {"n": 5})


def test_what_a_question_cannot_be_filled_with_is_told() -> None:
    script = replace(asking(WHOLE | {"why": "{m}"}), origins={("pixels", "questions", "numbers", "why"): "my.toml"})
    message = "my.toml: pixels.questions.numbers.why: placeholder 'm' in '{m}'; known here: {n}"
    with pytest.raises(EdgeglowError, match=f"^{re.escape(message)}$"):
        question_at(script, "pixels", "numbers", "", {"n": 5})
    with pytest.raises(EdgeglowError, match=r"^en\.toml: pixels\.title-x is missing; write it, as en\.toml"):
        lesson_text(script, "pixels", "title-x", {})


# -- beside the film ----------------------------------------------------------------------------------------


def test_what_is_said_around_a_clip_renders_nothing_again() -> None:
    script, chapter = load_script("en"), CHAPTERS["Neurons"]
    own: dict[str, Any] = deepcopy(dict(script.pages))
    own["neurons"] |= {"claim": "?", "description-rows": "?", "questions": {"first": WHOLE}}
    own["lesson"] = {"title": "?", "labels": {}}
    edited = replace(script, pages=own)
    assert chapter_pages(chapter, edited) == chapter_pages(chapter, script)
    assert input_digests(chapter, "run", edited, "rooms") == input_digests(chapter, "run", script, "rooms")
    own["neurons"]["beats"]["hold"] = "?"
    assert input_digests(chapter, "run", edited, "rooms") != input_digests(chapter, "run", script, "rooms")
