"""One line of progress for the whole job."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn


class Bar:
    """What is being done, how much of it is done and the time left; silent where stderr is no terminal."""

    def __init__(self, text: str) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            transient=True,
            disable=not sys.stderr.isatty(),
            speed_estimate_period=20,
        )
        self._task: TaskID = self._progress.add_task(text, total=None, note="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def tell(self, text: str) -> None:
        """Say something that stays, also where no progress is shown."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def begin(self, text: str, total: float | None = None) -> None:
        """Start counting anew, towards ``total`` if that is known."""
        self._progress.reset(self._task, description=text, total=total, note="")

    def advance(self, amount: float) -> None:
        self._progress.advance(self._task, amount)

    def update(self, done: float, note: str = "") -> None:
        """``done`` of the total is done; ``note`` is shown at the line's end."""
        self._progress.update(self._task, completed=done, note=note)
