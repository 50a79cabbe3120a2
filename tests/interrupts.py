"""Delivery of signals to processes that a test starts, also if the suite runs in the background of a script."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 120  # timeout in seconds; long, since the machine may be busy


@contextmanager
def interrupts_delivered() -> Iterator[None]:
    """Make SIGINT end processes that are started inside the ``with`` block.

    A shell starts the background jobs of a script with SIGINT ignored, and all their children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
