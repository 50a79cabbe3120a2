"""Training of a network with a progress bar, and saving of its run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from edgeglow.film.paths import display_path
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.model.data.digits import Digits
from edgeglow.model.data.strokes import DEFAULT_TRAINING
from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.text.shares import percent
from edgeglow.model.training.convolution_loop import add_convolution, filters_fit
from edgeglow.model.training.default_run import default_path, default_run, stroke_digits
from edgeglow.model.training.loop import train
from edgeglow.model.training.progress import Progress, ProgressReport

INTERRUPTED = "interrupted.npz"  # file name, beside the default run


def load_digits(
    source: str, bar: ProgressBar, *, count: int | None = None, seed: int = 0, folder: Path | None = None
) -> tuple[Digits, Digits]:
    """Return (training, test) digits.

    ``count`` is the number of digits to train with, ``folder`` the folder with MNIST's files.
    """
    if source == "mnist":
        from edgeglow.model.data.mnist import load_mnist

        def report(name: str, done: int, total: int) -> None:
            bar.begin(f"fetching {name}", total or None)
            bar.update(done)

        training, test = load_mnist(folder, report=report)
        return (training if count is None else training.shuffled(seed).head(count)), test
    wanted = DEFAULT_TRAINING if count is None else count
    bar.begin(f"drawing {wanted:,} digits")
    return stroke_digits(wanted, seed)


def make_config(**values: Any) -> Config:
    """Return the training's configuration. Raises InvalidRequest when an option has a wrong value."""
    try:
        return Config(**values)
    except EdgeglowError as error:
        raise InvalidRequest(str(error)) from error


def train_run(config: Config, training: Digits, test: Digits, bar: ProgressBar, *, convolution: bool = True) -> Run:
    """Train the network, and then a convolutional one to compare it with, showing loss and accuracy.

    After Ctrl-C the run holds what was learnt so far; a Ctrl-C in the first training skips the second. The second is
    also skipped if the images are too small for it, or if ``convolution`` is False.
    """
    run = train(config, training, test, report=_reporter(bar, "training"))
    if run.interrupted or not convolution:
        return run
    try:
        return add_convolution(run, training, test, report=_reporter(bar, "training the convolutional network"))
    except KeyboardInterrupt:  # before its first step
        return run


def unfinished_note(run: Run, *, convolution: bool = True) -> str:
    """Return a sentence about what an interrupt left undone, or an empty string if nothing is missing."""
    learnt = run.convolution
    if learnt and learnt.interrupted:
        return f"The convolutional network was stopped early, after {learnt.epochs:.2g} epochs."
    if convolution and not learnt and run.image_shape and filters_fit(run.image_shape):
        return "There is no convolutional network: the training was stopped before."
    return "The training was stopped early." if run.interrupted else ""


def save_trained_run(run: Run, target: Path | None, *, convolution: bool = True) -> tuple[Path, str]:
    """Save a run of ``train_run``; return its path, and a sentence about what was left undone.

    Without ``target`` it becomes the default run, unless its training was stopped: then it is saved beside the
    default run, so that later films do not show an unfinished training and an earlier run is not lost.
    """
    missing = unfinished_note(run, convolution=convolution)
    default = default_path()
    place = target or (default.with_name(INTERRUPTED) if missing else default)
    run.save(place)
    if missing and not target:
        other = "stays as it was" if default.exists() else "is still to be trained"
        missing += f" What was learnt is in {display_path(place)}; the default run {other}."
    return place, missing


def _reporter(bar: ProgressBar, text: str) -> ProgressReport:
    """Return a function that shows a training's progress."""
    begun = False

    def report(progress: Progress) -> None:
        nonlocal begun
        if not begun:
            bar.begin(text, progress.steps)
            begun = True
        bar.update(progress.step, f"loss {progress.loss:.3f}, {percent(progress.accuracy)} right")

    return report


def load_or_train(path: Path, default: Path, bar: ProgressBar, seed: int | None = None) -> Run:
    """Return the run at ``path``; a missing default run is trained first, on strokes.

    Raises EdgeglowError when another run does not exist.
    """
    if not path.exists() and path.resolve() != default.resolve():
        context = click.get_current_context(silent=True)
        program = context.find_root().info_name if context else "render.py"
        raise EdgeglowError(f"{path}: there is no such run. Train one: {program} train -o {path}")

    def trained() -> Run:
        config = Config() if seed is None else Config(seed=seed)
        return train_run(config, *load_digits("strokes", bar, seed=config.seed), bar)

    return default_run(path, trained)
