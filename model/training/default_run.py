"""The default run: its digits, its training and its file."""

from __future__ import annotations

from pathlib import Path

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.strokes import DEFAULT_TEST, DEFAULT_TRAINING, draw_digits
from edgeglow.model.files.output_file import check_output
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.convolution_loop import add_convolution
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


def default_run(path: Path | None = None) -> Run:
    """Load the run at ``path``, by default the usual place; if there is none, train it on strokes and save it.

    Raises EdgeglowError when it cannot be read or written, and KeyboardInterrupt when its training is interrupted.
    """
    path = path or default_path()
    if path.exists():
        return Run.load(path)
    check_output(path)
    digits = stroke_digits()
    run = train(Config(), *digits)
    if not run.interrupted:
        run = add_convolution(run, *digits)
    if run.interrupted or (run.convolution and run.convolution.interrupted):
        raise KeyboardInterrupt  # not saved: every later film would show half a training
    run.save(path)
    return run
