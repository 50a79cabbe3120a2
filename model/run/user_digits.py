"""Add the user's own digits to a run, before its examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run
from edgeglow.model.run.snapshot import Example, Snapshot


def add_user_digits(run: Run, pixels: Sequence[np.ndarray], labels: Sequence[str] = ()) -> Run:
    """Return the run with these digits as its first examples, of the kind "own".

    Each of ``pixels`` is a picture (height, width) of the run's shape, 0 to 1. ``labels`` are the names of their
    classes, in the same order; there may be fewer labels than pictures.

    Raises EdgeglowError when the run reads no pictures, a picture has another shape, or a label is not the name of a
    class.
    """
    if pixels and run.image_shape is None:
        raise EdgeglowError("this network reads no pictures, so no picture can be shown to it; leave --digit out")
    if len(labels) > len(pixels):
        raise EdgeglowError(f"there are {len(labels)} labels for {len(pixels)} digits; give one for each, in order")
    for number, picture in enumerate(pixels, start=1):
        if picture.shape != run.image_shape:
            raise EdgeglowError(f"own digit {number} has shape {picture.shape}, expected {run.image_shape}")
    if not pixels:
        return run
    rows = np.stack([np.asarray(picture, np.float32).ravel() for picture in pixels])
    known = [_label(run, label) for label in labels] + [None] * (len(pixels) - len(labels))
    return add_examples(run, rows, known)


def add_examples(run: Run, rows: np.ndarray, labels: Sequence[int | None]) -> Run:
    """Return the run with these inputs (examples, inputs) as its first examples, of the kind "own"."""
    answers = run.network().activations(rows)[-1].argmax(axis=1)
    own = tuple(
        Example(row, label, int(answer), "own") for row, label, answer in zip(rows, labels, answers, strict=True)
    )
    snapshots = tuple(_with_rows(run, snapshot, rows) for snapshot in run.snapshots)
    return replace(run, examples=own + run.examples, snapshots=snapshots)


def _label(run: Run, name: str) -> int:
    if name not in run.class_names:
        names = ", ".join(run.class_names[:20]) + (", ..." if len(run.class_names) > 20 else "")
        raise EdgeglowError(f"label {name!r}: this network knows {names}; choose one of them")
    return run.class_names.index(name)


def _with_rows(run: Run, snapshot: Snapshot, rows: np.ndarray) -> Snapshot:
    """Return the snapshot with the activations of these digits before the others."""
    more = run.network(snapshot).activations(rows)
    both = zip(more, snapshot.activations, strict=True)
    return replace(snapshot, activations=tuple(np.concatenate(pair) for pair in both))
