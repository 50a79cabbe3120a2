"""The film's chapters, in order."""

from __future__ import annotations

from scenes.ch01_handwriting import Handwriting
from scenes.ch02_pixels import Pixels
from scenes.ch03_neurons import Neurons
from scenes.ch04_pixel_flow import PixelFlow
from scenes.ch05_hidden_layers import HiddenLayers
from scenes.ch06_convolution import Convolution
from scenes.ch07_weights import Weights
from scenes.ch08_bias import Bias
from scenes.ch09_matrix import Matrix
from scenes.ch10_training import Training
from scenes.ch11_mistakes import Mistakes
from scenes.ch12_recap import Recap

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
