"""Which of a run's digits and neurons a chapter shows, and how bright its numbers are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.network import Network
from model.run import Run, Snapshot
from scenes.mobjects.feature_column import FeatureColumn
from scenes.mobjects.fitted import short_names
from scenes.mobjects.functions import at_zero, range_of
from scenes.mobjects.input_plane import InputPlane
from scenes.mobjects.network_diagram import NetworkDiagram
from scenes.stage.layout import Area
from scenes.stage.theme import Theme, brightness

FAVOURITE = "9"  # the article's digit
MOST_SHOWN = 18  # neurons of a layer that fit with a gap between them
END_OF_RANGE = 0.985  # an activation near 1 shows little of what the sum was
WIDEST_INPUTS = 0.42  # is the distance between named numbers
MOST_OF_A_NAME = 12  # letters of a class's name are said and written
MOST_OF_AN_INPUT = 16  # and of an input's
CHOSEN = 16  # neurons drawn of a layer that has more
MOST_INPUTS, CHOSEN_INPUTS = 13, 12  # named numbers, the same, whose names are written below each other
MOST_NAMED, CHOSEN_NAMED = 16, 12  # outputs, the same, where names are written beside them and not figures


@dataclass(frozen=True)
class Cast:
    """The digits of a run that go on stage, as numbers of ``run.examples``, and what follows from them."""

    run: Run
    most_outputs: int = MOST_SHOWN  # of which names and numbers fit beside each other

    @cached_property
    def main(self) -> int:
        """The digit that the film follows: the user's, or a nine that is read right, or else what comes nearest."""
        order = {"own": 0, "right": 1, "hard": 2, "wrong": 3}

        def rank(number: int) -> tuple[int, bool, int]:
            kind = self.run.examples[number].kind
            return order[kind], kind != "own" and self.truth(number) != FAVOURITE, number

        return min(range(len(self.run.examples)), key=rank)

    @cached_property
    def others(self) -> tuple[int, ...]:
        """Up to three more digits: the user's others, and such as are read right, as unlike each other as their
        labels say."""
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
        """A digit that is only just read right; one whose two best answers differ when written, if there is."""

        def differs(number: int) -> bool:
            second, best = np.sort(self.run.last.activations[-1][number])[-2:]
            return f"{second:.2f}" != f"{best:.2f}"

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
        """What a class is called in a sentence: its name, shortened where it is too long for one."""
        return self.class_names[label]

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """What the classes are called, in sentences and on screen."""
        return short_names(self.run.class_names, MOST_OF_A_NAME)

    def truth(self, number: int) -> str | None:
        """The name of what one of the run's examples is; None where nobody said."""
        label = self.run.examples[number].label
        return None if label is None else self.name(label)

    def answer(self, number: int) -> str:
        """The name of what the trained network says that it is."""
        return self.name(self.run.examples[number].answer)

    @cached_property
    def inputs(self) -> np.ndarray:
        """The inputs drawn: every pixel of a picture; of named numbers all, or those that matter most, by |number| ×
        sum of |weight| over the edges onward, for the rows shown, each row counting alike."""
        count = self.run.layer_sizes[0]
        if self.run.image_shape is not None or count <= MOST_INPUTS:
            return np.arange(count)
        last = self.run.last
        matter = np.abs(last.activations[0][list(self.digits)]) * np.abs(last.weights[0]).sum(axis=0)
        matter = (matter / np.maximum(matter.sum(axis=1, keepdims=True), 1e-12)).sum(axis=0)
        return np.sort(np.argsort(-matter, kind="stable")[:CHOSEN_INPUTS])

    @cached_property
    def peaks(self) -> np.ndarray:
        """How large the number of every input gets, (inputs,): 1 for pixels, else the largest there is of each
        among the rows that the run holds."""
        if self.run.image_shape is not None:
            return np.ones(self.run.layer_sizes[0])
        rows = np.concatenate([self.run.test_digits.pixels, self.run.last.activations[0]])
        peaks = np.abs(rows).max(axis=0).astype(np.float64)
        return np.where(peaks > 0, peaks, 1.0)

    def input_plane(
        self, side: float, room: float, theme: Theme, *, is_row: bool = False, widest: float = WIDEST_INPUTS
    ) -> InputPlane:
        """The inputs as they are drawn, upright: a picture whose longer side is ``side``, or a column (a row) of
        named numbers of at most the length ``room``, no more than ``widest`` from each other."""
        if self.run.image_shape is not None:
            return InputPlane(self.run.image_shape, side=side, theme=theme)
        names = short_names(self.run.feature_names, MOST_OF_AN_INPUT)
        length = min(room, widest * len(self.inputs))
        return FeatureColumn(self.inputs, names, self.peaks, side=length, is_row=is_row, theme=theme)

    @cached_property
    def shown(self) -> tuple[np.ndarray, ...]:
        """For every layer after the pixels the neurons drawn: all, or those that matter most for the digits.

        A neuron matters by the light it gives and the weight that the next layer gives it, |activation| × sum of
        |weight| over its edges onward, each digit counting alike; an output neuron by its activation.
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
                matter[self._answers] = np.inf  # what is spoken of must be seen
            count = max(self._most_outputs[1], len(set(self._answers))) if is_last else CHOSEN
            most = np.argsort(-matter, kind="stable")[:count]
            chosen.append(np.sort(most))
        return tuple(chosen)

    @property
    def _most_outputs(self) -> tuple[int, int]:
        """How many outputs may be drawn where all are, and how many where not; letters hang below their lines, and
        need more room than figures."""
        figures = all(name.isdecimal() for name in self.class_names)
        fewest = (MOST_SHOWN, CHOSEN) if figures else (MOST_NAMED, CHOSEN_NAMED)
        return min(self.most_outputs, fewest[0]), min(self.most_outputs - MOST_SHOWN + CHOSEN, fewest[1])

    @property
    def _answers(self) -> list[int]:
        """The outputs that are the network's answer to a digit shown, before training or after, and what the film's
        own digit is."""
        moments = (self.run.first, self.run.last)
        label = self.run.examples[self.main].label
        answers = [int(moment.activations[-1][digit].argmax()) for moment in moments for digit in self.digits]
        return answers if label is None else [*answers, label]

    @cached_property
    def neuron(self) -> int:
        """The neuron of the first layer after the pixels that is looked at closely: the most telling one.

        It is one of those shown, and lit for the main digit, but not so brightly that its activation is written as
        the end of its range, if there is such a one: of these the one whose activation differs most from one kind
        of digit to another, by the spread of its means over the run's test digits. Where none is lit, it is the
        brightest.
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
        spread /= np.maximum(np.abs(activations).max(axis=0), 1e-12)  # a ReLU is not telling by being large
        return int(shown[lit[np.argmax(spread)]])

    def threshold(self, layer: int) -> float:
        """The activation above which a neuron of the layer is called lit: what it has where its sum is 0."""
        return at_zero(self.function(layer))

    @cached_property
    def weight_scale(self) -> tuple[float, ...]:
        """For every gap the |weight| that only one in a hundred of the trained edges exceeds."""
        return tuple(_high(np.abs(matrix)) for matrix in self.run.last.weights)

    @cached_property
    def flow_scale(self) -> tuple[float, ...]:
        """The same for |weight × activation|, over the digits shown and the neurons that are not dark."""
        last = self.run.last
        scales = []
        for gap, matrix in enumerate(last.weights):
            lit = last.activations[gap][list(self.digits)]
            flows = np.abs(lit[:, None, :] * matrix[None, :, :])
            scales.append(_high(flows[np.broadcast_to(np.abs(lit[:, None, :]) > 0.02, flows.shape)]))
        return tuple(scales)

    def function(self, layer: int) -> str:
        """The activation function of a layer after the pixels."""
        return self.run.functions[layer - 1]

    def lights(self, snapshot: Snapshot, digit: int) -> list[np.ndarray]:
        """The brightness of every layer after the pixels."""
        return [self.brightness(snapshot, layer, digit) for layer in range(1, len(self.run.layer_sizes))]

    def lights_of(self, pixels: np.ndarray) -> list[np.ndarray]:
        """The brightness of every layer after the pixels, for any picture (pixels,), after training."""
        activations = self._network.activations(pixels[None])
        return [self._light(layer, activations[layer][0]) for layer in range(1, len(self.run.layer_sizes))]

    def brightness(self, snapshot: Snapshot, layer: int, digit: int) -> np.ndarray:
        """How bright every neuron of a layer is for one of the run's example digits."""
        return self._light(layer, snapshot.activations[layer][digit])

    def _light(self, layer: int, activations: np.ndarray) -> np.ndarray:
        peak = float(np.max(np.abs(self.run.last.activations[layer]), initial=0.0))
        return brightness(activations, self.function(layer), peak)

    @cached_property
    def _network(self) -> Network:
        return self.run.network()

    def diagram(self, theme: Theme, area: Area, is_tall: bool | None = None) -> NetworkDiagram:
        """The run's network, dark."""
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
