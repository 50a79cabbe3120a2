"""Output folders and files: temporary folders, atomic writes, and paths for messages."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files import output_file
from edgeglow.model.files.output_file import check_replaceable, make_folders
from edgeglow.model.text.printable import printable

_PREFIX = ".rendering-"


def display_path(path: Path) -> str:
    """Return a path for a message: relative to the current folder if it lies there, made printable."""
    with suppress(ValueError):
        return printable(str(path.absolute().relative_to(Path.cwd())))
    return printable(str(path))


def make_folder(folder: Path) -> Path:
    """Create a folder and its parents. Raises EdgeglowError when that fails."""
    try:
        make_folders(folder)
    except (FileExistsError, NotADirectoryError) as error:
        raise EdgeglowError(
            f"{display_path(folder)}: is a file, or lies in one; expected a folder to write into."
            " Choose one with --media_dir"
        ) from error
    except OSError as error:
        raise unwritable_error(folder, error) from error
    return folder


@contextmanager
def temporary_folder(media: Path) -> Iterator[Path]:
    """Create a temporary folder inside ``media``, and remove it at the end.

    Finished files are moved out of it by ``move_into_place``. Folders left by renders that were killed are removed.
    """
    make_folder(media)
    _remove_stale_folders(media)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=media))
    except OSError as error:
        raise unwritable_error(media, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def move_into_place(source: Path, target: Path) -> Path:
    """Move a finished file or folder to ``target``, replacing what is there."""
    make_folder(target.parent)
    check_replaceable(target, is_folder=source.is_dir())
    try:
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        os.replace(source, target)
    except OSError as error:
        raise unwritable_error(target, error) from error
    return target


@contextmanager
def naming_path(path: Path) -> Iterator[None]:
    """Add ``path`` to an OSError that names no file."""
    try:
        yield
    except OSError as error:
        if error.filename:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


@contextmanager
def atomic_file(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``target``; the file is moved to ``target`` at the end, and deleted on errors.

    Raises EdgeglowError when it cannot be written.
    """
    make_folder(target.parent)
    try:
        with output_file.atomic_output(target) as draft:
            yield draft
    except OSError as error:
        raise unwritable_error(target, error) from error


def unwritable_error(path: Path, error: OSError) -> EdgeglowError:
    """Return the error for a ``path`` that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    return EdgeglowError(
        f"{display_path(path)}: cannot be written: {reason}. Free it up, or choose another --media_dir"
    )


def _remove_stale_folders(media: Path) -> None:
    """Remove temporary folders of renders that were killed."""
    for folder in media.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if os.name == "nt":
        return True  # os.kill() would end the process on Windows
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it exists, but belongs to another user
    return True
