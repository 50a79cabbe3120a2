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
from edgeglow.model.importing.import_run import ImportedRun
from edgeglow.model.importing.load_run import add_pictures, load_run
from edgeglow.model.picture.picture_file import PictureSource
from edgeglow.model.run.run import Run
from edgeglow.model.training.default_run import default_path

RunSource = Run | str | PathLike[str]
DigitSource = PictureSource | Sequence[PictureSource]
DigitLabel = str | int | Sequence[str | int]


def find_run(given: RunSource | None, digit: DigitSource | None = None, label: DigitLabel | None = None) -> Run:
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
    return add_pictures(run, sources, [str(name) for name in labels], logger.info)


def _listed(given: Any) -> list[Any]:
    """Return one item, several, or none, as a list."""
    return [] if given is None else list(given) if isinstance(given, list | tuple) else [given]


def _read(given: object) -> Run:
    if given is None or given == "":
        if not default_path().exists():
            logger.info("There is no run yet: the default network is trained first.")
        return load_run().run
    if not isinstance(given, str | PathLike):
        raise EdgeglowError(f"run is a {type(given).__name__}; expected a Run, or the name of its file")
    found = load_run(Path(fspath(given)))
    _tell(found)
    return found.run


@lru_cache(maxsize=2)
def _tell(found: ImportedRun) -> None:
    """Log the remarks and doubts of an import, once each time that it is made."""
    for sentence in found.remarks:
        logger.info(sentence)
    for sentence in found.doubts:
        logger.warning(sentence)


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
