"""Time to draw 20,000 digits, compared with drawing them one by one, pixel by pixel.

python benchmarks/strokes.py [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import time

import numpy as np

from edgeglow.model.data.digit_templates import LEAN, PEN, WAYS
from edgeglow.model.data.pen_path import PenPath, prepare_pen_path
from edgeglow.model.data.strokes import BOX, HAND, SAMPLES, centre_boxes, draw_digits, draw_pen_lines, fit_pen_lines

COUNT = 20_000
SLOW_COUNT = 20


def draw_slowly(path: PenPath, label: int, random: np.random.Generator) -> np.ndarray:
    """Return one digit, drawn in the most obvious way: for every pixel, test every point of the line."""
    lines, radii = fit_pen_lines(draw_pen_lines(path, 1, LEAN[label], random, HAND), path, PEN[label], random, HAND)
    line, radius = lines[0].tolist(), radii[0].tolist()
    typical = sum(radius) / len(radius)
    box = np.zeros((1, BOX, BOX), np.float32)
    for row in range(BOX):
        for column in range(BOX):
            nearest = min(
                math.hypot(column + 0.5 - x, row + 0.5 - y) / r for (x, y), r in zip(line, radius, strict=True)
            )
            outside = (nearest - 1) * typical + HAND.rough * random.standard_normal()
            box[0, row, column] = min(max(0.5 - outside / HAND.soft, 0.0), 1.0)
    return centre_boxes(box)[0]


def measure() -> dict[str, float]:
    """Return the seconds for 20,000 digits, the seconds per digit both ways, and the ratio."""
    draw_digits(100)
    start = time.perf_counter()
    draw_digits(COUNT)
    fast = time.perf_counter() - start
    random = np.random.default_rng(0)
    paths = [prepare_pen_path(ways[0], SAMPLES) for ways in WAYS]
    start = time.perf_counter()
    for number in range(SLOW_COUNT):
        draw_slowly(paths[number % 10], number % 10, random)
    slow = (time.perf_counter() - start) / SLOW_COUNT
    return {"seconds": fast, "fast": fast / COUNT, "slow": slow, "ratio": slow / (fast / COUNT)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    result = measure()
    if arguments.json:
        rounded = {key: float(f"{value:.4g}") for key, value in result.items()}
        print(json.dumps({"bench": "strokes", "digits": COUNT} | rounded))
        return
    print(f"{COUNT:,} digits drawn in {result['seconds']:.2f} s: {result['fast'] * 1e6:.0f} µs a digit")
    print(f"one by one, pixel by pixel: {result['slow'] * 1e3:.1f} ms a digit")
    print(f"{result['ratio']:.0f} times faster")


if __name__ == "__main__":
    main()
