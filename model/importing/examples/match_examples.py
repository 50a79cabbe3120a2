"""Fit labelled examples to a network: match their columns and their classes by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.examples.labelled_file import LabelledExamples
from edgeglow.model.importing.lazy_array import list_names
from edgeglow.model.text.printable import one_line, short_repr


def match_columns(examples: LabelledExamples, known: tuple[str, ...]) -> LabelledExamples:
    """Return the examples with their columns in the order of the network's inputs, whose names are ``known``.

    Where no column has a known name, or known names are only in their own positions, the columns are taken in their
    order, and a remark says so. Raises EdgeglowError where that could confuse columns.
    """
    names = examples.feature_names
    if not known or examples.inputs.ndim != 2:
        return examples
    if not names:
        return _remarked(examples, f"the columns of {examples.source} have no names: taken to be {list_names(known)}")
    places = _places(known, names)
    missing = [name for name, place in zip(known, places, strict=True) if place is None]
    if not missing:
        chosen = [place for place in places if place is not None]
        if chosen == list(range(len(names))):
            return examples
        extra = [name for place, name in enumerate(names) if place not in chosen]
        also = f"; left out, as the network does not read them: {list_names(extra)}" if extra else ""
        inputs = np.ascontiguousarray(examples.inputs[:, chosen])
        found = replace(examples, inputs=inputs, feature_names=tuple(names[place] for place in chosen))
        return _remarked(found, f"the columns of {examples.source} were matched by their names{also}")
    in_place = all(place in (None, at) for at, place in enumerate(places))
    if len(names) == len(known) and in_place:
        others = [name for at, name in enumerate(names) if places[at] is None]
        told = f"{examples.source} calls {list_names(others)} what the network calls {list_names(missing)}"
        return _remarked(examples, f"{told}: taken in their order")
    raise EdgeglowError(
        f"{examples.source} has no column {short_repr(missing[0])}, which the network reads;"
        f" it has {list_names(names)}:"
        " rename it, or name the table's columns in the network's order with --features"
    )


def match_labels(examples: LabelledExamples, classes: tuple[str, ...]) -> np.ndarray:
    """Return the examples' labels as indices of these classes, matched by name where both have names.

    Raises EdgeglowError for classes that the network does not know.
    """
    present, places = np.unique(examples.labels, return_inverse=True)
    told, last = examples.class_names, int(present[-1])
    if told and last >= len(told):
        raise EdgeglowError(f"{examples.source} has label {last}, but names {len(told)} classes")
    if not told and not all(name.isdecimal() for name in classes):
        told = classes
        if last >= len(classes):
            raise EdgeglowError(
                f"{examples.source} has label {last}, but the last layer has {len(classes)} neurons, one for each of"
                f" 0 to {len(classes) - 1}"
            )
    names = [told[label] if told else str(label) for label in present]
    found = _places(names, classes)
    for name, place in zip(names, found, strict=True):
        if place is None:
            raise EdgeglowError(
                f"{examples.source} has the class {one_line(name, 60)}, but those of the network are"
                f" {list_names(classes, 5)}; name them in their order with --classes"
            )
    return np.array(found, np.int64)[places.reshape(-1)]


def _places(sought: Sequence[str], names: Sequence[str]) -> list[int | None]:
    """Return the index of each sought name among the names: of an exact match, else of one in another spelling."""
    found: list[int | None] = [None] * len(sought)
    taken: set[int] = set()
    for form in (str, _plain):
        of_form = _unique(names, form)
        for at, name in enumerate(sought):
            place = of_form.get(form(name))
            if found[at] is None and place is not None and place not in taken:
                found[at] = place
                taken.add(place)
    return found


def _unique(names: Sequence[str], form: Callable[[str], str]) -> dict[str, int]:
    """Return the indices of the names that are unique in this form."""
    forms = [form(name) for name in names]
    counts = Counter(forms)
    return {each: place for place, each in enumerate(forms) if counts[each] == 1}


def _plain(name: str) -> str:
    """Return a name in lower case without signs or leading zeros: "Sepal_Length" → "sepal length", "01" → "1"."""
    text = re.sub(r"[\W_]+", " ", name.casefold()).strip() or name
    return text.lstrip("0") or "0" if text.isdecimal() else text


def _remarked(examples: LabelledExamples, told: str) -> LabelledExamples:
    return replace(examples, remarks=(*examples.remarks, told))
