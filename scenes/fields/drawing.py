"""One field before the camera: from scene units to pixels, from marks to layers, from layers to the frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import numpy as np

from model.errors import EdgeglowError
from scenes.fields.evening import evened
from scenes.fields.field import Field
from scenes.fields.layers import Layer, LayerStore, Projection, Room, digest
from scenes.fields.line_kernels import draw_lines, line_profiles, reach
from scenes.fields.lines import LineField, Picture
from scenes.fields.picture_kernels import draw_pictures
from scenes.fields.pictures import PictureField
from scenes.fields.slate import Slate
from scenes.fields.square_kernels import draw_squares, lay_squares
from scenes.fields.squares import SquareField
from scenes.fields.tone import lay_light, lay_picture, mix_layers
from scenes.fields.watched import peek, version_of

Box = tuple[int, int, int, int]  # left, top, width, height, in pixels


def projected(field: Field, scale: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Where the points of a field are seen, float32 (n, 2). Raises EdgeglowError when one is nowhere."""
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


class Drawing:
    """A field at one moment, before a camera whose frame is ``size`` (width, height) pixels.

    Scene points times ``scale`` plus ``shift``, both (2,), are pixels; whole numbers are centres of pixels.
    """

    def __init__(
        self, field: Field, store: LayerStore, size: tuple[int, int], scale: np.ndarray, shift: np.ndarray
    ) -> None:
        self.store = store
        self.size = size
        self.per_unit = float(np.sqrt(abs(scale[0] * scale[1])))
        version = version_of(field, "points", *(("shares",) if isinstance(field, LineField) else ()))
        state = None if version is None else (version, size, tuple(scale), tuple(shift))
        known = store.projections.get(field)
        if known is None or state is None or known.state != state:
            known = store.projections[field] = Projection(state, projected(field, scale, shift))
        self.projection = known
        self.points = known.points

    def worked_out(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """What follows from where the points are seen, worked out again only when they have moved."""
        found = self.projection.worked_out
        if key not in found:
            if len(found) > 8:
                found.clear()
            found[key] = work()
        return found[key]

    def lay_over(self, slate: Slate) -> None:
        """Draw the field over the frame."""
        raise NotImplementedError

    def whole_box(self, around: float) -> Box | None:
        """The part of the frame up to ``around`` pixels from any of the field's points; None if there is none."""
        found: Box | None = self.worked_out(("box", around), lambda: self.box(self.points, around))
        return found

    def box(self, points: np.ndarray, around: float) -> Box | None:
        """The part of the frame up to ``around`` pixels from the points (n, 2); None if there is none."""
        ends = []
        for axis in range(2):
            along, size = points[:, axis], self.size[axis]
            first = int(min(max(np.floor(along.min() - around), 0), size))
            ends.append((first, int(min(max(np.ceil(along.max() + around + 1), 0), size)) - first))
        (left, width), (top, height) = ends
        return (left, top, width, height) if width > 0 and height > 0 else None


class LineDrawing(Drawing):
    """A field of lines: light is summed in layers of two hues, which are mixed and toned into the frame."""

    def __init__(
        self, field: LineField, store: LayerStore, size: tuple[int, int], scale: np.ndarray, shift: np.ndarray
    ) -> None:
        super().__init__(field, store, size, scale, shift)
        self.field = field
        self.segments = self.points.reshape(-1, 4)
        self.width = field.line_width * self.per_unit
        self.margin = reach(self.width)

    def lay_over(self, slate: Slate) -> None:
        field = self.field
        if field.count == 0 or min(field.opacity, field.gain, field.line_width) <= 0:
            return
        layers = self.layers()
        if not layers:
            return
        (share, first), (other, second) = layers[0], layers[1] if len(layers) > 1 else (0.0, layers[0][1])
        light = (first.pixels, share, second.pixels, other)
        hues = np.array([field.positive, field.negative], dtype=np.float32)
        look = (min(field.opacity, 1.0), hues)
        lay_light(slate.pixels, *light, first.left, first.top, self.margin, *look, slate.drawn)

    def layers(self) -> list[tuple[float, Layer]]:
        """One or two layers of the same size, each with its share, whose sum is the light of the field."""
        field = self.field
        still = self.still_layers() if field.base > 0 and field.drawn_to > field.drawn_from else []
        if field.pulse_strength <= 0 or field.pulse_length <= 0:
            return still
        return self.pulse_layers(still)

    def still_layers(self) -> list[tuple[float, Layer]]:
        """The layers of what is evenly bright along the lines."""
        field = self.field
        box = self.whole_box(self.margin)
        if box is None:
            return []
        look = (self.width, self.size, field.drawn_from, field.drawn_to, field.base)
        place = self.worked_out(look, lambda: digest(self.segments, peek(field, "shares"), *look))
        pictures = field.pictures()
        # While the lines move as well, drawing them once is less than drawing all the pictures they mix.
        if len(pictures) > 2 or (len(pictures) > 1 and not self.store.is_known(place)):
            draw = partial(self.draw_still, box, pictures)
            return [(1.0, draw(partial(self.store.scratch, "drawn")))]
        layers = []
        for share, amounts, gain in pictures:
            draw = partial(self.draw_still, box, [(1.0, amounts, gain)])
            key = (place, self.store.digest_of(amounts), gain)
            layers.append((share, self.store.get(key, draw, keep=len(pictures) > 1)))
        return layers

    def light(self, pictures: list[Picture], strength: float) -> np.ndarray:
        """The light of each line, float32 (n, 2), to be summed where it covers pixels."""
        mixed = np.zeros((self.field.count, 2), dtype=np.float32)
        for share, amounts, gain in pictures:
            mixed += np.float32(share) * evened(amounts * np.float32(gain * strength), self.width)
        return mixed * peek(self.field, "shares")[:, None]

    def pulse_layers(self, still: list[tuple[float, Layer]]) -> list[tuple[float, Layer]]:
        """The still layers with the pulse drawn into them."""
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
        """The sum of one or two layers, in the scratch for pulses."""
        (share, first), (other, second) = layers[0], layers[1] if len(layers) > 1 else (0.0, layers[0][1])
        pixels = self.store.scratch("pulse", first.pixels.shape)
        mix_layers(pixels, first.pixels, share, second.pixels, other)
        return first._replace(pixels=pixels)

    def dark_between(self, start: float, stop: float) -> Layer | None:
        """An empty layer around those parts of the lines, in the scratch for pulses."""
        begin, step = self.segments[:, :2], self.segments[:, 2:] - self.segments[:, :2]
        box = self.box(np.concatenate([begin + start * step, begin + stop * step]), self.margin)
        return None if box is None else self.dark(box, partial(self.store.scratch, "pulse"))

    def draw_still(self, box: Box, pictures: list[Picture], room: Room) -> Layer:
        field = self.field
        layer = self.dark(box, room)
        self.draw(layer, self.light(pictures, field.base), field.drawn_from, field.drawn_to, 0, 0)
        return layer

    def dark(self, box: Box, room: Room) -> Layer:
        """An empty layer for this part of the frame, with a margin around it."""
        left, top, width, height = box
        pixels = room((2, width + 2 * self.margin, height + 2 * self.margin))
        pixels.fill(0)
        return Layer(pixels, left - self.margin, top - self.margin)

    def draw(self, layer: Layer, light: np.ndarray, *how: float) -> None:
        lines = (self.segments, light, self.width, line_profiles(self.width))
        draw_lines(layer.pixels, layer.left, layer.top, *lines, *map(float, how))


class SquareDrawing(Drawing):
    """A field of squares: they are drawn into one layer, which is laid over the frame."""

    def __init__(
        self,
        field: SquareField,
        store: LayerStore,
        size: tuple[int, int],
        scale: np.ndarray,
        shift: np.ndarray,
    ) -> None:
        super().__init__(field, store, size, scale, shift)
        self.field = field
        self.roundness = min(max(field.roundness, 0.0), 1.0)
        self.stroke_width = float(field.stroke_width * self.per_unit)

    def lay_over(self, slate: Slate) -> None:
        field = self.field
        # A sharp corner of a very slanted outline may stick out further than half the stroke.
        box = self.whole_box(2 * self.stroke_width + 1) if field.count and field.opacity > 0 else None
        if box is None:
            return
        slate.touch(*box)
        key = self.key()
        if self.store.is_kept(key) or self.store.is_known(key):
            layer = self.store.get(key, partial(self.draw, box), keep=True)
            lay_picture(slate.pixels, layer.pixels, layer.left, layer.top, min(field.opacity, 1.0))
        else:  # new in every frame, perhaps: then a layer would only be written to be read once
            lay_squares(slate.pixels, *box, *self.squares(box), min(field.opacity, 1.0))

    def key(self) -> Hashable:
        """What tells the layer from others."""
        field = self.field
        place = self.worked_out("place", lambda: digest(self.points))
        colours = [each.tobytes() for each in (field.low, field.high, field.negative, field.stroke_color)]
        look = (self.size, self.roundness, self.stroke_width, field.stroke_opacity, *colours)
        version = version_of(field, "values", "opacities")
        if version is None or self.projection.shown[0] != version:
            found = digest(peek(field, "values"), peek(field, "opacities"))
            self.projection.shown = (version, found)
        return place, look, self.projection.shown[1]

    def draw(self, box: Box, room: Room) -> Layer:
        left, top, width, height = box
        pixels = room((height, width, 4))
        draw_squares(pixels, *self.squares(box))
        return Layer(pixels, left, top)

    def squares(self, box: Box) -> tuple[Any, ...]:
        """What the kernels want to know."""
        left, top, _, _ = box
        frames = self.worked_out(("frames", left, top), lambda: self.frames(left, top))
        field = self.field
        opacities = np.clip(peek(field, "opacities"), 0, 1)  # rate functions may overshoot
        outline = (field.stroke_color.astype(np.float32), self.stroke_width, float(field.stroke_opacity))
        return frames, field.fills(), opacities, self.roundness, *outline

    def frames(self, left: int, top: int) -> np.ndarray:
        """The squares' middles and half-axes, float64 (n, 6), in pixels from (left, top) on."""
        corners = self.points.reshape(-1, 4, 2).astype(np.float64)
        first, second, third, fourth = (corners[:, k] for k in range(4))
        axes = ((second + third - first - fourth) / 4, (first + second - third - fourth) / 4)
        return np.concatenate([corners.mean(axis=1) - (left, top), *axes], axis=1)


class PictureDrawing(Drawing):
    """A field of pictures: they are laid over the frame one by one, with no layer between."""

    def __init__(
        self,
        field: PictureField,
        store: LayerStore,
        size: tuple[int, int],
        scale: np.ndarray,
        shift: np.ndarray,
    ) -> None:
        super().__init__(field, store, size, scale, shift)
        self.field = field

    def lay_over(self, slate: Slate) -> None:
        field = self.field
        if field.count == 0 or field.opacity <= 0:
            return
        corners = self.points.reshape(-1, 4, 2).astype(np.float64)
        self.check_upright(corners)
        boxes = np.concatenate([corners[:, 0], corners[:, 2]], axis=1)
        opacities = np.clip(field.opacities, 0, 1) * min(field.opacity, 1.0)  # rate functions may overshoot
        low = field.low.astype(np.float32)
        rise = (field.high - field.low).astype(np.float32)
        self.touch(slate, boxes)
        draw_pictures(slate.pixels, boxes, np.clip(field.values, 0, 1), opacities, field.filled, low, rise)

    def touch(self, slate: Slate, boxes: np.ndarray) -> None:
        """Note the part of the frame that all pictures lie in."""
        left, top = (int(max(first - 1, 0)) for first in boxes[:, :2].min(axis=0))
        ends = zip(boxes[:, 2:].max(axis=0), self.size, strict=True)
        right, bottom = (int(min(max(last + 2, 0), size)) for last, size in ends)
        slate.touch(left, top, right - left, bottom - top)

    def check_upright(self, corners: np.ndarray) -> None:
        """Raise EdgeglowError when a picture was turned or turned over; ``corners`` is (n, 4, 2) in pixels."""
        first, second, third, fourth = (corners[:, k] for k in range(4))
        slant = np.abs([first - second, fourth - third])[:, :, 1].max(axis=0, initial=0)
        lean = np.abs([first - fourth, second - third])[:, :, 0].max(axis=0, initial=0)
        over = np.maximum(first - third, 0).max(axis=1, initial=0)
        fine = 0.01 + 1e-6 * np.abs(corners).max()  # points are float32: far from the frame they are rounded
        bad = np.flatnonzero(np.maximum(np.maximum(slant, lean), over) > fine)
        if len(bad):
            raise EdgeglowError(
                f"PictureField: picture {bad[0]} is turned, but its pictures can only be upright;"
                " show it as a SquareField"
            )
