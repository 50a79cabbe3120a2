"""The base of all field drawings: points in pixels, and cached results that depend on them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.fields.field import Field
from edgeglow.scenes.fields.frame_buffer import FrameBuffer
from edgeglow.scenes.fields.layer_store import LayerStore, Projection
from edgeglow.scenes.fields.versioned_array import peek, version_of
from edgeglow.scenes.fields.viewport import Viewport

Kind = TypeVar("Kind", bound=Field)
FrameBox = tuple[int, int, int, int]  # left, top, width, height, in pixels


def projected(field: Field, scale: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return a field's points in pixels, float32 (n, 2).

    Raises EdgeglowError if a point is not finite.
    """
    points = peek(field, "points")
    found = np.empty((len(points), 2), dtype=np.float32)
    for axis in range(2):
        found[:, axis] = points[:, axis] * scale[axis] + shift[axis]
    if not np.isfinite(found).all():
        bad = int(np.argwhere(~np.isfinite(found))[0, 0])
        raise EdgeglowError(
            f"{type(field).__name__}: points[{bad}] is {points[bad]}, expected finite numbers;"
            " what was it moved or transformed by?"
        )
    return found


class Drawing(Generic[Kind]):
    """A field as seen by the camera.

    Results that depend on the arrays ``watched`` are kept until one of these changes.
    """

    watched: ClassVar[tuple[str, ...]] = ("points",)

    def __init__(self, field: Kind, store: LayerStore, viewport: Viewport) -> None:
        self.field = field
        self.store = store
        self.size, scale, shift, _ = viewport
        self.per_unit = viewport.per_unit
        version = version_of(field, *self.watched)
        state = None if version is None else (version, self.size, *scale, *shift)
        known = store.projections.get(field)
        if known is None or state is None or known.state != state:
            known = store.projections[field] = Projection(state, projected(field, scale, shift))
        self.projection = known
        self.points = known.points

    def worked_out(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """Return a result that depends on the projected points, kept as long as they do not move."""
        found = self.projection.worked_out
        if key not in found:
            if len(found) > 8:
                found.clear()
            found[key] = work()
        return found[key]

    def lay_over(self, frame_buffer: FrameBuffer) -> None:
        """Draw the field over the frame."""
        raise NotImplementedError

    def whole_box(self, around: float) -> FrameBox | None:
        """Return the part of the frame within ``around`` pixels of any of the field's points; None if empty."""
        found: FrameBox | None = self.worked_out(("box", around), lambda: self.box(self.points, around))
        return found

    def box(self, points: np.ndarray, around: float) -> FrameBox | None:
        """Return the part of the frame within ``around`` pixels of the points (n, 2); None if empty."""
        ends = []
        for axis in range(2):
            along, size = points[:, axis], self.size[axis]
            first = int(min(max(np.floor(along.min() - around), 0), size))
            ends.append((first, int(min(max(np.ceil(along.max() + around + 1), 0), size)) - first))
        (left, width), (top, height) = ends
        return (left, top, width, height) if width > 0 and height > 0 else None
