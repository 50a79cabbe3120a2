"""Repeating a command whenever its input files change."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgeglow.command.group import print_error
from edgeglow.model.errors import EdgeglowError, InvalidRequest

if TYPE_CHECKING:
    from edgeglow.model.importing.load_run import FileState

PAUSE = 0.5  # seconds between two checks of the files


def repeat_on_change(make: Callable[[], None], files: Sequence[Path]) -> None:
    """Call ``make``, and call it again when one of the files has changed, until Ctrl-C while it waits.

    Errors are printed in one line, so that the user can correct the file. Raises InvalidRequest for unknown names.
    """
    while True:
        before = _states(files)
        try:
            make()
        except InvalidRequest:
            raise
        except (EdgeglowError, OSError) as error:
            print_error(error)
        try:  # Ctrl-C ends it from this message on
            click.echo("watching for changes; Ctrl-C ends it", err=True)
            # A file that changed during make() causes another call, but not a file that make() created.
            made_from = [old or new for old, new in zip(before, _states(files), strict=True)]
            _wait(files, made_from)
        except KeyboardInterrupt:
            return


def _wait(files: Sequence[Path], since: list[FileState]) -> None:
    """Return when the files have changed, have been stable for one pause, and none of them is missing."""
    last = since
    while True:
        time.sleep(PAUSE)
        now = _states(files)
        if now == last and now != since and all(now):
            return
        last = now


def _states(files: Sequence[Path]) -> list[FileState]:
    from edgeglow.model.importing.load_run import file_state

    return [file_state(file) for file in files]
