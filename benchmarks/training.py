"""An epoch of the trainer, beside the same epoch written by hand, and beside PyTorch when it is installed.

    uv run python benchmarks/training.py [--json] [--digits 60000] [--rounds 5] [--epochs 10]

The loop written by hand is what somebody would write who wants this one network (784-16-16-10, sigmoid,
softmax, cross-entropy, batches of 32) trained fast and nothing else: in place, no choices, no losses, no
checks. The trainer has all of these. Its steps are timed by themselves ("epoch"), and as a user meets them
("training": a whole call of ``train`` for some epochs, with its 40 snapshots, each tested on 10,000 digits).

"convolution" is an epoch of the convolutional network (8 and 16 filters of 5×5, batches of 64), beside PyTorch's
own layers where it is installed.

Rounds take turns and the fastest counts, so that other work on the machine hits all alike. ``ratio`` is the
trainer's time over the loop's, same optimiser: below 1, the trainer is faster; "torch_ratio" likewise.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from model.config import Config
from model.convolution_training import ConvolutionConfig, train_convolution
from model.digits import Digits
from model.training import train

SIZES = (784, 16, 16, 10)
BATCH = 32
Step = Callable[[np.ndarray, np.ndarray], None]


def made_up_digits(count: int, seed: int) -> Digits:
    """Images with the share of ink that handwriting has; speed does not depend on what they show."""
    generator = np.random.default_rng(seed)
    images = generator.random((count, 28, 28), dtype=np.float32)
    images *= images > 0.8
    return Digits(images, generator.integers(0, 10, count), "noise")


def adam_by_hand(parameters: np.ndarray, rate: float) -> Step:
    mean, square, scratch = (np.zeros_like(parameters) for _ in range(3))
    steps = 0

    def step(parameters: np.ndarray, gradient: np.ndarray) -> None:
        nonlocal steps
        steps += 1
        mean_scale, square_scale = 1 - 0.9**steps, 1 - 0.999**steps
        np.multiply(mean, 0.9, out=mean)
        np.multiply(gradient, 0.1, out=scratch)
        np.add(mean, scratch, out=mean)
        np.multiply(square, 0.999, out=square)
        np.multiply(gradient, gradient, out=scratch)
        np.multiply(scratch, 0.001, out=scratch)
        np.add(square, scratch, out=square)
        np.sqrt(square, out=scratch)
        np.multiply(scratch, square_scale**-0.5, out=scratch)
        np.add(scratch, 1e-8, out=scratch)
        np.divide(mean, scratch, out=scratch)
        np.multiply(scratch, rate / mean_scale, out=scratch)
        np.subtract(parameters, scratch, out=parameters)

    return step


def momentum_by_hand(parameters: np.ndarray, rate: float) -> Step:
    velocity = np.zeros_like(parameters)

    def step(parameters: np.ndarray, gradient: np.ndarray) -> None:
        np.multiply(velocity, 0.9, out=velocity)
        np.multiply(gradient, rate, out=gradient)
        np.subtract(velocity, gradient, out=velocity)
        np.add(parameters, velocity, out=parameters)

    return step


def views(flat: np.ndarray) -> list[np.ndarray]:
    """W1, b1, W2, b2, W3, b3 in one flat array."""
    shapes = [(16, 784), (16,), (16, 16), (16,), (10, 16), (10,)]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]


def epoch_by_hand(digits: Digits, optimiser: str) -> float:
    """Seconds for one epoch of the loop written by hand."""
    generator = np.random.default_rng(0)
    parameters = generator.standard_normal(13_002, dtype=np.float32) * np.float32(0.1)
    gradient = np.zeros_like(parameters)
    w1, b1, w2, b2, w3, b3 = views(parameters)
    dw1, db1, dw2, db2, dw3, db3 = views(gradient)
    step = (adam_by_hand if optimiser == "adam" else momentum_by_hand)(parameters, 0.004)
    x = np.empty((BATCH, 784), np.float32)
    a1, a2, d1, d2, s = (np.empty((BATCH, 16), np.float32) for _ in range(5))
    a3, y = np.empty((BATCH, 10), np.float32), np.eye(10, dtype=np.float32)
    pixels = digits.pixels

    def sigmoid(sums: np.ndarray) -> None:
        np.multiply(sums, 0.5, out=sums)
        np.tanh(sums, out=sums)
        np.multiply(sums, 0.5, out=sums)
        np.add(sums, 0.5, out=sums)

    start = time.perf_counter()
    order = generator.permutation(len(digits))
    for at in range(0, len(digits) - BATCH + 1, BATCH):
        chosen = order[at : at + BATCH]
        np.take(pixels, chosen, axis=0, out=x, mode="clip")
        np.add(np.dot(x, w1.T, out=a1), b1, out=a1)
        sigmoid(a1)
        np.add(np.dot(a1, w2.T, out=a2), b2, out=a2)
        sigmoid(a2)
        np.add(np.dot(a2, w3.T, out=a3), b3, out=a3)
        np.subtract(a3, np.maximum.reduce(a3, axis=1, keepdims=True), out=a3)
        np.exp(a3, out=a3)
        np.divide(a3, np.add.reduce(a3, axis=1, keepdims=True), out=a3)
        np.subtract(a3, y[digits.labels[chosen]], out=a3)
        np.divide(a3, BATCH, out=a3)
        np.dot(a3.T, a2, out=dw3)
        np.add.reduce(a3, axis=0, out=db3)
        np.dot(a3, w3, out=d2)
        np.multiply(d2, np.subtract(a2, np.multiply(a2, a2, out=s), out=s), out=d2)
        np.dot(d2.T, a1, out=dw2)
        np.add.reduce(d2, axis=0, out=db2)
        np.dot(d2, w2, out=d1)
        np.multiply(d1, np.subtract(a1, np.multiply(a1, a1, out=s), out=s), out=d1)
        np.dot(d1.T, x, out=dw1)
        np.add.reduce(d1, axis=0, out=db1)
        step(parameters, gradient)
    return time.perf_counter() - start


def trainer_steps(digits: Digits, optimiser: str) -> float:
    """Seconds for each epoch of the trainer's steps, with losses, accuracies, curve and checks."""
    return _train(digits, digits.head(10), optimiser, 2, 3)


def trainer_whole(digits: Digits, optimiser: str, epochs: int) -> float:
    """Seconds for each epoch of a whole training, with 40 snapshots tested on 10,000 digits."""
    return _train(digits, digits.head(10_000), optimiser, 40, epochs)


def _train(digits: Digits, test: Digits, optimiser: str, snapshots: int, epochs: int) -> float:
    config = Config(SIZES, optimiser=optimiser, batch_size=BATCH, epochs=epochs, snapshots=snapshots)
    start = time.perf_counter()
    train(config, digits, test)
    return (time.perf_counter() - start) / epochs


def torch_epoch(digits: Digits, optimiser: str) -> float | None:
    """Seconds for one epoch in PyTorch, data as one tensor; None when it is not installed."""
    try:
        import torch  # never a dependency
    except ImportError:
        return None
    torch.manual_seed(0)
    layers = [torch.nn.Linear(784, 16), torch.nn.Sigmoid(), torch.nn.Linear(16, 16), torch.nn.Sigmoid()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(16, 10))
    if optimiser == "adam":
        steps: torch.optim.Optimizer = torch.optim.Adam(network.parameters(), lr=0.004)
    else:
        steps = torch.optim.SGD(network.parameters(), lr=0.04, momentum=0.9)
    pixels, labels = torch.from_numpy(digits.pixels), torch.from_numpy(digits.labels)
    start = time.perf_counter()
    order = torch.randperm(len(digits))
    for chosen in order.split(BATCH):
        steps.zero_grad()
        torch.nn.functional.cross_entropy(network(pixels[chosen]), labels[chosen]).backward()
        steps.step()
    return time.perf_counter() - start


def convolution_epoch(digits: Digits) -> float:
    """Seconds for one epoch of the convolutional network, with the test on ten digits."""
    start = time.perf_counter()
    train_convolution(ConvolutionConfig(epochs=1), digits, digits.head(10), 10)
    return time.perf_counter() - start


def torch_convolution_epoch(digits: Digits) -> float | None:
    """The same network, batches and optimiser in PyTorch; None when it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.manual_seed(0)
    nn = torch.nn
    first = [nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2)]
    second = [nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    network = nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(256, 10))
    steps = torch.optim.Adam(network.parameters(), lr=0.004)
    images, labels = torch.from_numpy(digits.images[:, None]), torch.from_numpy(digits.labels)
    start = time.perf_counter()
    for chosen in torch.randperm(len(digits)).split(64):
        steps.zero_grad()
        nn.functional.cross_entropy(network(images[chosen]), labels[chosen]).backward()
        steps.step()
    return time.perf_counter() - start


def measure_convolution(digits: Digits, rounds: int) -> dict[str, object]:
    """The fastest of the rounds."""
    own, torch = [], []
    for _ in range(rounds):
        own.append(convolution_epoch(digits))
        torch.append(torch_convolution_epoch(digits))
    line: dict[str, object] = {"bench": "convolution", "seconds": round(min(own), 3)}
    found = [seconds for seconds in torch if seconds is not None]
    return line | (
        {"torch": round(min(found), 3), "torch_ratio": round(min(own) / min(found), 3)} if found else {}
    )


def measure(optimiser: str, digits: Digits, rounds: int, epochs: int) -> list[dict[str, object]]:
    """The fastest of the rounds, for each contestant."""
    hand, steps, whole, torch = [], [], [], []
    for _ in range(rounds):
        hand.append(epoch_by_hand(digits, optimiser))
        steps.append(trainer_steps(digits, optimiser))
        whole.append(trainer_whole(digits, optimiser, epochs))
        torch.append(torch_epoch(digits, optimiser))
    lines = []
    for name, times in (("epoch", steps), ("training", whole)):
        line: dict[str, object] = {"bench": f"{name}-{optimiser}", "seconds": round(min(times), 4)}
        line |= {"by_hand": round(min(hand), 4), "ratio": round(min(times) / min(hand), 3)}
        found = [seconds for seconds in torch if seconds is not None]
        if found:
            line |= {"torch": round(min(found), 4), "torch_ratio": round(min(times) / min(found), 3)}
        lines.append(line)
    return lines


def as_text(line: dict[str, object]) -> str:
    """A line for people."""
    text = f"{line['bench']:14} {line['seconds']:.3f} s an epoch"
    if "by_hand" in line:
        text += f", by hand {line['by_hand']:.3f} s, ratio {line['ratio']:.2f}"
    if "torch" in line:
        text += f"; PyTorch {line['torch']:.3f} s, ratio {line['torch_ratio']:.2f}"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--digits", type=int, default=60_000, help="digits in an epoch")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed")
    parser.add_argument("--epochs", type=int, default=10, help="epochs of a whole training")
    options = parser.parse_args()
    digits = made_up_digits(options.digits, seed=0)
    for name in ("adam", "sgd", "convolution"):
        if name == "convolution":
            lines = [measure_convolution(digits, options.rounds)]
        else:
            lines = measure(name, digits, options.rounds, options.epochs)
        for line in lines:
            print(json.dumps(line) if options.json else as_text(line), flush=True)


if __name__ == "__main__":
    main()
