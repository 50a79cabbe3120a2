"""Manim's file writer, for a chapter that is encoded in one take, or in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from manim.scene.scene_file_writer import SceneFileWriter, _PartialMovieEncodeJob
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from film.yuv import Converter


class OneTakeEncoder(VideoSegmentEncoder):
    """Encodes like Manim's own, with two differences.

    A frame that is held is converted once, not once for each time it is shown. And colours are converted by
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

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        """Show ``pixels``, uint8 (height, width, 4), for ``repeat`` frames."""
        self._validate_frame(pixels, repeat)
        try:
            frame = self._converted(pixels)
            frame.time_base = 1 / self.spec.frame_rate
            for _ in range(repeat):
                frame.pts = self._next_pts
                self._next_pts += 1
                self._container.mux(cast("VideoStream", self._stream).encode(frame))
        except BaseException as error:
            raise self._operation_error("encode", error) from error

    def _converted(self, pixels: np.ndarray) -> av.VideoFrame:
        """A frame in the encoder's own format."""
        if self.spec.pixel_format == "yuv420p":
            return self._converter.convert(pixels)
        frame = av.VideoFrame.from_numpy_buffer(pixels, format="rgba")
        return frame.reformat(
            format=self.spec.pixel_format, dst_colorspace=Colorspace.ITU709 if self._is_yuv else None
        )


class PieceWriter(SceneFileWriter):
    """Writes all of a scene's animations into one stream, or into one for each piece.

    ``begins`` are the frames at which a new one begins, ``pieces`` the files.

    Manim's own opens a file for each animation, to reuse it when only others change. A film is rendered
    whole, so that would only make the encoder begin anew, wait for its end, and copy the packets once more.
    """

    _current_encode_job: _PartialMovieEncodeJob | None

    def __init__(self, settings: Any, begins: Sequence[int] = ()) -> None:
        super().__init__(settings)
        self.pieces: list[Path] = []
        self._begins = list(begins)
        self._frame = 0

    def open_partial_movie_stream(self, *, animation_index: int, file_path: object = None) -> None:
        if self._current_encode_job is not None:
            return
        target = self.movie_file_path
        if self._begins or self.pieces:
            target = target.with_stem(f"{target.stem}-{len(self.pieces) + 1:03d}")
        self.pieces.append(target)
        self._current_encode_job = _PartialMovieEncodeJob(
            animation_index=animation_index,
            encoder=OneTakeEncoder(target=target, spec=self.video_encoder),
            frame_queue_size=self.settings.encoder_queue_size,
        )

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        if self._begins and self._frame == self._begins[0]:
            del self._begins[0]
            self._begin_piece()
        super().write_frame(pixels, repeat=repeat)
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
