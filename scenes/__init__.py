"""The film: which chapters there are, in their order."""

from __future__ import annotations

from scenes.neurons import Neurons
from scenes.pixel_flow import PixelFlow
from scenes.training import Training

FILM = (Neurons, PixelFlow, Training)
