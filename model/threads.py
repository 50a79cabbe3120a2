"""How many threads multiply matrices."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import pairwise

from threadpoolctl import threadpool_limits

# Multiplications in a layer below which a second thread costs more than it brings: starting it takes longer
# than the product, and where another program holds the core, the first thread waits for it, 8 ms at a time.
WORTH_SHARING = 8_000_000


def one_thread() -> AbstractContextManager[object]:
    """Within it, every product is made by one thread: workers that share the cores would wait for each other."""
    return threadpool_limits(limits=1, user_api="blas")


def threads_for(layer_sizes: Sequence[int], batch_size: int) -> AbstractContextManager[object]:
    """Within it, products of small batches and layers are made by one thread; larger ones as NumPy likes."""
    largest = max(fan_in * fan_out for fan_in, fan_out in pairwise(layer_sizes)) * batch_size
    if largest >= WORTH_SHARING:
        return contextlib.nullcontext()
    return one_thread()
