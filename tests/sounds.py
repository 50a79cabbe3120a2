"""Sounds for tests: tones in files of every format, and the times at which a film has sound."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

LOUD = 0.1  # of full scale: minimum amplitude of a sound
GAP = 0.05  # seconds of silence that end a sound


def write_tone(path: Path, seconds: float, *, rate: int = 48_000, channels: int = 1, pitch: float = 440.0) -> Path:
    """Write a sine of this length, in the format of the path's suffix."""
    codec = {".wav": "pcm_s16le", ".mp3": "mp3", ".m4a": "aac", ".ogg": "libopus", ".flac": "flac"}[path.suffix]
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = 0.6 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)
    samples = np.repeat(tone[None], channels, axis=0).astype(np.float32)
    with av.open(path, "w") as file:
        stream = file.add_stream(codec, rate=rate, layout="mono" if channels == 1 else "stereo")
        frame = av.AudioFrame.from_ndarray(samples, "fltp", stream.layout.name)
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


@dataclass(frozen=True)
class Heard:
    """Sounds in a film's sound track: their begins and ends, and the end of the track, in seconds."""

    begins: list[float]
    ends: list[float]
    length: float
    codec: str


def listen(film: Path) -> Heard:
    """Decode a film's sound track, as a player would, and find its sounds."""
    with av.open(film) as source:
        stream = source.streams.audio[0]
        blocks = [(float(frame.time), frame.to_ndarray()) for frame in source.decode(audio=0)]
        rate, codec = stream.rate, stream.codec_context.name
        length = float(stream.duration * stream.time_base) if stream.duration else None
    samples = np.concatenate([block for _, block in blocks], axis=1)
    heard = np.flatnonzero(np.abs(samples).max(axis=0) > LOUD)
    breaks = np.flatnonzero(np.diff(heard) > GAP * rate)
    start = blocks[0][0]
    return Heard(
        [start + index / rate for index in (heard[0], *heard[breaks + 1])],
        [start + (index + 1) / rate for index in (*heard[breaks], heard[-1])],
        length or start + samples.shape[1] / rate,
        codec,
    )
