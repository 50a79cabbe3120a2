"""A clip in pieces: one for each beat, each ending with the beat's last frame, which is a picture beside it, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from film.crew import Report
from film.look import X264
from film.places import naming, shown
from film.sound import BLOCK, track_of
from film.voice import RATE, read_sound
from lesson.developing import picture_of
from model.errors import EdgeglowError

if TYPE_CHECKING:
    import numpy as np
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# Pictures lose something here for the second time, so it is to be little: the pieces of a clip of 4.2 MB have 6.0 MB.
# Copying packets would lose nothing, but a copy can begin at a key frame alone, and beats begin where they like.
SETTINGS = X264 | {"crf": "16"}
CONTAINER = {"movflags": "+faststart", "fflags": "+bitexact"}  # the same pictures make the same file
STILL = 88  # quality of the pictures, of 100
HALF_A_MILLISECOND = 0.0005  # times are written in fractions that few frames hit exactly


@dataclass(frozen=True)
class Cut:
    """A clip to be cut: piece k ends before ``ends[k]`` (seconds of the clip, rising) and becomes ``targets[k]``.

    What follows the last end, where chapters go dark, is left out. As a task it returns the colour of the background,
    as #rrggbb.
    """

    video: Path
    ends: tuple[float, ...]
    targets: tuple[Path, ...]

    @property
    def name(self) -> str:
        return self.video.stem

    @property
    def folder(self) -> Path:
        """What is named when a disk is full."""
        return self.targets[0].parent

    def __call__(self, report: Report) -> str:
        import av

        try:
            with av.open(self.video) as source:
                return self._cut(source, report, self._heard() if source.streams.audio else None)
        except (av.error.InvalidDataError, IndexError) as error:
            raise EdgeglowError(
                f"{shown(self.video)}: cannot be read as a video, so no slides can be made of it."
                " Make the lesson again, with --fresh"
            ) from error

    def _heard(self) -> np.ndarray:
        """All that is heard in the clip, float32 (2, samples)."""
        import numpy as np

        return np.concatenate(list(read_sound(self.video)), axis=1)

    def _cut(self, container: InputContainer, report: Report, heard: np.ndarray | None) -> str:
        source = container.streams.video[0]
        pieces = list(zip(self.ends, self.targets, strict=True))

        def begin(frame: VideoFrame) -> _Piece:
            end, target = pieces[0]
            start, stop = round((frame.time or 0.0) * RATE), round(end * RATE)
            return _Piece(target, source, frame, None if heard is None else heard[:, start:stop])

        piece: _Piece | None = None
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
        while pieces:  # of a clip that ends before its last beat does
            (piece or begin(last)).close()
            piece = None
            del pieces[0]
        return background(last)


class _Piece:
    """A video in the making, of the look of ``source``; it begins with the frame given, and has its own sound."""

    def __init__(
        self, target: Path, source: VideoStream, frame: VideoFrame, heard: np.ndarray | None = None
    ) -> None:
        import av

        self._start = frame.pts or 0
        with naming(target):
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
        self._track = track_of(self._file, "mp4", _blocks(heard)) if heard is not None else None
        self._target, self._last = target, frame
        self.add(frame)

    def add(self, frame: VideoFrame) -> None:
        from av.video.frame import PictureType

        self._last = frame
        pts, kind = frame.pts, frame.pict_type
        frame.pts = (pts or 0) - self._start
        if self._track and frame.time_base:
            self._track.advance(frame.pts * frame.time_base)
        frame.pict_type = PictureType.NONE  # which frames are key frames is this encoder's to say
        self._file.mux(self._stream.encode(frame))
        frame.pts, frame.pict_type = pts, kind

    def close(self) -> None:
        self._file.mux(self._stream.encode(None))
        if self._track:
            self._track.advance()
        self._file.close()
        picture_of(self._last).save(still_of(self._target), quality=STILL, optimize=True)


def _blocks(heard: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, heard.shape[1], BLOCK):
        yield heard[:, start : start + BLOCK]


def still_of(piece: Path) -> Path:
    """Where the picture of a piece's last frame lies."""
    return piece.with_suffix(".jpg")


def background(frame: VideoFrame) -> str:
    """The colour of a frame's corner, where nothing is drawn.

    By the formula of HD video (ITU-R BT.709, limited range) that browsers play it with, rounded as they do: swscale
    cuts, and beside the dark picture one step less is seen.
    """
    luma, blueness, redness = (bytes(plane)[0] for plane in frame.planes[:3])
    y, b, r = (luma - 16) * 255 / 219, (blueness - 128) * 255 / 224, (redness - 128) * 255 / 224
    colour = (y + 1.5748 * r, y - 0.1873 * b - 0.4681 * r, y + 1.8556 * b)
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in colour)
