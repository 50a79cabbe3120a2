"""FieldCamera: Manim's moving camera, extended to draw fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Self

import numpy as np
from manim import Mobject, MovingCamera, MovingCameraScene, PMobject, VMobject

from edgeglow.scenes.fields.compositing import divide_by_alpha, multiply_by_alpha
from edgeglow.scenes.fields.drawing import Drawing
from edgeglow.scenes.fields.field import Field
from edgeglow.scenes.fields.frame_buffer import FrameBuffer
from edgeglow.scenes.fields.layer_store import LayerStore
from edgeglow.scenes.fields.line_drawing import LineDrawing
from edgeglow.scenes.fields.lines import LineField
from edgeglow.scenes.fields.picture_drawing import PictureDrawing
from edgeglow.scenes.fields.pictures import PictureField
from edgeglow.scenes.fields.shapes import ShapeDrawing, ShapeStore
from edgeglow.scenes.fields.square_drawing import SquareDrawing
from edgeglow.scenes.fields.squares import SquareField
from edgeglow.scenes.fields.viewport import Viewport
from edgeglow.scenes.manim_internals import AbstractImageMobject

Display = Callable[[Any, np.ndarray], Any]


def pin(mobject: Mobject) -> Mobject:
    """Keep a mobject at its place in the picture while the camera moves, as captions do."""
    for member in mobject.get_family():
        member.pinned = True
    return mobject


class _CameraCache:
    """Cached state of a camera. ``__slots__`` keeps it out of Manim's play cache."""

    __slots__ = ("frame_buffer", "kinds", "state", "viewport")

    def __init__(self) -> None:
        self.kinds: dict[type[Mobject], Any] = {}
        self.viewport: Viewport | None = None
        self.frame_buffer: FrameBuffer | None = None
        self.state: object = None  # camera position and frame size of that mapping


class FieldCamera(MovingCamera):
    """Camera that draws fields, and everything that Manim's own camera draws.

    Mobjects marked with ``pin`` are drawn as if the camera had not moved. The camera keeps what it has drawn
    (``layers``, ``shapes``), so that fields and shapes that do not change are not drawn again.

    Parameters
    ----------
    **kwargs
        Keyword arguments of :class:`manim.MovingCamera`.

    Examples
    --------
    Pass the class to any scene as its ``camera_class``:

    .. code-block:: python

        import numpy as np
        from edgeglow import FieldCamera, SquareField
        from manim import WHITE, MovingCameraScene


        class FieldCameraExample(MovingCameraScene):
            def __init__(self, **kwargs):
                super().__init__(camera_class=FieldCamera, **kwargs)

            def construct(self):
                row, column = np.divmod(np.arange(100 * 100), 100)
                centers = 0.06 * np.column_stack([column - 49.5, 49.5 - row, 0 * row])
                values = np.sin(row / 5) * np.sin(column / 5)
                self.add(SquareField(centers, 0.055, values, low="#161A21", high=WHITE))
                self.play(self.camera.frame.animate.scale(0.2).move_to([1.5, 1.0, 0.0]))
    """

    frame: Mobject  # the visible part of the scene, in scene units
    home: Mobject  # the same before any camera move

    def __init__(self, **kwargs: Any) -> None:
        self.layers = LayerStore()
        self.shapes = ShapeStore()
        self._kept = _CameraCache()
        super().__init__(**kwargs)
        self.home = self.frame.copy()

    def set_home(self, width: float, height: float) -> None:
        """Show ``width`` × ``height`` scene units around the origin, and make this the home position."""
        for frame in (self.frame, self.home):
            frame.stretch_to_fit_width(width).stretch_to_fit_height(height).move_to([0.0, 0.0, 0.0])

    @property
    def zoom(self) -> float:
        """Magnification relative to the home position."""
        return float(self.home.height / self.frame.height)

    def type_or_raise(self, mobject: Mobject) -> Any:
        kind, kinds = type(mobject), self._kept.kinds
        if kind not in kinds or self.display_funcs[Field].__self__ is not self:  # a copied camera
            found = super().type_or_raise(mobject)  # refills display_funcs
            for other in (PMobject, AbstractImageMobject):
                self.display_funcs[other] = self._anywhere(self.display_funcs[other])
            self.display_funcs[Field] = self.display_fields
            kinds[kind] = Field if isinstance(mobject, Field) else found
        return kinds[kind]

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw mobjects over ``pixel_array``.

        All drawing uses colours multiplied by alpha, but image and video files store them unmultiplied. Manim
        leaves them multiplied, which darkens half-transparent parts; here this is undone.
        """
        see_through = self.background_opacity < 1
        if see_through:
            self.slate_of(self.pixel_array).mark_all_drawn()
            multiply_by_alpha(self.pixel_array)
        shown = self.get_mobjects_to_display(mobjects, **kwargs)
        for pinned, together in groupby(shown, lambda mobject: getattr(mobject, "pinned", False)):
            with self._seen_from(self.home if pinned else self.frame):
                super().capture_mobjects(together, include_submobjects=False)
        if see_through:
            divide_by_alpha(self.pixel_array)

    def display_multiple_background_colored_vmobjects(self, cvmobjects: Any, pixel_array: np.ndarray) -> Self:
        self._anywhere(super().display_multiple_background_colored_vmobjects)(cvmobjects, pixel_array)
        return self

    def _anywhere(self, display: Display) -> Display:
        """Wrap one of Manim's display functions, which may draw anywhere in the frame."""

        def displayed(mobjects: Any, pixel_array: np.ndarray) -> None:
            self.slate_of(pixel_array).mark_all_drawn()
            display(mobjects, pixel_array)

        return displayed

    @contextmanager
    def _seen_from(self, frame: Mobject) -> Iterator[None]:
        here, self.frame = self.frame, frame
        try:
            yield
        finally:
            self.frame = here

    @property
    def frame_buffer(self) -> FrameBuffer | None:
        """The frame that is drawn on; None until there is one."""
        pixels, kept = self.__dict__.get("pixel_array"), self._kept
        if pixels is None or kept.frame_buffer is None or kept.frame_buffer.pixels is not pixels:
            kept.frame_buffer = None if pixels is None else FrameBuffer(pixels)
        return kept.frame_buffer

    def slate_of(self, pixel_array: np.ndarray) -> FrameBuffer:
        """Return the frame buffer that records drawing over these pixels."""
        frame_buffer = self.frame_buffer
        return (
            frame_buffer
            if frame_buffer is not None and frame_buffer.pixels is pixel_array
            else FrameBuffer(pixel_array)
        )

    def set_pixel_array(self, pixel_array: Any, convert_from_floats: bool = False) -> None:
        """Show these pixels instead. If they were shown before, only the cells drawn on since are copied."""
        frame_buffer = self.frame_buffer
        if frame_buffer is not None and not convert_from_floats and frame_buffer.can_show(pixel_array):
            frame_buffer.reset_to(pixel_array)
        else:
            super().set_pixel_array(pixel_array, convert_from_floats)
            if frame_buffer is not None:
                frame_buffer.forget()

    def display_fields(self, fields: list[Mobject], pixel_array: np.ndarray) -> None:
        """Lay fields over the frame, one after the other."""
        viewport = self.viewport()
        for field in fields:
            drawing: Drawing | None = None
            if isinstance(field, LineField):
                drawing = LineDrawing(field, self.layers, viewport)
            elif isinstance(field, SquareField):
                drawing = SquareDrawing(field, self.layers, viewport)
            elif isinstance(field, PictureField):
                drawing = PictureDrawing(field, self.layers, viewport)
            if drawing is not None:
                drawing.lay_over(self.slate_of(pixel_array))

    def display_multiple_non_background_colored_vmobjects(
        self, vmobjects: Iterable[VMobject], pixel_array: np.ndarray
    ) -> None:
        """Draw Manim's shapes, and keep their coverage, so that it can be laid over the next frame directly."""
        frame_buffer, viewport = self.slate_of(pixel_array), self.viewport()
        trace = super().set_cairo_context_path
        for mobject in vmobjects:
            shape = ShapeDrawing(mobject, self.shapes, viewport, trace)
            if shape.has_one_colour():
                shape.lay_over(frame_buffer)
            else:
                shape.touch(frame_buffer)
                self.display_vectorized(mobject, self.get_cairo_context(pixel_array))

    def viewport(self) -> Viewport:
        """Return the mapping from scene units to pixels, computed again only when the camera has moved."""
        size, kept = (self.pixel_width, self.pixel_height), self._kept
        state = (self.frame.points.tobytes(), size)
        if kept.viewport is None or kept.state != state:
            sides = self.frame_width, self.frame_height
            scale = np.array([1, -1]) * np.array(size, dtype=np.float64) / sides
            shift = (np.array(size) - 1) / 2 - self.frame_center[:2] * scale
            kept.state, kept.viewport = state, Viewport(size, scale, shift, self.cairo_line_width_multiple)
        return kept.viewport


class FieldScene(MovingCameraScene):
    """A scene that can show fields and move the camera: a MovingCameraScene with a FieldCamera.

    Parameters
    ----------
    camera_class
        The class of its camera.
    **kwargs
        Keyword arguments of :class:`manim.MovingCameraScene`.

    Examples
    --------
    .. code-block:: python

        from edgeglow import FieldScene, LineField
        from manim import BLUE, LEFT, ORANGE, RIGHT, UP


        class FieldSceneExample(FieldScene):
            def construct(self):
                self.add(LineField([3 * LEFT], [3 * RIGHT], [-1.0], positive=BLUE, negative=ORANGE, width=0.2))
                self.play(self.camera.frame.animate.shift(UP))
    """

    def __init__(self, camera_class: type[FieldCamera] = FieldCamera, **kwargs: Any) -> None:
        super().__init__(camera_class=camera_class, **kwargs)
