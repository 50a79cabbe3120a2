"""Make something again whenever what it is made from has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from command.group import complain
from film.source import FileState, state_of
from model.errors import EdgeglowError, Mistake

PAUSE = 0.5  # seconds between looks at the files


def keep_making(make: Callable[[], None], files: Sequence[Path]) -> None:
    """Call ``make``, and again when one of the files has changed, until Ctrl-C comes while nothing is being made.

    What goes wrong is told in one line, and may be mended. Raises Mistake where what is asked for does not exist.
    """
    while True:
        before = _states(files)
        try:
            make()
        except Mistake:
            raise
        except (EdgeglowError, OSError) as error:
            complain(error)
        try:  # from the moment on that it says so
            click.echo("watching for changes; Ctrl-C ends it", err=True)
            # What changed while it was being made is made again; but not what came to be by it, as a first run does.
            made_from = [old or new for old, new in zip(before, _states(files), strict=True)]
            _wait(files, made_from)
        except KeyboardInterrupt:
            return


def _wait(files: Sequence[Path], since: list[FileState]) -> None:
    """Return when the files are others than they were, for a moment already, and none of them is missing."""
    last = since
    while True:
        time.sleep(PAUSE)
        now = _states(files)
        if now == last and now != since and all(now):
            return
        last = now


def _states(files: Sequence[Path]) -> list[FileState]:
    return [state_of(file) for file in files]
