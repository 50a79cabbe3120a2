"""Joining of clips into one film: packets are copied, no frame is encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from edgeglow.film.sound_track import SoundTrack, TrackEncoder
from edgeglow.model.errors import EdgeglowError

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.container.core import Chapter  # only in PyAV's stubs
    from av.video.stream import VideoStream

JOINABLE = ("mp4", "mov", "webm")
LANGUAGES = {"en": "eng", "ko": "kor", "ja": "jpn", "zh": "zho", "de": "deu", "fr": "fra", "es": "spa"}


@dataclass(frozen=True)
class TitledClip:
    """A rendered chapter: its file, and its title in the film's table of contents."""

    path: Path
    title: str


def join_clips(
    clips: Sequence[TitledClip],
    target: Path,
    *,
    title: str,
    language: str,
    comment: str,
    sound: SoundTrack | None = None,
) -> list[int]:
    """Write the clips one after another into ``target``, and return each clip's number of frames.

    All clips must have the same size, codec, pixel format and frame rate (else EdgeglowError); the container follows
    from the target's suffix. Each clip becomes a chapter of the file, and the file can play while it loads. ``sound``
    becomes the sound track, as long as the clips.
    """
    kind = target.suffix.removeprefix(".")
    options = {"fflags": "+bitexact"}  # the same clips make the same file: no random ids, no timestamps
    if kind in ("mp4", "mov"):
        options["movflags"] = "+faststart"
    lengths, delays = zip(*(_measured(clip.path) for clip in clips), strict=True)
    with av.open(target, "w", format="matroska" if kind == "mkv" else kind, container_options=options) as film:
        film.metadata.update({"title": title, "comment": comment})
        with av.open(clips[0].path) as first:
            rate, stream_format = _rate(first), _stream_format(first)
            template = first.streams.video[0]
            stream = film.add_stream_from_template(template)
            if "alpha_mode" in template.metadata:  # WebM players decode it only if declared
                stream.pix_fmt = "yuva420p"
        stream.metadata["language"] = LANGUAGES.get(language, language)
        track = sound.begin(film, kind, sum(lengths) / rate) if sound else None
        if track:
            film.streams.audio[0].metadata["language"] = stream.metadata["language"]
        film.set_chapters(_marks(clips, lengths, rate))
        start = 0
        for clip, length, delay in zip(clips, lengths, delays, strict=True):
            with av.open(clip.path) as source:
                if (_rate(source), _stream_format(source)) != (rate, stream_format):
                    raise EdgeglowError(
                        f"{clip.path.name}: is {_stream_format(source)} at {_rate(source)} frames a second, but"
                        f" {clips[0].path.name} is {stream_format} at {rate}; only clips of one kind can be joined"
                    )
                _copy(source, film, stream, start, rate, track, max(delays) - delay)
            start += length
        if track:
            track.advance()
    return list(lengths)


def join_segments(segments: Sequence[Path], target: Path) -> list[int]:
    """Write the segments of a chapter one after another, and return each one's number of frames."""
    return join_clips([TitledClip(segment, "") for segment in segments], target, title="", language="", comment="")


def _copy(
    source: InputContainer,
    film: OutputContainer,
    stream: VideoStream,
    start: int,
    rate: Fraction,
    track: TrackEncoder | None,
    earlier: int,
) -> None:
    """Copy the packets to the film from frame ``start`` on, with the sound that belongs to them.

    Timestamps are counted in frames. Decoding times are moved ``earlier`` frames ahead.
    """
    for packet in source.demux(video=0):
        if packet.dts is None or packet.pts is None:
            continue  # the empty packet at the end of a stream
        frames = packet.time_base * rate
        packet.pts = start + round(packet.pts * frames)
        packet.dts = start + round(packet.dts * frames) - earlier
        packet.duration = 1
        packet.time_base = 1 / rate
        packet.stream = stream
        if track:
            track.advance(packet.dts / rate)
        film.mux(packet)


def _marks(clips: Sequence[TitledClip], lengths: Sequence[int], rate: Fraction) -> list[Chapter]:
    """Return the film's table of contents in PyAV's form, with times counted in frames."""
    ends = [sum(lengths[: number + 1]) for number in range(len(lengths))]
    return [
        {
            "id": number + 1,
            "start": end - length,
            "end": end,
            "time_base": 1 / rate,
            "metadata": {"title": clip.title},
        }
        for number, (clip, length, end) in enumerate(zip(clips, lengths, ends, strict=True))
    ]


def _measured(path: Path) -> tuple[int, int]:
    """Return a clip's number of frames, and by how many frames its first packet is decoded before it is shown.

    x264 sets no such delay for clips of one or two frames, but does for longer ones, to reorder frames.
    """
    with av.open(path) as source:
        rate = _rate(source)
        packets = [packet for packet in source.demux(video=0) if packet.dts is not None]
        first = packets[0] if packets else None
        early = round(((first.pts or 0) - (first.dts or 0)) * first.time_base * rate) if first else 0
        return len(packets), early


def _rate(source: InputContainer) -> Fraction:
    """Return the frame rate. WebM stores only milliseconds, so the guessed rate is better than the average."""
    rate = source.streams.video[0].guessed_rate
    if not rate:
        raise EdgeglowError(f"{source.name}: has no frame rate, so it cannot be joined")
    return Fraction(rate)


def _stream_format(source: InputContainer) -> str:
    codec = source.streams.video[0].codec_context
    return f"{codec.name} {codec.pix_fmt} {codec.width}x{codec.height}"
