"""Freeing of memory between tests: scenes are in reference cycles, which Python collects too rarely."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

GROWTH = 120_000_000  # bytes that a process may take before it is worth the time to look what of it can be freed
LARGE = 700_000_000  # bytes of a process that is near its limit: then it is worth it sooner
GROWTH_OF_LARGE = 25_000_000


@dataclass
class _State:
    process: psutil.Process = field(default_factory=psutil.Process)
    left: int = 0  # bytes that were in use when memory was given back last
    clear: list[Callable[[], None]] = field(default_factory=list)  # the caches


_STATE = _State()


def keep_what_there_is() -> None:
    """Exclude existing objects, above all modules, from later garbage collections, which are quick then."""
    gc.collect()
    gc.freeze()
    give_back()


def cleared_after_module(clear: Callable[[], None]) -> None:
    """Call ``clear``, of a cache, after every module of tests."""
    _STATE.clear.append(clear)


def clear_caches() -> None:
    """Empty all caches that are for the tests of one module."""
    for clear in _STATE.clear:
        clear()


def give_back() -> None:
    """Collect garbage, and return its memory to the system."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in every C library
        if trim is not None:
            trim(0)
    _STATE.left = _STATE.process.memory_info().rss


def give_back_growth() -> None:
    """Give memory back if the process has become much larger since that was done last."""
    used = _STATE.process.memory_info().rss
    if used > _STATE.left + (GROWTH_OF_LARGE if used > LARGE else GROWTH):
        give_back()
