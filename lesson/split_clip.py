"""Splitting of a clip into segments, one for each beat, with a picture of each segment's last frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeglow.film.narration import RATE, read_sound
from edgeglow.film.paths import display_path, naming_path
from edgeglow.film.settings import X264
from edgeglow.film.sound_track import BLOCK, add_audio_stream
from edgeglow.film.worker_pool import Report
from edgeglow.lesson.transcode import frame_image
from edgeglow.model.errors import EdgeglowError

if TYPE_CHECKING:
    import numpy as np
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# Frames are encoded a second time here, so the quality is high: the segments of a clip of 4.2 MB have 6.0 MB. Copying
# packets would lose nothing, but a copy can begin at a key frame only, and beats begin at any frame.
SETTINGS = X264 | {"crf": "16"}
CONTAINER = {"movflags": "+faststart", "fflags": "+bitexact"}  # the same frames make the same file
STILL = 88  # JPEG quality of the pictures, from 0 to 100
HALF_A_MILLISECOND = 0.0005  # tolerance for rounded times


@dataclass(frozen=True)
class SplitTask:
    """Task that splits a clip: segment k ends before ``ends[k]`` (seconds, rising) and is saved as ``targets[k]``.

    Frames after the last end, where the chapter fades out, are left out. The task returns the background colour, as
    #rrggbb.
    """

    video: Path
    ends: tuple[float, ...]
    targets: tuple[Path, ...]

    @property
    def name(self) -> str:
        return self.video.stem

    @property
    def folder(self) -> Path:
        """Folder to name in the error when a disk is full."""
        return self.targets[0].parent

    def __call__(self, report: Report) -> str:
        import av

        try:
            with av.open(self.video) as source:
                return self._cut(source, report, self._heard() if source.streams.audio else None)
        except (av.error.InvalidDataError, IndexError) as error:
            raise EdgeglowError(
                f"{display_path(self.video)}: cannot be read as a video, so no slides can be made of it."
                " Make the lesson again, with --fresh"
            ) from error

    def _heard(self) -> np.ndarray:
        """Return all the sound of the clip, float32 (2, samples)."""
        import numpy as np

        return np.concatenate(list(read_sound(self.video)), axis=1)

    def _cut(self, container: InputContainer, report: Report, heard: np.ndarray | None) -> str:
        source = container.streams.video[0]
        pieces = list(zip(self.ends, self.targets, strict=True))

        def begin(frame: VideoFrame) -> _SegmentFile:
            end, target = pieces[0]
            start, stop = round((frame.time or 0.0) * RATE), round(end * RATE)
            return _SegmentFile(target, source, frame, None if heard is None else heard[:, start:stop])

        piece: _SegmentFile | None = None
        last: VideoFrame | None = None
        for frame in container.decode(source):
            while pieces and (frame.time or 0.0) > pieces[0][0] - HALF_A_MILLISECOND:
                (piece or begin(last or frame)).close()
                piece = None
                del pieces[0]
            if not pieces:
                break
            last = frame
            if piece:
                piece.add(frame)
            else:
                piece = begin(frame)
            report(1)
        if last is None:
            raise IndexError("no frames")
        while pieces:  # if the clip ends before its last beat
            (piece or begin(last)).close()
            piece = None
            del pieces[0]
        return background(last)


class _SegmentFile:
    """Writer of one segment with the format of ``source``, which begins with ``frame`` and has its own sound."""

    def __init__(self, target: Path, source: VideoStream, frame: VideoFrame, heard: np.ndarray | None = None) -> None:
        import av

        self._start = frame.pts or 0
        with naming_path(target):
            self._file = av.open(target, "w", format="mp4", container_options=CONTAINER)
        given = source.codec_context
        stream = self._file.add_stream("libx264", rate=source.guessed_rate, options=SETTINGS)
        stream.width, stream.height, stream.pix_fmt = given.width, given.height, "yuv420p"
        made = stream.codec_context
        if source.time_base:
            stream.time_base = made.time_base = source.time_base
        made.colorspace, made.color_range = given.colorspace, given.color_range
        made.color_primaries, made.color_trc = given.color_primaries, given.color_trc
        self._stream = stream
        self._track = add_audio_stream(self._file, "mp4", _blocks(heard)) if heard is not None else None
        self._target, self._last = target, frame
        self.add(frame)

    def add(self, frame: VideoFrame) -> None:
        from av.video.frame import PictureType

        self._last = frame
        pts, kind = frame.pts, frame.pict_type
        frame.pts = (pts or 0) - self._start
        if self._track and frame.time_base:
            self._track.advance(frame.pts * frame.time_base)
        frame.pict_type = PictureType.NONE  # this encoder chooses its own key frames
        self._file.mux(self._stream.encode(frame))
        frame.pts, frame.pict_type = pts, kind

    def close(self) -> None:
        self._file.mux(self._stream.encode(None))
        if self._track:
            self._track.advance()
        self._file.close()
        frame_image(self._last).save(still_of(self._target), quality=STILL, optimize=True)


def _blocks(heard: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, heard.shape[1], BLOCK):
        yield heard[:, start : start + BLOCK]


def still_of(piece: Path) -> Path:
    """Return the path of the picture of a segment's last frame."""
    return piece.with_suffix(".jpg")


def background(frame: VideoFrame) -> str:
    """Return the colour of a frame's corner, where nothing is drawn, as #rrggbb.

    Converts as browsers do, by ITU-R BT.709 in limited range with rounding. swscale truncates, and beside a dark
    picture a difference of one level is visible.
    """
    luma, blueness, redness = (bytes(plane)[0] for plane in frame.planes[:3])
    y, b, r = (luma - 16) * 255 / 219, (blueness - 128) * 255 / 224, (redness - 128) * 255 / 224
    colour = (y + 1.5748 * r, y - 0.1873 * b - 0.4681 * r, y + 1.8556 * b)
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in colour)
