"""edgeglow turns a real, trained neural network into a film that explains it.

Its public names are imported when they are first used: ``import edgeglow`` alone loads neither NumPy nor Manim.

>>> from edgeglow import Run
>>> Run.__name__
'Run'
"""

# ruff: noqa: F401  (imported for type checkers; __all__ names them)

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeglow.film.notebook import show
    from edgeglow.model.run.run import Run
    from edgeglow.model.run.training_config import Config
    from edgeglow.model.training.loop import train
    from edgeglow.scenes.ch01_handwriting import Handwriting
    from edgeglow.scenes.ch02_pixels import Pixels
    from edgeglow.scenes.ch03_neurons import Neurons
    from edgeglow.scenes.ch04_pixel_flow import PixelFlow
    from edgeglow.scenes.ch05_hidden_layers import HiddenLayers
    from edgeglow.scenes.ch06_convolution import Convolution
    from edgeglow.scenes.ch07_weights import Weights
    from edgeglow.scenes.ch08_bias import Bias
    from edgeglow.scenes.ch09_matrix import Matrix
    from edgeglow.scenes.ch10_training import Training
    from edgeglow.scenes.ch11_mistakes import Mistakes
    from edgeglow.scenes.ch12_recap import Recap
    from edgeglow.scenes.fields.camera import FieldCamera, FieldScene
    from edgeglow.scenes.fields.lines import LineField
    from edgeglow.scenes.fields.pictures import PictureField
    from edgeglow.scenes.fields.squares import SquareField

_HOMES = {  # the module that defines each public name
    "Bias": "scenes.ch08_bias",
    "Config": "model.run.training_config",
    "Convolution": "scenes.ch06_convolution",
    "FieldCamera": "scenes.fields.camera",
    "FieldScene": "scenes.fields.camera",
    "Handwriting": "scenes.ch01_handwriting",
    "HiddenLayers": "scenes.ch05_hidden_layers",
    "LineField": "scenes.fields.lines",
    "Matrix": "scenes.ch09_matrix",
    "Mistakes": "scenes.ch11_mistakes",
    "Neurons": "scenes.ch03_neurons",
    "PictureField": "scenes.fields.pictures",
    "PixelFlow": "scenes.ch04_pixel_flow",
    "Pixels": "scenes.ch02_pixels",
    "Recap": "scenes.ch12_recap",
    "Run": "model.run.run",
    "SquareField": "scenes.fields.squares",
    "Training": "scenes.ch10_training",
    "Weights": "scenes.ch07_weights",
    "show": "film.notebook",
    "train": "model.training.loop",
}

# Manim has a Matrix, too: ``from edgeglow import *`` takes no name from scenes that import all of Manim.
__all__ = [name for name in _HOMES if name != "Matrix"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'edgeglow' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"edgeglow.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
