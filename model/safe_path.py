"""Keep the current folder out of Python's module search path, since it may contain a user's ``random.py``.

This module imports only modules that Python has already imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

ROOT = os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))
)  # the package's own folder, where no modules are searched
STANDARD = os.path.dirname(os.path.abspath(os.__file__))  # the folder of Python's standard library
INSTALLED = ("site-packages", "dist-packages")


def safe_path(entries: Iterable[str] | None = None) -> list[str]:
    """Return these folders (by default ``sys.path``) without the current one, and without this package's own.

    Files beside ``render.py`` are imported as parts of ``edgeglow``, and so replace no other module.
    """
    given = list(sys.path if entries is None else entries)
    return [entry for entry in given if not _is_same(entry, ROOT) and (_is_python(entry) or not is_here(entry))]


def safe_environment(path: Iterable[str] = ()) -> dict[str, str]:
    """Return environment variables for another Python process that keep the current folder off its path.

    ``path`` is searched first; by default PYTHONPATH without the current folder.
    """
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    first = list(path) or [entry for entry in named if not (is_here(entry) or _is_same(entry, ROOT))]
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(first)}


def find_program(name: str) -> str | None:
    """Return the path of a program that the system finds outside the current folder; None if there is none."""
    import shutil

    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    found = shutil.which(name, path=os.pathsep.join(entry for entry in path if not is_here(entry)))
    return None if found is None or is_here(os.path.dirname(found)) else found  # Windows always looks there


def is_here(entry: str) -> bool:
    """Return whether this is the current folder, under any name."""
    return entry == "" or _is_same(entry, os.curdir)


def _is_standard(entry: str) -> bool:
    return not _is_installed(entry) and f"{os.path.abspath(entry)}{os.sep}".startswith(STANDARD + os.sep)


def _is_installed(entry: str) -> bool:
    return os.path.basename(os.path.abspath(entry)) in INSTALLED


def _is_python(entry: str) -> bool:
    """Return whether this folder is meant for modules, even if it is the current one."""
    return entry != "" and (_is_standard(entry) or _is_installed(entry))


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them does not exist
        return False
