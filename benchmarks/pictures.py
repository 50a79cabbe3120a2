"""Accuracy on pictures of digits that contain something else, which might be taken for the digit.

    python benchmarks/pictures.py [--json] [--each 8] [--half 0|1] [--run RUN] [KIND...]

Pictures are generated, of every kind in tests/framed.py (sheets on desks, boxes, rings, windows, glare) and in
tests/photographs.py (one disturbance each, nothing around the paper). The digits in them are strokes that the run's
network reads right by themselves, so every error arises on the way from the picture to the network.

Every picture is read right, read wrong, or refused as doubtful. There are two halves, with other digits and other
random numbers: the program was tuned on the first, and the second shows how it does on new ones. Without --run it is
the default run (media/runs/default.npz, trained first if it does not exist).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import _side_by_side as side
import numpy as np

sys.path.insert(0, str(side.ROOT / "tests"))

from framed import HALVES, KINDS, Framed, make_framed
from photographs import TROUBLES, photograph, with_pen, write_large

from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.network import Network
from edgeglow.model.picture.fit import centre_ink, ink_bounds, resize
from edgeglow.model.picture.read_picture import read_picture
from edgeglow.model.run.run import Run
from edgeglow.model.training.default_run import default_run

OUTCOMES = ("right", "wrong", "in doubt")
COUNT = 240  # number of digits drawn, from which readable ones are chosen


def read_right(network: Network, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return digits (n, 28, 28) and labels of strokes that the network reads right, as drawn and with a thin pen."""
    digits = draw_digits(COUNT, seed=seed)
    thin = np.array([in_a_thin_pen(digit) for digit in digits.images])
    right = (answers(network, digits.images) == digits.labels) & (answers(network, thin) == digits.labels)
    return digits.images[right], digits.labels[right]


def in_a_thin_pen(digit: np.ndarray) -> np.ndarray:
    """Return the digit with a thin pen, as some pictures have it; a thick loop without a hole then becomes a line."""
    line = with_pen(write_large(digit, 6), 6).astype(np.float32)
    top, left, bottom, right = ink_bounds(line)
    return centre_ink(resize(line[top:bottom, left:right], digit.shape), digit.shape)


def answers(network: Network, images: np.ndarray) -> np.ndarray:
    return network.activations(images.reshape(len(images), -1))[-1].argmax(axis=1)


def outcome(network: Network, pixels: np.ndarray, label: int) -> str:
    """Return one of OUTCOMES."""
    try:
        read = read_picture(pixels).pixels
    except EdgeglowError:
        return "in doubt"
    return "right" if answers(network, read[None])[0] == label else "wrong"


def old_troubles(images: np.ndarray, labels: np.ndarray, each: int, halves: tuple[int, ...]) -> Iterator[Framed]:
    for half in halves:
        for trouble in TROUBLES:
            for number in range(each):
                chosen = (2 * number + half) % len(images)
                pixels = photograph(images[chosen], trouble, 2 * number + half)
                yield Framed(trouble, half, number, int(labels[chosen]), pixels)


def count(network: Network, pictures: Iterator[Framed]) -> dict[tuple[str, int], Counter[str]]:
    """Return how often each of OUTCOMES occurred, for every kind and half."""
    found: dict[tuple[str, int], Counter[str]] = {}
    for picture in pictures:
        counter = found.setdefault((picture.kind, picture.half), Counter())
        counter[outcome(network, picture.pixels, picture.label)] += 1
    return found


def lines(
    found: dict[tuple[str, int], Counter[str]], kinds: list[str], halves: tuple[int, ...], head: str
) -> Iterator[str]:
    names = "".join(f"{HALVES[half] + ': ' + ' / '.join(OUTCOMES):>38}" for half in halves)
    yield f"{head:24}{names}"
    for kind in kinds:
        yield f"{kind.replace('_', ' '):24}" + "".join(_figures(found[kind, half]) for half in halves)
    totals = [sum((found[kind, half] for kind in kinds), Counter()) for half in halves]
    yield f"{'all of them':24}" + "".join(_figures(total) for total in totals)


def _figures(counter: Counter[str]) -> str:
    share = 100 * counter["right"] / max(1, counter.total())
    return f"{' / '.join(str(counter[name]) for name in OUTCOMES) + f'  {share:3.0f}%':>38}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="(default: all)")
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.add_argument("--each", type=int, default=8, help="pictures of a kind in a half (default: 8)")
    parser.add_argument("--half", type=int, choices=(0, 1), help="only this one (default: both)")
    parser.add_argument("--run", type=Path, help="whose network reads them (default: the default run)")
    given = parser.parse_args()
    run = Run.load(given.run) if given.run else default_run()
    halves = (0, 1) if given.half is None else (given.half,)
    images, labels = read_right(run.network(), 77)
    new = [kind for kind in KINDS if not given.kinds or kind in given.kinds]
    old = [trouble for trouble in TROUBLES if not given.kinds]
    found = count(run.network(), make_framed(images, labels, given.each, halves=halves, kinds=tuple(new)))
    if old:
        found |= count(run.network(), old_troubles(images, labels, given.each, halves))
    if given.json:
        for (kind, half), counter in found.items():
            told = {"bench": "pictures", "kind": kind, "half": HALVES[half]} | {
                name: counter[name] for name in OUTCOMES
            }
            print(json.dumps(told))
        return
    for kinds, head in ((new, "something around it"), (old, "nothing around it")):
        if kinds:
            print("\n".join(lines(found, kinds, halves, head)), end="\n\n")


if __name__ == "__main__":
    main()
