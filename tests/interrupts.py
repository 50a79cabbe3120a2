"""Processes that a test starts get its signals, also where the suite itself runs in the background of a script."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 120  # seconds for what should happen at once: the machine may be busy


@contextmanager
def interrupts_delivered() -> Iterator[None]:
    """Let processes that are started meanwhile be ended by SIGINT.

    A shell starts the background jobs of a script with SIGINT ignored, and that is inherited by all they start.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
