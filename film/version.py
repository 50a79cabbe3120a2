"""What decides what a frame looks like, whatever is ordered: the code, its libraries, its fonts."""

from __future__ import annotations

import hashlib
import inspect
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from model.safe_path import find_program

ROOMS = ("model", "scenes", "film")  # whose code decides frames, and how they are made a film
LIBRARIES = ("edgeglow", "manim", "numba")  # these, and all that they are built on
ROOT = Path(__file__).resolve().parent.parent
REMEDIES = {"processor": "set NUMBA_CPU_NAME to the same on all machines"}
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
    machine = [platform.machine(), sys.platform, sys.version, _processor()]
    return _digest([*machine, *_libraries(), *_font(), *_settings()])


@cache
def likeness() -> dict[str, str]:
    """What must be the same on two machines for their frames to be, each by what a person would call it."""
    libraries = dict(one.split(" ") for one in _libraries())
    font = _font()
    return {
        "edgeglow's code": rooms_version()[:12],
        **{name: version for name, version in libraries.items() if name != "edgeglow"},
        "Python": ".".join(map(str, sys.version_info[:2])),
        "font": " ".join([*font[:3], *font[4:5]]),  # wherever it lies, and since whenever
        "settings of Manim": _digest(_settings())[:12],
        "kind of machine": f"{platform.machine()} {sys.platform}",
        "processor": _processor(),
    }


def unlikeness(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """What tells another machine from this one, and what to do about it; empty where nothing does."""
    for what, own in here.items():
        if there.get(what) != own:
            remedy = REMEDIES.get(what, "install the same there")
            return f"its {what} is {there.get(what, 'missing')}, and here it is {own}; {remedy}"
    return ""


def _processor() -> str:
    """What loops are compiled for: elsewhere they may round otherwise."""
    import llvmlite.binding
    import numba

    return str(getattr(numba.config, "CPU_NAME", None) or llvmlite.binding.get_host_cpu_name())


def _libraries() -> list[str]:
    """Name and version of all libraries that are installed of those that may have a say."""
    names = set(LIBRARIES)
    for library in LIBRARIES:
        try:
            needs = metadata.requires(library) or ()
        except metadata.PackageNotFoundError:  # in a copy that was never installed
            continue
        needed = [need for need in needs if "extra ==" not in need]  # extras bring what draws nothing
        names |= {re.split(r"[^\w.-]", need, maxsplit=1)[0].lower() for need in needed}
    found = []
    for name in sorted(names):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:  # an extra that nobody wanted
            continue
    return found


def _font() -> list[str]:
    """The family that words are written in, the libraries that draw it, its file, that file's size and its time."""
    import cairo
    import manimpango

    from scenes.stage.theme import font_family

    family = font_family()
    found = [family, manimpango.pango_version(), cairo.cairo_version_string()]
    if program := find_program("fc-match"):
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
    from scenes.manim_internals import config_file_paths

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
