"""FieldCamera: Manim's moving camera that also draws fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Self

import numpy as np
from manim import Mobject, MovingCamera, MovingCameraScene, VMobject

from scenes.fields.drawing import Drawing, LineDrawing, PictureDrawing, SquareDrawing
from scenes.fields.field import Field
from scenes.fields.layers import LayerStore, PathStore, digest
from scenes.fields.lines import LineField
from scenes.fields.pictures import PictureField
from scenes.fields.squares import SquareField
from scenes.fields.tone import divide_by_alpha, multiply_by_alpha


def pin(mobject: Mobject) -> Mobject:
    """Let a mobject stay where it is in the picture while the camera moves, as captions do."""
    for member in mobject.get_family():
        member.pinned = True
    return mobject


class FieldCamera(MovingCamera):
    """Draws fields as well as all that Manim's camera draws: ``Scene(camera_class=FieldCamera)``.

    What is pinned (see ``pin``) is drawn as if the camera had never left home.
    """

    frame: Mobject  # what is seen, in scene units
    home: Mobject  # what is seen before anything has moved the camera

    def __init__(self, **kwargs: Any) -> None:
        self.layers = LayerStore()
        self.paths = PathStore()
        super().__init__(**kwargs)
        self.home = self.frame.copy()

    def set_home(self, width: float, height: float) -> None:
        """Show ``width`` × ``height`` scene units around the origin from now on."""
        for frame in (self.frame, self.home):
            frame.stretch_to_fit_width(width).stretch_to_fit_height(height).move_to([0.0, 0.0, 0.0])

    @property
    def zoom(self) -> float:
        """How many times larger than at home things are seen."""
        return float(self.home.height / self.frame.height)

    def type_or_raise(self, mobject: Mobject) -> Any:
        found = super().type_or_raise(mobject)  # fills display_funcs anew at every call
        self.display_funcs[Field] = self.display_fields
        return Field if isinstance(mobject, Field) else found

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw mobjects over ``pixel_array``.

        All drawing is done with colours multiplied by alpha, but picture and film files hold them as they
        are. Manim leaves them multiplied, which darkens what is half transparent; here it is undone.
        """
        see_through = self.background_opacity < 1
        if see_through:
            multiply_by_alpha(self.pixel_array)
        shown = self.get_mobjects_to_display(mobjects, **kwargs)
        for pinned, together in groupby(shown, lambda mobject: getattr(mobject, "pinned", False)):
            with self._seen_from(self.home if pinned else self.frame):
                super().capture_mobjects(together, include_submobjects=False)
        if see_through:
            divide_by_alpha(self.pixel_array)

    @contextmanager
    def _seen_from(self, frame: Mobject) -> Iterator[None]:
        here, self.frame = self.frame, frame
        try:
            yield
        finally:
            self.frame = here

    def display_fields(self, fields: list[Mobject], pixel_array: np.ndarray) -> None:
        """Lay fields over the frame, one after the other."""
        projection = self.projection()
        for field in fields:
            drawing: Drawing | None = None
            if isinstance(field, LineField):
                drawing = LineDrawing(field, self.layers, self.pixel_size, *projection)
            elif isinstance(field, SquareField):
                drawing = SquareDrawing(field, self.layers, self.pixel_size, *projection)
            elif isinstance(field, PictureField):
                drawing = PictureDrawing(field, self.layers, self.pixel_size, *projection)
            if drawing is not None:
                drawing.lay_over(pixel_array)

    def set_cairo_context_path(self, ctx: Any, vmobject: VMobject) -> Self:
        """Set the path of what Cairo draws next. One that was drawn before is taken as it was: walking through its
        curves takes longer than filling them."""
        # Cairo rounds to parts of pixels, so a path is good only for those who see it from the same place.
        key = digest(vmobject.points, tuple(ctx.get_matrix()))
        if (path := self.paths.get(key)) is None:
            ctx.new_path()
            super().set_cairo_context_path(ctx, vmobject)
            self.paths.keep(key, ctx.copy_path())
        else:
            ctx.new_path()
            ctx.append_path(path)
        return self

    @property
    def pixel_size(self) -> tuple[int, int]:
        """Width and height of the frame in pixels."""
        return self.pixel_width, self.pixel_height

    def projection(self) -> tuple[np.ndarray, np.ndarray]:
        """Scale and shift, both (2,), from scene units to pixels; whole numbers are centres of pixels."""
        size = np.array(self.pixel_size, dtype=np.float64)
        scale = np.array([1, -1]) * size / (self.frame_width, self.frame_height)
        return scale, (size - 1) / 2 - self.frame_center[:2] * scale


class FieldScene(MovingCameraScene):
    """A scene that can show fields and move the camera: a MovingCameraScene with a FieldCamera."""

    def __init__(self, camera_class: type[FieldCamera] = FieldCamera, **kwargs: Any) -> None:
        super().__init__(camera_class=camera_class, **kwargs)
