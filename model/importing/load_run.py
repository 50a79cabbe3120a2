"""Get a run: from its file, from a network's file, or the default one; and add the user's own digits to it.

The command line, chapters, notebooks and worker processes all get their runs here, so that they read each file once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.import_run import ImportedRun
from edgeglow.model.importing.importer import import_network, needs_import
from edgeglow.model.picture.picture_file import PictureSource
from edgeglow.model.picture.read_picture import read_picture
from edgeglow.model.run.run import Run
from edgeglow.model.run.user_digits import add_user_digits
from edgeglow.model.training.default_run import default_run

FileState = tuple[int, int, int] | None
KEPT = 4  # runs: two to compare, and what they were before their files changed


def load_run(file: Path | None = None, checked: frozenset[str] = frozenset()) -> ImportedRun:
    """Return a run with the remarks and doubts of its import; a run's own file has none.

    Without ``file`` it is the default run, trained if it does not exist yet. ``checked`` are digests of runs that are
    known to be consistent, which need not be validated again. A file is read again only when it has changed.

    Raises EdgeglowError when the file is neither a run nor a network that can be imported.
    """
    if file is None:
        return ImportedRun(default_run(), (), ())
    return _loaded(file.absolute(), file, checked, file_state(file))


def add_pictures(
    run: Run,
    sources: Sequence[PictureSource],
    labels: Sequence[str] = (),
    tell: Callable[[str], object] = lambda note: None,
) -> Run:
    """Return the run with the digits in these pictures as its first examples; ``tell`` gets notes about them.

    Raises EdgeglowError when a picture cannot be read, or as ``add_user_digits`` does.
    """
    if run.image_shape is None:  # what add_user_digits refuses, in one place
        return add_user_digits(run, [np.zeros((1, 1))] * len(sources), labels)
    pictures = [read_picture(source, run.image_shape) for source in sources]
    for note in (note for picture in pictures for note in picture.notes):
        tell(note)
    return add_user_digits(run, [picture.pixels for picture in pictures], labels)


def file_state(path: Path) -> FileState:
    """Return the modification time, size and inode of a file, which change when it is written; None if there is none.

    For a folder: the latest modification time in it, the total size of its files, and their number.
    """
    try:
        found = path.stat()
        if path.is_dir():
            inside = [file.stat() for file in path.iterdir()]
            latest = max(each.st_mtime_ns for each in (found, *inside))
            return latest, sum(each.st_size for each in inside), len(inside)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@lru_cache(maxsize=KEPT)
def _loaded(place: Path, file: Path, checked: frozenset[str], state: FileState) -> ImportedRun:
    if not needs_import(file):
        return ImportedRun(Run.load(file, checked), (), ())
    try:
        return import_network(file)
    except EdgeglowError as error:
        if " --" not in str(error):
            raise
        raise EdgeglowError(f"{error} (an option of: render.py import {file} -o RUN; then give RUN)") from error
