"""The optimisers against their formulas."""

from __future__ import annotations

import numpy as np
import pytest

from edgeglow.model.training.optimisers import Adam, Momentum


def test_adam_is_adam() -> None:
    """Against the paper's own formulas, in double precision."""
    generator = np.random.default_rng(0)
    parameters = generator.standard_normal(20)
    expected, mean, square = parameters.copy(), np.zeros(20), np.zeros(20)
    adam = Adam(parameters)
    for step in range(1, 30):
        gradient = generator.standard_normal(20)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        expected -= 0.01 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        adam.step(parameters, gradient.copy(), 0.01)
        np.testing.assert_allclose(parameters, expected, rtol=1e-10)


def test_momentum_gathers_speed() -> None:
    parameters = np.zeros(1)
    momentum = Momentum(parameters, 0.5)
    places = []
    for _ in range(3):
        momentum.step(parameters, np.ones(1), 0.1)
        places.append(float(parameters[0]))
    assert places == pytest.approx([-0.1, -0.25, -0.425])
