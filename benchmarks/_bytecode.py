"""Compiled modules for the processes of benchmarks, as on users' machines, also where Python must not write them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

OFF, PLACE = "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"


@contextmanager
def bytecode_kept() -> Iterator[None]:
    """Let started processes save compiled modules; where that is forbidden, in a temporary folder.

    Without them, half of a start or more is spent on compiling over a thousand modules again.
    """
    before = {name: os.environ.get(name) for name in (OFF, PLACE)}
    if not before[OFF]:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ[PLACE] = folder
        del os.environ[OFF]
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
