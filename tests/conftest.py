"""Fixtures: small trained runs of other shapes than the default, since nothing may depend on 784-16-16-10."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from memory import clear_caches, give_back, give_back_growth, keep_what_there_is

from edgeglow.film.resources import cores, processes_that_fit
from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.loop import train

# lit segments of each digit on a seven-segment display: top, upper left, upper right, middle, ...
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
    """Return digits of a seven-segment display, 7×7 pixels, at two heights, with noise."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    images: np.ndarray = np.zeros((count, 7, 7), np.float32)
    for image, label in zip(images, labels, strict=True):
        top = generator.integers(1, 3)
        for place, lit in zip(PLACES, SEGMENTS[label], strict=True):
            image[top : top + 5, 2:5][place] += lit == "1"
    images = np.clip(images, 0, 1) + generator.normal(0, noise, images.shape)
    return Digits(np.clip(images, 0, 1).astype(np.float32), labels.astype(np.int64), "segments").shuffled(seed)


WORKER = 1_500_000_000  # bytes of a test process with its own processes (a browser, a program that renders)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return the number of test processes: one per core, or as many as fit into the free memory."""
    return max(1, min(cores(), processes_that_fit(WORKER)))


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that ``stage.words`` keeps its files in: one for all processes that test."""
    if not hasattr(config, "workerinput"):
        folder = TemporaryDirectory(prefix="edgeglow-words-")
        config.add_cleanup(folder.cleanup)
        os.environ["EDGEGLOW_TEST_WORDS"] = folder.name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Within a module, tests of the same run, chapter and look follow each other: a chapter is then played once for
    all of them, and need not be kept for long."""
    if "stage" not in sys.modules:  # no test plays any
        return
    from abroad import NAMES as ABROAD
    from casts import NAMES
    from pairs import PAIRS
    from stage import ASPECTS, CHAPTERS

    modules = list(dict.fromkeys(item.path for item in items))
    looks = ("dark", "light", *ASPECTS, "en", "ko")
    known = {name: number for number, name in enumerate((*looks, *CHAPTERS, *NAMES, *ABROAD, *PAIRS))}

    def key(item: pytest.Item) -> tuple[int, list[int]]:
        values = (
            item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
        )
        shown = [known[value] for value in values if isinstance(value, str) and value in known]
        return modules.index(item.path), sorted(shown, reverse=True)

    items.sort(key=key)


def pytest_collection_finish() -> None:
    keep_what_there_is()


@pytest.fixture(scope="session", autouse=True)
def _nothing_around_the_clone() -> None:
    """Take the folder around the clone out of sys.path.

    pytest puts it first, since the root is a package; a project there may be called as a module of the standard
    library, which new processes then import instead.
    """
    around = str(Path(__file__).resolve().parents[2])
    sys.path[:] = [folder for folder in sys.path if folder != around]


@pytest.fixture(autouse=True, scope="module")
def _memory_is_given_back() -> Iterator[None]:
    yield
    clear_caches()
    give_back()


@pytest.fixture(autouse=True)
def _growth_is_given_back() -> Iterator[None]:
    yield
    give_back_growth()


@pytest.fixture(scope="session")
def digits() -> tuple[Digits, Digits]:
    """Return training and test digits of 7×7 pixels."""
    return segment_digits(2000, seed=1), segment_digits(500, seed=2)


@pytest.fixture(scope="session")
def tiny_run(digits: tuple[Digits, Digits]) -> Run:
    """Return a run of 49-7-5-10 with sigmoid and softmax, with right, hard and wrong examples."""
    config = Config(layer_sizes=(49, 7, 5, 10), batch_size=16, epochs=25, snapshots=6, learning_rate=0.03)
    return train(config, *digits)


@pytest.fixture(scope="session")
def relu_run(digits: tuple[Digits, Digits]) -> Run:
    """Return a run of 49-12-10 with ReLU, whose activations are unbounded."""
    return train(Config(layer_sizes=(49, 12, 10), hidden="relu", epochs=8, snapshots=5, learning_rate=0.01), *digits)


@pytest.fixture(scope="session")
def wide_run(digits: tuple[Digits, Digits]) -> Run:
    """Return a run of 49-40-10 with tanh and sigmoid: more neurons in a layer than a picture has room for."""
    config = Config(layer_sizes=(49, 40, 10), hidden="tanh", output="sigmoid", loss="squared", epochs=12, snapshots=4)
    return train(config, *digits)


@pytest.fixture(scope="session")
def run_file(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the tiny run, for tests that only read it."""
    path = tmp_path_factory.mktemp("run") / "tiny.npz"
    tiny_run.save(path)
    return path


@pytest.fixture
def saved(tiny_run: Run, tmp_path: Path) -> Path:
    """Return a file with the tiny run."""
    path = tmp_path / "digits.npz"
    tiny_run.save(path)
    return path


@pytest.fixture
def refusal() -> Callable[..., str]:
    """Return a function that returns the error of loading a file, after checking its form."""

    def load(path: Path, checked: Container[str] = ()) -> str:
        with pytest.raises(EdgeglowError) as caught:
            Run.load(path, checked)
        message = str(caught.value)
        assert message.startswith(f"{path}: ") and "\n" not in message
        assert message.endswith("; retrain it, or import the weights again")
        return message

    return load
