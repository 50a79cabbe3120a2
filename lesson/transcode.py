"""Transcoding of a rendered clip in one pass over its frames: WebM, poster, preview loop and stills of beats."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeglow.film.paths import display_path, naming_path
from edgeglow.film.worker_pool import Report
from edgeglow.lesson import choose_poster
from edgeglow.lesson.choose_poster import BeatSpan, SpanChooser, bytes_of
from edgeglow.model.errors import EdgeglowError

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image

    from edgeglow.film.sound_track import SoundTrack

# Measured by benchmarks/clips.py on the chapters with most motion at 720p: 3 to 5 ms a frame, the same as SVT-AV1's
# preset 12; libvpx's "good" takes 30 ms, for files a third smaller. The bit rate limits chapters in which all moves.
VP9 = {"deadline": "realtime", "cpu-used": "8", "crf": "36", "b": "750k", "lag-in-frames": "0",
       "aq-mode": "0", "static-thresh": "200", "threads": "1"}  # fmt: skip
STILL = 90  # quality of stills and posters, from 0 to 100
LOOP_WIDTH, LOOP_BYTES = 480, 400_000
LOOP_QUALITIES = (62, 40, 20)  # tried in order until the loop has at most LOOP_BYTES
LOOP_RATE = 10.0  # maximum frames per second
HOLD = 900  # milliseconds for which the loop's last frame stays
MENDED = 3  # maximum difference in levels between frames of a still picture, as the encoder refines it


@dataclass(frozen=True)
class TranscodeTask:
    """Task that transcodes a clip's ``video`` into files in ``folder``; it returns nothing.

    ``spans`` are the clip's beats, ``sound`` the sound track of the WebM, which is made if ``webm``.
    """

    video: Path
    folder: Path
    spans: tuple[BeatSpan, ...]
    webm: bool = True
    sound: SoundTrack | None = None

    @property
    def name(self) -> str:
        return self.video.stem

    @property
    def length(self) -> int:
        """Number of frames, by the last beat's end."""
        return max((span.last + 1 for span in self.spans), default=1)

    def __call__(self, report: Report) -> None:
        import av

        try:
            with av.open(self.video) as source:
                video = source.streams.video[0]
                video.codec_context.thread_count = 1  # each process has one core
                rate = Fraction(video.guessed_rate or 30)
                chooser = SpanChooser(self.spans, float(rate))
                with self._writing(video, rate) as webm:
                    for number, frame in enumerate(source.decode(video)):
                        picture = webm.add(number, frame)
                        chooser.add(number, frame, is_new=picture)
                        for place, span in enumerate(self.spans, start=1):
                            if span.last == number:
                                self._still(frame, f"{place:02d}-{span.beat}.webp")
                        report(1)
        except (av.error.InvalidDataError, IndexError) as error:
            raise EdgeglowError(f"{display_path(self.video)}: cannot be read as a video; render it again") from error
        self._show(chooser.best())

    @contextmanager
    def _writing(self, source: VideoStream, rate: Fraction) -> Iterator[_ChangeDetector]:
        """Yield what compares every frame, and writes a WebM of them if one is wanted."""
        import av

        if not self.webm:
            yield _ChangeDetector(rate)
            return
        target, options = self.folder / "clip.webm", {"fflags": "+bitexact"}
        with naming_path(target), av.open(target, "w", format="webm", container_options=options) as file:
            webm = _WebMWriter(file, source, rate, self.sound)
            yield webm
            webm.close()

    def _still(self, frame: VideoFrame, name: str) -> None:
        with naming_path(self.folder / name):
            frame_image(frame).save(self.folder / name, quality=STILL, method=0)

    def _show(self, span: tuple[int, int]) -> None:
        """Write the poster and the preview loop, which ends with it, from the frames first to last of ``span``."""
        import av

        frames: list[Image] = []
        first, last = span
        with av.open(self.video) as source:
            video = source.streams.video[0]
            rate = float(video.guessed_rate or 30)
            step = max(1, round(rate / LOOP_RATE))
            source.seek(int(first / rate * av.time_base))  # goes to the last key frame before it
            for frame in source.decode(video):
                number = round((frame.time or 0.0) * rate)
                if number == last:
                    poster = frame_image(frame)
                if first <= number <= last and (last - number) % step == 0:
                    high = round(frame.height * LOOP_WIDTH / frame.width / 2) * 2
                    frames.append(frame_image(frame, width=LOOP_WIDTH, height=high))
                if number == last:
                    break
        with naming_path(self.folder / "poster.jpg"):
            poster.save(self.folder / "poster.jpg", quality=STILL, optimize=True, progressive=True)
        each = round(1000 * step / rate)
        with naming_path(self.folder / "loop.webp"):
            for quality in LOOP_QUALITIES:
                frames[0].save(
                    self.folder / "loop.webp",
                    save_all=True,
                    append_images=frames[1:],
                    duration=[*[each] * (len(frames) - 1), HOLD],
                    loop=0,
                    quality=quality,
                    method=1,
                )
                if (self.folder / "loop.webp").stat().st_size <= LOOP_BYTES:
                    break


def frame_image(frame: VideoFrame, **size: int) -> Image:
    """Return a frame as an image, with HD video's colours (BT.709), optionally of another size."""
    from av.video.reformatter import Colorspace, Interpolation

    return frame.to_image(
        src_colorspace=Colorspace.ITU709, interpolation=Interpolation.AREA if size else Interpolation.BICUBIC, **size
    )


@cache
def transcode_version() -> str:
    """Return a digest of everything that decides the result, except the video."""
    code = b"".join(Path(file).read_bytes() for file in (__file__, choose_poster.__file__))
    libraries = [f"{name} {metadata.version(name)}" for name in ("av", "pillow")]
    return hashlib.sha256(code + repr(libraries).encode()).hexdigest()


class _ChangeDetector:
    """Comparer of consecutive frames, which finds those that differ from the last kept one."""

    def __init__(self, rate: Fraction) -> None:
        self._rate = rate
        self._last: tuple[int, VideoFrame] | None = None
        self._shown: tuple[int, VideoFrame] | None = None

    def add(self, number: int, frame: VideoFrame) -> bool:
        """Compare the frame with the last kept one; return whether it shows something else."""
        is_new = self._shown is None or _differ(frame, self._shown[1])
        # At least one frame a second is kept, so that players can seek quickly.
        if is_new or (self._shown is not None and number - self._shown[0] >= self._rate):
            self._keep(number, frame)
        self._last = (number, frame)
        return is_new

    def _keep(self, number: int, frame: VideoFrame) -> None:
        self._shown = (number, frame)


class _WebMWriter(_ChangeDetector):
    """Writer of a WebM that stores an unchanged picture once, with the length for which it is shown."""

    def __init__(self, file: OutputContainer, source: VideoStream, rate: Fraction, sound: SoundTrack | None) -> None:
        super().__init__(rate)
        given = source.codec_context
        stream: Any = file.add_stream("libvpx-vp9", rate=rate, options=VP9)
        stream.width, stream.height, stream.pix_fmt = given.width, given.height, "yuv420p"
        made = stream.codec_context
        made.colorspace, made.color_range = given.colorspace, given.color_range
        made.color_primaries, made.color_trc = given.color_primaries, given.color_trc
        self._file, self._stream = file, stream
        self._track = sound.begin(file, "webm", source.frames / rate) if sound else None

    def _keep(self, number: int, frame: VideoFrame) -> None:
        from av.video.frame import PictureType

        frame.pts, frame.time_base, frame.pict_type = number, 1 / self._rate, PictureType.NONE
        if self._track:
            self._track.advance(number / self._rate)
        self._file.mux(self._stream.encode(frame))
        super()._keep(number, frame)

    def close(self) -> None:
        """Write the last frame in any case, since it sets the clip's length, and finish the file."""
        if self._last is not None and self._last != self._shown:
            self._keep(*self._last)
        self._file.mux(self._stream.encode(None))
        if self._track:
            self._track.advance()


def _differ(one: VideoFrame, other: VideoFrame) -> bool:
    """Return whether two frames show different things.

    Frames of a still picture differ slightly, since the encoder refines them.
    """
    import numpy as np

    some = slice(None, None, 61)  # a sample of the bytes is enough where much moves
    pairs = [(bytes_of(plane), bytes_of(before)) for plane, before in zip(one.planes, other.planes, strict=True)]
    for new, old in [(new[some], old[some]) for new, old in pairs] + pairs:
        if int((np.maximum(new, old) - np.minimum(new, old)).max()) > MENDED:
            return True
    return False
