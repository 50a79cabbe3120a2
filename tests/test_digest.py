"""The digest of a run tells it from every other: a film of one is never taken for that of another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from casts import make_run

from edgeglow.model.data.digits import Digits
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.run.import_info import ImportInfo
from edgeglow.model.run.run import Run
from edgeglow.model.run.snapshot import Example, Snapshot
from edgeglow.model.run.storage import content_digest, to_arrays
from edgeglow.model.run.training_config import Config

RECORDS = (Run, Config, ImportInfo, Snapshot, Example, Digits, ConvolutionalNetwork)
FIELDS = [(kind, field.name) for kind in RECORDS for field in dataclasses.fields(kind)]
# what is checked to be the same as something else that the digest covers
DERIVED = {
    (Digits, "source"),  # of the run
    (ConvolutionalNetwork, "image_shape.0"),  # of the run
    (ConvolutionalNetwork, "image_shape.1"),
    (ConvolutionalNetwork, "epochs"),  # its examples for each of the training digits
    (Snapshot, "activations.0"),  # the pixels of the examples
}


@pytest.fixture(scope="module")
def run() -> Run:
    """A run that holds something of every kind there is, also where a real one would hold less."""
    return changed(make_run("tiny"), feature_names=("one", "two"))


def changed(record: Any, **fields: Any) -> Any:
    """A record with other values in some fields, as no check would let it be."""
    found = object.__new__(type(record))
    for field in dataclasses.fields(record):
        object.__setattr__(found, field.name, fields.get(field.name, getattr(record, field.name)))
    return found


def others(value: Any) -> Iterator[tuple[str, Any]]:
    """Values that differ as little as can be, in each of the parts of this one, and the names of these parts."""
    if isinstance(value, np.ndarray):
        found = value.copy()
        found.flat[-1] = np.nextafter(found.flat[-1], 9) if found.dtype.kind == "f" else found.flat[-1] + 1
        yield "", found
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            for part, other in others(item):
                yield f".{number}{part}", (*value[:number], other, *value[number + 1 :])
    elif isinstance(value, str):
        yield "", value + "x"
    else:
        yield "", 1 if value is None else not value if isinstance(value, bool) else value + 1


def changes(run: Run, kind: type, name: str) -> Iterator[tuple[str, Run]]:
    """The run with each of these changes in that field of its last record of this kind, and what they change."""
    if kind is Run:
        value = getattr(run, name)
        if not dataclasses.is_dataclass(_last(value)):
            for part, other in others(value):
                yield name + part, changed(run, **{name: other})
        elif isinstance(value, tuple):
            yield name, changed(run, **{name: value[:-1]})
        return
    field = next(name for name, value in vars(run).items() if kind in (type(value), type(_last(value))))
    whole = getattr(run, field)
    record = _last(whole)
    for part, other in others(getattr(record, name)):
        new = changed(record, **{name: other})
        yield name + part, changed(run, **{field: (*whole[:-1], new) if isinstance(whole, tuple) else new})


def _last(value: Any) -> Any:
    return value[-1] if isinstance(value, tuple) and value else value


def digest(run: Run) -> str:
    return content_digest(to_arrays(run))


def test_every_record_in_a_run_is_looked_at(run: Run) -> None:
    """Also one that somebody adds."""
    held = {type(_last(value)) for value in vars(run).values() if dataclasses.is_dataclass(_last(value))}
    assert {Run, ImportInfo, *held} == set(RECORDS)


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=[f"{kind.__name__}.{name}" for kind, name in FIELDS])
def test_no_field_may_change_without_it(run: Run, kind: type, name: str) -> None:
    if kind is ImportInfo or name == "imported":
        run = changed(run, config=None, imported=ImportInfo("net.pt", (49, 7, 5, 10), "sigmoid", "softmax"))
    before = digest(run)
    assert digest(changed(run)) == before
    for part, other in changes(run, kind, name):
        assert digest(other) != before or (kind, part) in DERIVED, part
