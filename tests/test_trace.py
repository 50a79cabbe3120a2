"""What is read of a watched run is written down, all of it, and a run that differs there is told apart."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from casts import make_run

from film.trace import RECORDS, WHOLE, Fingerprint, Watch, digest_of
from model.imported import Imported
from model.run import Run

PARTS = [(kind, field.name) for kind in RECORDS for field in dataclasses.fields(kind)]


@pytest.fixture(scope="module")
def run() -> Run:
    """A run that holds something of every kind there is, also where a real one would hold less."""
    imported = Imported("net.pt", (49, 7, 5, 10), "sigmoid", "softmax", "epoch")
    return changed(make_run("tiny"), imported=imported, feature_names=("one", "two"))


def changed(record: Any, **fields: Any) -> Any:
    """A record with other values in some fields, as no check would let it be."""
    found = object.__new__(type(record))
    for field in dataclasses.fields(record):
        object.__setattr__(found, field.name, fields.get(field.name, getattr(record, field.name)))
    return found


def another(value: Any) -> Any:
    """A value that differs as little as can be."""
    if isinstance(value, np.ndarray):
        found = value.copy()
        found.flat[-1] += 1
        return found
    if isinstance(value, tuple):
        return (*value[:-1], another(value[-1]))
    if dataclasses.is_dataclass(value):
        first = dataclasses.fields(value)[0].name
        return changed(value, **{first: another(getattr(value, first))})
    if isinstance(value, str):
        return value + "x"
    return 1 if value is None else not value if isinstance(value, bool) else value + 1


def records(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every record in a run, and how to come to it."""
    if dataclasses.is_dataclass(value):
        yield way, value
        for field in dataclasses.fields(value):
            yield from records(getattr(value, field.name), (*way, field.name))
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from records(item, (*way, number))


def follow(value: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        value = value[step] if isinstance(step, int) else getattr(value, step)
    return value


def with_another(value: Any, way: tuple[str | int, ...]) -> Any:
    """The value with the smallest change at the end of the way."""
    if not way:
        return another(value)
    step, *rest = way
    if isinstance(step, int):
        return (*value[:step], with_another(value[step], tuple(rest)), *value[step + 1 :])
    return changed(value, **{step: with_another(getattr(value, step), tuple(rest))})


def read_all(value: Any) -> None:
    """Read everything that a watched part holds."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            read_all(getattr(value, field.name))
    elif hasattr(value, "__len__") and not isinstance(value, str | np.ndarray):
        for item in value:
            read_all(item)


def test_every_record_in_a_run_is_watched(run: Run) -> None:
    """Also one that somebody adds: it must be among RECORDS, and hold nothing but fields."""
    found = [record for _, record in records(run)]
    assert {type(record) for record in found} == set(RECORDS)
    for record in found:
        assert set(vars(record)) - {WHOLE} == {field.name for field in dataclasses.fields(record)}


@pytest.mark.parametrize(("kind", "name"), PARTS, ids=[f"{kind.__name__}.{name}" for kind, name in PARTS])
def test_every_field_is_written_down_when_it_is_read(run: Run, kind: type, name: str) -> None:
    way = next(way for way, record in reversed(list(records(run))) if type(record) is kind)
    watch = Watch(run)
    record = follow(watch.run, way)
    assert isinstance(record, kind)
    place = ".".join(map(str, (*way, name)))
    assert not [read for read in watch.trace if f"{read}.".startswith(f"{place}.")], "nobody has read it yet"
    read_all(getattr(record, name))
    assert place in watch.trace
    assert Fingerprint(lambda: run).fits(watch.trace)
    assert not Fingerprint(lambda: with_another(run, (*way, name))).fits(watch.trace)


@pytest.mark.parametrize(("kind", "name"), PARTS, ids=[f"{kind.__name__}.{name}" for kind, name in PARTS])
def test_what_was_not_read_may_be_anything(run: Run, kind: type, name: str) -> None:
    way = next(way for way, record in records(run) if type(record) is kind)
    watch = Watch(run)
    for field in dataclasses.fields(run):
        if field.name not in (*way, name):
            read_all(getattr(watch.run, field.name))
    assert Fingerprint(lambda: with_another(run, (*way, name))).fits(watch.trace)


def test_one_item_of_many_is_read_by_itself(run: Run) -> None:
    watch = Watch(run)
    assert watch.run.last.weights[1] is run.last.weights[1]
    last = len(run.snapshots) - 1
    assert set(watch.trace) == {
        "snapshots",
        f"snapshots.{last}",
        f"snapshots.{last}.weights",
        f"snapshots.{last}.weights.1",
    }
    assert Fingerprint(lambda: with_another(run, ("snapshots", 0, "loss"))).fits(watch.trace)
    fewer = changed(run, snapshots=run.snapshots[1:])
    assert not Fingerprint(lambda: fewer).fits(watch.trace), "the last one has another number"


def test_the_digest_stands_for_all(run: Run) -> None:
    watch = Watch(make_run("tiny"))
    assert watch.run.digest == make_run("tiny").digest
    assert set(watch.trace) == {"digest"}
    other = dataclasses.replace(make_run("tiny"), source="elsewhere")
    assert Fingerprint(lambda: make_run("tiny")).fits(watch.trace)
    assert not Fingerprint(lambda: other).fits(watch.trace)


def test_what_is_derived_is_read_from_what_it_comes_of() -> None:
    run = make_run("tiny")
    derived = [name for name, _ in inspect.getmembers(Run, lambda found: isinstance(found, property))]
    assert {"layer_sizes", "accuracy", "last", "clock", "times", "parameters"} <= set(derived)
    for name in derived:
        watch = Watch(run)
        read = getattr(watch.run, name)
        assert watch.trace, name
        if not dataclasses.is_dataclass(read):
            np.testing.assert_array_equal(read, getattr(run, name))
    watch = Watch(run)
    pixels = run.test_digits.pixels[:3]
    expected = run.network().activations(pixels)[-1]
    np.testing.assert_array_equal(watch.run.network().activations(pixels)[-1], expected)
    last = f"snapshots.{len(run.snapshots) - 1}"
    layers = range(len(run.layer_sizes) - 1)
    for part in ("weights", "biases"):
        assert {f"{last}.{part}.{k}" for k in layers} <= set(watch.trace)
    assert not [read for read in watch.trace if "activations" in read]


def test_copies_are_watched_as_well() -> None:
    watch = Watch(make_run("tiny"))
    for copied in (copy.copy(watch.run), copy.deepcopy(watch.run), copy.deepcopy([watch.run])[0]):
        assert copied is watch.run
    for record in (watch.run, watch.run.last):
        assert not {field.name for field in dataclasses.fields(record)} & set(vars(record))
        with pytest.raises(TypeError, match="a watched run stays in its process"):
            pickle.dumps(record)
    assert watch.run.snapshots[-1] is watch.run.last
    with pytest.raises(dataclasses.FrozenInstanceError):
        watch.run.source = "elsewhere"  # type: ignore[misc]


def test_what_is_made_of_it_has_been_read() -> None:
    watch = Watch(make_run("tiny"))
    other = dataclasses.replace(watch.run, source="elsewhere")
    assert other.source == "elsewhere"
    assert other.accuracy == make_run("tiny").accuracy
    assert {field.name for field in dataclasses.fields(Run)} - {"source"} <= set(watch.trace)
    assert watch.run.last.weights[0] is other.last.weights[0]
    assert f"snapshots.{len(other.snapshots) - 1}.weights.0" in watch.trace


def test_what_cannot_be_watched_is_told(run: Run) -> None:
    for value in ({}, [1.0], (run, object()), object()):
        with pytest.raises(TypeError, match=r"cannot be watched; teach film/trace\.py to"):
            digest_of(value)


def test_alike_is_not_the_same() -> None:
    numbers = [0, False, None, 0.0, -0.0, "0", (), (0,), np.float32(0), np.zeros(1), np.zeros(1, np.float32)]
    assert len({digest_of(value) for value in numbers}) == len(numbers)
    assert digest_of(np.zeros((2, 3))) != digest_of(np.zeros((3, 2)))
    assert digest_of(np.arange(6).reshape(2, 3)[:, ::2]) == digest_of(np.array([[0, 2], [3, 5]]))
