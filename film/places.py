"""Where things are kept."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from model.errors import EdgeglowError
from model.text import printable

_PREFIX = ".rendering-"


def shown(path: Path) -> str:
    """A path as a person would type it from here, printable whatever it is."""
    with suppress(ValueError):
        return printable(str(path.absolute().relative_to(Path.cwd())))
    return printable(str(path))


def make_folder(folder: Path) -> Path:
    """Create a folder and those above it. Raises EdgeglowError when that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise EdgeglowError(
            f"{shown(folder)}: is a file, or lies in one; expected a folder to write into."
            " Choose one with --media_dir"
        ) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


@contextmanager
def workshop(media: Path) -> Iterator[Path]:
    """A new folder inside ``media`` for what is half done; finished files leave it, then it is removed."""
    make_folder(media)
    _sweep(media)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=media))
    except OSError as error:
        raise unwritable(media, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(source: Path, target: Path) -> Path:
    """Put a finished file, or a folder of them, in its place at once."""
    make_folder(target.parent)
    try:
        if target.is_dir() and not target.is_symlink():
            if not source.is_dir():
                raise EdgeglowError(f"{shown(target)}: is a folder, expected a file or nothing. Move it away")
            shutil.rmtree(target)
        os.replace(source, target)
    except OSError as error:
        raise unwritable(target, error) from error
    return target


def write(text: str, target: Path) -> Path:
    """Write a file that somebody named: all of it, or nothing. Raises EdgeglowError when that cannot be."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.is_dir():
            raise EdgeglowError(
                f"{shown(target)}: is a folder, expected a file or nothing. Choose another name"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EdgeglowError(f"{shown(target)}: cannot be written: {reason}. Choose another place") from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return target


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an OSError that comes of writing ``path`` tell its name, where it does not."""
    try:
        yield
    except OSError as error:
        if error.filename:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


@contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """A place beside ``target`` for a file that takes its place when all of it is written, and else leaves no trace.

    Raises EdgeglowError when it cannot be written.
    """
    make_folder(target.parent)
    draft = target.with_name(f".{target.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        yield draft
        os.replace(draft, target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def unwritable(path: Path, error: OSError) -> EdgeglowError:
    """What to tell when ``path`` cannot be written."""
    reason = (error.strerror or str(error)).lower()
    return EdgeglowError(
        f"{shown(path)}: cannot be written: {reason}. Free it up, or choose another --media_dir"
    )


def _sweep(media: Path) -> None:
    """Remove what earlier renders left that were killed before they could."""
    for folder in media.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if os.name == "nt":
        return True  # signal 0 would end it there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is somebody else's
    return True
