"""A chapter's inputs as a user passes them: a run or its file, and pictures of digits."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import click
import numpy as np
from manim import logger
from PIL import Image

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.importer import import_network, needs_import
from edgeglow.model.picture.picture_file import PictureSource
from edgeglow.model.picture.read_picture import read_picture
from edgeglow.model.run.run import Run
from edgeglow.model.run.user_digits import add_user_digits
from edgeglow.model.training.default_run import default_path, default_run

RunSource = Run | str | PathLike[str]
DigitSource = PictureSource | Sequence[PictureSource]
DigitLabel = str | int | Sequence[str | int]


def find_run(
    given: RunSource | None, digit: DigitSource | None = None, label: DigitLabel | None = None
) -> Run:
    """Return the given run, or the one in the given file, or else the default run, trained if it does not exist.

    ``digit`` is a picture (a file, an array or a Pillow image), or a list of these, and ``label`` its class, or a
    list of classes; the film then follows the first. Raises EdgeglowError.
    """
    run = given if isinstance(given, Run) else _read(given)
    sources: list[PictureSource] = _listed(digit)
    labels: list[str | int] = _listed(label)
    for source in sources:
        if not isinstance(source, str | PathLike | np.ndarray | Image.Image):
            raise EdgeglowError(
                f"digit is a {type(source).__name__}; expected a file's name, an array (height, width),"
                " or an image of Pillow's"
            )
    if run.image_shape is None:
        return add_user_digits(run, [np.zeros((1, 1))]) if sources else run
    pictures = [read_picture(source, run.image_shape) for source in sources]
    for note in (note for picture in pictures for note in picture.notes):
        logger.info(note)
    return add_user_digits(run, [picture.pixels for picture in pictures], [str(name) for name in labels])


def _listed(given: Any) -> list[Any]:
    """Return one item, several, or none, as a list."""
    return [] if given is None else list(given) if isinstance(given, list | tuple) else [given]


def _read(given: object) -> Run:
    if given is None or given == "":
        if not default_path().exists():
            logger.info("There is no run yet: the default network is trained first.")
        return default_run()
    if not isinstance(given, str | PathLike):
        raise EdgeglowError(f"run is a {type(given).__name__}; expected a Run, or the name of its file")
    file = Path(fspath(given))
    there = [file, *(file.iterdir() if file.is_dir() else ())] if file.exists() else []
    states = [each.stat() for each in there]
    return _loaded(file.absolute(), file, tuple((state.st_mtime_ns, state.st_size) for state in states))


@lru_cache(maxsize=2)
def _loaded(place: Path, file: Path, state: object) -> Run:
    """Return a run, read once while its file is unchanged: in a notebook it may be trained again."""
    if not needs_import(file):
        return Run.load(file)
    try:
        adoption = import_network(file)
    except EdgeglowError as error:
        if " --" not in str(error):
            raise
        raise EdgeglowError(
            f"{error} (an option of: render.py import {file} -o RUN; then give RUN)"
        ) from error
    for sentence in adoption.remarks:
        logger.info(sentence)
    for sentence in adoption.doubts:
        logger.warning(sentence)
    return adoption.run


@contextmanager
def short_errors_in_manim() -> Iterator[None]:
    """In Manim's command line, replace the traceback of an EdgeglowError by one line, and exit with code 1."""
    try:
        yield
    except EdgeglowError as error:
        context = click.get_current_context(silent=True)
        if context is None or not context.command.callback.__module__.startswith("manim."):
            raise
        print(f"{context.find_root().info_name}: {error}", file=sys.stderr)
        raise SystemExit(1) from None
