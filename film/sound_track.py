"""Sound track of a film: each recording at its beat, silence between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from edgeglow.film.narration import RATE, Narration, Recording, read_sound
from edgeglow.film.subtitle_files import ChapterCaptions, in_film

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet

LEAD_IN = 0.15  # seconds from a beat's first frame to its voice, where there is room
BIT_RATE = 128_000
CODECS = {"mp4": "aac", "mov": "aac", "webm": "libopus"}
BLOCK = RATE // 10  # samples of silence in one block


@dataclass(frozen=True)
class PlacedRecording:
    """A recording and the sample at which it begins."""

    start: int
    recording: Recording


def place_recordings(chapters: Iterable[ChapterCaptions], voice: Narration, fps: float) -> list[PlacedRecording]:
    """Return where the recordings of these consecutive chapters begin."""
    spots = []
    for page, cue in in_film(chapters):
        if recording := voice.of(page, cue.beat):
            room = (cue.end_frame - cue.start_frame) / fps - recording.seconds
            start = cue.start_frame / fps + min(LEAD_IN, max(room, 0.0))
            spots.append(PlacedRecording(round(start * RATE), recording))
    return spots


def mixed_blocks(spots: Iterable[PlacedRecording], samples: int) -> Iterator[np.ndarray]:
    """Yield the whole track in blocks, float32 (2, n), ``samples`` samples in all.

    A recording is cut where the next one begins, or the film ends. Beats last as long as their recordings, so the
    part that is cut is shorter than a frame.
    """
    spots = list(spots)
    now = 0
    for number, spot in enumerate(spots, start=1):
        end = spots[number].start if number < len(spots) else samples
        yield from _silence(spot.start - now)
        now = spot.start
        for block in read_sound(spot.recording.path):
            part = block[:, : max(end - now, 0)]
            now += part.shape[1]
            if part.shape[1]:
                yield part
    yield from _silence(samples - now)


@dataclass(frozen=True)
class SoundTrack:
    """Sound track of a film."""

    spots: tuple[PlacedRecording, ...]

    def begin(self, film: OutputContainer, kind: str, seconds: Fraction) -> TrackEncoder:
        """Add an audio stream of this length to a film of ``kind`` (mp4, mov or webm)."""
        return add_audio_stream(film, kind, mixed_blocks(self.spots, round(seconds * RATE)))


def add_audio_stream(film: OutputContainer, kind: str, blocks: Iterator[np.ndarray]) -> TrackEncoder:
    """Add an audio stream for these blocks of sound to a film of ``kind`` (mp4, mov or webm)."""
    stream = cast("AudioStream", film.add_stream(CODECS[kind], rate=RATE, layout="stereo"))
    stream.bit_rate = BIT_RATE
    return TrackEncoder(film, stream, blocks)


class TrackEncoder:
    """Encoder of a film's sound, which writes it in small parts, so that it lies beside its pictures in the file."""

    def __init__(self, film: OutputContainer, stream: AudioStream, blocks: Iterator[np.ndarray]) -> None:
        self._film = film
        self._packets = _encoded(stream, blocks)
        self._next: Packet | None = None

    def advance(self, seconds: Fraction | None = None) -> None:
        """Write the sound up to this time, or all the rest if ``seconds`` is None."""
        while True:
            self._next = self._next or next(self._packets, None)
            if self._next is None or (seconds is not None and _start(self._next) > seconds):
                return
            self._film.mux(self._next)
            self._next = None


def _start(packet: Packet) -> Fraction:
    return Fraction(packet.pts or 0) * (packet.time_base or Fraction(1, RATE))


def _encoded(stream: AudioStream, blocks: Iterator[np.ndarray]) -> Iterator[Packet]:
    now = 0
    for block in blocks:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block, np.float32), "fltp", "stereo")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), now
        now += block.shape[1]
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _silence(samples: int) -> Iterator[np.ndarray]:
    for start in range(0, samples, BLOCK):
        yield np.zeros((2, min(BLOCK, samples - start)), np.float32)
