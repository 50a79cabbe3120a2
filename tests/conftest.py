"""Small runs, trained for real, of other shapes than the default: nothing may be tied to 784-16-16-10."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from pathlib import Path

import numpy as np
import pytest
from memory import give_back, keep_what_there_is

from film.resources import cores, fitting
from model.config import Config
from model.digits import Digits
from model.errors import EdgeglowError
from model.run import Run
from model.training import train

# which of the seven segments of a display each digit lights: top, upper left, upper right, middle, ...
SEGMENTS = (
    "1110111",
    "0010010",
    "1011101",
    "1011011",
    "0111010",
    "1101011",
    "1101111",
    "1010010",
    "1111111",
    "1111011",
)
PLACES = (
    (slice(0, 1), slice(0, 3)),
    (slice(0, 3), slice(0, 1)),
    (slice(0, 3), slice(2, 3)),
    (slice(2, 3), slice(0, 3)),
    (slice(2, 5), slice(0, 1)),
    (slice(2, 5), slice(2, 3)),
    (slice(4, 5), slice(0, 3)),
)


def segment_digits(count: int, seed: int, noise: float = 0.3) -> Digits:
    """Digits of a seven-segment display, 7×7 pixels, at two different heights, with noise over them."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    images: np.ndarray = np.zeros((count, 7, 7), np.float32)
    for image, label in zip(images, labels, strict=True):
        top = generator.integers(1, 3)
        for place, lit in zip(PLACES, SEGMENTS[label], strict=True):
            image[top : top + 5, 2:5][place] += lit == "1"
    images = np.clip(images, 0, 1) + generator.normal(0, noise, images.shape)
    return Digits(np.clip(images, 0, 1).astype(np.float32), labels.astype(np.int64), "segments").shuffled(
        seed
    )


WORKER = 1_500_000_000  # bytes: a process that tests, with what it starts itself (a browser, a program that renders)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes test at once: one a core, or as many as fit the memory that is free."""
    return max(1, min(cores(), fitting(WORKER)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Within a module, tests of the same run in the same look follow each other: a chapter is then played once for
    all of them, and need not be kept for long."""
    from abroad import NAMES as ABROAD
    from casts import NAMES

    modules = list(dict.fromkeys(item.path for item in items))
    known = {name: number for number, name in enumerate(("16:9", "1:1", "9:16", "en", "ko", *NAMES, *ABROAD))}

    def key(item: pytest.Item) -> tuple[int, list[int]]:
        values = (
            item.callspec.params.values()
            if isinstance(item, pytest.Function) and hasattr(item, "callspec")
            else ()
        )
        shown = [known[value] for value in values if isinstance(value, str) and value in known]
        return modules.index(item.path), sorted(shown, reverse=True)

    items.sort(key=key)


def pytest_collection_finish() -> None:
    keep_what_there_is()


@pytest.fixture(autouse=True, scope="module")
def _memory_is_given_back() -> Iterator[None]:
    yield
    give_back()


@pytest.fixture(scope="session")
def digits() -> tuple[Digits, Digits]:
    """Training and test digits of 7×7 pixels."""
    return segment_digits(2000, seed=1), segment_digits(500, seed=2)


@pytest.fixture(scope="session")
def tiny_run(digits: tuple[Digits, Digits]) -> Run:
    """49-7-5-10, with sigmoid and softmax; right, hard and wrong digits among its examples."""
    config = Config(layer_sizes=(49, 7, 5, 10), batch_size=16, epochs=25, snapshots=6, learning_rate=0.03)
    return train(config, *digits)


@pytest.fixture(scope="session")
def relu_run(digits: tuple[Digits, Digits]) -> Run:
    """49-12-10, with ReLU, whose activations know no upper bound."""
    return train(
        Config(layer_sizes=(49, 12, 10), hidden="relu", epochs=8, snapshots=5, learning_rate=0.01), *digits
    )


@pytest.fixture(scope="session")
def wide_run(digits: tuple[Digits, Digits]) -> Run:
    """49-40-10, with tanh and sigmoid: more neurons in a layer than a picture has room for."""
    config = Config(
        layer_sizes=(49, 40, 10), hidden="tanh", output="sigmoid", loss="squared", epochs=12, snapshots=4
    )
    return train(config, *digits)


@pytest.fixture(scope="session")
def run_file(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tiny run, for those who only read it."""
    path = tmp_path_factory.mktemp("run") / "tiny.npz"
    tiny_run.save(path)
    return path


@pytest.fixture
def saved(tiny_run: Run, tmp_path: Path) -> Path:
    """A file with the tiny run."""
    path = tmp_path / "digits.npz"
    tiny_run.save(path)
    return path


@pytest.fixture
def refusal() -> Callable[..., str]:
    """Why a file is not loaded: one line that begins with its name and ends with what to do."""

    def load(path: Path, checked: Container[str] = ()) -> str:
        with pytest.raises(EdgeglowError) as caught:
            Run.load(path, checked)
        message = str(caught.value)
        assert message.startswith(f"{path}: ") and "\n" not in message
        assert message.endswith("; retrain it, or import the weights again")
        return message

    return load
