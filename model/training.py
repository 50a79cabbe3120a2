"""The training loop: shuffled mini-batches, an optimiser, snapshots along the way."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.config import Config
from model.digits import Digits
from model.errors import EdgeglowError
from model.functions import mean_loss
from model.network import Backward, Network
from model.optimisers import make_optimiser
from model.run import Run
from model.schedule import spread
from model.selection import choose_examples
from model.snapshot import Example, Snapshot

__all__ = ["Config", "Progress", "train"]

CURVE_POINTS = 200
REPORT_SECONDS = 0.1


@dataclass(frozen=True)
class Progress:
    """How far training is: of ``steps`` steps, ``step`` are done.

    ``loss`` and ``accuracy`` are averaged over the batches since the report before.
    """

    step: int
    steps: int
    epoch: float
    loss: float
    accuracy: float


Report = Callable[[Progress], None]


def train(config: Config, training: Digits, test: Digits, *, report: Report | None = None) -> Run:
    """Train a network and keep what there is to show of it.

    The same configuration and digits give the same run, bit for bit, on the same machine. On KeyboardInterrupt the
    run holds what was learnt so far and is marked as interrupted. Raises EdgeglowError when the digits do not fit
    the network, and as soon as training diverges.
    """
    _check_digits(config, training, "training")
    _check_digits(config, test, "test")
    session = _Session(config, training, test, report)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # divergence is found and said by us
        try:
            session.learn()
        except KeyboardInterrupt:
            if session.step == 0:
                raise  # nothing was learnt that could be kept
            session.interrupted = True
        return session.finish()


class _Average:
    """Loss and accuracy averaged over the batches since it was last taken."""

    def __init__(self) -> None:
        self.loss = 0.0
        self.right = self.count = 0

    def add(self, loss: float, right: int, count: int) -> None:
        self.loss += loss * count
        self.right += right
        self.count += count

    def take(self) -> tuple[float, float]:
        averages = self.loss / self.count, self.right / self.count
        self.__init__()  # type: ignore[misc]
        return averages


@dataclass(frozen=True, eq=False)
class _Look:
    """What a snapshot will be made of, once the digits to show are chosen."""

    step: int
    examples: int
    loss: float
    accuracy: float
    parameters: np.ndarray


class _Session:
    """One training under way."""

    def __init__(self, config: Config, training: Digits, test: Digits, report: Report | None) -> None:
        self.config, self.training, self.test, self.report = config, training, test, report
        weights_seed, order_seed = np.random.SeedSequence(config.seed).spawn(2)
        self.network = Network(config.layer_sizes, config.hidden, config.output)
        self.network.randomise(np.random.default_rng(weights_seed))
        self.order = np.random.default_rng(order_seed)
        self.optimiser = make_optimiser(config, self.network.parameters)
        self.steps = config.epochs * math.ceil(len(training) / config.batch_size)
        self.step = self.examples = 0
        self.interrupted = False
        self.pixels = np.ascontiguousarray(training.pixels, np.float32)
        self.backwards: dict[int, Backward] = {}
        self.looks: list[_Look] = []
        self.curve: list[tuple[int, float, float]] = []
        self.since_point, self.since_report = _Average(), _Average()

    def learn(self) -> None:
        """All epochs, unless an interrupt comes first."""
        count, size = len(self.training), self.config.batch_size
        looks = set(spread(self.steps, self.config.snapshots))
        points = set(spread(self.steps, CURVE_POINTS + 1))
        due = time.perf_counter() + REPORT_SECONDS
        self.look()
        for _ in range(self.config.epochs):
            order = self.order.permutation(count)
            for start in range(0, count, size):
                self.learn_batch(order[start : start + size])
                if self.step in looks:
                    self.look()
                if self.step in points:
                    self.add_point()
                if self.report and (self.step == self.steps or time.perf_counter() >= due):
                    self.say(self.report)
                    due = time.perf_counter() + REPORT_SECONDS

    def learn_batch(self, chosen: np.ndarray) -> None:
        """One step: the gradient of these digits' mean loss, and the optimiser's move."""
        size = len(chosen)
        if size not in self.backwards:  # two sizes at most: an epoch's last batch may be smaller
            self.backwards[size] = Backward(self.network, size, self.config.loss)
        backward = self.backwards[size]
        self.pixels.take(chosen, axis=0, out=backward.pixels, mode="clip")  # any other mode copies once more
        loss, right = backward.run(self.training.labels[chosen])
        self.optimiser.step(self.network.parameters, backward.gradient)
        self.step += 1
        self.examples += size
        # the weights can run away while saturated neurons keep the loss finite, so both are looked at
        if not (math.isfinite(loss) and math.isfinite(self.network.parameters.dot(self.network.parameters))):
            self.stop(loss)
        self.since_point.add(loss, right, size)
        self.since_report.add(loss, right, size)

    def stop(self, loss: float) -> None:
        """Training diverged: say when, and what to do."""
        what = "the weights grew beyond all bounds" if math.isfinite(loss) else f"the loss became {loss}"
        raise EdgeglowError(
            f"training diverged: {what} at step {self.step} of {self.steps};"
            f" lower --learning-rate (it was {self.config.rate:g})"
        )

    def look(self) -> None:
        """Keep the network as it is now, with its loss and accuracy over all test digits."""
        answers, sums = self.network.forward(self.test.pixels)
        targets = np.eye(self.config.layer_sizes[-1], dtype=np.float32)[self.test.labels]
        loss = mean_loss(self.config.loss, self.config.output, sums, answers[-1], targets)
        if not math.isfinite(loss):
            self.stop(loss)
        accuracy = int(np.count_nonzero(answers[-1].argmax(axis=1) == self.test.labels)) / len(self.test)
        self.looks.append(_Look(self.step, self.examples, loss, accuracy, self.network.parameters.copy()))

    def add_point(self) -> None:
        self.curve.append((self.examples, *self.since_point.take()))

    def say(self, report: Report) -> None:
        epoch = self.examples / len(self.training)
        report(Progress(self.step, self.steps, epoch, *self.since_report.take()))

    def finish(self) -> Run:
        """Everything learnt, as a run."""
        if self.looks[-1].step != self.step:
            self.look()
        if self.since_point.count:
            self.add_point()
        layers = self.network.activations(self.test.pixels)
        labels, answers = self.test.labels, layers[-1].argmax(axis=1)
        chosen = choose_examples(self.test.pixels, labels, layers[-1])
        indices = [index for index, _ in chosen]
        classes = self.config.layer_sizes[-1]
        confusion = np.bincount(labels * classes + answers, minlength=classes**2).reshape(classes, classes)
        examples, losses, accuracies = zip(*self.curve, strict=True)
        return Run(
            config=self.config,
            source=self.training.source,
            image_shape=self.training.images.shape[1:],
            class_names=tuple(map(str, range(classes))),
            training_count=len(self.training),
            test_count=len(self.test),
            snapshots=self.snapshots([layer[indices] for layer in layers]),
            curve_examples=np.array(examples, np.int64),
            curve_losses=np.array(losses),
            curve_accuracies=np.array(accuracies),
            confusion=confusion.astype(np.int64),
            examples=tuple(
                Example(self.test.pixels[i].copy(), int(labels[i]), int(answers[i]), kind)
                for i, kind in chosen
            ),
            interrupted=self.interrupted,
        )

    def snapshots(self, last_activations: list[np.ndarray]) -> tuple[Snapshot, ...]:
        """The looks, with the activations of the example digits; the last look's are given.

        They are the ones that the examples' answers were read from: another batch size may differ in the last bit.
        """
        snapshots = []
        pixels = last_activations[0]
        for look in self.looks:
            weights, biases = self.network.views(look.parameters)
            activations = last_activations
            if look is not self.looks[-1]:
                then = Network.of(weights, biases, self.config.hidden, self.config.output)
                activations = [pixels, *then.activations(pixels)[1:]]
            epoch = look.examples / len(self.training)
            snapshots.append(
                Snapshot(
                    look.step,
                    look.examples,
                    epoch,
                    look.loss,
                    look.accuracy,
                    tuple(weights),
                    tuple(biases),
                    tuple(activations),
                )
            )
        return tuple(snapshots)


def _check_digits(config: Config, digits: Digits, name: str) -> None:
    """Refuse digits that this network cannot learn from or be tested on."""
    inputs, classes = config.layer_sizes[0], config.layer_sizes[-1]
    if len(digits) == 0:
        raise EdgeglowError(f"there are no {name} digits; at least one is needed")
    height, width = digits.images.shape[1:]
    if height * width != inputs:
        raise EdgeglowError(
            f"the {name} digits have {height}×{width} = {height * width} pixels, but layer 0 has {inputs} neurons;"
            f" make the first layer size {height * width}"
        )
    least, most = int(digits.labels.min()), int(digits.labels.max())
    if least < 0 or most >= classes:
        found = least if least < 0 else most
        raise EdgeglowError(
            f"the {name} digits have label {found}, but the last layer has {classes} neurons, one for each of"
            f" 0 to {classes - 1}; change the last layer size"
        )
    if not (digits.images.min() >= 0 and digits.images.max() <= 1):  # NaN fails both
        raise EdgeglowError(f"the {name} digits have pixels outside 0 to 1; divide bytes by 255")
