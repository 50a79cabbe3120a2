"""Drawing of line fields: light is summed in layers, which are mixed and tone-mapped into the frame."""

from __future__ import annotations

from functools import partial

import numpy as np

from edgeglow.scenes.fields.compositing import composite_light, mix_layers
from edgeglow.scenes.fields.coverage_compensation import compensated_light
from edgeglow.scenes.fields.drawing import Drawing, FrameBox
from edgeglow.scenes.fields.frame_buffer import FrameBuffer
from edgeglow.scenes.fields.layer_store import AllocateLayer, Layer, LayerStore, digest
from edgeglow.scenes.fields.line_kernels import draw_lines, line_profiles, reach
from edgeglow.scenes.fields.lines import BlendPart, LineField
from edgeglow.scenes.fields.versioned_array import peek
from edgeglow.scenes.fields.viewport import Viewport


class LineDrawing(Drawing[LineField]):
    """Drawing of a field of lines.

    Light is summed in layers of two colours, which are mixed and tone-mapped into the frame.
    """

    watched = ("points", "shares")

    def __init__(self, field: LineField, store: LayerStore, viewport: Viewport) -> None:
        super().__init__(field, store, viewport)
        self.segments = self.points.reshape(-1, 4)
        self.width = field.line_width * self.per_unit
        self.margin = reach(self.width)

    def lay_over(self, frame_buffer: FrameBuffer) -> None:
        field = self.field
        if field.count == 0 or min(field.opacity, field.gain, field.line_width) <= 0:
            return
        layers = self.layers()
        if not layers:
            return
        (share, first), (other, second) = layers[0], layers[1] if len(layers) > 1 else (0.0, layers[0][1])
        light = (first.pixels, share, second.pixels, other)
        hues = np.array([field.positive, field.negative], dtype=np.float32)
        appearance = (min(field.opacity, 1.0), hues)
        composite_light(
            frame_buffer.pixels, *light, first.left, first.top, self.margin, *appearance, frame_buffer.drawn
        )

    def layers(self) -> list[tuple[float, Layer]]:
        """Return one or two layers of equal size, each with its share, whose sum is the light of the field."""
        field = self.field
        still = self.still_layers() if field.base > 0 and field.drawn_to > field.drawn_from else []
        if field.pulse_strength <= 0 or field.pulse_length <= 0:
            return still
        return self.pulse_layers(still)

    def still_layers(self) -> list[tuple[float, Layer]]:
        """Return the layers of the light that is even along the lines."""
        field = self.field
        box = self.whole_box(self.margin)
        if box is None:
            return []
        appearance = (self.width, self.size, field.drawn_from, field.drawn_to, field.base)
        place = self.worked_out(appearance, lambda: digest(self.segments, peek(field, "shares"), *appearance))
        pictures = field.pictures()
        # While the lines move too, drawing them once is faster than drawing each picture of the mixture.
        if len(pictures) > 2 or (len(pictures) > 1 and not self.store.is_known(place)):
            draw = partial(self.draw_still, box, pictures)
            return [(1.0, draw(partial(self.store.scratch, "drawn")))]
        layers = []
        for share, amounts, gain in pictures:
            draw = partial(self.draw_still, box, [(1.0, amounts, gain)])
            key = (place, self.store.digest_of(amounts), gain)
            layers.append((share, self.store.get(key, draw, keep=len(pictures) > 1)))
        return layers

    def light(self, pictures: list[BlendPart], strength: float) -> np.ndarray:
        """Return the light of each line, float32 (n, 2), to be summed over the pixels it covers."""
        mixed = np.zeros((self.field.count, 2), dtype=np.float32)
        for share, amounts, gain in pictures:
            mixed += np.float32(share) * compensated_light(amounts * np.float32(gain * strength), self.width)
        return mixed * peek(self.field, "shares")[:, None]

    def pulse_layers(self, still: list[tuple[float, Layer]]) -> list[tuple[float, Layer]]:
        """Return the still layers with the pulse drawn into them."""
        field = self.field
        start = max(0.0, field.pulse_position - field.pulse_length / 2)
        stop = min(1.0, field.pulse_position + field.pulse_length / 2)
        if start >= stop:
            return still
        layer = self.mixed(still) if still else self.dark_between(start, stop)
        if layer is None:
            return []
        light = self.light(field.pictures(), field.pulse_strength)
        self.draw(layer, light, start, stop, field.pulse_position, field.pulse_length)
        return [(1.0, layer)]

    def mixed(self, layers: list[tuple[float, Layer]]) -> Layer:
        """Return the sum of one or two layers, in the scratch array for pulses."""
        (share, first), (other, second) = layers[0], layers[1] if len(layers) > 1 else (0.0, layers[0][1])
        pixels = self.store.scratch("pulse", first.pixels.shape)
        mix_layers(pixels, first.pixels, share, second.pixels, other)
        return first._replace(pixels=pixels)

    def dark_between(self, start: float, stop: float) -> Layer | None:
        """Return an empty layer around these parts of the lines, in the scratch array for pulses."""
        begin, step = self.segments[:, :2], self.segments[:, 2:] - self.segments[:, :2]
        box = self.box(np.concatenate([begin + start * step, begin + stop * step]), self.margin)
        return None if box is None else self.dark(box, partial(self.store.scratch, "pulse"))

    def draw_still(self, box: FrameBox, pictures: list[BlendPart], room: AllocateLayer) -> Layer:
        field = self.field
        layer = self.dark(box, room)
        self.draw(layer, self.light(pictures, field.base), field.drawn_from, field.drawn_to, 0, 0)
        return layer

    def dark(self, box: FrameBox, room: AllocateLayer) -> Layer:
        """Return an empty layer for this part of the frame, with a margin around it."""
        left, top, width, height = box
        pixels = room((2, width + 2 * self.margin, height + 2 * self.margin))
        pixels.fill(0)
        return Layer(pixels, left - self.margin, top - self.margin)

    def draw(self, layer: Layer, light: np.ndarray, *how: float) -> None:
        lines = (self.segments, light, self.width, line_profiles(self.width))
        draw_lines(layer.pixels, layer.left, layer.top, *lines, *map(float, how))
