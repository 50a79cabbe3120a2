"""FieldCamera: Manim's moving camera that also draws fields."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from manim import Mobject, MovingCamera, MovingCameraScene

from scenes.fields.field import Field
from scenes.fields.kernels import draw_lines, line_profiles, mix_layers, profile_reach, tone_curve
from scenes.fields.layers import Layer, LayerStore, digest
from scenes.fields.lines import LineField
from scenes.fields.square_kernels import draw_squares
from scenes.fields.squares import SquareField
from scenes.fields.tone import lay_light, lay_picture

CURVE = tone_curve()


class FieldCamera(MovingCamera):
    """Draws fields as well as all that Manim's camera draws: ``Scene(camera_class=FieldCamera)``."""

    def __init__(self, **kwargs: Any) -> None:
        self.layers = LayerStore()
        super().__init__(**kwargs)

    def type_or_raise(self, mobject: Mobject) -> Any:
        found = super().type_or_raise(mobject)  # fills display_funcs anew at every call
        self.display_funcs[Field] = self.display_fields
        return Field if isinstance(mobject, Field) else found

    def display_fields(self, fields: list[Mobject], pixel_array: np.ndarray) -> None:
        """Lay fields over the frame, one after the other."""
        for field in fields:
            if isinstance(field, LineField):
                self.display_lines(field, pixel_array)
            elif isinstance(field, SquareField):
                self.display_squares(field, pixel_array)

    @property
    def pixels_per_unit(self) -> tuple[float, float]:
        """How many pixels a scene unit is wide and high."""
        return self.pixel_width / self.frame_width, self.pixel_height / self.frame_height

    def to_pixels(self, points: np.ndarray) -> np.ndarray:
        """Scene points (n, 3) in pixels, float32 (n, 2); whole numbers are the centres of pixels."""
        scale_x, scale_y = self.pixels_per_unit
        center = self.frame_center
        pixels = np.empty((len(points), 2), dtype=np.float32)
        pixels[:, 0] = (points[:, 0] - center[0]) * scale_x + (self.pixel_width - 1) / 2
        pixels[:, 1] = (center[1] - points[:, 1]) * scale_y + (self.pixel_height - 1) / 2
        return pixels

    def box(self, points: np.ndarray, margin: float) -> tuple[int, int, int, int] | None:
        """The part of the frame near the pixel points (n, 2): left, top, width, height; None if there is none."""
        size = (self.pixel_width, self.pixel_height)
        low = np.floor(np.clip(points.min(axis=0) - margin, 0, size)).astype(int)
        high = np.ceil(np.clip(points.max(axis=0) + margin + 1, 0, size)).astype(int)
        width, height = high - low
        return (int(low[0]), int(low[1]), int(width), int(height)) if width > 0 and height > 0 else None

    # Lines

    def display_lines(self, field: LineField, pixel_array: np.ndarray) -> None:
        """Sum the light of the lines, then lay it over the frame."""
        if field.count == 0 or field.opacity <= 0 or field.gain <= 0 or field.line_width <= 0:
            return
        drawing = LineDrawing(self, field)
        terms = drawing.terms()
        if not terms:
            return
        (share, first), (other, second) = (
            (terms * 2)[:2] if len(terms) > 1 else (terms[0], (0.0, terms[0][1]))
        )
        opacity = min(field.opacity, 1.0)
        lay_light(
            pixel_array,
            first.left,
            first.top,
            first.pixels,
            share * field.gain,
            second.pixels,
            other * field.gain,
            opacity,
            field.positive,
            field.negative,
            CURVE,
        )

    # Squares

    def display_squares(self, field: SquareField, pixel_array: np.ndarray) -> None:
        """Draw the squares, then lay the picture over the frame."""
        if field.count == 0 or field.opacity <= 0:
            return
        scale = float(np.sqrt(np.prod(self.pixels_per_unit)))
        stroke = field.stroke_width * scale
        corners = self.to_pixels(field.points)
        box = self.box(corners, stroke + 2)
        if box is None:
            return
        fills = field.fills()
        key = digest(
            "squares",
            corners,
            fills,
            field.opacities,
            field.roundness,
            stroke,
            field.stroke_color,
            field.stroke_opacity,
        )

        def draw(room: Callable[..., np.ndarray]) -> Layer:
            left, top, width, height = box
            layer = room((height, width, 4))
            layer.fill(0)
            c = corners.reshape(-1, 4, 2).astype(np.float64)
            u, v = (c[:, 1] + c[:, 2] - c[:, 0] - c[:, 3]) / 4, (c[:, 0] + c[:, 1] - c[:, 2] - c[:, 3]) / 4
            frames = np.concatenate([c.mean(axis=1), u, v], axis=1)
            draw_squares(
                layer,
                left,
                top,
                frames,
                fills,
                field.opacities,
                field.roundness,
                field.stroke_color,
                stroke,
                field.stroke_opacity,
            )
            return Layer(layer, left, top)

        layer = self.layers.get(key, draw)
        lay_picture(pixel_array, layer.left, layer.top, layer.pixels, min(field.opacity, 1.0))


class LineDrawing:
    """One field of lines before one camera."""

    def __init__(self, camera: FieldCamera, field: LineField) -> None:
        self.camera = camera
        self.field = field
        self.store = camera.layers
        self.width = field.line_width * float(np.sqrt(np.prod(camera.pixels_per_unit)))
        self.segments = camera.to_pixels(field.points).reshape(-1, 4)
        self.margin = profile_reach(self.width) // 2 + 2

    def terms(self) -> list[tuple[float, Layer]]:
        """Shares and layers, one or two of the same size, whose sum is the light of the field."""
        field = self.field
        base = field.base if field.drawn_to > field.drawn_from else 0.0
        pulse = field.pulse_strength if field.pulse_length > 0 else 0.0
        still = self.base_terms(base) if base > 0 else []
        return self.with_pulse(still, pulse) if pulse > 0 else still

    def base_terms(self, base: float) -> list[tuple[float, Layer]]:
        field = self.field
        box = self.camera.box(self.segments.reshape(-1, 2), self.margin)
        if box is None:
            return []
        place = digest(
            "lines", self.segments, self.width, field.drawn_from, field.drawn_to, self.camera.pixel_width
        )
        pictures = field.pictures()
        if len(pictures) > 1 and not self.store.is_known(place):
            pictures = [(1.0, field.amounts)]  # all is moving: drawing once is less than drawing both
        terms = []
        for share, amounts in pictures:
            draw = partial(self.drawn, box, amounts)
            layer = self.store.get(digest(place, amounts), draw, keep=len(pictures) > 1)
            terms.append((base * share, layer))
        return terms

    def drawn(
        self, box: tuple[int, int, int, int], amounts: np.ndarray, room: Callable[..., np.ndarray]
    ) -> Layer:
        layer = self.empty(room, box)
        layer.pixels.fill(0)
        self.draw(layer, amounts, self.field.drawn_from, self.field.drawn_to, 0.0, 0.0, 1.0)
        return layer

    def empty(self, room: Callable[..., np.ndarray], box: tuple[int, int, int, int]) -> Layer:
        left, top, width, height = box
        shape = (height + 2 * self.margin, width + 2 * self.margin, 2)
        return Layer(room(shape), left - self.margin, top - self.margin)

    def draw(self, layer: Layer, amounts: np.ndarray, *how: float) -> None:
        draw_lines(
            layer.pixels,
            layer.left,
            layer.top,
            self.segments,
            amounts,
            self.width,
            line_profiles(self.width),
            *how,
        )

    def with_pulse(self, still: list[tuple[float, Layer]], strength: float) -> list[tuple[float, Layer]]:
        """The light at rest with the pulse drawn into it."""
        field = self.field
        start = max(0.0, field.pulse_position - field.pulse_length / 2)
        stop = min(1.0, field.pulse_position + field.pulse_length / 2)
        if start >= stop:
            return still
        if still:
            first, second = still[0], still[-1]
            pixels = self.store.scratch("pulse", first[1].pixels.shape)
            mix_layers(
                pixels, first[1].pixels, first[0], second[1].pixels, second[0] if len(still) > 1 else 0.0
            )
            layer = Layer(pixels, first[1].left, first[1].top)
        else:
            starts, steps = self.segments[:, :2], self.segments[:, 2:] - self.segments[:, :2]
            ends = np.concatenate([starts + start * steps, starts + stop * steps])
            box = self.camera.box(ends, self.margin)
            if box is None:
                return still
            layer = self.empty(lambda shape: self.store.scratch("pulse", shape), box)
            layer.pixels.fill(0)
        self.draw(layer, field.amounts, start, stop, field.pulse_position, field.pulse_length, strength)
        return [(1.0, layer)]


class FieldScene(MovingCameraScene):
    """A scene that can show fields and move the camera: a MovingCameraScene with a FieldCamera."""

    def __init__(self, camera_class: type[FieldCamera] = FieldCamera, **kwargs: Any) -> None:
        super().__init__(camera_class=camera_class, **kwargs)
