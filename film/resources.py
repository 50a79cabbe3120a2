"""How many processes this machine can render with at once: by its processors, and by its free memory."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

MEMORY = 520_000_000  # bytes: of a process that renders, whatever the size of its frames
MEMORY_A_PIXEL = 190  # bytes a process takes on top, for each pixel of a frame
SPARE = 0.1  # of the machine's memory, left to others

CGROUP = Path("/sys/fs/cgroup")
# limit and use of a container's memory, as the kernel tells them: control groups of version 2 and of version 1
CGROUP_FILES = (
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


def default_jobs(width: int, height: int) -> int:
    """How many processes render frames of this size, in pixels: one a core, or as many as fit the free memory."""
    each = MEMORY + MEMORY_A_PIXEL * width * height
    return max(1, min(cores(), fitting(each)))


def fitting(each: int) -> int:
    """How many processes that take ``each`` bytes fit the memory that is free."""
    return max(0, available_memory() - int(SPARE * psutil.virtual_memory().total)) // each


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_memory() -> int:
    """The bytes that new processes can take without anything being swapped out, within a container's limit."""
    free = psutil.virtual_memory().available
    for limit, used, details in CGROUP_FILES:
        with suppress(OSError, ValueError):  # no such group, or "max": no limit
            left = int((CGROUP / limit).read_text()) - int((CGROUP / used).read_text())
            free = min(free, max(0, left + _reclaimable(CGROUP / details)))
    return free


def _reclaimable(stat: Path) -> int:
    """The bytes of a control group that are cached files, which the kernel drops when memory is needed."""
    names = dict(line.split() for line in stat.read_text().splitlines())
    return int(names.get("total_inactive_file", names.get("inactive_file", 0)))
