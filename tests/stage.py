"""A stage for tests: plays a chapter without drawing it, and writes down what stands there when a beat ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from casts import make_run
from manim import Circle, Mobject, Rectangle, VMobject, tempconfig

import scenes
from model.run import Run
from scenes.chapter import Chapter, Cue
from scenes.fields import LineField, SquareField
from scenes.mobjects.caption import Caption
from scenes.script import Script

FPS = 30
CHAPTERS = {chapter.__name__: chapter for chapter in scenes.FILM}
_MEDIA = TemporaryDirectory(prefix="edgeglow-stage-")  # for Manim's cache of letters
SETTINGS: dict[str, Any] = {
    "pixel_width": 1280,
    "pixel_height": 720,
    "frame_rate": FPS,
    "dry_run": True,
    "disable_caching": True,
    "progress_bar": "none",
    "verbosity": "ERROR",
    "media_dir": _MEDIA.name,
}

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True, eq=False)
class Lines:
    """A LineField that is seen: ``starts`` and ``ends`` (n, 3), ``values`` (n,)."""

    starts: np.ndarray
    ends: np.ndarray
    values: np.ndarray
    gain: float
    opacity: float
    whole: bool  # drawn from end to end
    pulse: float  # strength of one that is on its way
    hues: np.ndarray  # of positive and negative values, (2, 3)


@dataclass(frozen=True, eq=False)
class Squares:
    """A SquareField that is seen: ``centers`` (n, 3), ``sides`` (n,), ``values`` (n,), ``opacities`` (n,)."""

    centers: np.ndarray
    sides: np.ndarray
    values: np.ndarray
    opacities: np.ndarray
    roundness: float
    hues: np.ndarray  # of the values -1, 0 and 1, (3, 3)


@dataclass(frozen=True)
class Writing:
    """Words or a number that are seen. ``value`` is the number's, ``opacity`` and ``color`` those of its ink."""

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
    """Any other mobject that is seen: its class, its box, its points (n, 3)."""

    kind: type[Mobject]
    box: Box
    points: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        left, bottom, right, top = self.box
        return np.array([(left + right) / 2, (bottom + top) / 2])


@dataclass(frozen=True, eq=False)
class Shot:
    """What is seen at the end of a beat."""

    beat: str
    lines: list[Lines]
    squares: list[Squares]
    writings: list[Writing]
    shapes: list[Shape]
    picture: bytes | None

    @property
    def caption(self) -> str:
        return " ".join(writing.text for writing in self.writings if writing.caption)

    @property
    def words(self) -> list[Writing]:
        """All that is written but the caption."""
        return [writing for writing in self.writings if not writing.caption]

    @property
    def texts(self) -> list[str]:
        return [writing.text for writing in self.words]

    def rings(self) -> list[Shape]:
        return [shape for shape in self.shapes if shape.kind is Circle]

    def frames(self) -> list[Shape]:
        return [shape for shape in self.shapes if shape.kind is Rectangle]


@dataclass(frozen=True)
class Told:
    """A line or a label that was asked of the script, and with which facts."""

    kind: str  # "beats" or "labels"
    page: str
    name: str
    variant: str
    facts: dict[str, object]


@dataclass(eq=False)
class Performance:
    """A chapter, played to its end."""

    run: Run
    lang: str
    chapter: Chapter
    shots: list[Shot] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def cues(self) -> list[Cue]:
        return self.chapter.cues

    def shot(self, beat: str) -> Shot:
        """The one shot of this beat."""
        (found,) = [shot for shot in self.shots if shot.beat == beat]
        return found


class _Prompter(Script):
    """A script that remembers what was asked of it."""

    told: list[Told]

    def line(self, chapter: str, beat: str, variant: str = "", **facts: object) -> str:
        self.told.append(Told("beats", chapter, beat, variant, facts))
        return super().line(chapter, beat, variant, **facts)

    def label(self, chapter: str, name: str, **facts: object) -> str:
        self.told.append(Told("labels", chapter, name, "", facts))
        return super().label(chapter, name, **facts)


@cache
def perform(chapter: str, run: str, lang: str = "en", theme: str = "dark") -> Performance:
    """The chapter played with one of the runs of ``casts``; each is played once only."""
    return play(CHAPTERS[chapter], make_run(run), lang, theme)


def play(
    chapter: type[Chapter],
    run: Run,
    lang: str = "en",
    theme: str = "dark",
    *,
    draw: bool = False,
    **settings: Any,
) -> Performance:
    """Play a chapter, every motion jumping to its end; with ``draw``, also draw the end of every beat."""
    with tempconfig(SETTINGS | settings):
        scene = chapter(run, lang, theme)
        renderer = scene.renderer
        renderer._original_skipping_status = True  # what Manim falls back to before every play
        drawing = renderer.update_frame
        renderer.update_frame = lambda *args, **kwargs: None
        performance = Performance(run, lang, scene)
        prompter = _Prompter(scene.script.language, scene.script.pages)
        object.__setattr__(prompter, "told", performance.told)
        scene.script = prompter
        scene.on_beat_end = lambda _, beat: performance.shots.append(
            _look(scene, beat, drawing if draw else None)
        )
        scene.render()
    return performance


def box_of(mobject: Mobject) -> Box:
    """The mobject's box in scene units, from its own points."""
    low, high = mobject.points.min(axis=0), mobject.points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _look(scene: Chapter, beat: str, drawing: Callable[..., None] | None) -> Shot:
    shot = Shot(beat, [], [], [], [], _picture(scene, drawing) if drawing else None)
    captions = {
        id(part)
        for mobject in scene.get_mobject_family_members()
        if isinstance(mobject, Caption)
        for part in mobject.get_family()
    }
    for mobject in scene.get_mobject_family_members():
        if len(mobject.points) == 0:
            continue
        if isinstance(mobject, LineField):
            if (lines := _lines(mobject)) is not None:
                shot.lines.append(lines)
        elif isinstance(mobject, SquareField):
            if (squares := _squares(mobject)) is not None:
                shot.squares.append(squares)
        elif isinstance(mobject, VMobject):
            _note(shot, mobject, id(mobject) in captions)
        else:
            raise AssertionError(f"{mobject!r}: a kind of mobject that the stage cannot look at")
    return shot


def _note(shot: Shot, mobject: VMobject, caption: bool) -> None:
    filled, drawn = mobject.get_fill_opacity(), mobject.get_stroke_opacity() * (mobject.stroke_width > 0)
    if max(filled, drawn) <= 0:
        return
    box = box_of(mobject)
    text = getattr(mobject, "text", None)
    if text is None:
        shot.shapes.append(Shape(type(mobject), box, mobject.points.copy()))
        return
    color = str(mobject.get_fill_color().to_hex())
    shot.writings.append(Writing(text, box, color, filled, caption, getattr(mobject, "value", None)))


def _lines(lines: LineField) -> Lines | None:
    drawn = lines.drawn_to > lines.drawn_from and lines.base > 0
    pulse = lines.pulse_strength if abs(lines.pulse_position - 0.5) < 0.5 + lines.pulse_length / 2 else 0.0
    if lines.opacity <= 0 or not (drawn or pulse):
        return None
    return Lines(
        lines.starts.copy(),
        lines.ends.copy(),
        lines.values.copy(),
        lines.gain,
        lines.opacity,
        drawn and (lines.drawn_from, lines.drawn_to) == (0.0, 1.0),
        pulse,
        np.array([lines.positive, lines.negative]),
    )


def _squares(squares: SquareField) -> Squares | None:
    opacities = squares.opacity * squares.opacities
    if not opacities.any():
        return None
    return Squares(
        squares.centers.copy(),
        np.ptp(squares.marks, axis=1)[:, :2].max(axis=1),
        squares.values.copy(),
        opacities.copy(),
        squares.roundness,
        np.array([squares.negative, squares.low, squares.high]),
    )


def _picture(scene: Chapter, drawing: Callable[..., None]) -> bytes:
    scene.renderer.static_image = None
    drawing(scene, ignore_skipping=True)
    return bytes(scene.renderer.get_frame().tobytes())
