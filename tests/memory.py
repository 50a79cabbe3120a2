"""Memory that tests give back: scenes are held by cycles, for which Python looks too seldom."""

from __future__ import annotations

import ctypes
import gc
import sys


def keep_what_there_is() -> None:
    """Leave what there is by now, above all modules, out of later looks for cycles, which are quick then."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Collect what nobody holds any more, and give its memory back to the system, where the C library keeps it."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in every C library
        if trim is not None:
            trim(0)
