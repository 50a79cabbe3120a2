"""The digits and neurons of a run that a chapter shows, and how bright its numbers are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edgeglow.model.network.network import Network
from edgeglow.model.run.run import Run, Snapshot
from edgeglow.model.text.shares import format_share
from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.text.fit_text import short_names
from edgeglow.scenes.mobjects.text.function_names import at_zero, range_of
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.number_format import WrittenSum
from edgeglow.scenes.style.theme import Theme, brightness

PREFERRED_CLASS = "9"  # the preferred class of the film's digit
MOST_SHOWN = 18  # neurons of a layer that fit with a gap between them
END_OF_RANGE = 0.985  # an activation near 1 tells little about the sum
WIDEST_INPUTS = 0.42  # largest distance between named numbers
MOST_OF_A_NAME = 12  # letters of a class's name
MOST_OF_AN_INPUT = 16  # letters of an input's name
CHOSEN = 16  # neurons drawn of a layer that has more
WEAK = 2 / 3  # share of the way from guessing to 1 that an accuracy must reach to be told as an achievement
MOST_INPUTS, CHOSEN_INPUTS = 13, 12  # the same two limits for named numbers, in a column of names
MOST_NAMED, CHOSEN_NAMED = 16, 12  # the same for outputs with names instead of digits


@dataclass(frozen=True)
class ChapterSelection:
    """The digits of a run that are shown, as numbers of ``run.examples``, and values derived from them."""

    run: Run
    most_outputs: int = MOST_SHOWN  # limit for which names and numbers fit side by side

    @cached_property
    def main(self) -> int:
        """The film's digit: the user's own, or a nine that is read right, or else the nearest to that."""
        order = {"own": 0, "right": 1, "hard": 2, "wrong": 3}

        def rank(number: int) -> tuple[int, bool, int]:
            kind = self.run.examples[number].kind
            return order[kind], kind != "own" and self.truth(number) != PREFERRED_CLASS, number

        return min(range(len(self.run.examples)), key=rank)

    @cached_property
    def others(self) -> tuple[int, ...]:
        """Up to three more digits: the user's others, then some that are read right, of different classes."""
        own = tuple(number for number in self._of_kind("own") if number != self.main)[:3]
        taken = {self.run.examples[self.main].label}
        found: list[int] = []
        for number in self._of_kind("right"):
            if self.run.examples[number].label not in taken:
                taken.add(self.run.examples[number].label)
                found.append(number)
        step = max(1, len(found) // 3)
        return (*own, *found[step - 1 :: step])[:3]

    @cached_property
    def hard(self) -> int | None:
        """A digit that is only just read right; if possible, one whose two best activations differ when written."""

        def differs(number: int) -> bool:
            second, best = np.sort(self.run.last.activations[-1][number])[-2:]
            return format_share(second) != format_share(best)

        hard = self._of_kind("hard")
        return next((number for number in hard if differs(number)), hard[0] if hard else None)

    @cached_property
    def wrong(self) -> int | None:
        return next(iter(self._of_kind("wrong")), None)

    @cached_property
    def digits(self) -> tuple[int, ...]:
        """Every digit that any chapter shows."""
        extra = tuple(number for number in (self.hard, self.wrong) if number is not None)
        return (self.main, *self.others, *extra)

    def name(self, label: int) -> str:
        """Return a class's name, shortened if it is too long for a sentence."""
        return self.class_names[label]

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, for sentences and on screen."""
        return short_names(self.run.class_names, MOST_OF_A_NAME)

    def truth(self, number: int) -> str | None:
        """Return the class name of an example; None if its class is not known."""
        label = self.run.examples[number].label
        return None if label is None else self.name(label)

    def answer(self, number: int) -> str:
        """Return the class name of the trained network's answer for an example."""
        return self.name(self.run.examples[number].answer)

    @cached_property
    def inputs(self) -> np.ndarray:
        """The inputs drawn: every pixel of a picture, or all named numbers, or the most important of them.

        The importance is |number| × sum of |weight| over the edges onward, for the rows shown, with equal weight
        for each row.
        """
        count = self.run.layer_sizes[0]
        if self.run.image_shape is not None or count <= MOST_INPUTS:
            return np.arange(count)
        last = self.run.last
        matter = np.abs(last.activations[0][list(self.digits)]) * np.abs(last.weights[0]).sum(axis=0)
        matter = (matter / np.maximum(matter.sum(axis=1, keepdims=True), 1e-12)).sum(axis=0)
        return np.sort(np.argsort(-matter, kind="stable")[:CHOSEN_INPUTS])

    @cached_property
    def peaks(self) -> np.ndarray:
        """Largest absolute value of every input, (inputs,): 1 for pixels, else the largest among the run's rows."""
        if self.run.image_shape is not None:
            return np.ones(self.run.layer_sizes[0])
        rows = np.concatenate([self.run.test_digits.pixels, self.run.last.activations[0]])
        peaks = np.abs(rows).max(axis=0).astype(np.float64)
        return np.where(peaks > 0, peaks, 1.0)

    def input_plane(
        self, side: float, room: float, theme: Theme, *, is_row: bool = False, widest: float = WIDEST_INPUTS
    ) -> InputPlane:
        """Return the inputs as they are drawn, upright.

        A picture's longer side is ``side``. A column (or row) of named numbers is at most ``room`` long, with at most
        ``widest`` between two.
        """
        if self.run.image_shape is not None:
            return InputPlane(self.run.image_shape, side=side, theme=theme)
        names = short_names(self.run.feature_names, MOST_OF_AN_INPUT)
        length = min(room, widest * len(self.inputs))
        return FeatureColumn(self.inputs, names, self.peaks, side=length, is_row=is_row, theme=theme)

    @cached_property
    def shown(self) -> tuple[np.ndarray, ...]:
        """The neurons drawn of every layer after the inputs: all, or the most important for the digits shown.

        The importance of a hidden neuron is |activation| × sum of |weight| over its edges onward, with equal weight
        for each digit; that of an output neuron its activation.
        """
        last = self.run.last
        chosen = []
        for layer, size in enumerate(self.run.layer_sizes[1:], start=1):
            is_last = layer == len(last.weights)
            if size <= (self._most_outputs[0] if is_last else MOST_SHOWN):
                chosen.append(np.arange(size))
                continue
            matter = np.abs(last.activations[layer][list(self.digits)])
            if not is_last:
                matter = matter * np.abs(last.weights[layer]).sum(axis=0)
            matter = (matter / np.maximum(matter.sum(axis=1, keepdims=True), 1e-12)).sum(axis=0)
            if is_last:
                matter[self._answers] = np.inf  # outputs that the text mentions must be visible
            count = max(self._most_outputs[1], len(set(self._answers))) if is_last else CHOSEN
            most = np.argsort(-matter, kind="stable")[:count]
            chosen.append(np.sort(most))
        return tuple(chosen)

    @property
    def _most_outputs(self) -> tuple[int, int]:
        """Largest layer whose outputs are all drawn, and number drawn of a larger one; names need more room."""
        figures = all(name.isdecimal() for name in self.class_names)
        fewest = (MOST_SHOWN, CHOSEN) if figures else (MOST_NAMED, CHOSEN_NAMED)
        return min(self.most_outputs, fewest[0]), min(self.most_outputs - MOST_SHOWN + CHOSEN, fewest[1])

    @property
    def _answers(self) -> list[int]:
        """The network's answers for the digits shown, before and after training, and the film digit's class."""
        moments = (self.run.first, self.run.last)
        label = self.run.examples[self.main].label
        answers = [int(moment.activations[-1][digit].argmax()) for moment in moments for digit in self.digits]
        return answers if label is None else [*answers, label]

    @cached_property
    def neuron(self) -> int:
        """The neuron of the first layer after the inputs that is shown in close-ups.

        It is one of those shown, and lit for the main digit, but if possible not at the end of its range. Among
        these, its activation differs most between classes: the means over each class's test digits have the largest
        spread. If none is lit, it is the brightest.
        """
        shown, digits = self.shown[0], self.run.test_digits
        light = self.run.last.activations[1][self.main][shown]
        lit = np.flatnonzero(light > self.threshold(1))
        if not len(lit):
            return int(shown[np.argmax(light)])
        within = lit[light[lit] < END_OF_RANGE * range_of(self.function(1))[1]]
        lit = within if len(within) else lit
        activations = self.run.network().layer(1, digits.pixels)[:, shown[lit]].astype(np.float64)
        kinds = [digits.labels == label for label in np.unique(digits.labels)]
        spread = np.std([activations[kind].mean(axis=0) for kind in kinds], axis=0)
        # Relative to the largest activation, so that a ReLU is not chosen only because its values are large.
        spread /= np.maximum(np.abs(activations).max(axis=0), 1e-12)
        return int(shown[lit[np.argmax(spread)]])

    @cached_property
    def neuron_sum(self) -> WrittenSum:
        """The weighted sum of that neuron for the main digit, its bias and their total, as they are written."""
        return WrittenSum.of(self.neuron_total - self.neuron_bias, self.neuron_bias)

    @cached_property
    def neuron_bias(self) -> float:
        return float(self.run.last.biases[0][self.neuron])

    @cached_property
    def neuron_total(self) -> float:
        """The sum of that neuron for the main digit, with the bias."""
        last = self.run.last
        products = last.weights[0][self.neuron].astype(np.float64) * last.activations[0][self.main]
        return float(products.sum()) + self.neuron_bias

    @cached_property
    def neuron_activation(self) -> float:
        """The activation of that neuron for the main digit, as it is written."""
        low, high = range_of(self.function(1))
        activation = float(self.run.last.activations[1][self.main][self.neuron])
        return self.neuron_sum.activation(activation, is_share=low >= -1.0 and high <= 1.0)

    @property
    def is_weak(self) -> bool:
        """Whether the accuracy is less than ``WEAK`` of the way from guessing to 1: of ten classes, below 70%."""
        guessing = 1 / self.run.layer_sizes[-1]
        return self.run.accuracy < guessing + WEAK * (1 - guessing)

    def threshold(self, layer: int) -> float:
        """Return the activation above which a neuron of the layer is called lit: that for the sum 0."""
        return at_zero(self.function(layer))

    @cached_property
    def weight_scale(self) -> tuple[float, ...]:
        """The |weight| of every gap that only one in a hundred of the trained edges exceeds."""
        return tuple(_high(np.abs(matrix)) for matrix in self.run.last.weights)

    @cached_property
    def flow_scale(self) -> tuple[float, ...]:
        """The same for |weight × activation|, over the digits shown and the source neurons that are lit."""
        last = self.run.last
        scales = []
        for gap, matrix in enumerate(last.weights):
            lit = last.activations[gap][list(self.digits)]
            flows = np.abs(lit[:, None, :] * matrix[None, :, :])
            scales.append(_high(flows[np.broadcast_to(np.abs(lit[:, None, :]) > 0.02, flows.shape)]))
        return tuple(scales)

    def function(self, layer: int) -> str:
        """Return the activation function of a layer after the inputs."""
        return self.run.functions[layer - 1]

    def lights(self, snapshot: Snapshot, digit: int) -> list[np.ndarray]:
        """Return the brightness of every layer after the inputs."""
        return [self.brightness(snapshot, layer, digit) for layer in range(1, len(self.run.layer_sizes))]

    def lights_of(self, pixels: np.ndarray) -> list[np.ndarray]:
        """Return the brightness of every layer after the inputs, for any picture (pixels,), after training."""
        activations = self._network.activations(pixels[None])
        return [self._light(layer, activations[layer][0]) for layer in range(1, len(self.run.layer_sizes))]

    def brightness(self, snapshot: Snapshot, layer: int, digit: int) -> np.ndarray:
        """Return the brightness of every neuron of a layer, for one of the run's example digits."""
        return self._light(layer, snapshot.activations[layer][digit])

    def _light(self, layer: int, activations: np.ndarray) -> np.ndarray:
        peak = float(np.max(np.abs(self.run.last.activations[layer]), initial=0.0))
        return brightness(activations, self.function(layer), peak)

    @cached_property
    def _network(self) -> Network:
        return self.run.network()

    def diagram(self, theme: Theme, area: Area, is_tall: bool | None = None) -> NetworkDiagram:
        """Create the run's network, not lit."""
        return NetworkDiagram(
            self.run.layer_sizes,
            self.input_plane,
            self.class_names,
            inputs_shown=self.inputs,
            shown=self.shown,
            weight_scale=self.weight_scale,
            flow_scale=self.flow_scale,
            area=area,
            is_tall=is_tall,
            theme=theme,
        )

    def _of_kind(self, kind: str) -> list[int]:
        return [number for number, example in enumerate(self.run.examples) if example.kind == kind]


def _high(values: np.ndarray) -> float:
    return max(float(np.quantile(values, 0.99)) if values.size else 1.0, 1e-6)
