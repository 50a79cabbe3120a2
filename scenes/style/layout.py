"""Areas of a frame of any shape: the caption has a strip at the bottom, the picture the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from manim import Mobject

FRAME_HEIGHT = 8.0  # scene units, for any shape of the frame
SOFT = 0.22  # height of the soft edge over the caption above the stage's bottom, in a tall frame
PUSHES = 40  # iterations until words are apart
MARGIN = 0.2  # least distance of text from the frame's edge: 2.5% of the height


@dataclass(frozen=True)
class Area:
    """A rectangle of the frame, in scene units."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.bottom + self.top) / 2

    @property
    def center(self) -> np.ndarray:
        """Its middle, (3,)."""
        return np.array([self.x, self.y, 0.0])

    @property
    def is_tall(self) -> bool:
        """Whether there is more room below something than beside it."""
        return self.height > 1.1 * self.width

    def across(self, *shares: float, gap: float = 0.4) -> tuple[Area, ...]:
        """Split into areas side by side, with widths in proportion to ``shares`` and ``gap`` between two."""
        unit = (self.width - gap * (len(shares) - 1)) / sum(shares)
        areas, left = [], self.left
        for share in shares:
            areas.append(Area(left, self.bottom, left + share * unit, self.top))
            left += share * unit + gap
        return tuple(areas)

    def down(self, *shares: float, gap: float = 0.3) -> tuple[Area, ...]:
        """Split into areas one below the other, with heights in proportion to ``shares`` and ``gap`` between two."""
        unit = (self.height - gap * (len(shares) - 1)) / sum(shares)
        areas, top = [], self.top
        for share in shares:
            areas.append(Area(self.left, top - share * unit, self.right, top))
            top -= share * unit + gap
        return tuple(areas)

    def along(self, *shares: float, gap: float = 0.4) -> tuple[Area, ...]:
        """Split side by side, or one below the other if the area is tall."""
        return self.down(*shares, gap=gap) if self.is_tall else self.across(*shares, gap=gap)

    def inset(self, across: float, down: float | None = None) -> Area:
        """Return the area without a border of this width."""
        down = across if down is None else down
        return Area(self.left + across, self.bottom + down, self.right - across, self.top - down)

    def near(self, middle: np.ndarray, zoom: float) -> Area:
        """Return the part of the area around a point of it, (3,), that is ``zoom`` times smaller."""
        across, up = self.width / 2 / zoom, self.height / 2 / zoom
        x = float(np.clip(middle[0], self.left + across, self.right - across))
        y = float(np.clip(middle[1], self.bottom + up, self.top - up))
        return Area(x - across, y - up, x + across, y + up)

    def fit(self, mobject: Mobject, most: float = np.inf) -> Mobject:
        """Scale a mobject, by at most ``most``, so that it just fits, and move it to the middle."""
        scale = min(self.width / max(mobject.width, 1e-9), self.height / max(mobject.height, 1e-9), float(most))
        return mobject.scale(scale).move_to(self.center)


@dataclass(frozen=True)
class Layout:
    """The layout of a frame of ``width`` × 8 units.

    ``stage`` is the area of the picture, ``caption`` the strip for the caption only. A caption has up to
    ``lines`` lines, ``share`` times as long as the script's standard line, with font size ``size`` and ``leading``
    units between base lines; its middle is ``rise`` above the strip's.
    """

    name: str
    width: float
    stage: Area
    caption: Area
    size: float
    lines: int
    share: float
    leading: float
    rise: float = 0.02

    @property
    def is_tall(self) -> bool:
        return self.name == "tall"

    def pick(self, wide: float, square: float, tall: float) -> float:
        """Return one of three numbers, by the shape of the frame."""
        return {"wide": wide, "square": square, "tall": tall}[self.name]

    def with_room(self, width: float, height: float) -> tuple[Area, Area, float]:
        """Make room for something of this size, as seen, beside the stage, or below it in a tall frame.

        Returns the target of the camera, its free part (the whole strip beside or below), and the number of scene
        units seen as one.
        """
        stage = self.stage
        share = 1 - ((height + 0.3 + SOFT) / stage.height if self.is_tall else (width + 0.5) / stage.width)
        wide, high = stage.width / share, stage.height / share
        if self.is_tall:
            target = Area(stage.x - wide / 2, stage.top - high, stage.x + wide / 2, stage.top)
            low = target.bottom + SOFT / share
            free = Area(target.left, low, target.right, low + height / share)
        else:
            target = Area(stage.left, stage.y - high / 2, stage.left + wide, stage.y + high / 2)
            free = Area(target.right - width / share, target.bottom, target.right, target.top)
        return target, free, 1 / share


def layout_of(pixel_width: int, pixel_height: int) -> Layout:
    """Return the layout of a frame of this size in pixels."""
    ratio = pixel_width / pixel_height
    width = FRAME_HEIGHT * ratio
    if ratio > 1.25:
        return _layout("wide", width, caption_top=-2.62, size=32.0, lines=2, share=1.0, leading=0.52)
    if ratio > 0.8:
        return _layout("square", width, caption_top=-2.3, size=26.5, lines=3, share=0.8, leading=0.44)
    return _layout("tall", width, caption_top=-2.2, size=21.5, lines=4, share=0.6, leading=0.37, rise=0.06)


def _layout(name: str, width: float, caption_top: float, **caption: float) -> Layout:
    side, half = (0.71 if name == "wide" else 0.22), width / 2
    stage = Area(side - half, caption_top + 0.17, half - side, 3.7)
    return Layout(name, width, stage, Area(-half, -FRAME_HEIGHT / 2, half, caption_top), **caption)  # type: ignore[arg-type]


def best_columns(areas: Area, count: int, aspect: float = 1.0, gap: float = 0.15) -> tuple[int, float]:
    """Return columns and cell width with which ``count`` cells of width/height ``aspect`` fit best."""
    best = (1, 0.0)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        width = min((areas.width - gap * (columns - 1)) / columns, aspect * (areas.height - gap * (rows - 1)) / rows)
        if width > best[1]:
            best = (columns, width)
    return best


def grid_cells(area: Area, count: int, aspect: float = 1.0, gap: float = 0.15) -> Sequence[Area]:
    """Return ``count`` equal cells of width/height ``aspect`` in reading order, as large as fit, centred."""
    columns, width = best_columns(area, count, aspect, gap)
    rows, height = -(-count // columns), width / aspect
    found = []
    for number in range(count):
        row, column = divmod(number, columns)
        in_this_row = columns if row < rows - 1 else count - columns * (rows - 1)
        left = area.x - (in_this_row * (width + gap) - gap) / 2 + column * (width + gap)
        top = area.y + (rows * (height + gap) - gap) / 2 - row * (height + gap)
        found.append(Area(left, top - height, left + width, top))
    return found


def keep_apart(words: Sequence[Mobject], area: Area, gap: float = 0.25) -> None:
    """Move words, from left to right, apart if they overlap or are closer than ``gap``, within the area."""
    for _ in range(PUSHES):
        for left, right in pairwise(words):
            missing = gap + float(left.get_right()[0] - right.get_left()[0])
            if missing > 0:
                left.shift([-missing / 2, 0, 0])
                right.shift([missing / 2, 0, 0])
        for word in words:
            beyond = max(0.0, area.left - float(word.get_left()[0])) + min(
                0.0, area.right - float(word.get_right()[0])
            )
            word.shift([beyond, 0, 0])
