"""Model how networks are fed pixels (transposed, inverted, 0-255, normalised), and fold that into weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from edgeglow.model.errors import InvalidRequest
from edgeglow.model.importing import ParsedNetwork
from edgeglow.model.network.network import Network
from edgeglow.model.text.printable import short_repr

INVERTED, TRANSPOSED, BYTES = KINDS = ("inverted", "transposed", "0-255")
AS_IT_IS = (0.0, 1.0)
# common (MEAN, STD) of (pixel - MEAN) / STD: MNIST's own, -1 to 1, -0.5 to 0.5, and Fashion-MNIST's
MNIST, HALF = (0.1307, 0.3081), (0.5, 0.5)
MIDDLE, FASHION = (0.5, 1.0), (0.286, 0.353)
GREYS, FEW_PIXELS = (0.0, 1 / 16), 64  # as in scikit-learn's small digits of 8×8 pixels
NEAR = 0.03  # two scales that differ by less are the same


@dataclass(frozen=True)
class PixelFeed:
    """The input that a network is fed for a pixel, which is 0 to 1 here, 1 for ink, row by row from the top.

    ``kinds`` are some of ``KINDS``; transposed pixels come column by column. The network is fed (pixel - mean) / std
    of the result, for ``scale`` (mean, std).
    """

    kinds: frozenset[str] = frozenset()
    scale: tuple[float, float] = AS_IT_IS

    @property
    def line(self) -> tuple[float, float]:
        """The numbers (m, s) of one formula for everything: the network is fed (x - m) / s for a pixel x."""
        most = 255.0 if BYTES in self.kinds else 1.0
        slope, start = (-most, most) if INVERTED in self.kinds else (most, 0.0)
        mean, std = self.scale
        return (mean - start) / slope, std / slope

    @property
    def options(self) -> str:
        """The command-line options that select this; "" where none are needed."""
        kinds = ",".join(kind for kind in KINDS if kind in self.kinds)
        parts = [f"--pixels {kinds}"] if kinds else []
        if self.scale != AS_IT_IS:
            parts.append(f"--normalise {self.scale[0]:g},{self.scale[1]:.6g}")
        return " ".join(parts)

    def is_near(self, other: PixelFeed) -> bool:
        """Return whether both are almost the same."""
        return self.kinds == other.kinds and _is_near(self.scale, other.scale)

    def __str__(self) -> str:
        return f"with {self.options}" if self.options else "without --pixels and --normalise"


def _is_near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(mine - its) < NEAR for mine, its in zip(one, other, strict=True))


def check_pixel_kinds(kinds: tuple[str, ...]) -> frozenset[str]:
    """Return the kinds if all are known. Raises InvalidRequest for others."""
    for kind in kinds:
        if kind not in KINDS:
            raise InvalidRequest(
                f"--pixels {short_repr(kind)}: expected some of {', '.join(KINDS)}, with commas between"
            )
    return frozenset(kinds)


def are_bytes(images: np.ndarray) -> bool:
    """Return whether the pixels are whole numbers from 0 to 255, with a maximum of at least 128."""
    return bool(128 <= images.max() <= 255 and images.min() >= 0 and np.array_equal(images, np.rint(images)))


def other_feeds(fed: PixelFeed, images: np.ndarray) -> list[PixelFeed]:
    """Return other ways in which a network may be fed these pictures, whose pixels are 0 to 1."""
    beside = [PixelFeed(fed.kinds ^ {TRANSPOSED}, fed.scale)]
    if fed.scale[0] > 0 and fed.scale[1] > 0:
        beside.append(PixelFeed(fed.kinds ^ {INVERTED}, fed.scale))
    ways = dict.fromkeys([*beside, *_usual_ways(images)])
    return [way for way in ways if not way.is_near(fed)]


def _usual_ways(images: np.ndarray) -> list[PixelFeed]:
    own = round(float(images.mean()), 4), round(float(images.std()), 4)
    own = next((scale for scale in (MNIST, HALF, MIDDLE, FASHION) if _is_near(own, scale)), own)
    others = [MIDDLE, *([GREYS] if images[0].size == FEW_PIXELS else [])]
    others += [own] if own[1] and own not in (MNIST, HALF, MIDDLE) else []
    ways = []
    for turned in (frozenset[str](), frozenset({TRANSPOSED})):
        for inverted in (frozenset[str](), frozenset({INVERTED})):
            kinds = turned | inverted
            ways += [PixelFeed(kinds, scale) for scale in (AS_IT_IS, MNIST, HALF)] + [PixelFeed(kinds | {BYTES})]
        ways += [PixelFeed(turned, scale) for scale in others]
    return ways


def network_for_pixels(stored: ParsedNetwork, fed: PixelFeed, shape: tuple[int, int] | None) -> Network:
    """Return the network for pictures of this ``shape`` as they are here; ``shape`` is None for no pictures."""
    if TRANSPOSED in fed.kinds and shape is not None:
        height, width = shape
        first = stored.weights[0].reshape(-1, width, height).swapaxes(1, 2).reshape(len(stored.weights[0]), -1)
        stored = replace(stored, weights=(first, *stored.weights[1:]))
    return fold_input_scaling(stored, *fed.line)


def fold_input_scaling(stored: ParsedNetwork, mean: float | np.ndarray, std: float | np.ndarray) -> Network:
    """Return the network that reads x instead of (x - mean) / std; one number each, or one for each input.

    W (x - m) / s + b = (W / s) x + (b - W m / s)
    """
    m, s = (np.broadcast_to(np.float64(part), stored.weights[0].shape[1:]) for part in (mean, std))
    first = stored.weights[0] / s
    shifted = stored.biases[0] - first @ m
    weights = [first.astype(np.float32), *stored.weights[1:]]
    biases = [shifted.astype(np.float32), *stored.biases[1:]]
    return Network.of(weights, biases, stored.hidden, stored.output)
