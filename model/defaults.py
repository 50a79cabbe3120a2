"""What is learnt from and shown when nothing is named, and where it is kept."""

from __future__ import annotations

from pathlib import Path

from model.config import Config
from model.convolution_training import with_convolution
from model.digits import Digits
from model.output_file import check_output
from model.run import Run
from model.strokes import DEFAULT_TEST, DEFAULT_TRAINING, draw_digits
from model.training import train

HOUSE = Path(__file__).resolve().parent.parent  # a clone; or the folder that packages are installed in


def media_folder() -> Path:
    """Where runs and films go: a clone keeps its own; installed, they go to ``media`` in the folder one stands in."""
    return (HOUSE if (HOUSE / "pyproject.toml").is_file() else Path.cwd()) / "media"


def default_path() -> Path:
    """Where the default run is, or will be."""
    return media_folder() / "runs" / "default.npz"


def stroke_digits(count: int = DEFAULT_TRAINING, seed: int = 0) -> tuple[Digits, Digits]:
    """(training, test): ``count`` digits to learn from, and others, by other hands, to be tested with."""
    return draw_digits(count, seed=seed), draw_digits(DEFAULT_TEST, seed=seed + 1)


def default_run(path: Path | None = None) -> Run:
    """The run at ``path``, or at its usual place; if there is none yet, the default networks, trained on strokes
    and left there. Raises EdgeglowError when it cannot be read or written."""
    path = path or default_path()
    if path.exists():
        return Run.load(path)
    check_output(path)
    digits = stroke_digits()
    run = train(Config(), *digits)
    if not run.interrupted:
        run = with_convolution(run, *digits)
    if run.interrupted or (run.convolution and run.convolution.interrupted):
        raise KeyboardInterrupt  # half a training would be shown by every later film
    run.save(path)
    return run
