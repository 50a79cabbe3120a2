"""The number of threads for matrix products."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import pairwise

from threadpoolctl import threadpool_limits

# Multiplications in a layer below which a second thread costs more than it gains: starting it takes longer than
# the product, and if another program uses the core, the first thread waits for it, 8 ms at a time.
WORTH_SHARING = 8_000_000


def one_thread() -> AbstractContextManager[object]:
    """Limit matrix products in the block to one thread: workers that share the cores would wait for each other."""
    return threadpool_limits(limits=1, user_api="blas")


def threads_for(layer_sizes: Sequence[int], batch_size: int) -> AbstractContextManager[object]:
    """Limit matrix products in the block to one thread for small batches and layers; leave larger ones to NumPy."""
    largest = max(fan_in * fan_out for fan_in, fan_out in pairwise(layer_sizes)) * batch_size
    if largest >= WORTH_SHARING:
        return contextlib.nullcontext()
    return one_thread()
