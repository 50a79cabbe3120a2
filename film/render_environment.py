"""Versions of everything that affects a frame apart from the request: code, libraries, fonts, machine."""

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

from edgeglow.model.safe_path import find_program

PACKAGES = ("model", "scenes", "film")  # packages whose code affects frames, or how they are joined
LIBRARIES = ("edgeglow", "manim", "numba")  # these and their direct dependencies
ROOT = Path(__file__).resolve().parent.parent
REMEDIES = {"processor": "set NUMBA_CPU_NAME to the same on all machines"}
PATIENCE = 10  # seconds for fc-match to find a font's file


def code_version() -> str:
    """Return a digest of the source code of all chapters and everything they use, as it is on disk now."""
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return _digest(f"{file.relative_to(ROOT).as_posix()} {_digest_of_file(file)}" for file in files)


def chapter_file_version(chapter: type[Any]) -> str:
    """Return a digest of a chapter's file if it lies outside the project, else an empty string."""
    file = Path(inspect.getfile(chapter)).resolve()
    return "" if any(file.is_relative_to(ROOT / package) for package in PACKAGES) else _digest_of_file(file)


def join_version() -> str:
    """Return a digest of everything that affects how clips are joined."""
    return _digest([code_version(), *_libraries()])


@cache
def environment_digest() -> str:
    """Return a digest of the libraries' versions, the fonts, Manim's settings and the machine."""
    machine = [platform.machine(), sys.platform, sys.version, _processor()]
    return _digest([*machine, *_libraries(), *_font(), *_settings()])


@cache
def environment_facts() -> dict[str, str]:
    """Return the parts of the environment that must be equal on two machines for equal frames, by readable name."""
    libraries = dict(one.split(" ") for one in _libraries())
    font = _font()
    return {
        "edgeglow's code": code_version()[:12],
        **{name: version for name, version in libraries.items() if name != "edgeglow"},
        "Python": ".".join(map(str, sys.version_info[:2])),
        "font": " ".join([*font[:3], *font[4:5]]),  # without the file's path and time
        "settings of Manim": _digest(_settings())[:12],
        "kind of machine": f"{platform.machine()} {sys.platform}",
        "processor": _processor(),
    }


def environment_difference(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Return the first difference between two environments, with advice; an empty string if there is none."""
    for what, own in here.items():
        if there.get(what) != own:
            remedy = REMEDIES.get(what, "install the same there")
            return f"its {what} is {there.get(what, 'missing')}, and here it is {own}; {remedy}"
    return ""


def _processor() -> str:
    """Return the CPU name that numba compiles for: on another one, rounding may differ."""
    import llvmlite.binding
    import numba

    return str(getattr(numba.config, "CPU_NAME", None) or llvmlite.binding.get_host_cpu_name())


def _libraries() -> list[str]:
    """Return "name version" of each installed library that may affect a frame."""
    names = set(LIBRARIES)
    for library in LIBRARIES:
        try:
            needs = metadata.requires(library) or ()
        except metadata.PackageNotFoundError:  # in a source folder that was never installed
            continue
        needed = [need for need in needs if "extra ==" not in need]  # optional dependencies do not draw
        names |= {re.split(r"[^\w.-]", need, maxsplit=1)[0].lower() for need in needed}
    found = []
    for name in sorted(names):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:  # an optional dependency that is not installed
            continue
    return found


def _font() -> list[str]:
    """Return the font family, the versions of the drawing libraries, and the font file's path, size and time."""
    import cairo
    import manimpango

    from edgeglow.scenes.style.theme import font_family

    family = font_family()
    found = [family, manimpango.pango_version(), cairo.cairo_version_string()]
    if program := find_program("fc-match"):
        try:
            named = subprocess.run(
                [program, "-f", "%{file}", family], capture_output=True, timeout=PATIENCE, check=True
            )
            state = Path(named.stdout.decode()).stat()
        except (OSError, UnicodeDecodeError, ValueError, subprocess.SubprocessError):
            return found  # without the file, the family's name is used alone
        found += [named.stdout.decode(), str(state.st_size), str(state.st_mtime_ns)]
    return found


def _settings() -> list[str]:
    """Return digests of the user's Manim config files."""
    from edgeglow.scenes.manim_internals import config_file_paths

    return [_digest_of_file(file) for file in config_file_paths() if file.is_file()]


def _digest_of_file(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""  # deleted meanwhile, or not a regular file


def _digest(texts: Iterable[str]) -> str:
    total = hashlib.sha256()
    for text in texts:
        total.update(f"{len(text)} {text}\n".encode())
    return total.hexdigest()
