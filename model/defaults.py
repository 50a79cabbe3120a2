"""The run that is shown when none is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from model.config import Config
from model.run import Run
from model.strokes import DEFAULT_TEST, DEFAULT_TRAINING, draw_digits
from model.training import Progress, train

DEFAULT_RUN = Path(__file__).resolve().parent.parent / "media" / "runs" / "default.npz"


def default_run(path: Path = DEFAULT_RUN, report: Callable[[Progress], None] | None = None) -> Run:
    """The run at ``path``; the default network, trained on strokes and left there, if there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        training = draw_digits(DEFAULT_TRAINING, seed=0)
        # Another seed: other hands than those it learns from.
        test = draw_digits(DEFAULT_TEST, seed=1)
        train(Config(), training, test, report=report).save(path)
    return Run.load(path)
