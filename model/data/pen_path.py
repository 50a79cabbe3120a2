"""Compute the pen's line from a way to write a digit.

A way is a text of points "x,y" in percent of the digit's box, x to the right and y down. "/" lifts the pen, ``*``
after a point makes it a corner; between corners the pen runs along a smooth spline. A way may have a second text,
with the same points in other places; every writer is drawn from between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DigitTemplate:
    """A way to write a digit. ``share`` is its weight among the ways of that digit."""

    share: float
    strokes: str
    other: str = ""


@dataclass(frozen=True, eq=False)
class PenPath:
    """A way prepared for drawing many digits.

    ``points`` and ``other_points`` have shape (control points, 2), x and y in -0.5..0.5, y down. ``freedom`` has
    shape (control points, 1): how far writers miss each point, less where points lie close. ``spline`` has shape
    (samples, control points): spline @ points are points along the pen's line. ``progress`` has shape (samples,): the
    part of the line, 0..1, that the pen has done at each of them.
    """

    share: float
    points: np.ndarray
    other_points: np.ndarray
    freedom: np.ndarray
    spline: np.ndarray
    progress: np.ndarray


def prepare_pen_path(way: DigitTemplate, samples: int) -> PenPath:
    """Compute the pen's line of a way. ``samples`` points are divided among the strokes by their lengths."""
    from scipy.interpolate import CubicSpline  # slow to import, and most users of this module draw nothing

    points, pieces = _parse(way.strokes)
    other_points = _parse(way.other)[0] if way.other else points
    lengths = np.array([_knots(points[piece], 1.0)[-1] for piece in pieces])
    ends = np.rint(np.cumsum(lengths) / lengths.sum() * samples).astype(int)
    near = [np.r_[np.inf, _steps(points[piece]), np.inf] for piece in pieces]
    freedom = np.full(len(points), np.inf)
    for piece, steps in zip(pieces, near, strict=True):
        freedom[piece] = np.minimum(freedom[piece], np.minimum(steps[:-1], steps[1:]))
    freedom = np.clip(freedom / 0.3, 0.3, 1.2).astype(np.float32)[:, None]
    spline = np.zeros((samples, len(points)), np.float32)
    for piece, start, end in zip(pieces, np.r_[0, ends], ends, strict=False):
        # the square root of the distances keeps sharp turns from overshooting
        knots = _knots(points[piece], 0.5)
        basis = CubicSpline(knots, np.eye(len(piece)), bc_type="natural")
        spline[start:end, piece] = basis(np.linspace(0.0, knots[-1], end - start))
    return PenPath(way.share, points, other_points, freedom, spline, np.linspace(0.0, 1.0, samples, dtype=np.float32))


def _parse(strokes: str) -> tuple[np.ndarray, list[list[int]]]:
    """Return the points and, for each smooth piece between corners, the indices of its points."""
    points: list[tuple[float, float]] = []
    pieces: list[list[int]] = []
    for stroke in strokes.split("/"):
        pieces.append([])
        for word in stroke.split():
            x, y = word.rstrip("*").split(",")
            pieces[-1].append(len(points))
            if word.endswith("*"):
                pieces.append([len(points)])
            points.append((float(x) / 100 - 0.5, float(y) / 100 - 0.5))
    return np.array(points, np.float32), pieces


def _knots(points: np.ndarray, power: float) -> np.ndarray:
    """Return the spline parameter of each point: summed distances raised to ``power``, shape (points,)."""
    return np.r_[0.0, np.cumsum(_steps(points) ** power)]


def _steps(points: np.ndarray) -> np.ndarray:
    """Return the distances from each point to the next, shape (points - 1,)."""
    return np.hypot(*np.diff(points, axis=0).T)
