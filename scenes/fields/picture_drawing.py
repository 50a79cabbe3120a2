"""Drawing of picture fields."""

from __future__ import annotations

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.fields.drawing import Drawing
from edgeglow.scenes.fields.frame_buffer import FrameBuffer
from edgeglow.scenes.fields.picture_kernels import draw_pictures
from edgeglow.scenes.fields.pictures import PictureField


class PictureDrawing(Drawing[PictureField]):
    """Drawing of a field of pictures, which are laid over the frame one by one, without a layer."""

    def lay_over(self, frame_buffer: FrameBuffer) -> None:
        field = self.field
        if field.count == 0 or field.opacity <= 0:
            return
        corners = self.points.reshape(-1, 4, 2).astype(np.float64)
        self.check_upright(corners)
        boxes = np.concatenate([corners[:, 0], corners[:, 2]], axis=1)
        opacities = np.clip(field.opacities, 0, 1) * min(field.opacity, 1.0)  # rate functions may overshoot
        low = field.low.astype(np.float32)
        rise = (field.high - field.low).astype(np.float32)
        self.touch(frame_buffer, boxes)
        draw_pictures(frame_buffer.pixels, boxes, np.clip(field.values, 0, 1), opacities, field.filled, low, rise)

    def touch(self, frame_buffer: FrameBuffer, boxes: np.ndarray) -> None:
        """Mark the part of the frame that contains all pictures as drawn on."""
        left, top = (int(max(first - 1, 0)) for first in boxes[:, :2].min(axis=0))
        ends = zip(boxes[:, 2:].max(axis=0), self.size, strict=True)
        right, bottom = (int(min(max(last + 2, 0), size)) for last, size in ends)
        frame_buffer.touch(left, top, right - left, bottom - top)

    def check_upright(self, corners: np.ndarray) -> None:
        """Raise EdgeglowError if a picture is rotated or mirrored; ``corners`` is (n, 4, 2) in pixels."""
        first, second, third, fourth = (corners[:, k] for k in range(4))
        slant = np.abs([first - second, fourth - third])[:, :, 1].max(axis=0, initial=0)
        lean = np.abs([first - fourth, second - third])[:, :, 0].max(axis=0, initial=0)
        over = np.maximum(first - third, 0).max(axis=1, initial=0)
        fine = 0.01 + 1e-6 * np.abs(corners).max()  # float32: far points are rounded
        bad = np.flatnonzero(np.maximum(np.maximum(slant, lean), over) > fine)
        if len(bad):
            raise EdgeglowError(
                f"PictureField: picture {bad[0]} is turned, but its pictures can only be upright;"
                " show it as a SquareField"
            )
