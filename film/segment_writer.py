"""Replacements for Manim's file writer and encoder, which encode a chapter as one stream or as segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from edgeglow.film.yuv_conversion import YuvConverter, YuvPicture
from edgeglow.scenes.manim_internals import (
    PartialMovieEncodeJob,
    SceneFileWriter,
    VideoEncoderSpec,
    VideoSegmentEncoder,
)


def converts_itself(spec: VideoEncoderSpec) -> bool:
    """Return whether frames are converted to this format by our own converter."""
    return spec.pixel_format == "yuv420p"


class FilmEncoder(VideoSegmentEncoder):
    """Encoder of one video file, with two differences from Manim's.

    It accepts pictures that a converter has made, as well as pixels. Colours are converted by BT.709, which HD
    players expect, and the file says so; Manim's files do not, so players guess, and guess wrong.
    """

    def __init__(self, *, target: Path, spec: object) -> None:
        super().__init__(target=target, spec=spec)  # type: ignore[arg-type]
        self._converter = YuvConverter()
        self._is_yuv = self.spec.pixel_format.startswith("yuv")
        if self._is_yuv:
            codec = cast("VideoStream", self._stream).codec_context
            codec.colorspace = Colorspace.ITU709
            codec.color_primaries = ColorPrimaries.BT709
            codec.color_trc = ColorTrc.BT709
            codec.color_range = ColorRange.MPEG

    def write_frame(self, pixels: np.ndarray | YuvPicture, *, repeat: int = 1) -> None:
        """Encode a frame, uint8 (height, width, 4), or its picture, ``repeat`` times."""
        if isinstance(pixels, np.ndarray):
            self._validate_frame(pixels, repeat)
        try:
            picture = pixels if isinstance(pixels, YuvPicture) else self._picture_of(pixels)
            picture.frame.time_base = 1 / self.spec.frame_rate
            for _ in range(repeat):
                picture.frame.pts = self._next_pts
                self._next_pts += 1
                self._container.mux(cast("VideoStream", self._stream).encode(picture.frame))
            picture.give_back()
        except BaseException as error:
            raise self._operation_error("encode", error) from error

    def _picture_of(self, pixels: np.ndarray) -> YuvPicture:
        """Convert a frame to the encoder's pixel format."""
        if converts_itself(self.spec):
            return self._converter.convert(pixels)
        frame = av.VideoFrame.from_numpy_buffer(pixels, format="rgba")
        colorspace = Colorspace.ITU709 if self._is_yuv else None
        return YuvPicture(frame.reformat(format=self.spec.pixel_format, dst_colorspace=colorspace))


class SegmentWriter(SceneFileWriter):
    """Writer of all animations of a scene into one file, or into one file for each segment.

    ``starts`` are the frames at which a new segment begins; ``segments`` are the files. ``changes`` returns the cells
    of the frame that have changed since its last call, or None if unknown.

    Manim's writer opens a file for each animation, to reuse files of unchanged animations. Here a chapter is rendered
    as a whole, so that would only restart the encoder, wait for its end, and copy the packets once more.
    """

    _current_encode_job: PartialMovieEncodeJob | None

    def __init__(
        self, settings: Any, starts: Sequence[int] = (), changes: Callable[[], np.ndarray | None] = lambda: None
    ) -> None:
        super().__init__(settings)
        self._converter = YuvConverter() if self.video_encoder and converts_itself(self.video_encoder) else None
        self._changes = changes
        self.segments: list[Path] = []
        self._starts = list(starts)
        self._frame = 0

    @property
    def needs_copies(self) -> bool:
        """Whether the writer keeps a frame, so that it must not be drawn on again."""
        return self._converter is None

    def open_partial_movie_stream(self, *, animation_index: int, file_path: object = None) -> None:
        if self._current_encode_job is not None:
            return
        target = self.movie_file_path
        if self._starts or self.segments:
            target = target.with_stem(f"{target.stem}-{len(self.segments) + 1:03d}")
        self.segments.append(target)
        self._current_encode_job = PartialMovieEncodeJob(
            animation_index=animation_index,
            encoder=FilmEncoder(target=target, spec=self.video_encoder),
            frame_queue_size=self.settings.encoder_queue_size,
        )

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        if self._starts and self._frame == self._starts[0]:
            del self._starts[0]
            self._begin_segment()
        if self._converter is None:
            super().write_frame(pixels, repeat=repeat)
        else:  # converted now, so that the frame can be drawn on again
            picture: Any = self._converter.convert(pixels, self._changes())
            super().write_frame(picture, repeat=repeat)
        self._frame += repeat

    def _begin_segment(self) -> None:
        """End the current segment and begin the next.

        Segments do not overlap, since an encoder holds dozens of frames until it is closed.
        """
        self._end_segment()
        self.open_partial_movie_stream(animation_index=len(self.segments))

    def _end_segment(self) -> None:
        job, self._current_encode_job = self._current_encode_job, None
        if job is not None:
            job.seal()
            job.join()

    def close_partial_movie_stream(self) -> None:
        """Do nothing: the stream stays open until the segment is finished."""

    def finish(self) -> None:
        self._end_segment()
        self.print_file_ready_message(self.movie_file_path)


def write_segments(renderer: Any, starts: Sequence[int] = ()) -> None:
    """Make a renderer write its frames into segments (see ``SegmentWriter``), without copying them if possible."""
    camera = renderer.camera

    def changes() -> np.ndarray | None:
        frame_buffer = getattr(camera, "frame_buffer", None)
        return None if frame_buffer is None else frame_buffer.changes()

    writer = renderer.file_writer = SegmentWriter(renderer.file_writer.settings, starts, changes)
    if not writer.needs_copies:
        save = renderer.save_static_frame_data

        def save_copy(*args: Any) -> np.ndarray | None:
            image = save(*args)
            renderer.static_image = None if image is None else image.copy()
            return cast("np.ndarray | None", renderer.static_image)

        renderer.get_frame = lambda: camera.pixel_array
        renderer.save_static_frame_data = save_copy
