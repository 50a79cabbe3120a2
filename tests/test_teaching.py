"""What a lesson says around its clips: claims, descriptions and questions, of every network and in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pytest
from abroad import NAMES as ABROAD
from casts import NAMES
from stage import CHAPTERS, FPS, fitting, run_called, words
from test_subjects import FORBIDDEN, untrue
from truth import pages, squash

from edgeglow.film.subtitle_files import TimedCaption
from edgeglow.lesson.lesson_data import Question
from edgeglow.lesson.questions import questions_of
from edgeglow.lesson.run_facts import key_numbers, run_facts
from edgeglow.model.data.digits import Digits
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.loop import train
from edgeglow.scenes.ch12_recap import card_facts
from edgeglow.scenes.script import languages, load_script
from edgeglow.scenes.script.agreement import agreed
from edgeglow.scenes.script.lesson_texts import lesson_text
from edgeglow.scenes.script.script_parts import AROUND, PARTS
from edgeglow.scenes.stage.chapter import SUBJECTS

RUNS = (*NAMES, *ABROAD)
KINDS = (
    "usual",
    "flat",
    "relu",
    "deep",
    "rows",
    "letters",
    "leaky",
    "smooth",
    "capped",
    "medley",
    "floor",
)  # of networks, for which there are wordings
# Characters, in English.
MOST = {"claim": 110, "ask": 140, "choice": 80, "why": 240, "description": 720, "goal": 90, "study": 560}
SHARE = {"en": 1.0, "ko": 0.5}  # of them another language needs
PAGES = [chapter.name for chapter in CHAPTERS.values()]

every_language = pytest.mark.parametrize("language", languages())


@dataclass(frozen=True)
class Taught:
    """What a lesson says of a chapter."""

    claim: str
    description: str
    goal: str
    study: str
    questions: tuple[Question, ...]
    cues: tuple[TimedCaption, ...]

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        yield from ((kind, getattr(self, kind)) for kind in AROUND)
        for question in self.questions:
            yield from (("ask", question.ask), ("why", question.why))
            yield from (("choice", choice) for choice in question.choices)


@cache
def taught(chapter: str, run_name: str, language: str) -> Taught:
    run, page = run_called(run_name), CHAPTERS[chapter].name
    script = replace(load_script(language), subject=run.subject)
    facts = run_facts(run, script)
    cues = tuple(
        TimedCaption(cue.start_frame, cue.end_frame, cue.beat, cue.text, cue.variant, cue.facts)
        for cue in words(chapter, run_name).cues
    )
    return Taught(
        *(lesson_text(script, page, kind, facts) for kind in AROUND),
        questions_of(script, page, cues, FPS, facts),
        cues,
    )


def asked(chapter: str, run_name: str, beat: str) -> Question:
    (found,) = [one for one in taught(chapter, run_name, "en").questions if one.beat == beat]
    return found


def question_tables(language: str) -> dict[tuple[str, str], Mapping[str, Any]]:
    """By page and key."""
    return {(page, key): table for page in PAGES for key, table in pages(language)[page]["questions"].items()}


# -- every chapter has its words ----------------------------------------------------------------------------


@pytest.mark.parametrize("run_name", RUNS)
def test_of_every_network_every_chapter_is_taught(run_name: str) -> None:
    """In every language, the same questions at the same times, the right answers at the same places."""
    subject = run_called(run_name).subject
    for chapter in fitting(run_name):
        lessons = {language: taught(chapter, run_name, language) for language in languages()}
        for language, lesson in lessons.items():
            assert lesson.questions, f"{chapter} asks nothing"
            for kind, text in lesson.texts:
                assert text == text.strip() and text, f"{chapter} {kind}"
                assert not re.search(r"[{}]|\b(nan|inf)\b", text), f"{chapter} {kind}: {text!r}"
                assert len(text) <= SHARE[language] * MOST[kind], f"{chapter} {kind}: {len(text)}, {text!r}"
                if subject in FORBIDDEN:
                    assert not untrue(text, subject, language), f"{chapter} {kind}: {text!r}"
        places = [
            [(one.beat, one.at, one.right, len(one.choices)) for one in lesson.questions]
            for lesson in lessons.values()
        ]
        assert all(place == places[0] for place in places), chapter
        check_questions(lessons["en"])
    check_numbers(run_name)


def check_questions(lesson: Taught) -> None:
    """They can be answered, come when their beat has ended, and no caption gives away what is asked for beside it."""
    ends = {cue.beat: cue.end_frame / FPS for cue in lesson.cues}
    captions = {cue.beat: " ".join(cue.text.lower().split()) for cue in lesson.cues}
    for one in lesson.questions:
        assert 2 <= len(one.choices) == len(set(one.choices)), one
        assert one.at == ends[one.beat]
        core = one.answer.lower().rstrip(".")
        assert len(core) < 4 or core not in captions[one.beat], one
    times = [one.at for one in lesson.questions]
    assert times == sorted(times) and len(set(times)) == len(times)


def check_numbers(run_name: str) -> None:
    """The numbers in answers are the network's."""
    run, chapters = run_called(run_name), fitting(run_name)
    weights, biases = run.last.weights, run.last.biases
    count = sum(part.size for part in (*weights, *biases))
    assert asked("Recap", run_name, "out").answer.startswith(f"The {count:,} numbers")
    assert asked("Neurons", run_name, "first").answer.startswith(f"{len(run.class_names)}: one")
    assert asked("Matrix", run_name, "row").answer == "{:,} × {:,}".format(*weights[0].shape)
    assert f" {weights[0].size:,} numbers, one for each edge" in asked("Matrix", run_name, "row").why
    if "Pixels" in chapters:
        assert f"{run.test_digits.pixels.shape[1]:,} numbers" in asked("Pixels", run_name, "only").why
    if "Training" in chapters:
        assert f"these {count:,} numbers" in asked("Training", run_name, "loss").why
    if run.convolution is not None and "Convolution" in chapters:
        rows, columns = run.convolution.filters[0].shape[-2:]
        assert f"The same {rows} by {columns} weights" in asked("Convolution", run_name, "filter").why


def test_all_languages_have_the_same_keys_and_fill_in_the_same() -> None:
    def shape(table: Mapping[str, Any]) -> list[tuple[str, object]]:
        parts = [(part, [table[part]] if part != "wrong" else table[part]) for part in PARTS if part in table]
        return [(part, [sorted(re.findall(r"{.*?}", text)) for text in texts]) for part, texts in parts]

    def told(language: str) -> set[tuple[str, str]]:
        return {(page, key) for page in PAGES for key in pages(language)[page] if key not in ("beats", "labels")}

    english = {where: shape(table) for where, table in question_tables("en").items()}
    for language in languages():
        assert {where: shape(table) for where, table in question_tables(language).items()} == english
        assert told(language) == told("en")


def test_every_question_and_wording_is_used_of_some_network() -> None:
    """And those of one language would be found missing in another one by the test above."""
    used: set[tuple[str, str]] = set()
    script = load_script("en")
    for chapter, run_name in ((name, run) for run in KINDS for name in fitting(run)):
        run, page = run_called(run_name), CHAPTERS[chapter].name
        lesson = taught(chapter, run_name, "en")
        used |= {(page, one.ask) for one in lesson.questions} | {(page, lesson.description)}
        facts = run_facts(run, script)
        used |= {
            (page, key)
            for key, table in script.pages[page]["questions"].items()
            if any(one.ask == _filled(table["ask"], lesson, one.beat, facts) for one in lesson.questions)
        }
    for page in PAGES:
        for key in script.pages[page]["questions"]:
            assert (page, key) in used, f"{page}.questions.{key} is never asked"
        for key, text in script.pages[page].items():
            if key.startswith("description"):
                assert (page, text) in used, f"{page}.{key} is of no network"


def _filled(template: str, lesson: Taught, beat: str, facts: Mapping[str, object]) -> str | None:
    told = dict(facts)
    for cue in lesson.cues:
        told |= cue.facts
        if cue.beat == beat:
            break
    try:
        return agreed(template.format_map(told))
    except KeyError:  # it is filled at another beat
        return None


def test_wordings_are_for_what_a_chapter_can_show() -> None:
    for chapter in CHAPTERS.values():
        page = pages("en")[chapter.name]
        for key in chain(page, page["questions"]):
            subject = key.rpartition("-")[2]
            assert subject not in SUBJECTS or subject in chapter.subjects, f"{chapter.name} {key}"


# -- and they are true --------------------------------------------------------------------------------------


def test_shuffled_pixels_are_learnt_just_as_well(digits: tuple[Digits, Digits]) -> None:
    order = np.random.default_rng(7).permutation(49)
    shuffled = [
        Digits(np.ascontiguousarray(one.pixels[:, order].reshape(-1, 7, 7)), one.labels, one.source) for one in digits
    ]
    config = Config((49, 12, 10), epochs=15, snapshots=2, learning_rate=0.02)
    before, after = train(config, *digits).accuracy, train(config, *shuffled).accuracy
    assert before > 0.8 and abs(after - before) < 0.05


def test_what_is_said_of_activation_functions_is_true() -> None:
    for kind in ("sigmoid", "tanh"):
        five, ten = squash(kind, np.array([5.0, 10.0]))
        assert 0.99 < five < ten <= 1 and ten - five < 0.01
    assert not squash("relu", np.array([-3.0, -30.0])).any()
    before, after = squash("softmax", np.array([[1.0, 0.2, -3.0], [2.5, 0.2, -3.0]]))
    assert after[0] - before[0] == pytest.approx(before[1:].sum() - after[1:].sum())
    kinds = {run_called(name).hidden: name for name in ("usual", "deep", "relu")}
    answers = {kind: asked("Bias", name, "squeeze").answer for kind, name in kinds.items()}
    assert answers["sigmoid"] == answers["tanh"] != answers["relu"]
    assert asked("Bias", "flat", "squeeze").answer == "They lose just as much."


def test_what_is_said_of_the_bent_functions_is_true() -> None:
    sums = np.linspace(-30, 80, 1101)
    leaky, gelu = squash("leaky_relu:0.2", sums), squash("gelu", sums)
    assert leaky[0] < 0 and leaky[0] == pytest.approx(10 * float(squash("leaky_relu:0.2", np.array(-3.0))))
    assert asked("Bias", "leaky", "squeeze").answer == "The second stays ten times as far below 0."
    assert squash("relu6", np.array([8.0, 80.0])).tolist() == [6, 6]
    assert asked("Bias", "capped", "squeeze").answer == "Neither: both become 6."
    assert squash("elu:0.5", sums)[0] == pytest.approx(-0.5) and squash("elu:0.5", sums).min() >= -0.5
    assert asked("Bias", "medley", "squeeze").answer == "It comes closer and closer to −0.5."
    assert -0.2 < gelu.min() < -0.1 and abs(gelu[0]) < 1e-9
    assert asked("Bias", "smooth", "squeeze").answer == "It dips a little below 0 and comes back to it."
    assert squash("softplus", sums).min() > 0
    assert asked("Bias", "floor", "squeeze").answer == "It never does."


@every_language
@pytest.mark.parametrize("run_name", RUNS)
def test_key_numbers_are_what_the_last_card_says(run_name: str, language: str) -> None:
    run, script = run_called(run_name), load_script(language)
    found = {fact.name: fact.value for fact in key_numbers(run, script)}
    assert len(found) == len(card_facts(run)), "every number has a name of its own"
    count = sum(part.size for part in (*run.last.weights, *run.last.biases))
    assert found[script.label("recap", "parameters")].startswith(f"{count:,}")
    answers = run.network().activations(run.test_digits.pixels)[-1].argmax(axis=1)
    share = float((answers == run.test_digits.labels).mean())
    assert found[script.label("recap", "accuracy")] == f"{share:.1%}"
    if language == "en":
        (texts,) = [texts for beat, texts in words("Recap", run_name).written if beat == "card"]
        written = "".join(texts).replace(" ", "")  # long ones on several lines
        assert all(value.replace(" ", "") in written for value in found.values())
