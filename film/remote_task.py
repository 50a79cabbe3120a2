"""Remote tasks: what is sent between this machine and a cluster's workers, and how a worker does a task."""

from __future__ import annotations

import atexit
import hashlib
import multiprocessing
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from edgeglow.film.paths import atomic_file, display_path
from edgeglow.film.render_environment import environment_difference, environment_facts
from edgeglow.film.worker_pool import Failure, TaskError, WorkerDied, WorkerPool, failure_from


@dataclass(frozen=True)
class SentFile:
    """Contents of a file, with its name and SHA-256."""

    name: str
    data: bytes = field(repr=False)
    digest: str

    def write(self, folder: Path) -> Path:
        """Write the file to a folder, atomically. Raises ValueError when the data do not match the digest."""
        if hashlib.sha256(self.data).hexdigest() != self.digest:
            raise ValueError(f"{self.name} was damaged on its way")
        target = folder / self.name
        with atomic_file(target) as draft:
            draft.write_bytes(self.data)
        return target


def sent_file(file: Path, name: str = "") -> SentFile:
    data = file.read_bytes()
    return SentFile(name or file.name, data, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class RemoteTask:
    """Remote task: a task, its number, the digests of the files that it reads, and the environment that it needs."""

    task: Any
    files: Mapping[Path, str]
    number: int
    topic: str  # dask topic for progress events
    environment: Mapping[str, str]
    warm_up: str  # module that a rendering process imports first


@dataclass(frozen=True)
class RemoteResult:
    """Result of a remote task: the chapter's; the names of its files are relative to the task's folder."""

    chapter: Any
    files: tuple[SentFile, ...]
    done: int

    def unpack(self, folder: Path) -> Any:
        """Write the files to ``folder`` and return the result.

        Raises ValueError when a file is damaged, and EdgeglowError when one cannot be written.
        """
        return replace(self.chapter, files=tuple(one.write(folder) for one in self.files))


def task_files(task: Any) -> list[Path]:
    """Return the files that a task reads."""
    return [*task.source.files, *([task.settings.script] if task.settings.script else [])]


def run_remote_task(sent_task: RemoteTask, *sent: SentFile) -> RemoteResult | Failure:
    """Do a remote task in a process of this worker, and send progress events."""
    from distributed import get_worker

    worker = get_worker()
    home = Path(worker.local_directory) / "edgeglow"
    done = 0

    def report(amount: int) -> None:
        nonlocal done
        done += amount
        worker.log_event(sent_task.topic, (sent_task.number, done))

    if strange := environment_difference(environment_facts(), sent_task.environment):
        return Failure("", f"{worker.address}: its frames could differ: {strange}", "", True)
    task, places = _with_local_paths(sent_task, sent, home)
    try:
        with _thread_pool(sent_task, home) as pool:
            ((_, result),) = pool.work([task], report)
        files = tuple(sent_file(file, file.relative_to(task.folder).as_posix()) for file in result.files)
        for file in result.files:
            file.unlink()
        return RemoteResult(replace(result, files=()), files, done)
    except WorkerDied:
        raise  # the scheduler retries it on another worker
    except TaskError as error:
        return Failure("", _with_sender_paths(str(error), places), error.trace, False)
    except Exception as error:
        failure = failure_from(error, str(home))
        return replace(failure, message=_with_sender_paths(failure.message, places))


def _with_local_paths(sent_task: RemoteTask, sent: Iterable[SentFile], home: Path) -> tuple[Any, dict[Path, Path]]:
    """Return the task with its files' paths on this worker, and a map from the sender's paths to these."""
    by_digest = {one.digest: one for one in sent}
    places = {}
    for file, digest in sent_task.files.items():
        folder = home / "sent" / digest[:32]
        places[file] = folder / by_digest[digest].name
        if not places[file].exists():
            by_digest[digest].write(folder)
    task, source, settings = sent_task.task, sent_task.task.source, sent_task.task.settings
    source = replace(
        source,
        run=places[source.run],
        digits=tuple(places[digit] for digit in source.digits),
        other=places[source.other] if source.other else None,
    )
    settings = replace(settings, script=places[settings.script] if settings.script else None)
    folder = home / f"{sent_task.topic}-{sent_task.number}"
    return replace(task, source=source, settings=settings, folder=folder), places


def _with_sender_paths(message: str, places: Mapping[Path, Path]) -> str:
    """Return a message with the worker's paths replaced by those that the user knows."""
    for file, place in places.items():
        message = message.replace(str(place), display_path(file))
    return message


# -- the processes of this worker -----------------------------------------------------------------------------

# (topic, pool) by thread id: each thread has a process of its own
_pools: dict[int, tuple[str, WorkerPool]] = {}


@contextmanager
def _thread_pool(sent_task: RemoteTask, home: Path) -> Iterator[WorkerPool]:
    """Yield this thread's pool of one process.

    It is started again for each film, since the code may have changed and its memory grows.
    """
    thread = threading.get_ident()
    known = _pools.get(thread)
    if known is None or known[0] != sent_task.topic:
        if known:
            known[1].close()
        home.mkdir(parents=True, exist_ok=True)
        _pools[thread] = sent_task.topic, WorkerPool(1, home, warm_up=sent_task.warm_up)
    pool = _pools[thread][1]
    with _children_allowed():
        pool.warm_up()
    try:
        yield pool
    except WorkerDied:
        _pools.pop(thread, None)
        pool.close()
        raise


@contextmanager
def _children_allowed() -> Iterator[None]:
    """Let this process start children, which daemons may not; dask's nanny makes workers daemons.

    The child ends with its worker all the same.
    """
    config: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    was = config.get("daemon")
    config["daemon"] = False
    try:
        yield
    finally:
        config["daemon"] = was


def stop_remote_tasks(topic: str) -> None:
    """Terminate the processes that work on this topic, also in the middle of a task."""
    for thread, (theirs, pool) in list(_pools.items()):
        if theirs == topic:
            _pools.pop(thread, None)
            with suppress(OSError):
                pool.close()


@atexit.register
def _end() -> None:
    for _, pool in _pools.values():
        pool.close()
