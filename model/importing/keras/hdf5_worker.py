"""The process that reads HDF5 files for hdf5_process.py.

Requests and answers are one line each; arrays follow their answers.
"""

from __future__ import annotations

import contextlib
import io
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.keras.hdf5 import Hdf5Reader
from edgeglow.model.importing.keras.hdf5_process import IDLE
from edgeglow.model.importing.open_file import LimitedZip, damage_as_error

MOST_WEIGHTS = 2**28
MOST_MEMORY = 2**28 + 2**27  # bytes beyond what the libraries themselves use


def main() -> None:
    """Answer requests until there are no more: "open" a file or a zip's member, "read" one of its arrays."""
    _limit_memory()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # other output must not come between answers
    contents: Hdf5Reader | None = None
    _answer(answers, {})
    for line in _questions():
        question = json.loads(line)
        array = None
        try:
            with damage_as_error():
                if "open" in question:
                    contents = None
                    contents = _opened(Path(question["open"]), question["member"])
                    answer = contents.about()
                elif contents is not None:
                    array, kind = contents.read(question["read"])
                    answer = {"bytes": array.nbytes, "kind": kind}
        except EdgeglowError as error:
            answer, array = {"error": str(error)}, None
        _answer(answers, answer, array)


def _questions() -> Iterator[bytes]:
    """Yield requests until the input ends; the process ends itself after IDLE seconds without one."""
    while True:
        if sys.platform != "win32":
            signal.alarm(IDLE)
        line = sys.stdin.buffer.readline()
        if sys.platform != "win32":
            signal.alarm(0)
        if not line:
            return
        yield line


def _opened(path: Path, member: str | None) -> Hdf5Reader:
    if member is None:
        return Hdf5Reader(path.open("rb"))
    with LimitedZip(path) as archive:
        return Hdf5Reader(io.BytesIO(archive.read(member, MOST_WEIGHTS)))


def _answer(stream: Any, answer: dict[str, Any], array: np.ndarray | None = None) -> None:
    stream.write(json.dumps(answer).encode() + b"\n")
    if array is not None:
        stream.write(array.astype(array.dtype.newbyteorder("<"), copy=False).data.cast("B"))
    stream.flush()


def _limit_memory() -> None:
    """Limit the process's memory to what a network needs, where the system supports it."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
