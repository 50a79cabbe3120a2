"""What a process that is started inherits: where it looks for modules, and where it writes for a moment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model.safe_path import safe_environment, safe_path

TEMPORARY = ("TMPDIR", "TEMP", "TMP")  # variables that say where files for a moment go


@contextmanager
def own_surroundings(folder: Path) -> Iterator[None]:
    """A new process looks for modules where this one does, and first of all in the current folder: not so here. What
    it needs for a moment only, it writes into ``folder``: the system's place for that may be full, or not there."""
    path, added = sys.path, safe_environment() | {name: str(folder) for name in TEMPORARY}
    before = {name: os.environ.get(name) for name in added}
    sys.path = safe_path()
    os.environ.update(added)
    try:
        yield
    finally:
        sys.path = path
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
