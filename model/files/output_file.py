"""Write files completely or not at all, only in place of a file or nothing, and never over an input."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edgeglow.model.errors import EdgeglowError, InvalidRequest

MOST_BYTES = 2_000  # of a folder's path: systems allow 4,096, and more folders follow


def check_output(path: Path, *inputs: Path | None, is_folder: bool = False) -> None:
    """Check that a file or folder can be written later, after long work, and make its parent folder.

    Raises EdgeglowError if it cannot be written, and InvalidRequest if that would replace one of the ``inputs``: the
    file itself, or a folder that contains it.
    """
    try:
        make_folders(path.parent)
        check_replaceable(path, is_folder=is_folder)
        for one in filter(None, inputs):
            if path.exists() and one.exists() and _holds(path, one):
                what = "is" if path.samefile(one) else "holds"
                raise InvalidRequest(f"{path}: {what} what is read, {one}; expected another place to write to")
        if not os.access(path.resolve().parent, os.W_OK):
            raise PermissionError(0, "nothing may be put into that folder")
    except OSError as error:
        raise write_error(path, error) from error


def check_replaceable(path: Path, *, is_folder: bool = False) -> None:
    """Raise EdgeglowError if something exists there that a file, or a folder, must not replace."""
    if path.is_dir() and not is_folder:
        raise EdgeglowError(f"{path}: cannot be written: it is a folder, expected the name of a file")
    place = path.absolute()
    is_stream = place.parent in (Path("/dev"), Path("/dev/fd")) or place.is_relative_to("/proc")
    if is_stream or (path.exists() and not (path.is_file() or path.is_dir())):
        raise EdgeglowError(f"{path}: cannot be written: it is a device or a pipe, expected the name of a file")


def make_folders(folder: Path) -> None:
    """Make a folder and its parents. Raises OSError, and EdgeglowError for a path that is too long."""
    if len(os.fsencode(folder.absolute())) > MOST_BYTES:
        raise EdgeglowError(
            f"{str(folder)[:60]}…: is a path of more than {MOST_BYTES:,} bytes; expected a shorter one"
        )
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):  # a loop, since recursion has a limit
        each.mkdir(exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(0, "it lies in a file", str(folder))


@contextmanager
def atomic_output(path: Path) -> Iterator[Path]:
    """Yield a temporary path; when the block ends, move the file there to ``path``, after an error delete it.

    A link stays a link. Raises EdgeglowError where something other than a file exists at ``path``, and OSError.
    """
    make_folders(path.parent)
    check_replaceable(path)
    target = path.resolve()
    draft = target.with_name(f".{os.getpid()}-{threading.get_ident()}.part{target.suffix[:8]}")
    try:
        yield draft
        os.replace(draft, target)
    finally:
        with suppress(OSError):
            draft.unlink()


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file completely or not at all. Raises EdgeglowError; an older file is then kept."""
    try:
        with atomic_output(path) as draft, draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise write_error(path, error) from error


def write_error(path: Path, error: OSError) -> EdgeglowError:
    """Return the error for a file that a user named, and that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    return EdgeglowError(f"{path}: cannot be written: {reason}. Choose another place")


def _holds(path: Path, one: Path) -> bool:
    return path.samefile(one) or (path.is_dir() and one.resolve().is_relative_to(path.resolve()))
