"""The film's chapters, in order."""

from __future__ import annotations

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

FILM = (
    Handwriting,
    Pixels,
    Neurons,
    PixelFlow,
    HiddenLayers,
    Convolution,
    Weights,
    Bias,
    Matrix,
    Training,
    Mistakes,
    Recap,
)
