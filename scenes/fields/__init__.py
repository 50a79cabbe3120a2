"""Fields: thousands of marks drawn as one mobject, and the camera that draws them."""

from __future__ import annotations

from scenes.fields.camera import FieldCamera, FieldScene, pin
from scenes.fields.lines import LineField
from scenes.fields.pictures import PictureField
from scenes.fields.squares import SquareField

__all__ = ["FieldCamera", "FieldScene", "LineField", "PictureField", "SquareField", "pin"]
