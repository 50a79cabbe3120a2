"""The default run: its digits, its training and its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.strokes import DEFAULT_TEST, DEFAULT_TRAINING, draw_digits
from edgeglow.model.files.output_file import check_output
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.convolution_loop import add_convolution, filters_fit
from edgeglow.model.training.loop import train

ROOT = Path(__file__).resolve().parents[2]  # a clone's root, or the folder of the installed package


def media_folder() -> Path:
    """Return the folder for runs and films: ``media`` in the clone or, when installed, in the current folder."""
    return (ROOT if (ROOT / "pyproject.toml").is_file() else Path.cwd()) / "media"


def default_path() -> Path:
    """Return the path of the default run, which need not exist yet."""
    return media_folder() / "runs" / "default.npz"


def stroke_digits(count: int = DEFAULT_TRAINING, seed: int = 0) -> tuple[Digits, Digits]:
    """Draw (training, test) digits from strokes: ``count`` to learn from, and others of another seed to test with."""
    return draw_digits(count, seed=seed), draw_digits(DEFAULT_TEST, seed=seed + 1)


def train_default() -> Run:
    """Train the default networks on strokes."""
    digits = stroke_digits()
    run = train(Config(), *digits)
    return run if run.interrupted else add_convolution(run, *digits)


def default_run(path: Path | None = None, trained: Callable[[], Run] = train_default) -> Run:
    """Return the run at ``path``, by default the default run; a missing one is trained and saved there.

    ``trained`` trains it. Raises EdgeglowError when the run cannot be read or written, and KeyboardInterrupt when
    the training was interrupted.
    """
    path = path or default_path()
    if path.exists():
        return Run.load(path)
    check_output(path)
    run = trained()
    if is_unfinished(run):
        raise KeyboardInterrupt  # an unfinished training must not become the default run
    run.save(path)
    return run


def is_unfinished(run: Run) -> bool:
    """Whether an interrupt left a network untrained, or partly trained."""
    if run.interrupted or (run.convolution and run.convolution.interrupted):
        return True
    return run.convolution is None and run.image_shape is not None and filters_fit(run.image_shape)
