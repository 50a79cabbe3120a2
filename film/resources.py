"""Number of processes that this machine can render with, by its cores and its free memory."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

MEMORY = 520_000_000  # bytes that a rendering process takes, independent of the frame size
MEMORY_A_PIXEL = 190  # bytes that it takes in addition for each pixel of a frame
SPARE = 0.1  # share of the machine's memory that is left free

CGROUP = Path("/sys/fs/cgroup")
# files with the limit and use of a container's memory, in control groups of version 2 and of version 1
CGROUP_FILES = (
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


def default_process_count(width: int, height: int) -> int:
    """Return the number of processes for frames of this size in pixels: one per core, or as many as memory allows."""
    each = MEMORY + MEMORY_A_PIXEL * width * height
    return max(1, min(cores(), processes_that_fit(each)))


def processes_that_fit(each: int) -> int:
    """Return how many processes that take ``each`` bytes fit into the free memory."""
    return max(0, available_memory() - int(SPARE * psutil.virtual_memory().total)) // each


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_memory() -> int:
    """Return the bytes that new processes can take without swapping, within a container's limit."""
    free = psutil.virtual_memory().available
    for limit, used, details in CGROUP_FILES:
        with suppress(OSError, ValueError):  # no such group, or "max": no limit
            left = int((CGROUP / limit).read_text()) - int((CGROUP / used).read_text())
            free = min(free, max(0, left + _reclaimable(CGROUP / details)))
    return free


def _reclaimable(stat: Path) -> int:
    """Return the bytes of cached files in a control group, which the kernel drops when memory is needed."""
    names = dict(line.split() for line in stat.read_text().splitlines())
    return int(names.get("total_inactive_file", names.get("inactive_file", 0)))
