"""Rendering on the machines of a dask.distributed cluster, with the same result as on this machine's processes.

All data goes through the cluster: the files that a task reads are sent once; the files that it makes come back with
its result, and are accepted only if their digests match. If a worker is lost, the scheduler gives its task to
another.
"""

from __future__ import annotations

import logging
import time
import warnings
from asyncio import CancelledError
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from edgeglow.film.remote_task import (
    RemoteResult,
    RemoteTask,
    SentFile,
    run_remote_task,
    sent_file,
    stop_remote_tasks,
    task_files,
)
from edgeglow.film.render_environment import environment_difference, environment_facts
from edgeglow.film.scheduler import PATIENCE, check_scheduler, no_scheduler, scheduler_at
from edgeglow.film.worker_pool import Failure, Report
from edgeglow.model.errors import EdgeglowError

LONELY = 60  # seconds without a single worker
CHANCES = 3  # attempts at a task whose process dies, before the task fails


class DaskCluster:
    """Workers of a dask cluster; ``address`` is its scheduler's address or scheduler file.

    Has the interface of ``WorkerPool``. Each thread of a worker renders in a process of its own. Entering raises
    EdgeglowError when there is no cluster or no worker, or when a worker's frames could differ from this machine's.
    """

    def __init__(self, address: str, warm_up: str = "") -> None:
        self._address = address
        self._first_import = warm_up
        self._client: Any = None
        self._sent: dict[str, Any] = {}  # by digest
        self._topic = f"edgeglow-{time.time_ns():x}"

    def __enter__(self) -> Self:
        try:
            from distributed import Client
        except ImportError as error:
            raise EdgeglowError(
                "--cluster needs dask.distributed, which is not installed; install it with"
                " pip install 'edgeglow[cluster]'"
            ) from error
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # errors are raised in one line
        address = scheduler_at(self._address)
        check_scheduler(address)
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
        except Exception as error:  # dask raises many types
            raise no_scheduler(self._address) from error
        try:
            self._check()
        except BaseException:
            self._client.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):  # errors while closing do not matter
            self._client.run(stop_remote_tasks, self._topic, on_error="ignore")
        with suppress(Exception):
            self._client.close()

    @property
    def count(self) -> int:
        """Number of tasks that the workers do at once."""
        return max(1, sum(self._client.nthreads().values()))

    def warm_up(self) -> None:
        """Do nothing: the workers run already."""

    def _check(self) -> None:
        """Raise EdgeglowError unless there are workers, and all of them draw the same frames as this machine."""
        if not self._client.nthreads():
            raise EdgeglowError(
                f"{self._address}: the cluster has no workers; start some with: dask worker {self._address}"
            )
        for worker, there in self._client.run(environment_facts, on_error="return").items():
            if isinstance(there, OSError):  # it has left meanwhile; new workers are checked before each task
                continue
            if not isinstance(there, Mapping):
                raise EdgeglowError(f"{worker}: cannot render: {there}; install edgeglow there, as it is here")
            if strange := environment_difference(there, environment_facts()):
                raise EdgeglowError(f"{worker}: its frames could differ: {strange}")

    def work(self, tasks: Sequence[Any], report: Report) -> Iterator[tuple[int, Any]]:
        """Yield each task's number and result as they arrive, with its files in the task's folder.

        Raises the same errors as ``WorkerPool.work``.
        """
        # (task number, progress as an int, or the finished future)
        happened: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._client.subscribe_topic(self._topic, lambda event: happened.put(event[1]))
        futures = [self._submit(task, number, happened) for number, task in enumerate(tasks)]
        told: dict[int, int] = {}
        left = set(range(len(tasks)))
        try:
            while left:
                number, event = self._next(happened)
                if number not in left:
                    continue
                result = None if isinstance(event, int) else self._result(event, tasks[number], number)
                done = event if result is None else result.done
                report(max(0, done - told.get(number, 0)))  # a repeated task is not counted twice
                told[number] = max(done, told.get(number, 0))
                if result is not None:
                    left.remove(number)
                    futures[number] = None  # so that its files leave the cluster's memory
                    del event
                    yield number, self._received(result, tasks[number])
        finally:
            with suppress(Exception):
                self._client.unsubscribe_topic(self._topic)
                self._client.cancel([future for future in futures if future is not None], force=True)

    def _submit(self, task: Any, number: int, happened: SimpleQueue[tuple[int, Any]]) -> Any:
        """Submit a task; its future is put into the queue when it is done. Earlier tasks have a higher priority."""
        contents = {file: sent_file(file) for file in task_files(task)}
        sent = {one.digest: self._send(one) for one in contents.values()}
        places = {file: one.digest for file, one in contents.items()}
        sent_task = RemoteTask(task, places, number, self._topic, environment_facts(), self._first_import)
        options = {"priority": -number, "pure": False, "retries": CHANCES - 1}
        future = self._client.submit(run_remote_task, sent_task, *sent.values(), **options)
        future.add_done_callback(lambda done: happened.put((number, done)))
        return future

    def _send(self, contents: SentFile) -> Any:
        """Return the cluster's future for a file. As a task's result, it can be recomputed if its worker is lost."""
        if contents.digest not in self._sent:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # dask warns about large arguments
                self._sent[contents.digest] = self._client.submit(_identity, contents, pure=False)
        return self._sent[contents.digest]

    def _next(self, happened: SimpleQueue[tuple[int, Any]]) -> tuple[int, Any]:
        """Return the next event.

        Raises EdgeglowError when the cluster is gone, or has had no worker for 60 seconds.
        """
        seen = time.monotonic()
        while True:
            try:
                return happened.get(timeout=5)
            except Empty:
                if self._client.status != "running":
                    raise EdgeglowError(f"{self._address}: the cluster has gone; render it again") from None
                if self._client.nthreads():
                    seen = time.monotonic()
                elif time.monotonic() - seen > LONELY:
                    raise EdgeglowError(f"{self._address}: the cluster has lost all its workers") from None

    def _result(self, future: Any, task: Any, number: int) -> RemoteResult:
        """Return the result of a finished task. Raises EdgeglowError when it failed."""
        try:
            result = future.result()
        except (Exception, CancelledError) as error:
            raise EdgeglowError(
                f"{task.name}: the cluster could not render it: {error or type(error).__name__}; if its processes"
                " were killed, perhaps memory ran out: start the workers with fewer threads"
            ) from error
        if isinstance(result, Failure):
            raise result.error(task.name, number)
        assert isinstance(result, RemoteResult)
        return result

    @staticmethod
    def _received(result: RemoteResult, task: Any) -> Any:
        """Write the result's files to the task's folder and return the result.

        Raises EdgeglowError when the worker had other code, or a file is damaged.
        """
        if result.chapter.digests is not None and task.digests is not None and result.chapter.digests != task.digests:
            raise EdgeglowError(
                f"{task.name}: a worker has rendered it by other code than there is here; restart the workers"
            )
        try:
            return result.unpack(task.folder)
        except ValueError as error:
            raise EdgeglowError(f"{task.name}: {error}; render it again") from error


def _identity(contents: SentFile) -> SentFile:
    return contents
