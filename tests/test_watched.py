"""What a camera takes as unchanged: only what nobody can have changed, whichever way they went about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from manim import RIGHT, UP

from edgeglow.scenes.fields import FieldCamera, LineField, SquareField
from edgeglow.scenes.fields.versioned_array import is_read_only, read_only_copy, version_of

SIZE = {"pixel_width": 96, "pixel_height": 54, "frame_width": 8 * 16 / 9, "frame_height": 8.0}


def lines() -> LineField:
    random = np.random.default_rng(1)
    starts, ends = (np.c_[random.uniform(-3, 3, (40, 2)), np.zeros(40)] for _ in range(2))
    return LineField(starts, ends, random.normal(size=40), positive="#4fc3dc", negative="#f08048", width=0.1)


def squares() -> SquareField:
    random = np.random.default_rng(2)
    centers = np.c_[random.uniform(-3, 3, (30, 2)), np.zeros(30)]
    return SquareField(centers, 0.5, random.random(30), low="#0d0e13", high="#ffffff")


def seen(field: Any, camera: FieldCamera | None = None) -> np.ndarray:
    camera = camera or FieldCamera(**SIZE)
    camera.reset()
    camera.capture_mobjects([field])
    return np.array(camera.pixel_array)


def write_through_what_was_held(field: Any) -> Callable[[], None]:
    held = field.points  # taken before anything is drawn

    def write() -> None:
        held[:, 0] += 0.3

    return write


def write_through_a_view(field: Any) -> Callable[[], None]:
    view = field.marks

    def write() -> None:
        view[..., 1] -= 0.4

    return write


CHANGES: dict[str, Callable[[Any], Callable[[], Any]]] = {
    "shift": lambda field: lambda: field.shift(0.2 * RIGHT),
    "scale": lambda field: lambda: field.scale(1.1),
    "rotate": lambda field: lambda: field.rotate(0.2),
    "stretch": lambda field: lambda: field.stretch(0.7, 1),
    "item": lambda field: lambda: field.points.__setitem__((3, 0), 1.5),
    "in place": lambda field: lambda: np.add(field.points, UP, out=field.points),
    "held": write_through_what_was_held,
    "view": write_through_a_view,
}


@pytest.mark.parametrize("make", [lines, squares])
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_moves_is_seen(make: Callable[[], Any], change: str) -> None:
    """However the points are changed between two frames, the second is as a camera sees it that has not seen any."""
    field, camera = make(), FieldCamera(**SIZE)
    do = CHANGES[change](field)
    before = [seen(field, camera) for _ in range(3)][-1]
    for _ in range(3):
        do()
        after = seen(field, camera)
        assert np.array_equal(after, seen(field))
    assert change == "item" or not np.array_equal(before, after)


def test_the_camera_moves() -> None:
    field, camera = lines(), FieldCamera(**SIZE)
    before = seen(field, camera)
    camera.frame.shift(0.5 * RIGHT)
    after = seen(field, camera)
    assert not np.array_equal(before, after)
    fresh = FieldCamera(**SIZE)
    fresh.frame.shift(0.5 * RIGHT)
    assert np.array_equal(after, seen(field, fresh))


def test_what_rests_is_not_touched_by_looking() -> None:
    field, camera = lines(), FieldCamera(**SIZE)
    seen(field, camera)
    version = version_of(field, "points", "shares")
    assert version is not None
    seen(field, camera)
    assert version_of(field, "points", "shares") == version
    held = field.points
    assert version_of(field, "points", "shares") is None, "it may be changed at any time"
    del held
    assert version_of(field, "points", "shares") not in (None, version)


def test_values_that_cannot_change_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And those that can, every time."""
    random = np.random.default_rng(3)
    first, second = random.normal(size=(2, 40))
    camera, field = FieldCamera(**SIZE), lines()
    for alpha in (0.2, 0.4, 0.6):
        mixed = seen(field.set_values_between(first, second, alpha), camera)
        assert np.array_equal(mixed, seen(lines().set_values_between(first.copy(), second.copy(), alpha)))
        second *= 1.5
    one, two = read_only_copy(first), read_only_copy(second)
    expected = seen(lines().set_values_between(first, second, 0.5))
    seen(field.set_values_between(one, two, 0.3), camera)
    seen(field.set_values_between(one, two, 0.4), camera)
    monkeypatch.setattr("edgeglow.scenes.fields.lines.checked_array", lambda *rest: pytest.fail("looked at again"))
    monkeypatch.setattr("edgeglow.scenes.fields.layer_store.digest", lambda *rest: pytest.fail("read again"))
    monkeypatch.setattr("edgeglow.scenes.fields.drawing.projected", lambda *rest: pytest.fail("projected again"))
    assert np.array_equal(seen(field.set_values_between(one, two, 0.5), camera), expected)


def test_what_is_fixed() -> None:
    array = np.arange(6.0)
    view = array[:3]
    view.setflags(write=False)
    assert not is_read_only(array) and not is_read_only(view), "its base can be written into"
    assert is_read_only(read_only_copy(array)) and is_read_only(read_only_copy(array)[:3])
    array[0] = 7
    assert read_only_copy(array)[0] == 7


def test_a_mixture_cannot_be_written_into() -> None:
    """It would not be seen: the pictures that it mixes would."""
    field = lines()
    field.set_values_between(np.ones(40), -np.ones(40), 0.25)
    assert np.allclose(field.values, 0.5)
    with pytest.raises(ValueError, match="read-only"):
        field.amounts[0] = 2
