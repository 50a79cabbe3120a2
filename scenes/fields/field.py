"""The base of all fields: arrays of marks that behave as one Manim mobject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self, cast

import numpy as np
from manim import Mobject
from manim.utils.color import ManimColor, ParsableManimColor

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.fields.versioned_array import VersionedArray, peek
from edgeglow.scenes.manim_internals import straight_path


class Field(Mobject):
    """Many marks of one kind, stored as arrays and drawn at once by FieldCamera.

    ``points`` holds the geometry, ``points_per_mark`` rows for every mark, so that moving, scaling, bounding
    boxes and Transform work as for any mobject. ``array_names`` are the attributes with one row per mark,
    ``number_names`` the single floats and colours; all are interpolated linearly. They are ordinary arrays
    and floats in ``__dict__``, so Manim's play cache includes every value.
    """

    points_per_mark: ClassVar[int]
    array_names: ClassVar[tuple[str, ...]]
    light_names: ClassVar[tuple[str, ...]]  # divided among the copies of a repeated mark, to keep the picture
    number_names: ClassVar[tuple[str, ...]]

    opacity: float
    points = VersionedArray()

    @property
    def count(self) -> int:
        """The number of marks."""
        return self.get_num_points() // self.points_per_mark

    def get_num_points(self) -> int:  # called by Manim in every frame
        return len(peek(self, "points"))

    def has_points(self) -> bool:
        return len(peek(self, "points")) > 0

    @property
    def marks(self) -> np.ndarray:
        """The geometry by mark, shape (n, points_per_mark, 3); a view."""
        return self.points.reshape(self.count, self.points_per_mark, 3)

    def get_array_attrs(self) -> list[str]:
        return ["points", *self.array_names]

    def reset_points(self) -> Self:
        super().reset_points()
        for name in self.array_names:
            if hasattr(self, name):  # not set yet while Mobject.__init__ runs
                setattr(self, name, getattr(self, name)[:0])
        return self

    def set_opacity(self, opacity: float, family: bool = True) -> Self:
        """Set the opacity of the whole field, 0 (invisible) to 1."""
        self.opacity = checked_number(self, "opacity", opacity, most=1.0)
        if family:
            for submobject in self.submobjects:
                submobject.set_opacity(opacity)
        return self

    def fade(self, darkness: float = 0.5, family: bool = True) -> Self:
        """Multiply the opacity by 1 - darkness."""
        self.opacity *= 1.0 - darkness
        return cast(Self, super().fade(darkness, family))

    def get_point_mobject(self, center: np.ndarray | None = None) -> Self:  # type: ignore[override]
        """Return a field of one invisible mark, from which Transform grows missing parts."""
        point = self.copy()
        point.submobjects = []
        where = np.zeros(3) if center is None else np.asarray(center, dtype=float)
        point.points = np.tile(where, (self.points_per_mark, 1))
        for name in self.array_names:
            old = getattr(self, name)
            setattr(point, name, np.zeros((1, *old.shape[1:]), dtype=old.dtype))
        return point

    def align_points(self, mobject: Mobject) -> Self:
        self._require_same_kind(mobject)
        return cast(Self, super().align_points(mobject))

    def align_points_with_larger(self, larger_mobject: Mobject) -> Self:
        """Repeat marks until there are as many as in the larger field; the picture stays the same."""
        larger = self._require_same_kind(larger_mobject)
        which = np.arange(larger.count) * self.count // larger.count
        share = np.bincount(which, minlength=self.count)[which]
        self.points = self.marks[which].reshape(-1, 3)
        for name in self.array_names:
            array = getattr(self, name)[which]
            if name in self.light_names:
                array = (array.T / share).T.astype(array.dtype)
            setattr(self, name, array)
        return self

    def interpolate(
        self,
        mobject1: Mobject,
        mobject2: Mobject,
        alpha: float,
        path_func: Callable[..., Any] = straight_path(),  # noqa: B008 - Manim's own default
    ) -> Self:
        first, second = mobject1.points, mobject2.points
        # Exactly equal, not approximately: marks that have not moved are then known to be drawn already.
        still = np.array_equal(first, second)
        self.points = first.copy() if still else path_func(first, second, alpha)
        return self.interpolate_color(mobject1, mobject2, alpha)

    def interpolate_color(self, mobject1: Mobject, mobject2: Mobject, alpha: float) -> Self:
        """Interpolate everything except the points."""
        self._require_same_kind(mobject1)
        self._require_same_kind(mobject2)
        for name in self.array_names:
            setattr(self, name, mixed(getattr(mobject1, name), getattr(mobject2, name), alpha))
        for name in self.number_names:
            setattr(self, name, mixed(getattr(mobject1, name), getattr(mobject2, name), alpha))
        return self

    def _require_same_kind(self, mobject: Mobject) -> Field:
        if not isinstance(mobject, Field) or mobject.array_names != self.array_names:
            kind = type(self).__name__
            raise EdgeglowError(
                f"{kind}: cannot be transformed with a {type(mobject).__name__}, expected another {kind};"
                " use FadeTransform, or fade one out and the other in"
            )
        return mobject


def mixed(first: Any, second: Any, alpha: float) -> Any:
    """Return ``first`` at alpha 0, ``second`` at alpha 1, both exactly, and a mixture between; arrays are copied."""
    if alpha in (0, 1):
        chosen = second if alpha else first
        return chosen.copy() if isinstance(chosen, np.ndarray) else chosen
    if not isinstance(first, np.ndarray):
        return first if first == second else float((1 - alpha) * first + alpha * second)
    if np.array_equal(first, second):
        return first.copy()
    return ((1 - alpha) * first + alpha * second).astype(first.dtype)


def rgb(color: ParsableManimColor) -> np.ndarray:
    """Return the colour as float64 (3,), 0..1."""
    return np.array(ManimColor.parse(color).to_rgb(), dtype=np.float64)


def checked_number(field: Mobject, name: str, value: float, least: float = 0.0, most: float = np.inf) -> float:
    """Return ``value`` as a float. Raises EdgeglowError if it is not finite or outside least..most."""
    number = float(value)
    if not (np.isfinite(number) and least <= number <= most):
        limits = f"{least:g} or more" if most == np.inf else f"{least:g} to {most:g}"
        raise EdgeglowError(f"{type(field).__name__}: {name} is {number}, expected a finite number, {limits}")
    return number


def checked_array(
    field: Mobject, name: str, array: Any, shape: tuple[int | None, ...], most: float = np.inf
) -> np.ndarray:
    """Return ``array`` as a checked array of floats. None in ``shape`` stands for any size.

    Raises EdgeglowError if the shape differs, a number is not finite or, with ``most``, not in 0..most.
    """
    found = np.asarray(array)
    if found.dtype not in (np.float32, np.float64):
        found = found.astype(np.float64)
    wanted = f"({', '.join('n' if size is None else str(size) for size in shape)}{',' * (len(shape) == 1)})"
    fits = found.ndim == len(shape) and all(w in (None, f) for w, f in zip(shape, found.shape, strict=True))
    kind = type(field).__name__
    if not fits:
        raise EdgeglowError(f"{kind}: {name} has shape {found.shape}, expected {wanted}")
    good = np.isfinite(found) if most == np.inf else (found >= 0) & (found <= most)
    if not good.all():
        bad = np.argwhere(~good)[0]
        where = ", ".join(str(index) for index in bad)
        limits = "finite numbers" if most == np.inf else f"numbers from 0 to {most:g}"
        raise EdgeglowError(f"{kind}: {name}[{where}] is {found[tuple(bad)]}, expected {limits}")
    return found
