"""The evaluation of networks that read no digits: rows of named numbers, and pictures of classes with names."""

from __future__ import annotations

import numpy as np
import pytest
from shot import Shot, Squares
from stage import Performance, perform
from truth import forward, of_weights, said

from edgeglow.model.data.noise import noise_rows

NAMED = ("rows", "columns", "letters", "thin")
ROWS = ("rows", "columns")

every_run = pytest.mark.parametrize("run_name", NAMED)
every_table = pytest.mark.parametrize("run_name", ROWS)


def answers(played: Performance, inputs: np.ndarray) -> np.ndarray:
    return forward(played.run, played.run.last, inputs)[-1]


def columns_on_show(played: Performance, shot: Shot) -> list[Squares]:
    """The rows of numbers that are drawn as columns, from left to right and from the top down."""
    count = len(played.chapter.cast.inputs)
    found = [s for s in shot.squares if len(s.values) == count and of_weights(s)]
    found = [s for s in found if np.ptp(s.centers[:, 0]) < 1e-6]
    return sorted(found, key=lambda s: (-round(float(s.centers[0, 1]), 3), s.centers[0, 0]))


def row_of(played: Performance, squares: Squares, rows: np.ndarray) -> int:
    """Which of these rows a column shows: every number as a part of the largest there is of it."""
    cast = played.chapter.cast
    held = np.concatenate([played.run.test_digits.pixels, played.run.last.activations[0]])
    parts = np.clip(rows / np.abs(held).max(axis=0), -1, 1)[:, cast.inputs]
    away = np.abs(parts - squares.values).max(axis=1)
    assert away.min() < 1e-5, "a column that shows none of them"
    return int(away.argmin())


def numbers_beside(shot: Shot, squares: Squares) -> list[str]:
    """What is written at the right of each square, next to it."""
    found = []
    for center, side in zip(squares.centers, squares.sides, strict=True):
        level = [w for w in shot.words if abs(w.middle[1] - center[1]) < side / 3 and w.box[0] > center[0]]
        found.append(min(level, key=lambda w: w.box[0]).text)
    return found


@every_run
def test_what_is_said_fits_what_the_network_reads(run_name: str) -> None:
    for lang, words in (("en", ("digit",)), ("ko", ("숫자",))):
        played = perform("Mistakes", run_name, lang)
        every = " ".join([cue.text for cue in played.cues] + [text for s in played.shots for text in s.texts])
        assert not [word for word in words if word in every], every
        if played.run.subject == "rows":
            strange = ("pixel", "picture", "image", "픽셀", "그림", "잡음")
            assert not [word for word in strange if word in every]


@every_run
def test_the_commonest_mistake_is_named(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    digits, names = played.run.test_digits, played.chapter.cast.class_names
    given = answers(played, digits.pixels).argmax(axis=1)
    pairs = [(int(a), int(b)) for a, b in zip(digits.labels, given, strict=True) if a != b]
    beats = [shot.beat for shot in played.shots]
    assert ("took" in beats) == bool(pairs) and ("flawless" in beats) == (not pairs)
    if not pairs:
        return
    most = max(pairs.count(pair) for pair in pairs)
    captions = {
        said("en", "mistakes", "took", label=names[a], answer=names[b])
        for a, b in pairs
        if pairs.count((a, b)) == most
    }
    assert played.shot("took").caption in captions
    assert str(most) in played.shot("confused").caption


def test_mistaken_rows_are_shown_with_their_numbers_and_what_was_said() -> None:
    played = perform("Mistakes", "rows")
    run, names = played.run, played.run.class_names
    rows, labels = run.test_digits.pixels, run.test_digits.labels
    outputs = answers(played, rows)
    wrong = np.flatnonzero(outputs.argmax(axis=1) != labels)
    surest = wrong[np.argsort(-outputs.max(axis=1)[wrong], kind="stable")]
    shot = played.shot("surest")
    columns = columns_on_show(played, shot)
    assert 1 < len(columns) <= len(wrong)
    for column, number in zip(columns, surest, strict=False):
        assert row_of(played, column, rows) == number
        written = [f"{value:.4g}".replace("-", "\N{MINUS SIGN}") for value in rows[number]]
        assert numbers_beside(shot, column) == written
        best = int(outputs[number].argmax())
        facts = {"answer": names[best], "confidence": outputs[number].max()}
        assert said("en", "mistakes", "answer", kind="labels", **facts) in shot.texts
        assert said("en", "mistakes", "truth", kind="labels", label=names[labels[number]]) in shot.texts
    named = [text for text in shot.texts if text in run.feature_names]
    assert named == list(run.feature_names), "the inputs' names stand beside the first column"


@every_table
def test_numbers_by_chance_are_within_their_range_and_answered_by_the_network(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    run, held = played.run, played.run.test_digits.pixels
    noise = noise_rows(1000, held)
    outputs = answers(played, noise)
    for shot in (played.shot("noise"), played.shot("sure")):
        columns = columns_on_show(played, shot)
        assert len(columns) >= 3
        for number, column in enumerate(columns):
            assert row_of(played, column, noise) == number
            best = int(outputs[number].argmax())
            facts = {"answer": played.chapter.cast.name(best), "confidence": outputs[number].max()}
            assert said("en", "mistakes", "answer", kind="labels", **facts) in shot.texts
    facts = {
        "noise": 1000,
        "confidence": outputs.max(axis=1).mean(),
        "digits": answers(played, held).max(axis=1).mean(),
    }
    assert played.shot("sure").caption == said("en", "mistakes", "sure", "rows", **facts)
    assert played.shot("no_way").caption == said("en", "mistakes", "no_way", "rows", outputs=run.layer_sizes[-1])


@every_run
@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
def test_names_stand_at_their_rows_and_columns(run_name: str, aspect: str) -> None:
    """Every name beside the table, shortened or not, belongs to the class whose row, or column, it is at."""
    played = perform("Mistakes", run_name, aspect=aspect)
    classes, names = played.run.layer_sizes[-1], played.chapter.cast.class_names
    shot = played.shot("fill")
    (table,) = [s for s in shot.squares if len(s.values) == classes**2 and s.roundness == 0 and of_weights(s)]
    places = table.centers.reshape(classes, classes, 3)
    side = abs(places[0, 1, 0] - places[0, 0, 0])
    titles = [said("en", "mistakes", name, played.run.subject, kind="labels") for name in ("rows", "columns")]
    words = [w for w in shot.words if w.text not in titles]
    beside = [w for w in words if 0 < places[0, 0, 0] - side / 2 - w.box[2] < 0.3]
    above = [w for w in words if 0 < w.box[1] - places[0, 0, 1] - side / 2 < 0.3]
    for written, along, sign in ((beside, places[:, 0, 1], 1), (above, places[0, :, 0], 0)):
        found = 0
        for writing in written:
            away = np.abs(along - writing.middle[sign])
            number = int(away.argmin())
            if away[number] > side:
                continue  # it stands elsewhere
            assert away[number] < 0.5 * side
            assert alike(writing.text, names[number]), (writing.text, names[number])
            found += 1
        assert found >= min(classes, 2)


def alike(text: str, name: str) -> bool:
    """Is the text the name, or what is left of it?"""
    if "…" not in text:
        return text == name
    begun = text.rstrip("…")
    return name.startswith(begun) if text.endswith("…") else name.endswith(text.lstrip("…"))
