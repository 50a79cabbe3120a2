"""Recordings of narration: finding, checking, measuring and decoding them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from av.audio.resampler import AudioResampler

from edgeglow.film.paths import display_path
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.input_file import open_input
from edgeglow.model.files.npz_file import DAMAGE

if TYPE_CHECKING:
    from edgeglow.scenes.script import Script

RATE = 48_000  # samples per second
NOTES = (".md", ".txt")  # the printed script may lie beside the recordings
EXAMPLE = "pixel_flow/given.wav"
LONGEST = 600  # seconds of one beat
RATES = range(4_000, 768_001)  # samples per second that are accepted
MOST_BYTES = 2**30

# FFmpeg reads hundreds of formats, and some refer to other files: only these are accepted, recognised by their first
# bytes, else by the suffix.
FORMATS = {
    b"RIFF": "wav",
    b"RF64": "wav",
    b"ID3": "mp3",
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"\x1aE\xdf\xa3": "matroska",
    b"\xff\xf1": "aac",
    b"\xff\xf9": "aac",
}
KINDS = {".wav": "wav", ".mp3": "mp3", ".m4a": "mov", ".ogg": "ogg", ".flac": "flac"}


@dataclass(frozen=True)
class Recording:
    """Recording of one beat; ``samples`` is its length at RATE."""

    path: Path
    samples: int

    @property
    def seconds(self) -> float:
        return self.samples / RATE


@dataclass(frozen=True)
class Narration:
    """Recordings of a film, by the chapter's page in the script and the beat's name."""

    recordings: Mapping[str, Mapping[str, Recording]] = field(default_factory=dict)

    def of(self, page: str, beat: str) -> Recording | None:
        return self.recordings.get(page, {}).get(beat)

    def seconds(self, page: str) -> dict[str, float]:
        """Return the seconds of each recorded beat of a chapter."""
        return {beat: one.seconds for beat, one in self.recordings.get(page, {}).items()}

    def __bool__(self) -> bool:
        return any(self.recordings.values())


def find_recordings(folder: Path, script: Script) -> Narration:
    """Return the recordings in ``folder``, which has a folder for each chapter's page with a file for each beat.

    Raises EdgeglowError, in one line, when a file belongs to no beat, two files belong to the same beat, a file holds
    no sound, or there is no recording at all.
    """
    if not folder.is_dir():
        found = "is a file" if folder.exists() else "there is no such folder"
        raise EdgeglowError(f"{display_path(folder)}: {found}; expected a folder of recordings, as {EXAMPLE} in it")
    pages = [page for page, content in script.pages.items() if isinstance(content, dict) and "beats" in content]
    recordings: dict[str, dict[str, Recording]] = {}
    for place in _entries(folder):
        if place.is_dir():
            if place.name not in pages:
                raise EdgeglowError(f"{display_path(place)}: there is no such chapter; {_hint(place.name, pages)}")
            recordings[place.name] = _chapter(place, script.beats(place.name))
        elif place.suffix.lower() not in NOTES:
            raise EdgeglowError(f"{display_path(place)}: lies beside the chapters' folders; expected {EXAMPLE}")
    if not (voice := Narration(recordings)):
        raise EdgeglowError(f"{display_path(folder)}: holds no recording; expected at least one, as {EXAMPLE} in it")
    return voice


def read_sound(path: Path) -> Iterator[np.ndarray]:
    """Yield the sound in a file in blocks: float32 (2, samples) at RATE, with two equal rows if it is mono.

    Raises EdgeglowError when it cannot be read, or is longer than LONGEST.
    """
    left = LONGEST * RATE
    kind = _format_of(path)
    try:
        for block in _decoded(path, kind):
            if (left := left - block.shape[1]) < 0:
                raise _broken(path, f"it is longer than {LONGEST} seconds, too long for one beat")
            yield block
    except (OSError, av.FFmpegError, *DAMAGE) as error:
        reason = (getattr(error, "strerror", None) or str(error) or "it is damaged").splitlines()[0]
        raise _broken(path, reason.lower()) from error


def _decoded(path: Path, kind: str) -> Iterator[np.ndarray]:
    """Yield the sound in a file of this format. Raises ValueError where it has none, and PyAV's errors."""
    # An absolute path cannot name a protocol, and the whitelist forbids others in what the file refers to.
    with av.open(path.absolute(), format=kind, options={"protocol_whitelist": "file"}) as source:
        if not source.streams.audio:
            raise ValueError("it has no sound")
        stream = source.streams.audio[0]
        channels, rate = getattr(stream, "channels", 0), getattr(stream, "rate", 0)
        if not channels:
            raise ValueError("it has no sound that can be read")
        if rate not in RATES:
            raise ValueError(f"it has {rate:,} samples a second, expected {RATES[0]:,} to {RATES[-1]:,}")
        # Only more than two channels are mixed down: a single channel is repeated at its own loudness.
        mono = channels == 1
        resampler = AudioResampler("fltp", "mono" if mono else "stereo", RATE)
        for frame in chain(source.decode(audio=0), (None,)):
            for block in resampler.resample(frame):
                samples = block.to_ndarray()
                yield np.repeat(samples, 2, axis=0) if mono else samples


def _format_of(path: Path) -> str:
    """Return FFmpeg's name for the format of a file."""
    with open_input(path, MOST_BYTES, "a recording") as file:
        start = file.read(12)
    if start[4:8] == b"ftyp":
        return "mov"
    found = (kind for magic, kind in FORMATS.items() if start.startswith(magic))
    return next(found, KINDS[path.suffix.lower()])


def measured_recording(path: Path) -> Recording:
    """Return the recording in a file, read to its end. Raises EdgeglowError when it holds no sound."""
    samples = sum(block.shape[1] for block in read_sound(path))
    if not samples:
        raise _broken(path, "it is empty")
    return Recording(path, samples)


def _chapter(folder: Path, beats: tuple[str, ...]) -> dict[str, Recording]:
    files: dict[str, Path] = {}
    for path in _entries(folder):
        if path.suffix.lower() in NOTES:
            continue
        if path.is_dir() or path.suffix.lower() not in KINDS:
            raise EdgeglowError(f"{display_path(path)}: is no recording; expected a file in {', '.join(KINDS)}")
        if path.stem not in beats:
            raise EdgeglowError(f"{display_path(path)}: {folder.name} has no such beat; {_hint(path.stem, beats)}")
        if path.stem in files:
            names = f"{files[path.stem].name} and {path.name}"
            raise EdgeglowError(f"{display_path(folder)}: {names} are both of the beat {path.stem}; keep one of them")
        files[path.stem] = path
    return {beat: measured_recording(path) for beat, path in files.items()}


def _entries(folder: Path) -> list[Path]:
    """Return the entries of a folder without hidden ones."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _hint(name: str, known: Sequence[str]) -> str:
    from edgeglow.scenes.script.script_parts import similar_names

    return similar_names(name.lower().partition("-")[0], known)


def _broken(path: Path, reason: str) -> EdgeglowError:
    return EdgeglowError(f"{display_path(path)}: cannot be read as sound: {reason}; record or export it again")
