"""Training of a network with a progress bar, and saving of its run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from film.bar import Bar
from film.places import shown
from model.config import Config
from model.convolution_training import suits, with_convolution
from model.defaults import default_path, stroke_digits
from model.digits import Digits
from model.errors import EdgeglowError, Mistake
from model.output_file import check_output
from model.progress import Progress, Report
from model.run import Run
from model.strokes import DEFAULT_TRAINING
from model.training import train

INTERRUPTED = "interrupted.npz"  # file name, beside the default run


def load_digits(
    source: str, bar: Bar, *, count: int | None = None, seed: int = 0, folder: Path | None = None
) -> tuple[Digits, Digits]:
    """Return (training, test) digits.

    ``count`` is the number of digits to train with, ``folder`` the folder with MNIST's files.
    """
    if source == "mnist":
        from model.mnist import load_mnist

        def report(name: str, done: int, total: int) -> None:
            bar.begin(f"fetching {name}", total or None)
            bar.update(done)

        training, test = load_mnist(folder, report=report)
        return (training if count is None else training.shuffled(seed).head(count)), test
    wanted = DEFAULT_TRAINING if count is None else count
    bar.begin(f"drawing {wanted:,} digits")
    return stroke_digits(wanted, seed)


def make_config(**values: Any) -> Config:
    """Return the training's configuration. Raises Mistake when an option has a wrong value."""
    try:
        return Config(**values)
    except EdgeglowError as error:
        raise Mistake(str(error)) from error


def train_run(config: Config, training: Digits, test: Digits, bar: Bar, *, convolution: bool = True) -> Run:
    """Train the network, and then a convolutional one to compare it with, showing loss and accuracy.

    After Ctrl-C the run holds what was learnt so far; a Ctrl-C in the first training skips the second. The second is
    also skipped if the images are too small for it, or if ``convolution`` is False.
    """
    run = train(config, training, test, report=_reporter(bar, "training"))
    if run.interrupted or not convolution:
        return run
    try:
        return with_convolution(
            run, training, test, report=_reporter(bar, "training the convolutional network")
        )
    except KeyboardInterrupt:  # before its first step
        return run


def unfinished(run: Run, *, convolution: bool = True) -> str:
    """Return a sentence about what an interrupt left undone, or an empty string if nothing is missing."""
    learnt = run.convolution
    if learnt and learnt.interrupted:
        return f"The convolutional network was stopped early, after {learnt.epochs:.2g} epochs."
    if convolution and not learnt and run.image_shape and suits(run.image_shape):
        return "There is no convolutional network: the training was stopped before."
    return "The training was stopped early." if run.interrupted else ""


def keep(run: Run, target: Path | None, *, convolution: bool = True) -> tuple[Path, str]:
    """Save a run of ``train_run``; return its path, and a sentence about what was left undone.

    Without ``target`` it becomes the default run, unless its training was stopped: then it is saved beside the
    default run, so that later films do not show an unfinished training and an earlier run is not lost.
    """
    missing = unfinished(run, convolution=convolution)
    default = default_path()
    place = target or (default.with_name(INTERRUPTED) if missing else default)
    run.save(place)
    if missing and not target:
        other = "stays as it was" if default.exists() else "is still to be trained"
        missing += f" What was learnt is in {shown(place)}; the default run {other}."
    return place, missing


def _reporter(bar: Bar, text: str) -> Report:
    """Return a function that shows a training's progress."""
    begun = False

    def report(progress: Progress) -> None:
        nonlocal begun
        if not begun:
            bar.begin(text, progress.steps)
            begun = True
        bar.update(progress.step, f"loss {progress.loss:.3f}, {progress.accuracy:.1%} right")

    return report


def find_run(path: Path, default: Path, bar: Bar, seed: int | None = None) -> Run:
    """Return the run at ``path``; a missing default run is trained first, on strokes.

    Raises EdgeglowError when another run does not exist.
    """
    if path.exists():
        return Run.load(path)
    if path.resolve() != default.resolve():
        context = click.get_current_context(silent=True)
        program = context.find_root().info_name if context else "render.py"
        raise EdgeglowError(f"{path}: there is no such run. Train one: {program} train -o {path}")
    check_output(path)
    config = Config() if seed is None else Config(seed=seed)
    run = train_run(config, *load_digits("strokes", bar, seed=config.seed), bar)
    if unfinished(run):
        raise KeyboardInterrupt  # an unfinished training must not become the default run
    run.save(path)
    return run
