"""The film: which chapters there are, in their order."""

from __future__ import annotations

from scenes.ch03_neurons import Neurons
from scenes.ch04_pixel_flow import PixelFlow
from scenes.ch10_training import Training

FILM = (Neurons, PixelFlow, Training)
