"""Tasks for a worker pool that do not need Manim, so that workers start quickly."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from dataclasses import dataclass

from edgeglow.film.worker_pool import Report


@dataclass(frozen=True)
class Square:
    number: int

    @property
    def name(self) -> str:
        return f"square of {self.number}"

    def __call__(self, report: Report) -> int:
        report(self.number)
        return self.number**2


@dataclass(frozen=True)
class Fail:
    """Task that raises ``error``, or kills its process if there is none."""

    error: Exception | None = None
    name: str = "chore"

    def __call__(self, report: Report) -> None:
        print("so far so good")
        if self.error is None:
            os.kill(os.getpid(), signal.SIGKILL)
        raise self.error  # type: ignore[misc]


@dataclass(frozen=True)
class Paths:
    """Task that returns its process' module search path, and last its folder for temporary files."""

    name: str = "paths"

    def __call__(self, report: Report) -> list[str]:
        return [*sys.path, tempfile.gettempdir()]
