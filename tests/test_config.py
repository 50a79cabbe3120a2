"""What may be asked of a training."""

from __future__ import annotations

import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.training_config import MOST_PARAMETERS, Config


def test_default_rates_fit_their_optimiser() -> None:
    assert Config().rate == Config(optimiser="adam").rate
    assert Config(optimiser="sgd").rate > Config().rate
    assert Config(optimiser="sgd", learning_rate=0.5).rate == 0.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layer_sizes": (784,)}, "at least inputs and outputs"),
        ({"layer_sizes": (784, 0, 10)}, "layer size 0: expected a whole number from 1"),
        ({"layer_sizes": (784, 2.5, 10)}, "layer size 2.5"),
        ({"layer_sizes": (784, 1)}, "1 output neurons: expected 2 to 100, one per class"),
        ({"layer_sizes": (784, 101)}, "101 output neurons: expected 2 to 100, one per class"),
        ({"layer_sizes": (784, 16, 4097, 10)}, "hidden layer 2 has 4,097 neurons: expected at most 4,096"),
        ({"layer_sizes": (784, *(4,) * 9, 10)}, "^9 hidden layers: expected at most 8$"),
        ({"layer_sizes": (784, *(4,) * 100_000, 10)}, "^100,000 hidden layers: expected at most 8$"),
        ({"layer_sizes": (10**4, 4096, 10)}, f"at most {MOST_PARAMETERS:,}"),
        ({"layer_sizes": (784, 2000, 10), "snapshots": 2000}, "fewer snapshots, or smaller layers"),
        ({"layer_sizes": "784"}, "layer sizes '784'"),
        ({"hidden": "prelu"}, "hidden activation 'prelu': expected one of sigmoid, tanh, relu"),
        ({"hidden": "relu,tanh,elu"}, "there are 3 names, but 2 hidden layers; expected one for all"),
        ({"hidden": "leaky_relu:2"}, "'leaky_relu:2': expected a number above 0 and below 1, as in leaky_relu:0.01"),
        ({"hidden": "relu:2"}, "'relu:2': relu has no parameter"),
        ({"hidden": "x" * 100}, "hidden activation '" + "x" * 20),
        ({"hidden": ["relu"]}, "hidden activation"),
        ({"output": "relu"}, "expected one of softmax, sigmoid"),
        ({"loss": "hinge"}, "expected one of cross-entropy, squared"),
        ({"optimiser": "lion"}, "expected one of adam, sgd"),
        ({"learning_rate": 0}, "learning rate 0: nothing would be learnt"),
        ({"learning_rate": -1}, "learning rate -1: expected a number, 0 or above"),
        ({"learning_rate": float("nan")}, "learning rate nan"),
        ({"learning_rate": 10**400}, "learning rate 1000"),
        ({"learning_rate": "fast"}, "learning rate 'fast'"),
        ({"momentum": 1}, "momentum 1: expected a number from 0 to below 1"),
        ({"decay": 1}, "decay 1: expected true or false"),
        ({"batch_size": 0}, "batch size 0"),
        ({"epochs": True}, "epochs True"),
        ({"seed": -1}, "seed -1"),
        ({"snapshots": 1}, "snapshots 1: expected a whole number from 2"),
    ],
)
def test_config_is_checked(changes: dict[str, object], message: str) -> None:
    with pytest.raises(EdgeglowError, match=message):
        Config(**changes)  # type: ignore[arg-type]


def test_the_largest_network_that_is_shown_is_taken() -> None:
    assert Config(layer_sizes=(784, *(16,) * 8, 100)).layer_sizes[-1] == 100
    assert Config(layer_sizes=(784, 4096, 10)).layer_sizes[1] == 4096


def test_config_goes_through_json() -> None:
    config = Config(layer_sizes=(9, 3), optimiser="sgd", seed=7)
    assert Config.from_json(config.to_json()) == config
    with pytest.raises(EdgeglowError, match="misses field 'seed'"):
        Config.from_json({name: value for name, value in config.to_json().items() if name != "seed"})
    with pytest.raises(EdgeglowError, match="unknown field 'speed'"):
        Config.from_json(config.to_json() | {"speed": 1})
