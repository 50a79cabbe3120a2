"""The trainer compared with the same training written by hand, in PyTorch and in scikit-learn.

    python benchmarks/trainer.py [--json] [--rounds 5] [--epochs 5] [--digits 60000]

All train 784-16-16-10 (sigmoid, softmax, cross-entropy) on the same digits, in batches of 32 in random order, for the
same epochs, with the same optimiser at the same constant learning rate. The accuracy of each on the same test digits,
in percent, shows that they learn the same, so none is faster by doing less. The digits are MNIST if it is available
(MNIST_DIR, or the cache of a download), else the project's own strokes.

"by_hand" is a loop that does only this (benchmarks/_hand_loop.py): no options, no losses, no checks, while the
trainer has them all. PyTorch and scikit-learn take part if they are installed (see benchmarks/_rivals.py). "whole" is
a training as users run it, with 40 snapshots, each tested on all test digits, while "trainer" only does its steps.
"convolution" is the convolutional network (8 and 16 filters of 5×5, batches of 64), compared with PyTorch's layers.

Seconds are per epoch, medians of alternating rounds, each round with another seed. A ratio is the other's seconds
over the trainer's: above 1, the trainer is faster.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

import _side_by_side as side
import numpy as np
from _hand_loop import BATCH, HandLoop
from _rivals import NAMES, Trial, installed, with_sklearn, with_torch, with_torch_convolution

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.mnist import has_mnist, load_mnist
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.convolution_loop import ConvolutionConfig, train_convolution
from edgeglow.model.training.default_run import stroke_digits
from edgeglow.model.training.loop import train

SIZES = (784, 16, 16, 10)
CONVOLUTION_BATCH = 64
OWN = "trainer"

Learner = Callable[[int], Trial]  # takes a seed


def digits_of(count: int) -> tuple[Digits, Digits]:
    """Return (training, test) digits, ``count`` to train with."""
    training, test = load_mnist() if has_mnist() else stroke_digits(count)
    return training.head(count), test


def with_trainer(
    training: Digits, test: Digits, optimiser: str, epochs: int, seed: int, *, whole: bool = False
) -> Trial:
    """Train with the project's trainer; by default with only two snapshots and ten test digits."""
    config = Config(
        SIZES,
        optimiser=optimiser,
        decay=False,
        batch_size=BATCH,
        epochs=epochs,
        seed=seed,
        snapshots=40 if whole else 2,
    )
    start = time.perf_counter()
    run = train(config, training, test if whole else test.head(10))
    seconds = time.perf_counter() - start
    answers = run.network().activations(test.pixels)[-1].argmax(axis=1)
    return seconds / epochs, float(np.mean(answers == test.labels))


def with_convolution(training: Digits, test: Digits, epochs: int, seed: int) -> Trial:
    """Train the project's convolutional network, with ten test digits during the timed part."""
    config = ConvolutionConfig(epochs=epochs, batch_size=CONVOLUTION_BATCH, seed=seed)
    start = time.perf_counter()
    network = train_convolution(config, training, test.head(10), 10)
    seconds = time.perf_counter() - start
    answers = network.forward(test.images)[0].argmax(axis=1)
    return seconds / epochs, float(np.mean(answers == test.labels))


def by_hand(training: Digits, test: Digits, optimiser: str, epochs: int, seed: int) -> Trial:
    loop = HandLoop(optimiser, seed)
    seconds = loop.train(training.pixels, training.labels, epochs)
    return seconds / epochs, float(np.mean(loop.answers(test.pixels) == test.labels))


def compete(learners: Mapping[str, Learner], rounds: int) -> dict[str, Any]:
    """Return seconds and percent of each learner, and the ratios to the trainer's seconds.

    The first round warms up.
    """
    found: dict[str, list[Trial]] = {name: [] for name in learners}

    def contestant(name: str) -> Callable[[], float]:
        def learn() -> float:
            found[name].append(learners[name](len(found[name])))
            return found[name][-1][0]

        return learn

    contestants = {name: contestant(name) for name in learners}
    for first in contestants.values():
        first()
    seconds = side.alternate(contestants, rounds)
    row: dict[str, Any] = {}
    for name in learners:
        row[f"{name}_s"] = round(seconds[name], 4)
        row[f"{name}_percent"] = round(100 * median(share for _, share in found[name]), 2)
        if name != OWN:
            row[f"{name}_ratio"] = round(seconds[name] / seconds[OWN], 2)
    return row


def learners_of(training: Digits, test: Digits, optimiser: str, epochs: int) -> dict[str, Learner]:
    """Return all that train 784-16-16-10 here, by name."""
    given = (training, test, optimiser, epochs)
    everybody: dict[str, Learner] = {
        OWN: lambda seed: with_trainer(*given, seed),
        "whole": lambda seed: with_trainer(*given, seed, whole=True),
        "by_hand": lambda seed: by_hand(*given, seed),
        "torch": lambda seed: with_torch(*given, seed, BATCH),
        "sklearn": lambda seed: with_sklearn(*given, seed, BATCH),
    }
    return {name: learn for name, learn in everybody.items() if name not in NAMES or name in installed()}


def measure(count: int, epochs: int, rounds: int) -> Iterator[dict[str, Any]]:
    training, test = digits_of(count)
    shape = {"digits": f"{len(training)} {training.source}", "epochs": epochs}
    for optimiser in ("adam", "sgd"):
        row = {"bench": "trainer", "name": optimiser} | shape
        yield row | compete(learners_of(training, test, optimiser, epochs), rounds)
    own: dict[str, Learner] = {OWN: lambda seed: with_convolution(training, test, 1, seed)}
    if "torch" in installed():
        own["torch"] = lambda seed: with_torch_convolution(training, test, 1, seed, CONVOLUTION_BATCH)
    yield {"bench": "trainer", "name": "convolution"} | shape | {"epochs": 1} | compete(own, rounds)


def as_text(row: Mapping[str, Any]) -> str:
    """Return a row as text, with a line for each learner."""
    lines = [f"{row['name']}: {row['digits']} digits, {row['epochs']} epochs"]
    for name in (OWN, "whole", "by_hand", *NAMES):
        if f"{name}_s" in row:
            line = f"  {NAMES.get(name, name):14s}{row[f'{name}_s']:7.3f} s an epoch, "
            line += f"reads {row[f'{name}_percent']:.1f}% right"
            lines.append(line + (f", ratio {row[f'{name}_ratio']:.2f}" if name != OWN else ""))
    return "\n".join(lines)


def main() -> None:
    parser = side.arguments(__doc__)
    parser.add_argument("--digits", type=side.positive, default=60_000, help="digits in an epoch (60000)")
    parser.add_argument("--epochs", type=side.positive, default=5, help="epochs of a training (5)")
    options = parser.parse_args()
    if missing := [NAMES[name] for name in NAMES if name not in installed()]:
        print(f"left out, since not installed: {', '.join(missing)}", file=sys.stderr)
    side.tell(measure(options.digits, options.epochs, options.rounds), options.json, as_text)


if __name__ == "__main__":
    main()
