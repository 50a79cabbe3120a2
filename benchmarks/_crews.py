"""Ways to have tasks done by other processes, each as its own documentation would have it used, all behind one face.

A way is made with ``count`` processes and a folder, entered, and asked to ``work``: it does the tasks, tells
``report`` what they report from inside, and gives their results as they come. Leaving it ends the processes.
Every task here must be importable by them, so tasks live here and not in the program that is started.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, Self

from film.crew import Crew

Report = Callable[[Any], None]
TOPIC = "progress"

_told_through: list[Any] = []  # in a process of an executor: the queue to the one that started it


class Way(Protocol):
    """What the benchmark asks of each."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: Any) -> None: ...

    def work(self, tasks: Sequence[Task], report: Report) -> Iterator[Any]:
        """Results, as they come."""


# -- tasks -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """``steps`` times it sleeps for ``seconds`` and reports the time in ns; its result is its process' number."""

    name: str
    steps: int = 0
    seconds: float = 0.0

    def __call__(self, report: Report) -> int:
        for _ in range(self.steps):
            time.sleep(self.seconds)
            report(time.time_ns())
        return os.getpid()


class Importing(Task):
    """It begins with an import that takes seconds, as rendering does."""

    def __call__(self, report: Report) -> int:
        report(time.time_ns())
        import_module("manim")
        return super().__call__(report)


@dataclass(frozen=True)
class Dying(Task):
    """Its process is killed in the middle, the first time that it runs; ``mark`` is a file that tells."""

    mark: str = ""

    def __call__(self, report: Report) -> int:
        mark = Path(self.mark)
        if not mark.exists():
            time.sleep(self.seconds)
            mark.write_text(str(time.time()), encoding="utf-8")
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(report)


# -- the program's own -------------------------------------------------------------------------------------------


class OwnCrew:
    """film/crew.py"""

    def __init__(self, count: int, folder: Path) -> None:
        self._crew = Crew(count, folder)

    def __enter__(self) -> Self:
        self._crew.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._crew.__exit__(*error)

    def work(self, tasks: Sequence[Task], report: Report) -> Iterator[Any]:
        for _, result in self._crew.work(tasks, report):
            yield result


# -- executors ---------------------------------------------------------------------------------------------------


class Pool:
    """concurrent.futures.ProcessPoolExecutor; tasks report through a queue that its processes inherit."""

    context = "spawn"

    def __init__(self, count: int, folder: Path) -> None:
        self.queue: Any = self.make_queue()
        self.executor = self.make(count)

    def make_queue(self) -> Any:
        return multiprocessing.get_context(self.context).SimpleQueue()

    def make(self, count: int) -> Executor:
        spawn = multiprocessing.get_context(self.context)
        return ProcessPoolExecutor(count, mp_context=spawn, initializer=_tell_through, initargs=(self.queue,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        # From Python 3.14 on its processes can be told to end; before, one waits for what they are doing.
        end = getattr(self.executor, "terminate_workers", None)
        end() if end else self.executor.shutdown(cancel_futures=True)

    def work(self, tasks: Sequence[Task], report: Report) -> Iterator[Any]:
        listener = threading.Thread(target=self._listen, args=(report,), daemon=True)
        listener.start()
        try:
            for future in as_completed([self.executor.submit(_run, task) for task in tasks]):
                yield future.result()
        finally:
            self.queue.put(None)
            listener.join()

    def _listen(self, report: Report) -> None:
        with suppress(EOFError, OSError):
            while (told := self.queue.get()) is not None:
                report(told)


class Loky(Pool):
    """loky's reusable executor: its context, its queue, and its way to end processes that are busy."""

    def make_queue(self) -> Any:
        from loky.backend import get_context

        return get_context("loky").SimpleQueue()

    def make(self, count: int) -> Executor:
        from loky import get_reusable_executor

        made: Executor = get_reusable_executor(count, initializer=_tell_through, initargs=(self.queue,))
        return made

    def __exit__(self, *error: Any) -> None:
        end: Any = self.executor.shutdown
        end(kill_workers=True)


def _tell_through(queue: Any) -> None:
    _told_through.append(queue)


def _run(task: Task) -> Any:
    return task(_told_through[-1].put)


# -- dask --------------------------------------------------------------------------------------------------------


class Dask:
    """A LocalCluster of dask.distributed, one thread a process; tasks report through an event's topic."""

    def __init__(self, count: int, folder: Path) -> None:
        import dask
        from distributed import Client, LocalCluster

        dask.config.set({"distributed.admin.log-length": 0})
        self._cluster: Any = LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(folder),
            silence_logs=50,
        )
        self._client: Any = Client(self._cluster)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._client.close()
        self._cluster.close()

    def work(self, tasks: Sequence[Task], report: Report) -> Iterator[Any]:
        from distributed import as_completed as completed

        self._client.subscribe_topic(TOPIC, lambda event: report(event[1]))
        for future in completed([self._client.submit(_run_on_dask, task, pure=False) for task in tasks]):
            yield future.result()


def _run_on_dask(task: Task) -> Any:
    from distributed import get_worker

    worker = get_worker()
    return task(lambda told: worker.log_event(TOPIC, told))


WAYS: dict[str, tuple[type[Any], str]] = {  # by name: the way, and the package it needs
    "crew": (OwnCrew, "film"),
    "futures": (Pool, "concurrent.futures"),
    "loky": (Loky, "loky"),
    "dask": (Dask, "distributed"),
}


def installed() -> list[str]:
    return [name for name, (_, package) in WAYS.items() if find_spec(package) is not None]
