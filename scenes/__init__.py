"""The film: which chapters there are, in their order."""

from __future__ import annotations

from scenes.neurons import Neurons

FILM = (Neurons,)
