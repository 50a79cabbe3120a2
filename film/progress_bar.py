"""Progress of the whole task: a bar in a terminal, or one plain line for each finished part in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

SILENCE = 60.0  # seconds without a line after which a log gets the percentage, even if nothing was finished


class ProgressBar:
    """Progress display: the current stage, its percentage and the time left.

    In a terminal it draws a bar on stderr. Elsewhere, as in a log, it prints plain lines: one for each finished part,
    and the percentage once a minute during a long stage. ``has_lines=False`` leaves out these lines, too.
    """

    def __init__(self, text: str, *, has_lines: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(stderr=True)
        is_drawn = sys.stderr.isatty()
        self._has_lines = has_lines and not is_drawn
        self._clock = clock
        self._spoke = clock()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            transient=True,
            disable=not is_drawn,
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
        """Print a line that stays, also where no progress is shown."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def finish(self, text: str) -> None:
        """Print a line to a log that something is finished; in a terminal the bar shows it already."""
        if self._has_lines:
            self._spoke = self._clock()
            with suppress(OSError):  # a closed log must not stop the render
                self.tell(text)

    def begin(self, text: str, total: float | None = None) -> None:
        """Start a new stage that counts from 0 to ``total``, or without an end if ``total`` is None."""
        self._progress.reset(self._task, description=text, total=total, note="")
        self._progress.tasks[0].total = total  # reset() alone keeps the old total if the new one is None

    def advance(self, amount: float) -> None:
        self._progress.advance(self._task, amount)
        self._tell_share()

    def update(self, done: float, note: str = "") -> None:
        """Set the amount done to ``done``, and show ``note`` at the end of the line."""
        self._progress.update(self._task, completed=done, note=note)
        self._tell_share()

    def _tell_share(self) -> None:
        task = self._progress.tasks[0]
        if self._has_lines and task.total and self._clock() - self._spoke >= SILENCE:
            self.finish(f"{task.description}: {int(task.percentage)}%")
