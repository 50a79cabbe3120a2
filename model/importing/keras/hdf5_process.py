"""Read HDF5 files in a process of its own, which may fail, hang or use too much memory without doing harm."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import FLOATS, LazyArray, from_bytes
from edgeglow.model.safe_path import safe_environment, safe_path

IDLE = 30  # seconds without a request after which the process ends by itself
SECONDS = 1.0  # time limit; a file of common size takes a few milliseconds
BYTES_A_SECOND = 30_000_000  # more time for large files
STARTING = 60.0


@dataclass(frozen=True, eq=False)
class Hdf5Contents:
    """The contents of an HDF5 file: groups, arrays that are read on demand, and texts by the group that has them."""

    groups: frozenset[str]
    arrays: Mapping[str, LazyArray]
    texts: Mapping[str, str | None]


def open_hdf5(path: Path, member: str | None = None) -> Hdf5Contents:
    """Open an HDF5 file, or one in a zip file's member; its arrays can be read until another file is opened.

    Raises EdgeglowError.
    """
    size = path.stat().st_size
    answer = _READER.ask({"open": str(path.resolve()), "member": member}, size)
    return Hdf5Contents(
        frozenset(answer["groups"]),
        {name: _tensor(name, tuple(shape), kind) for name, (shape, kind) in answer["arrays"].items()},
        answer["texts"],
    )


def _tensor(name: str, shape: tuple[int, ...], kind: str) -> LazyArray:
    def read() -> np.ndarray:
        answer = _READER.ask({"read": name}, 8 * tensor.size)
        if answer["kind"] not in FLOATS:
            raise EdgeglowError(f"{name} holds {answer['kind']}, expected floating point")
        return from_bytes(answer["content"], answer["kind"]).reshape(shape)

    tensor = LazyArray(shape, kind, read)
    return tensor


class _ReaderProcess:
    """The reader process: started when first needed, and again after it was killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0.0

    def ask(self, question: dict[str, Any], size: int) -> dict[str, Any]:
        """Return the answer to a request about ``size`` bytes.

        Raises EdgeglowError for what the process finds wrong, or when it fails or takes too long.
        """
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        with _TimeLimit(process, SECONDS + size / BYTES_A_SECOND) as patience:
            try:
                process.stdin.write(json.dumps(question).encode() + b"\n")
                process.stdin.flush()
                line = process.stdout.readline()
                answer = json.loads(line) if line else None
                if answer and "bytes" in answer:
                    answer["content"] = process.stdout.read(answer["bytes"])
                    answer = answer if len(answer["content"]) == answer["bytes"] else None
            except OSError:
                answer = None
        if answer is None:
            self.end()
            how = "comes to no end" if patience.lost else "fails"
            raise EdgeglowError(f"it is damaged: the HDF5 library {how} over it")
        if "error" in answer:
            raise EdgeglowError(answer["error"])
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        asked, self._asked = self._asked, time.monotonic()
        if self._process is None or self._process.poll() is not None or self._asked - asked > IDLE / 2:
            self.end()
            command = [sys.executable, "-P", "-m", "edgeglow.model.importing.keras.hdf5_worker"]
            around = os.environ | safe_environment(safe_path())
            around |= {"OPENBLAS_NUM_THREADS": "1"}  # threads would use up its memory
            self._process = subprocess.Popen(
                command, env=around, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            assert self._process.stdout is not None
            with _TimeLimit(self._process, STARTING):
                ready = self._process.stdout.readline()
            if not ready:
                raise EdgeglowError("the process that reads HDF5 files does not start; is h5py installed?")
        return self._process

    def end(self) -> None:
        """Kill the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


class _TimeLimit:
    """A time limit that kills a process; ``lost`` says whether it did."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.lost = False
        self._process = process
        self._timer = threading.Timer(seconds, self._lose)
        self._timer.daemon = True

    def _lose(self) -> None:
        self.lost = True
        self._process.kill()

    def __enter__(self) -> _TimeLimit:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


_READER = _ReaderProcess()
atexit.register(_READER.end)
