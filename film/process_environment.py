"""Environment of new processes: their module search path and their folder for temporary files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgeglow.model.safe_path import safe_environment, safe_path

TEMPORARY = ("TMPDIR", "TEMP", "TMP")  # environment variables with the folder for temporary files


@contextmanager
def isolated_environment(folder: Path) -> Iterator[None]:
    """Start processes without the current folder in their module path, and with temporary files in ``folder``.

    The system's temporary folder may be full or missing.
    """
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
