"""Training of the convolutional network: the loop of model/training/loop.py, with filters and without snapshots."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.activation_functions import mean_loss
from edgeglow.model.network.convolution.layout import ConvolutionSizes
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.network.convolution.passes import ConvolutionPasses
from edgeglow.model.network.threads import one_thread
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import non_negative_number, whole_number
from edgeglow.model.training.loop import check_digits
from edgeglow.model.training.optimisers import Adam
from edgeglow.model.training.progress import REPORT_SECONDS, BatchAverage, Progress, ProgressReport
from edgeglow.model.training.schedule import decayed_rate


@dataclass(frozen=True)
class ConvolutionConfig:
    """The configuration of a convolutional network and its training, checked on creation (EdgeglowError).

    ``counts`` is the number of filters of each layer, all of them ``side`` × ``side``.
    """

    counts: tuple[int, ...] = (8, 16)
    side: int = 5
    epochs: int = 3
    batch_size: int = 64
    learning_rate: float = 0.004
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.counts:
            raise EdgeglowError("a convolutional network without filters: expected a count for each layer")
        for count in self.counts:
            whole_number("number of filters", count, 1, 1_000)
        whole_number("filter side", self.side, 1, 1_000)
        whole_number("epochs", self.epochs, 1, 100_000)
        whole_number("batch size", self.batch_size, 1, 100_000)
        whole_number("seed", self.seed, 0, 2**63 - 1)
        non_negative_number("learning rate", self.learning_rate)

    def layout(self, image_shape: tuple[int, int], classes: int) -> ConvolutionSizes:
        """Return the sizes for images (height, width); ``ConvolutionSizes.fits`` tells if the filters fit them."""
        return ConvolutionSizes(image_shape, self.counts, self.side, classes)


def filters_fit(image_shape: tuple[int, int], config: ConvolutionConfig | None = None) -> bool:
    """Return whether images of this (height, width) are large enough for the filters, by default the usual ones."""
    return (config or ConvolutionConfig()).layout(image_shape, 1).fits


def add_convolution(
    run: Run,
    training: Digits,
    test: Digits,
    config: ConvolutionConfig | None = None,
    *,
    report: ProgressReport | None = None,
) -> Run:
    """Return the run with a convolutional network trained on the same digits, by default with the run's seed.

    If the images are too small for the filters (for two layers of 5×5 filters, smaller than 16×16), the run is
    returned unchanged. Interrupts and errors are those of ``train_convolution``.
    """
    config = config or ConvolutionConfig(seed=run.config.seed if run.config else 0)
    if run.image_shape is None or not filters_fit(run.image_shape, config):
        return run
    learnt = train_convolution(config, training, test, run.layer_sizes[-1], report=report)
    return replace(run, convolution=learnt)


def train_convolution(
    config: ConvolutionConfig, training: Digits, test: Digits, classes: int, *, report: ProgressReport | None = None
) -> ConvolutionalNetwork:
    """Train a convolutional network for this number of classes, with Adam and cross-entropy.

    The same configuration and digits give the same network, bit for bit, on the same machine. After a
    KeyboardInterrupt, the network learnt so far is returned, marked as interrupted; before the first step, the
    interrupt is raised again. Raises EdgeglowError when the images are too small for the filters, when the digits do
    not fit, and when training diverges.
    """
    height, width = training.images.shape[1:]
    layout = config.layout((height, width), classes)
    if not layout.fits:
        raise EdgeglowError(
            f"images of {height}×{width} are too small for {len(config.counts)} layers of {config.side}×{config.side}"
            " filters, each pooled; take smaller filters, or fewer layers"
        )
    for digits, name in ((training, "training"), (test, "test")):
        check_digits((height * width, classes), digits, name)
    if test.images.shape[1:] != (height, width):
        raise EdgeglowError(
            f"the test digits have shape {test.images.shape[1:]}, but the training digits {(height, width)}"
        )
    session = _ConvolutionTraining(config, layout, training, report)
    # products of this size gain little from a second thread, and lose much when its core is busy
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"), one_thread():
        try:
            session.learn()
        except KeyboardInterrupt:
            if session.step == 0:
                raise
    return session.result(test)


class _ConvolutionTraining:
    """The state of one training."""

    def __init__(
        self, config: ConvolutionConfig, layout: ConvolutionSizes, training: Digits, report: ProgressReport | None
    ) -> None:
        # other random streams than those of the fully connected network, which is trained with the same seed
        weights_seed, order_seed = np.random.SeedSequence((config.seed, 1)).spawn(2)
        self.config, self.layout, self.training, self.report = config, layout, training, report
        self.parameters: np.ndarray = np.zeros(layout.parameters, np.float32)
        self.parts = layout.views(self.parameters)
        self._randomise(np.random.default_rng(weights_seed))
        self.order = np.random.default_rng(order_seed)
        self.optimiser = Adam(self.parameters)
        self.passes: dict[int, ConvolutionPasses] = {}
        self.steps = config.epochs * math.ceil(len(training) / config.batch_size)
        self.step = self.examples = 0
        self.since_report = BatchAverage()

    def _randomise(self, generator: np.random.Generator) -> None:
        """Draw filters with He's variance, since ReLU follows, and output weights with Glorot's. Biases are 0."""
        for filters in self.parts.filters:
            filters[...] = generator.standard_normal(filters.shape) * np.sqrt(2.0 / filters[0].size)
        weights = self.parts.weights
        weights[...] = generator.standard_normal(weights.shape) * np.sqrt(2.0 / sum(weights.shape))

    def learn(self) -> None:
        """Train for all epochs, unless an interrupt comes first."""
        count, size = len(self.training), self.config.batch_size
        due = time.perf_counter() + REPORT_SECONDS
        for _ in range(self.config.epochs):
            order = self.order.permutation(count)
            for start in range(0, count, size):
                self.learn_batch(order[start : start + size])
                if self.report and (self.step == self.steps or time.perf_counter() >= due):
                    epoch = self.examples / count
                    self.report(Progress(self.step, self.steps, epoch, *self.since_report.take()))
                    due = time.perf_counter() + REPORT_SECONDS

    def learn_batch(self, chosen: np.ndarray) -> None:
        """Take one step: compute the gradient of these digits' mean loss, and update the parameters."""
        size = len(chosen)
        if size not in self.passes:  # two sizes at most: an epoch's last batch may be smaller
            self.passes[size] = ConvolutionPasses(self.layout, self.parts, size, learns=True)
        passes = self.passes[size]
        loss, right = passes.learn(self.training.images[chosen], self.training.labels[chosen])
        rate = decayed_rate(self.config.learning_rate, self.step, self.steps)
        self.optimiser.step(self.parameters, passes.gradient, rate)
        self.step += 1
        self.examples += size
        if not (math.isfinite(loss) and math.isfinite(self.parameters.dot(self.parameters))):
            raise EdgeglowError(
                f"training the convolutional network diverged at step {self.step} of {self.steps};"
                f" lower its learning rate (it was {self.config.learning_rate:g})"
            )
        self.since_report.add(loss, right, size)

    def result(self, test: Digits) -> ConvolutionalNetwork:
        """Return the network as it is now, with its accuracy and loss over all test digits."""
        parts = self.parts
        network = ConvolutionalNetwork(
            filters=tuple(array.copy() for array in parts.filters),
            filter_biases=tuple(array.copy() for array in parts.filter_biases),
            weights=parts.weights.copy(),
            biases=parts.biases.copy(),
            image_shape=self.layout.image_shape,
            accuracy=0.0,
            loss=0.0,
            examples=self.examples,
            epochs=self.examples / len(self.training),
            interrupted=self.step < self.steps,
        )
        answers, logarithms = network.forward(test.images)
        right = int(np.count_nonzero(answers.argmax(axis=1) == test.labels))
        one_hot = np.eye(self.layout.classes, dtype=np.float32)[test.labels]
        loss = mean_loss("cross-entropy", "softmax", logarithms, answers, one_hot)
        return replace(network, accuracy=right / len(test), loss=loss)
