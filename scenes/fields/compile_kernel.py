"""How loops are compiled by numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function on first use, without the GIL.

    The machine code is cached on disk if a folder is writable.
    """
    how: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
    try:
        return njit(cache=True, **how)(function)
    except RuntimeError:  # numba found no folder for its cache
        return njit(**how)(function)
