"""What is learnt from and shown when nothing is named."""

from __future__ import annotations

from pathlib import Path

from model.config import Config
from model.digits import Digits
from model.run import Run
from model.strokes import DEFAULT_TEST, DEFAULT_TRAINING, draw_digits
from model.training import train

DEFAULT_RUN = Path(__file__).resolve().parent.parent / "media" / "runs" / "default.npz"


def stroke_digits(count: int = DEFAULT_TRAINING, seed: int = 0) -> tuple[Digits, Digits]:
    """(training, test): ``count`` digits to learn from, and others, by other hands, to be tested with."""
    return draw_digits(count, seed=seed), draw_digits(DEFAULT_TEST, seed=seed + 1)


def default_run(path: Path = DEFAULT_RUN) -> Run:
    """The run at ``path``; the default network, trained on strokes and left there, if there is none yet."""
    if path.exists():
        return Run.load(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    run = train(Config(), *stroke_digits())
    if run.interrupted:
        raise KeyboardInterrupt  # half a training would be shown by every later film
    run.save(path)
    return run
