"""Where Python looks for modules: never in the current folder, where somebody's ``random.py`` may lie.

Imports nothing that Python has not imported already.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # of this project's packages
STANDARD = os.path.dirname(os.path.abspath(os.__file__))  # of Python's own
INSTALLED = ("site-packages", "dist-packages")


def safe_path(entries: Iterable[str] | None = None) -> list[str]:
    """These folders (``sys.path``, if none are given) without the current one, and with this project's own.

    That one comes after Python's own modules: what lies beside ``render.py`` takes the place of none of them.
    """
    given = list(sys.path if entries is None else entries)
    kept = [
        entry for entry in given if not _is_same(entry, HOME) and (_is_python(entry) or not is_here(entry))
    ]
    after = max((place for place, entry in enumerate(kept) if _is_standard(entry)), default=len(kept) - 1)
    return [*kept[: after + 1], HOME, *kept[after + 1 :]]


def safe_environment(path: Iterable[str] = ()) -> dict[str, str]:
    """What to add to the environment of another Python, that it begins without the current folder.

    ``path`` is where it looks first; else where the environment says, but for the current folder.
    """
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    first = list(path) or [entry for entry in named if not (is_here(entry) or _is_same(entry, HOME))]
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(first)}


def find_program(name: str) -> str | None:
    """Where a program is, as the system finds it, but not in the current folder; None where it is not."""
    import shutil

    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    found = shutil.which(name, path=os.pathsep.join(entry for entry in path if not is_here(entry)))
    return None if found is None or is_here(os.path.dirname(found)) else found  # Windows looks there unasked


def is_here(entry: str) -> bool:
    """Whether this is the current folder, by whatever name."""
    return entry == "" or _is_same(entry, os.curdir)


def _is_standard(entry: str) -> bool:
    return not _is_installed(entry) and f"{os.path.abspath(entry)}{os.sep}".startswith(STANDARD + os.sep)


def _is_installed(entry: str) -> bool:
    return os.path.basename(os.path.abspath(entry)) in INSTALLED


def _is_python(entry: str) -> bool:
    """Whether modules belong there, whoever stands in it."""
    return entry != "" and (_is_standard(entry) or _is_installed(entry))


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them is not there
        return False
