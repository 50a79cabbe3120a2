"""Fields: thousands of marks drawn as one mobject, and the camera that draws them."""

from __future__ import annotations

from edgeglow.scenes.fields.camera import FieldCamera, FieldScene, pin
from edgeglow.scenes.fields.lines import LineField
from edgeglow.scenes.fields.pictures import PictureField
from edgeglow.scenes.fields.squares import SquareField

__all__ = ["FieldCamera", "FieldScene", "LineField", "PictureField", "SquareField", "pin"]
