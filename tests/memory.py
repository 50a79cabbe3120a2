"""Freeing of memory between tests: scenes are in reference cycles, which Python collects too rarely."""

from __future__ import annotations

import ctypes
import gc
import sys


def keep_what_there_is() -> None:
    """Exclude existing objects, above all modules, from later garbage collections, which are quick then."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Collect garbage, and return its memory to the system."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in every C library
        if trim is not None:
            trim(0)
