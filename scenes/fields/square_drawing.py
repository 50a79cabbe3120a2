"""Drawing of square fields: into a layer, or band by band into the frame."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

import numpy as np

from edgeglow.scenes.fields.compositing import composite_layer
from edgeglow.scenes.fields.drawing import Drawing, FrameBox
from edgeglow.scenes.fields.frame_buffer import FrameBuffer
from edgeglow.scenes.fields.layer_store import AllocateLayer, Layer, LayerStore, digest
from edgeglow.scenes.fields.square_bands import SquareArrays, draw_squares, lay_squares
from edgeglow.scenes.fields.squares import SquareField
from edgeglow.scenes.fields.versioned_array import peek, version_of
from edgeglow.scenes.fields.viewport import Viewport


class SquareDrawing(Drawing[SquareField]):
    """Drawing of a field of squares, in one layer that is laid over the frame."""

    def __init__(self, field: SquareField, store: LayerStore, viewport: Viewport) -> None:
        super().__init__(field, store, viewport)
        self.roundness = min(max(field.roundness, 0.0), 1.0)
        self.stroke_width = float(field.stroke_width * self.per_unit)

    def lay_over(self, frame_buffer: FrameBuffer) -> None:
        field = self.field
        # A sharp corner of a very slanted outline may extend further than half the stroke.
        box = self.whole_box(2 * self.stroke_width + 1) if field.count and field.opacity > 0 else None
        if box is None:
            return
        frame_buffer.touch(*box)
        key = self.key()
        if self.store.is_kept(key) or self.store.is_known(key):
            layer = self.store.get(key, partial(self.draw, box), keep=True)
            composite_layer(frame_buffer.pixels, layer.pixels, layer.left, layer.top, min(field.opacity, 1.0))
        else:  # may change in every frame: a layer would be written to be read only once
            lay_squares(frame_buffer.pixels, *box, self.squares(box), min(field.opacity, 1.0))

    def key(self) -> Hashable:
        """Return the key under which the layer is kept."""
        field = self.field
        place = self.worked_out("place", lambda: digest(self.points))
        colours = [each.tobytes() for each in (field.low, field.high, field.negative, field.stroke_color)]
        appearance = (self.size, self.roundness, self.stroke_width, field.stroke_opacity, *colours)
        version = version_of(field, "values", "opacities")
        if version is None or self.projection.shown[0] != version:
            found = digest(peek(field, "values"), peek(field, "opacities"))
            self.projection.shown = (version, found)
        return place, appearance, self.projection.shown[1]

    def draw(self, box: FrameBox, room: AllocateLayer) -> Layer:
        left, top, width, height = box
        pixels = room((height, width, 4))
        draw_squares(pixels, self.squares(box))
        return Layer(pixels, left, top)

    def squares(self, box: FrameBox) -> SquareArrays:
        """Return the squares as the kernels read them, in pixels of this part of the frame."""
        left, top, _, _ = box
        frames = self.worked_out(("frames", left, top), lambda: self.frames(left, top))
        field = self.field
        opacities = np.clip(peek(field, "opacities"), 0, 1)  # rate functions may overshoot
        outline = (field.stroke_color.astype(np.float32), self.stroke_width, float(field.stroke_opacity))
        return SquareArrays(frames, field.fills(), opacities, self.roundness, *outline)

    def frames(self, left: int, top: int) -> np.ndarray:
        """Return the squares' middles and half-axes, float64 (n, 6), in pixels relative to (left, top)."""
        corners = self.points.reshape(-1, 4, 2).astype(np.float64)
        first, second, third, fourth = (corners[:, k] for k in range(4))
        axes = ((second + third - first - fourth) / 4, (first + second - third - fourth) / 4)
        return np.concatenate([corners.mean(axis=1) - (left, top), *axes], axis=1)
