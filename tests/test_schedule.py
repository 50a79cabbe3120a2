"""When snapshots are taken."""

from __future__ import annotations

import numpy as np
import pytest

from edgeglow.model.training.schedule import snapshot_steps


@pytest.mark.parametrize("steps", [1, 2, 5, 39, 40, 41, 100, 18_750, 10**7])
@pytest.mark.parametrize("count", [2, 3, 40, 201])
def test_spread(steps: int, count: int) -> None:
    recorded = snapshot_steps(steps, count)
    assert recorded[0] == 0 and recorded[-1] == steps
    assert len(recorded) == min(count, steps + 1)
    gaps = np.diff(recorded)
    assert gaps.min() > 0
    if steps > count > 3:
        assert gaps[0] == gaps.min() and gaps[-1] >= gaps.max() - 1  # rounded to whole steps


def test_spread_covers_the_early_changes() -> None:
    recorded = snapshot_steps(18_750, 40)
    assert recorded[:3] == [0, 1, 6]
    assert sum(step <= 1875 for step in recorded) > 15  # the first of ten epochs
    assert max(np.diff(recorded)) < 1875  # and none is skipped later
