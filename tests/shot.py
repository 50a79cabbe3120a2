"""Snapshot of what a scene shows at one moment, as plain numbers.

All positions and sizes are those of the picture, in units of which the frame is 8 high: in close-ups, things are as
large as the camera sees them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from manim import Circle, Mobject, Rectangle, VMobject

from edgeglow.scenes.fields import LineField, PictureField, SquareField
from edgeglow.scenes.mobjects.text.caption import Caption
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.style.layout import FRAME_HEIGHT, Layout

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True, eq=False)
class Lines:
    """A visible LineField: ``starts`` and ``ends`` (n, 3), ``values`` (n,)."""

    starts: np.ndarray
    ends: np.ndarray
    values: np.ndarray
    gain: float
    opacity: float
    whole: bool  # drawn from end to end
    pulse: float  # strength of a visible pulse
    hues: np.ndarray  # of positive and negative values, (2, 3)


@dataclass(frozen=True, eq=False)
class Squares:
    """A visible SquareField: ``centers`` (n, 3), ``sides`` (n,), ``values`` (n,), ``opacities`` (n,)."""

    centers: np.ndarray
    sides: np.ndarray
    values: np.ndarray
    opacities: np.ndarray
    roundness: float
    hues: np.ndarray  # of the values -1, 0 and 1, (3, 3)


@dataclass(frozen=True, eq=False)
class Pictures:
    """Visible pictures of a PictureField: ``boxes`` (n, 4), ``values`` (n, rows, columns), ``opacities`` (n,)."""

    boxes: np.ndarray
    values: np.ndarray
    opacities: np.ndarray
    hues: np.ndarray  # of the values 0 and 1, (2, 3)


@dataclass(frozen=True)
class Writing:
    """A visible text or number; ``value`` is the number's, ``opacity`` and ``color`` are those of its fill."""

    text: str
    box: Box
    color: str
    opacity: float
    caption: bool
    value: float | None

    @property
    def middle(self) -> np.ndarray:
        left, bottom, right, top = self.box
        return np.array([(left + right) / 2, (bottom + top) / 2])


@dataclass(frozen=True, eq=False)
class Shape:
    """Any other visible mobject: its class, its box, its points (n, 3)."""

    kind: type[Mobject]
    box: Box
    points: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        left, bottom, right, top = self.box
        return np.array([(left + right) / 2, (bottom + top) / 2])


@dataclass(frozen=True, eq=False)
class Shot:
    """Everything that is visible at the end of a beat."""

    beat: str
    lines: list[Lines]
    squares: list[Squares]
    writings: list[Writing]
    shapes: list[Shape]
    picture: bytes | None
    layout: Layout
    zoom: float  # magnification of the camera
    strip: bool  # whether the caption's place is covered, so that close-ups do not overlap it
    pictures: list[Pictures] = field(default_factory=list)

    @property
    def caption(self) -> str:
        return " ".join(writing.text for writing in self.writings if writing.caption)

    @property
    def words(self) -> list[Writing]:
        """All texts except the caption."""
        return [writing for writing in self.writings if not writing.caption]

    @property
    def texts(self) -> list[str]:
        return [writing.text for writing in self.words]

    def rings(self) -> list[Shape]:
        return [shape for shape in self.shapes if shape.kind is Circle]

    def frames(self) -> list[Shape]:
        return [shape for shape in self.shapes if shape.kind is Rectangle]


def box_of(points: np.ndarray) -> Box:
    """Return the box around points, (n, 3)."""
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def look(scene: Chapter, beat: str, drawing: Callable[..., None] | None) -> Shot:
    camera = scene.camera
    center, zoom = camera.frame.get_center(), camera.zoom
    picture = picture_of(scene, drawing) if drawing else None
    family = scene.get_mobject_family_members()
    shot = Shot(beat, [], [], [], [], picture, scene.layout, zoom, scene._strip in family)
    captions = {id(part) for mobject in family if isinstance(mobject, Caption) for part in mobject.get_family()}
    for mobject in family:
        if len(mobject.points) == 0 or mobject is scene._strip:
            continue
        pinned = getattr(mobject, "pinned", False)
        points = mobject.points.copy() if pinned else (mobject.points - center) * zoom
        if isinstance(mobject, LineField):
            if (lines := _lines(mobject, points)) is not None:
                shot.lines.append(lines)
        elif isinstance(mobject, SquareField):
            if (squares := _squares(mobject, points)) is not None:
                shot.squares.append(squares)
        elif isinstance(mobject, PictureField):
            if (pictures := _pictures(mobject, points)) is not None:
                shot.pictures.append(pictures)
        elif isinstance(mobject, VMobject):
            _note(shot, mobject, points, id(mobject) in captions)
        else:
            raise AssertionError(f"{mobject!r}: a kind of mobject that the stage cannot look at")
    return shot


def _note(shot: Shot, mobject: VMobject, points: np.ndarray, caption: bool) -> None:
    filled, drawn = mobject.get_fill_opacity(), mobject.get_stroke_opacity() * (mobject.stroke_width > 0)
    if max(filled, drawn) <= 0:
        return
    box = box_of(points)
    text = getattr(mobject, "text", None)
    if text is None:
        shot.shapes.append(Shape(type(mobject), box, points))
    elif is_in_frame(box, shot.layout):
        color = str(mobject.get_fill_color().to_hex())
        shot.writings.append(Writing(text, box, color, filled, caption, getattr(mobject, "value", None)))


def is_in_frame(box: Box, layout: Layout) -> bool:
    """Return whether any part of a box is inside the frame."""
    left, bottom, right, top = box
    return bool(max(left, -right) < layout.width / 2 and max(bottom, -top) < FRAME_HEIGHT / 2)


def _lines(lines: LineField, points: np.ndarray) -> Lines | None:
    drawn = lines.drawn_to > lines.drawn_from and lines.base > 0
    pulse = lines.pulse_strength if abs(lines.pulse_position - 0.5) < 0.5 + lines.pulse_length / 2 else 0.0
    if lines.opacity <= 0 or not (drawn or pulse):
        return None
    return Lines(
        points[0::2],
        points[1::2],
        lines.values.copy(),
        lines.gain,
        lines.opacity,
        drawn and (lines.drawn_from, lines.drawn_to) == (0.0, 1.0),
        pulse,
        np.array([lines.positive, lines.negative]),
    )


def _squares(squares: SquareField, points: np.ndarray) -> Squares | None:
    opacities = squares.opacity * squares.opacities
    if not opacities.any():
        return None
    marks = points.reshape(-1, 4, 3)
    return Squares(
        marks.mean(axis=1),
        np.ptp(marks, axis=1)[:, :2].max(axis=1),
        squares.values.copy(),
        opacities.copy(),
        squares.roundness,
        np.array([squares.negative, squares.low, squares.high]),
    )


def _pictures(pictures: PictureField, points: np.ndarray) -> Pictures | None:
    opacities = pictures.opacity * pictures.opacities
    seen = opacities > 0
    if not seen.any():
        return None
    marks = points.reshape(-1, 4, 3)[seen, :, :2]
    boxes = np.hstack([marks.min(axis=1), marks.max(axis=1)])
    return Pictures(boxes, pictures.values[seen], opacities[seen], np.array([pictures.low, pictures.high]))


def picture_of(scene: Chapter, drawing: Callable[..., None]) -> bytes:
    """Return the frame as it would be written, RGBA."""
    scene.renderer.static_image = None
    drawing(scene, ignore_skipping=True)
    return bytes(scene.renderer.get_frame().tobytes())
