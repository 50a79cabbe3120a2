"""Manim's file writer, for a chapter that is encoded in one take, or in pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from film.yuv import Converter, Picture
from scenes.manim_internals import (
    PartialMovieEncodeJob,
    SceneFileWriter,
    VideoEncoderSpec,
    VideoSegmentEncoder,
)


def converts(spec: VideoEncoderSpec) -> bool:
    """Is this a format that frames are converted to by us?"""
    return spec.pixel_format == "yuv420p"


class OneTakeEncoder(VideoSegmentEncoder):
    """Encodes like Manim's own, with two differences.

    It takes pictures as well as pixels: those that a converter has made already. And colours are converted by
    the formula that HD players expect, and say so, where Manim's leave players to guess, and guess wrong.
    """

    def __init__(self, *, target: Path, spec: object) -> None:
        super().__init__(target=target, spec=spec)  # type: ignore[arg-type]
        self._converter = Converter()
        self._is_yuv = self.spec.pixel_format.startswith("yuv")
        if self._is_yuv:
            codec = cast("VideoStream", self._stream).codec_context
            codec.colorspace = Colorspace.ITU709
            codec.color_primaries = ColorPrimaries.BT709
            codec.color_trc = ColorTrc.BT709
            codec.color_range = ColorRange.MPEG

    def write_frame(self, pixels: np.ndarray | Picture, *, repeat: int = 1) -> None:
        """Show a frame, uint8 (height, width, 4), or the picture of one, for ``repeat`` frames."""
        if isinstance(pixels, np.ndarray):
            self._validate_frame(pixels, repeat)
        try:
            picture = pixels if isinstance(pixels, Picture) else self._picture_of(pixels)
            picture.frame.time_base = 1 / self.spec.frame_rate
            for _ in range(repeat):
                picture.frame.pts = self._next_pts
                self._next_pts += 1
                self._container.mux(cast("VideoStream", self._stream).encode(picture.frame))
            picture.give_back()
        except BaseException as error:
            raise self._operation_error("encode", error) from error

    def _picture_of(self, pixels: np.ndarray) -> Picture:
        """A frame in the encoder's own format."""
        if converts(self.spec):
            return self._converter.convert(pixels)
        frame = av.VideoFrame.from_numpy_buffer(pixels, format="rgba")
        colorspace = Colorspace.ITU709 if self._is_yuv else None
        return Picture(frame.reformat(format=self.spec.pixel_format, dst_colorspace=colorspace))


class PieceWriter(SceneFileWriter):
    """Writes all of a scene's animations into one stream, or into one for each piece.

    ``begins`` are the frames at which a new one begins, ``pieces`` the files. ``changes`` tells which cells of the
    frame have changed since it was last asked; it need not.

    Manim's own opens a file for each animation, to reuse it when only others change. A film is rendered
    whole, so that would only make the encoder begin anew, wait for its end, and copy the packets once more.
    """

    _current_encode_job: PartialMovieEncodeJob | None

    def __init__(
        self,
        settings: Any,
        begins: Sequence[int] = (),
        changes: Callable[[], np.ndarray | None] = lambda: None,
    ) -> None:
        super().__init__(settings)
        self._converter = Converter() if self.video_encoder and converts(self.video_encoder) else None
        self._changes = changes
        self.pieces: list[Path] = []
        self._begins = list(begins)
        self._frame = 0

    @property
    def needs_copies(self) -> bool:
        """Must a frame that is written stay as it is?"""
        return self._converter is None

    def open_partial_movie_stream(self, *, animation_index: int, file_path: object = None) -> None:
        if self._current_encode_job is not None:
            return
        target = self.movie_file_path
        if self._begins or self.pieces:
            target = target.with_stem(f"{target.stem}-{len(self.pieces) + 1:03d}")
        self.pieces.append(target)
        self._current_encode_job = PartialMovieEncodeJob(
            animation_index=animation_index,
            encoder=OneTakeEncoder(target=target, spec=self.video_encoder),
            frame_queue_size=self.settings.encoder_queue_size,
        )

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        if self._begins and self._frame == self._begins[0]:
            del self._begins[0]
            self._begin_piece()
        if self._converter is None:
            super().write_frame(pixels, repeat=repeat)
        else:  # at once, so that the frame can be drawn on again
            picture: Any = self._converter.convert(pixels, self._changes())
            super().write_frame(picture, repeat=repeat)
        self._frame += repeat

    def _begin_piece(self) -> None:
        """The piece before must have ended: an encoder holds dozens of frames for as long as it is there."""
        self._end_piece()
        self.open_partial_movie_stream(animation_index=len(self.pieces))

    def _end_piece(self) -> None:
        job, self._current_encode_job = self._current_encode_job, None
        if job is not None:
            job.seal()
            job.join()

    def close_partial_movie_stream(self) -> None:
        """The stream stays open until the piece is finished."""

    def finish(self) -> None:
        self._end_piece()
        self.print_file_ready_message(self.movie_file_path)


def write_pieces(renderer: Any, begins: Sequence[int] = ()) -> None:
    """Let a renderer write its frames into pieces (see ``PieceWriter``), as it has drawn them, without copies."""
    camera = renderer.camera

    def changes() -> np.ndarray | None:
        slate = getattr(camera, "slate", None)
        return None if slate is None else slate.changes()

    writer = renderer.file_writer = PieceWriter(renderer.file_writer.settings, begins, changes)
    if not writer.needs_copies:
        save = renderer.save_static_frame_data

        def save_copy(*args: Any) -> np.ndarray | None:
            image = save(*args)
            renderer.static_image = None if image is None else image.copy()
            return cast("np.ndarray | None", renderer.static_image)

        renderer.get_frame = lambda: camera.pixel_array
        renderer.save_static_frame_data = save_copy
