"""What is learnt from and shown when nothing is named."""

from __future__ import annotations

from pathlib import Path

from model.config import Config
from model.convolution_training import with_convolution
from model.digits import Digits
from model.run import Run
from model.strokes import DEFAULT_TEST, DEFAULT_TRAINING, draw_digits
from model.training import train

DEFAULT_RUN = Path(__file__).resolve().parent.parent / "media" / "runs" / "default.npz"


def stroke_digits(count: int = DEFAULT_TRAINING, seed: int = 0) -> tuple[Digits, Digits]:
    """(training, test): ``count`` digits to learn from, and others, by other hands, to be tested with."""
    return draw_digits(count, seed=seed), draw_digits(DEFAULT_TEST, seed=seed + 1)


def default_run(path: Path = DEFAULT_RUN) -> Run:
    """The run at ``path``; if there is none yet, the default networks, trained on strokes and left there."""
    if path.exists():
        return Run.load(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    digits = stroke_digits()
    run = train(Config(), *digits)
    if not run.interrupted:
        run = with_convolution(run, *digits)
    if run.interrupted or (run.convolution and run.convolution.interrupted):
        raise KeyboardInterrupt  # half a training would be shown by every later film
    run.save(path)
    return run
