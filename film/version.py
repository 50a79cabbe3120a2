"""What decides what a frame looks like, whatever is ordered: the code, its libraries, its fonts."""

from __future__ import annotations

import hashlib
import inspect
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

ROOMS = ("model", "scenes", "film")  # whose code decides frames, and how they are made a film
LIBRARIES = ("edgeglow", "manim", "numba")  # these, and all that they are built on
ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 10  # seconds for the system to name a font's file


def rooms_version() -> str:
    """A digest of the source code of all chapters and of all that they are made of, as it is on disk now."""
    files = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return _digest(f"{file.relative_to(ROOT).as_posix()} {_digest_of_file(file)}" for file in files)


def own_version(chapter: type[Any]) -> str:
    """A digest of a chapter's file, where it lies elsewhere; else empty."""
    file = Path(inspect.getfile(chapter)).resolve()
    return "" if any(file.is_relative_to(ROOT / room) for room in ROOMS) else _digest_of_file(file)


def joining_version() -> str:
    """A digest of all that decides how clips become one file."""
    return _digest([rooms_version(), *_libraries()])


@cache
def surroundings() -> str:
    """A digest of the libraries' versions, the fonts, Manim's settings and the machine."""
    import llvmlite.binding

    machine = [platform.machine(), sys.platform, sys.version, llvmlite.binding.get_host_cpu_name()]
    return _digest([*machine, *_libraries(), *_font(), *_settings()])


def _libraries() -> list[str]:
    """Name and version of all libraries that are installed of those that may have a say."""
    names = set(LIBRARIES)
    for library in LIBRARIES:
        try:
            needs = metadata.requires(library) or ()
        except metadata.PackageNotFoundError:  # in a copy that was never installed
            continue
        names |= {re.split(r"[^\w.-]", need, maxsplit=1)[0].lower() for need in needs}
    found = []
    for name in sorted(names):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:  # an extra that nobody wanted
            continue
    return found


def _font() -> list[str]:
    """The family that words are written in, its file and that file's state, and the library that draws them."""
    import cairo
    import manimpango

    from scenes.stage.theme import font_family

    family = font_family()
    found = [family, manimpango.pango_version(), cairo.cairo_version_string()]
    if program := shutil.which("fc-match"):
        try:
            named = subprocess.run(
                [program, "-f", "%{file}", family], capture_output=True, timeout=PATIENCE, check=True
            )
            state = Path(named.stdout.decode()).stat()
        except (OSError, UnicodeDecodeError, ValueError, subprocess.SubprocessError):
            return found  # the family alone will have to do
        found += [named.stdout.decode(), str(state.st_size), str(state.st_mtime_ns)]
    return found


def _settings() -> list[str]:
    """The files in which a user may have told Manim how to draw."""
    from manim._config.utils import config_file_paths

    return [_digest_of_file(file) for file in config_file_paths() if file.is_file()]


def _digest_of_file(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""  # gone meanwhile, or never a file


def _digest(texts: Iterable[str]) -> str:
    total = hashlib.sha256()
    for text in texts:
        total.update(f"{len(text)} {text}\n".encode())
    return total.hexdigest()
