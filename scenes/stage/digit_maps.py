"""The feature maps of the film's digit, and the choice of those shown."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from edgeglow.model.network.convolution.layout import POOL
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.scenes.mobjects.network.sliding_filter import FilterResult

MOST_MAPS, MOST_LATER = 8, 16  # limits for the maps of the first layer, and of the second
DIM = 0.25  # brightness of the digit outside a receptive field, as a share of its own
STRONG = 0.5  # least response of a filter to follow, as a share of the strongest
Cell = tuple[int, int, int]  # map, row, column


class DigitMaps:
    """Feature maps of ``network`` for ``image``, (height, width), at every stage; stage 0 is the image."""

    def __init__(self, network: ConvolutionalNetwork, image: np.ndarray) -> None:
        self.network = network
        self.image = image
        self.side = network.layout.side
        self.stages = [stage[0] for stage in network.maps(image[None])]
        self.peaks = [max(float(stage.max()), 1e-6) for stage in self.stages]
        self.is_deep = len(self.stages) > 3  # more than one layer of filters
        self.weight_scale = max(float(np.quantile(np.abs(network.filters[0]), 0.99)), 1e-6)

    @cached_property
    def shown(self) -> np.ndarray:
        """The maps of the first layer that are shown, in order."""
        return strongest(self.stages[1], MOST_MAPS)

    @cached_property
    def later(self) -> np.ndarray:
        """The maps of the second layer that are shown, in order."""
        return strongest(self.stages[3], MOST_LATER)

    @cached_property
    def unlike(self) -> list[int]:
        """The filters shown, in order: first those that respond strongly, the least similar to the picture first."""
        patches = np.lib.stride_tricks.sliding_window_view(self.image, (self.side, self.side))
        ink = patches.sum(axis=(2, 3)).ravel()
        peaks = self.stages[1].max(axis=(1, 2))

        def similarity(number: int) -> float:
            values = self.stages[1][number].ravel()
            if peaks[number] < STRONG * peaks.max() or np.ptp(values) == 0 or np.ptp(ink) == 0:
                return np.inf
            return float(np.corrcoef(values, ink)[0, 1])

        return sorted((int(number) for number in self.shown), key=similarity)

    @property
    def followed(self) -> int:
        """The strongly responding filter whose map is least similar to the picture."""
        return self.unlike[0]

    @property
    def filtering(self) -> FilterResult:
        """The filter that is followed, on the digit."""
        weights, biases = self.network.filters[0], self.network.filter_biases[0]
        return FilterResult(
            weights[self.followed, 0],
            float(biases[self.followed]),
            self.image,
            self.stages[1][self.followed],
            self.weight_scale,
            self.peaks[1],
        )

    @property
    def followed_place(self) -> int:
        """The followed filter's place among the shown ones."""
        return int(np.flatnonzero(self.shown == self.followed)[0])

    def places(self) -> list[tuple[int, int]]:
        """Return the places with the largest and the smallest sum, in the row where the filter's map is brightest."""
        filtering = self.filtering
        row = int(np.unravel_index(int(filtering.cells.argmax()), filtering.cells.shape)[0])
        totals = np.array([filtering.total(row, column) for column in range(filtering.cells.shape[1])])
        return [(row, int(totals.argmax())), (row, int(totals.argmin()))]

    def lit(self, stage: int, which: np.ndarray) -> np.ndarray:
        """Return maps of a stage as brightness, (maps, rows, columns): 1 is the brightest cell of the stage."""
        return np.asarray(self.stages[stage][which] / self.peaks[stage])

    @cached_property
    def chain(self) -> list[Cell]:
        """A cell in every stage after the image: the brightest of the last stage, then those it depends on.

        In each earlier stage it is the brightest of the cells that the next one is computed from.
        """
        last = self.stages[-1]
        chain = [_brightest(last)]
        for stage in range(len(self.stages) - 1, 1, -1):
            number, row, column = chain[0]
            if stage % 2 == 0:  # a pooled map is computed from one map only
                first, top, left, side = number, row * POOL, column * POOL, POOL
                below = self.stages[stage - 1][number : number + 1]
            else:
                first, top, left, side = 0, row, column, self.side
                below = self.stages[stage - 1]
            found = _brightest(below[:, top : top + side, left : left + side])
            chain.insert(0, (first + found[0], top + found[1], left + found[2]))
        return chain

    def receptive_fields(self) -> list[tuple[int, int, int, int]]:
        """Return the receptive field of each cell of the chain: top, left, height, width."""
        cells = enumerate(self.chain, start=1)
        return [self.network.receptive_field(stage, row, column) for stage, (_, row, column) in cells]

    def seen_alone(self, field: tuple[int, int, int, int]) -> np.ndarray:
        """Return the digit, dimmed outside a receptive field: (pixels,)."""
        top, left, height, width = field
        image = DIM * self.image
        here = (slice(top, top + height), slice(left, left + width))
        image[here] = self.image[here]
        return np.asarray(image.ravel())


def strongest(maps: np.ndarray, most: int) -> np.ndarray:
    """Return the numbers of up to ``most`` maps (maps, rows, columns), those with the largest sum, in order."""
    return np.sort(np.argsort(-maps.sum(axis=(1, 2)), kind="stable")[:most])


def _brightest(maps: np.ndarray) -> Cell:
    number, row, column = np.unravel_index(int(maps.argmax()), maps.shape)
    return int(number), int(row), int(column)
