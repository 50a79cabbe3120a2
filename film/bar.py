"""Progress of the whole job: one line that moves in a terminal, else a plain line for whatever is finished."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

SILENCE = 60.0  # seconds after which a log is told how far it is, even if nothing was finished


class Bar:
    """What is being done, how much of it is done and the time left.

    Where stderr is no terminal, as in a log, it is silent but for plain lines: of what is finished, and once a minute
    of how far a long stage is. Without ``has_lines`` these are left out, too.
    """

    def __init__(
        self, text: str, *, has_lines: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
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
        """Say something that stays, also where no progress is shown."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def finish(self, text: str) -> None:
        """Something is finished: a line of a log; in a terminal the bar has shown it."""
        if self._has_lines:
            self._spoke = self._clock()
            with suppress(OSError):  # who hung up on the log still wants the film
                self.tell(text)

    def begin(self, text: str, total: float | None = None) -> None:
        """Start counting anew, towards ``total`` if that is known."""
        self._progress.reset(self._task, description=text, total=total, note="")
        self._progress.tasks[0].total = total  # by reset alone the one before would stay where there is none

    def advance(self, amount: float) -> None:
        self._progress.advance(self._task, amount)
        self._tell_share()

    def update(self, done: float, note: str = "") -> None:
        """``done`` of the total is done; ``note`` is shown at the line's end."""
        self._progress.update(self._task, completed=done, note=note)
        self._tell_share()

    def _tell_share(self) -> None:
        task = self._progress.tasks[0]
        if self._has_lines and task.total and self._clock() - self._spoke >= SILENCE:
            self.finish(f"{task.description}: {task.percentage:.0f}%")
