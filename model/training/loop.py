"""The training loop: shuffled mini-batches, an optimiser, and snapshots along the way."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np

from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.network import BackwardPass, Network
from edgeglow.model.network.threads import threads_for
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.optimisers import make_optimiser
from edgeglow.model.training.progress import REPORT_SECONDS, BatchAverage, Progress, ProgressReport
from edgeglow.model.training.run_builder import NetworkState, make_run, record_state
from edgeglow.model.training.schedule import decayed_rate, snapshot_steps

__all__ = ["Config", "Progress", "train"]

CURVE_POINTS = 200


def train(config: Config, training: Digits, test: Digits, *, report: ProgressReport | None = None) -> Run:
    """Train a network, and return a run with the data to show of it.

    The same configuration and digits give the same run, bit for bit, on the same machine. After a KeyboardInterrupt,
    the run contains what was learnt so far and is marked as interrupted; before the first step, the interrupt is
    raised again.

    Parameters
    ----------
    config
        The network's shape and the training's settings.
    training, test
        The digits to learn from, and those to test the network on. ``images`` is (count, height, width), from 0 to
        1, with as many pixels as the network has inputs; ``labels`` is (count,), below the number of outputs.
    report
        A function that is called during the training, at most ten times a second, with its progress.

    Raises
    ------
    EdgeglowError
        The digits do not fit the network, or the training diverges.

    Examples
    --------
    >>> from edgeglow import Config, train
    >>> from edgeglow.model.data.strokes import draw_digits
    >>> run = train(Config((784, 16, 10), epochs=3), draw_digits(2_000, seed=1), draw_digits(500, seed=2))
    >>> [snapshot.step for snapshot in (run.first, run.last)]
    [0, 189]
    >>> run.accuracy > 0.7
    True
    """
    check_digits(config.layer_sizes, training, "training")
    check_digits(config.layer_sizes, test, "test")
    session = _TrainingLoop(config, training, test, report)
    interrupted = False
    # divergence is detected and reported here, so NumPy's warnings are not needed
    quietly = np.errstate(over="ignore", invalid="ignore", divide="ignore")
    with quietly, threads_for(config.layer_sizes, config.batch_size):
        try:
            session.learn()
        except KeyboardInterrupt:
            if session.step == 0:
                raise
            interrupted = session.step < session.steps
            session.close()
        return make_run(config, training, test, session.states, session.curve, interrupted=interrupted)


class _TrainingLoop:
    """The state of one training."""

    def __init__(self, config: Config, training: Digits, test: Digits, report: ProgressReport | None) -> None:
        self.config, self.training, self.test, self.report = config, training, test, report
        weights_seed, order_seed = np.random.SeedSequence(config.seed).spawn(2)
        self.network = Network(config.layer_sizes, config.hidden, config.output)
        self.network.randomise(np.random.default_rng(weights_seed))
        self.order = np.random.default_rng(order_seed)
        self.optimiser = make_optimiser(config, self.network.parameters)
        self.backwards: dict[int, BackwardPass] = {}
        self.pixels = np.ascontiguousarray(training.pixels, np.float32)
        self.steps = config.epochs * math.ceil(len(training) / config.batch_size)
        self.step = self.examples = 0
        self.states: list[NetworkState] = []
        self.curve: list[tuple[int, float, float]] = []
        self.since_point, self.since_report = BatchAverage(), BatchAverage()

    def learn(self) -> None:
        """Train for all epochs, unless an interrupt comes first."""
        count, size = len(self.training), self.config.batch_size
        recorded = set(snapshot_steps(self.steps, self.config.snapshots))
        points = set(snapshot_steps(self.steps, CURVE_POINTS + 1))
        due = time.perf_counter() + REPORT_SECONDS
        self.record()
        for _ in range(self.config.epochs):
            order = self.order.permutation(count)
            for start in range(0, count, size):
                self.learn_batch(order[start : start + size])
                if self.step in recorded:
                    self.record()
                if self.step in points:
                    self.add_point()
                if self.report and (self.step == self.steps or time.perf_counter() >= due):
                    self.say(self.report)
                    due = time.perf_counter() + REPORT_SECONDS

    def learn_batch(self, chosen: np.ndarray) -> None:
        """Take one step: compute the gradient of these digits' mean loss, and update the parameters."""
        size, parameters = len(chosen), self.network.parameters
        if size not in self.backwards:  # two sizes at most: an epoch's last batch may be smaller
            self.backwards[size] = BackwardPass(self.network, size, self.config.loss)
        backward = self.backwards[size]
        self.pixels.take(chosen, axis=0, out=backward.pixels, mode="clip")  # other modes make one more copy
        loss, right = backward.run(self.training.labels[chosen])
        self.optimiser.step(parameters, backward.gradient, self.rate())
        self.step += 1
        self.examples += size
        # weights can become infinite while saturated neurons keep the loss finite, so both are checked
        if not (math.isfinite(loss) and math.isfinite(parameters.dot(parameters))):
            raise self.divergence(loss)
        self.since_point.add(loss, right, size)
        self.since_report.add(loss, right, size)

    def rate(self) -> float:
        """Return the learning rate of the next step."""
        return decayed_rate(self.config.rate, self.step, self.steps) if self.config.decay else self.config.rate

    def divergence(self, loss: float) -> EdgeglowError:
        what = "the weights grew beyond all bounds" if math.isfinite(loss) else f"the loss became {loss}"
        return EdgeglowError(
            f"training diverged: {what} at step {self.step} of {self.steps};"
            f" lower --learning-rate (it was {self.config.rate:g})"
        )

    def record(self) -> None:
        """Record the network as it is now."""
        epoch = self.examples / len(self.training)
        time = {"step": self.step, "examples": self.examples, "epoch": epoch}
        seen = record_state(self.network, self.config.loss, self.test, **time)
        if not math.isfinite(seen.loss):
            raise self.divergence(seen.loss)
        self.states.append(seen)

    def add_point(self) -> None:
        self.curve.append((self.examples, *self.since_point.take()))

    def say(self, report: ProgressReport) -> None:
        epoch = self.examples / len(self.training)
        report(Progress(self.step, self.steps, epoch, *self.since_report.take()))

    def close(self) -> None:
        """Add a last state and a last point after an interrupt, unless they were just recorded."""
        if self.states[-1].step != self.step:
            self.record()
        if self.since_point.count:
            self.add_point()


def check_digits(layer_sizes: Sequence[int], digits: Digits, name: str) -> None:
    """Check that a network with these layers can learn from the digits or be tested on them. Raises EdgeglowError."""
    inputs, classes = layer_sizes[0], layer_sizes[-1]
    if len(digits) == 0:
        raise EdgeglowError(f"there are no {name} digits; at least one is needed")
    height, width = digits.images.shape[1:]
    if height * width != inputs:
        raise EdgeglowError(
            f"the {name} digits have {height}×{width} = {height * width} pixels, but layer 0 has {inputs}"
            f" neurons; make the first layer size {height * width}"
        )
    least, most = int(digits.labels.min()), int(digits.labels.max())
    if least < 0 or most >= classes:
        raise EdgeglowError(
            f"the {name} digits have label {least if least < 0 else most}, but the last layer has {classes}"
            f" neurons, one for each of 0 to {classes - 1}; change the last layer size"
        )
    if not (digits.images.min() >= 0 and digits.images.max() <= 1):  # NaN fails both
        raise EdgeglowError(f"the {name} digits have pixels outside 0 to 1; divide bytes by 255")
