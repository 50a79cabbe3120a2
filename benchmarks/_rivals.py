"""The same networks in PyTorch and scikit-learn, if these are installed; neither is a dependency.

Both get what makes them fast for networks of this size: the data as one array in memory, without a loader, and one
thread, as the project's own trainer uses.
"""

from __future__ import annotations

import math
import time
from importlib.util import find_spec
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from edgeglow.model.data.digits import Digits
from edgeglow.model.training.schedule import decayed_rate

RATES = {"adam": 0.004, "sgd": 0.04}
NAMES = {"torch": "PyTorch", "sklearn": "scikit-learn"}

Trial = tuple[float, float]  # seconds per epoch, and accuracy on the test digits afterwards


def installed() -> list[str]:
    return [name for name in NAMES if find_spec(name) is not None]


def with_sklearn(training: Digits, test: Digits, optimiser: str, epochs: int, seed: int, batch: int) -> Trial:
    """Train scikit-learn's MLPClassifier, without its warning that it has not converged."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (16, 16),
        activation="logistic",
        solver=optimiser,
        alpha=0.0,
        batch_size=batch,
        learning_rate_init=RATES[optimiser],
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
        momentum=0.9,
        nesterovs_momentum=False,
        random_state=seed,
    )
    with warnings.catch_warnings(), threadpool_limits(1, user_api="blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.perf_counter()
        network.fit(training.pixels, training.labels)
        seconds = time.perf_counter() - start
    return seconds / epochs, float(np.mean(network.predict(test.pixels) == test.labels))


def with_torch(training: Digits, test: Digits, optimiser: str, epochs: int, seed: int, batch: int) -> Trial:
    """Train 784-16-16-10 in PyTorch."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    layers = [nn.Linear(784, 16), nn.Sigmoid(), nn.Linear(16, 16), nn.Sigmoid(), nn.Linear(16, 10)]
    network = nn.Sequential(*layers)
    seconds = _fit(network, training.pixels, training.labels, optimiser, epochs, batch)
    return seconds, _accuracy(network, test.pixels, test.labels)


def with_torch_convolution(training: Digits, test: Digits, epochs: int, seed: int, batch: int) -> Trial:
    """Train a convolutional network in PyTorch: 8 and 16 filters of 5×5, each with 2×2 pooling, and 10 neurons."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    layers = [nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(256, 10))
    seconds = _fit(network, training.images[:, None], training.labels, "adam", epochs, batch, decay=True)
    return seconds, _accuracy(network, test.images[:, None], test.labels)


def _fit(
    network: Any,
    inputs: np.ndarray,
    labels: np.ndarray,
    optimiser: str,
    epochs: int,
    batch: int,
    *,
    decay: bool = False,
) -> float:
    """Train the network and return the seconds per epoch; ``decay`` uses the project's learning rate schedule."""
    import torch

    torch.set_num_threads(1)
    if optimiser == "adam":
        steps: Any = torch.optim.Adam(network.parameters(), lr=RATES[optimiser])
    else:
        steps = torch.optim.SGD(network.parameters(), lr=RATES[optimiser], momentum=0.9)
    pixels, wanted = torch.from_numpy(inputs), torch.from_numpy(labels)
    total, step = epochs * math.ceil(len(pixels) / batch), 0
    start = time.perf_counter()
    for _ in range(epochs):
        for chosen in torch.randperm(len(pixels)).split(batch):
            if decay:
                steps.param_groups[0]["lr"] = decayed_rate(RATES[optimiser], step, total)
                step += 1
            steps.zero_grad()
            torch.nn.functional.cross_entropy(network(pixels[chosen]), wanted[chosen]).backward()
            steps.step()
    return (time.perf_counter() - start) / epochs


def _accuracy(network: Any, inputs: np.ndarray, labels: np.ndarray) -> float:
    import torch

    with torch.no_grad():
        answers = network(torch.from_numpy(inputs)).argmax(dim=1).numpy()
    return float(np.mean(answers == labels))
