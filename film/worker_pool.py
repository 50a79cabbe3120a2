"""Processes that work through a list of tasks, and end when they are told to.

Libraries' pools do not end so. Measured once, with two processes on two cores that other work used as well (Python
3.11, distributed 2026.8); in seconds, this one's, concurrent.futures' and dask's local cluster's:

- Ctrl-C while both are in a task, until all have ended: 0.13, 0.4 and 4.5. Dask prints 70 lines of tracebacks.
- SIGINT to the parent alone: 0.09, 2.5 (it waits for the tasks) and 3.7.
- SIGKILL to the parent: 0.2, never (all three processes stay), 0.1.
- SIGKILL to a process in a task: 0.01 until that is told, with the task's name and the signal; concurrent.futures
  tells neither, dask does the task again after 2 s.
- To the first result: 0.25, 0.36 and 8.8. A task costs 0.7, 0.3 and 2.9 thousandths.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Protocol, Self

from edgeglow.film.paths import unwritable_error
from edgeglow.film.process_environment import isolated_environment
from edgeglow.model.errors import EdgeglowError

DISK_TROUBLES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)

EAGER = 2  # processes that warm_up() starts before the number of tasks is known

_starting = threading.Lock()  # the environment that a new process inherits is shared by all threads

Report = Callable[[int], None]


class Task(Protocol):
    """Work for another process; it must be picklable."""

    @property
    def name(self) -> str:
        """Name used in error messages."""

    def __call__(self, report: Report) -> Any:
        """Do the task and return a picklable result; call ``report`` with the amount done since the last call."""


@dataclass(frozen=True)
class Failure:
    """Picklable form of an exception, to send it to another process."""

    kind: str
    message: str
    trace: str
    meant_for_users: bool

    def error(self, name: str, number: int, printed: str = "") -> EdgeglowError:
        """Return the exception to raise here for the task with this name and number."""
        if self.meant_for_users:
            return EdgeglowError(self.message)
        message = f"{name}: {self.kind}: {self.message}" if self.kind else self.message
        return TaskError(message, self.trace + printed, number)


class TaskError(EdgeglowError):
    """An unexpected failure of the task ``number``.

    ``trace`` is its traceback, followed by what its process had printed.
    """

    def __init__(self, message: str, trace: str, number: int) -> None:
        super().__init__(message)
        self.trace = trace
        self.number = number


class WorkerDied(TaskError):
    """The worker process ended before its task was done."""


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    log: Path
    task: int | None = None
    seen: set[str] = field(default_factory=set)


class WorkerPool:
    """Worker pool of up to ``count`` processes, started when there are tasks for them.

    Leaving the ``with`` block terminates them, also in the middle of a task. Their output goes to log files in
    ``folder``; each imports the module ``warm_up`` first.
    """

    def __init__(self, count: int, folder: Path, warm_up: str = "") -> None:
        self.count = count
        self._folder = folder
        self._first_import = warm_up
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def warm_up(self) -> None:
        """Start a few processes before the tasks are known."""
        self._grow(min(self.count, EAGER))

    def _grow(self, size: int) -> None:
        """Start workers until there are ``size``."""
        if size <= len(self._workers):
            return
        context = multiprocessing.get_context("spawn")  # a fork would copy threads' locks, but not the threads
        # ignoring interrupts is inherited, so that a Ctrl-C reaches only this process
        with _starting, _interrupts_ignored(), _program_hidden(), isolated_environment(self._folder):
            for number in range(len(self._workers), size):
                here, there = context.Pipe()
                log = self._folder / f"worker-{number}.log"
                process = context.Process(target=_worker_main, args=(there, log, self._first_import), daemon=True)
                process.start()
                there.close()  # so that the worker's end closes when it dies
                self._workers.append(_Worker(process, here, log))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Terminate all processes."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(1.0)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.connection.close()
        self._workers = []

    def work(self, tasks: Sequence[Task], report: Report) -> Iterator[tuple[int, Any]]:
        """Yield each task's number and result as they finish; tasks start roughly in order.

        Raises EdgeglowError when a task does, and TaskError when one fails otherwise.
        """
        self._grow(min(self.count, len(tasks)))
        waiting = list(range(len(tasks)))
        idle = list(self._workers)
        busy: dict[Any, _Worker] = {}
        while waiting or busy:
            while idle and waiting:
                worker = idle.pop()
                # A chapter that it has worked on before is partly in its memory, above all drawn text.
                known = (number for number in waiting if tasks[number].name in worker.seen)
                worker.task = next(known, waiting[0])
                worker.seen.add(tasks[worker.task].name)
                waiting.remove(worker.task)
                with suppress(OSError):  # a dead worker is noticed below
                    worker.connection.send(tasks[worker.task])
                busy[worker.connection] = worker
            for connection in wait(list(busy)):
                worker = busy[connection]
                answer = self._listen(worker, tasks)
                if isinstance(answer, int):
                    report(answer)
                    continue
                del busy[worker.connection]
                idle.append(worker)
                yield worker.task, answer[0]  # type: ignore[misc]

    @staticmethod
    def _listen(worker: _Worker, tasks: Sequence[Task]) -> int | tuple[Any]:
        """Return a worker's progress as an int, or its result in a tuple."""
        number = worker.task or 0
        name = tasks[number].name
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(1.0)
            code = worker.process.exitcode
            how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
            hint = "; perhaps memory ran out: try --jobs 1" if code == -signal.SIGKILL else ""
            raise WorkerDied(f"{name}: its process ended {how}{hint}", _tail(worker.log), number) from None
        if isinstance(answer, Failure):
            raise answer.error(name, number, _tail(worker.log))
        return answer


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set signal handlers
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _program_hidden() -> Iterator[None]:
    """Hide ``__main__`` from new processes: spawn would run a user's script again in each of them."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _worker_main(connection: Connection, log: Path, warm_up: str) -> None:
    """Run a worker process: do tasks and send their results until the connection closes."""
    with suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
    with suppress(Exception):  # a task that needs the module reports the error
        if warm_up:
            import_module(warm_up)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send(_answer(connection))


def _answer(connection: Connection) -> Any:
    place = ""
    try:
        task = connection.recv()  # here too: unpickling imports the task's modules
        place = str(getattr(task, "folder", task.name))
        result = (task(connection.send),)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:
        return failure_from(error, place)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return result


def failure_from(error: BaseException, place: str) -> Failure:
    """Return the exception that is being handled as a Failure for another process.

    ``place`` is the path to name when a disk is full and the error does not say which file could not be written.
    """
    trace = traceback.format_exc()
    if isinstance(error, EdgeglowError):
        return Failure(type(error).__name__, str(error), trace, True)
    if trouble := _disk_error(error):
        return Failure("OSError", str(unwritable_error(Path(trouble.filename or place), trouble)), trace, True)
    message = (str(error).strip().splitlines() or ["no message"])[0]
    return Failure(type(error).__name__, message, trace, False)


def _disk_error(error: BaseException) -> OSError | None:
    """Return the disk error in the exception's chain of causes, or None.

    If there are several, one that names its file is preferred.
    """
    found: OSError | None = None
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in DISK_TROUBLES and not (found and found.filename):
            found = cause
        cause = cause.__cause__ or cause.__context__
    return found


def _tail(log: Path, most: int = 20_000) -> str:
    """Return the last ``most`` characters that a worker printed, or an empty string."""
    with suppress(OSError):
        if text := log.read_text(errors="replace")[-most:]:
            return f"\nIt printed:\n{text}"
    return ""
