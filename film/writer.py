"""Manim's file writer, for a chapter that is encoded in one take."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from manim.scene.scene_file_writer import SceneFileWriter, _PartialMovieEncodeJob
from manim.scene.video_segment_encoder import VideoSegmentEncoder


class OneTakeEncoder(VideoSegmentEncoder):
    """Encodes like Manim's own, with two differences.

    A frame that is held is converted once, not once for each time it is shown. And colours are converted by
    the formula that HD players expect, and say so, where Manim's leave players to guess, and guess wrong.
    """

    def __init__(self, *, target: Path, spec: object) -> None:
        super().__init__(target=target, spec=spec)  # type: ignore[arg-type]
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
            frame = av.VideoFrame.from_numpy_buffer(pixels, format="rgba").reformat(
                format=self.spec.pixel_format, dst_colorspace=Colorspace.ITU709 if self._is_yuv else None
            )
            frame.time_base = 1 / self.spec.frame_rate
            for _ in range(repeat):
                frame.pts = self._next_pts
                self._next_pts += 1
                self._container.mux(cast("VideoStream", self._stream).encode(frame))
        except BaseException as error:
            raise self._operation_error("encode", error) from error


class OneTakeWriter(SceneFileWriter):
    """Writes all of a scene's animations into one stream.

    Manim's own opens a file for each animation, to reuse it when only others change. A film is rendered
    whole, so that would only make the encoder begin anew, wait for its end, and copy the packets once more.
    """

    _current_encode_job: _PartialMovieEncodeJob | None

    def open_partial_movie_stream(self, *, animation_index: int, file_path: object = None) -> None:
        if self._current_encode_job is None:
            encoder = OneTakeEncoder(target=self.movie_file_path, spec=self.video_encoder)
            self._current_encode_job = _PartialMovieEncodeJob(
                animation_index=animation_index,
                encoder=encoder,
                frame_queue_size=self.settings.encoder_queue_size,
            )

    def close_partial_movie_stream(self) -> None:
        """The stream stays open until the scene is finished."""

    def finish(self) -> None:
        job, self._current_encode_job = self._current_encode_job, None
        if job is not None:
            job.seal()
            job.join()
        self.print_file_ready_message(self.movie_file_path)
