"""Recordings that are damaged, endless, or no recordings: each is refused in one line, and at once."""

from __future__ import annotations

import os
import random
import struct
import wave
from pathlib import Path

import pytest
from sounds import write_tone

from edgeglow.film import narration
from edgeglow.film.narration import RATE, measured_recording
from edgeglow.model.errors import EdgeglowError

KINDS = ("wav", "mp3", "m4a", "ogg", "flac")


def refusal(path: Path) -> str:
    with pytest.raises(EdgeglowError) as caught:
        measured_recording(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ") and "\n" not in line and len(line) < 300
    return line


def write_silence(path: Path, seconds: float, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * round(rate * seconds)))
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    path.touch()
    assert "cannot be read as sound: " in refusal(path)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_cut_or_damaged_is_measured_or_refused(tmp_path: Path, kind: str) -> None:
    """Whatever FFmpeg makes of it, it is one line: no EOFError, AttributeError or MemoryError."""
    whole = write_tone(tmp_path / f"whole.{kind}", 0.1).read_bytes()
    dice = random.Random(kind)
    cases = [whole[: len(whole) * part // 30] for part in range(30)]
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(min(len(damaged), 300))] = dice.choice((0, 1, 127, 255))
        cases.append(bytes(damaged))
    path = tmp_path / f"damaged.{kind}"
    refused = 0
    for content in cases:
        path.write_bytes(content)
        try:
            measured_recording(path)
        except EdgeglowError as error:
            refused += 1
            assert str(error).startswith(f"{path}: cannot be read as sound: ") and "\n" not in str(error)
    assert refused > 5


@pytest.mark.parametrize(
    ("offset", "code", "number", "reason"),
    [
        (10, "<H", 0, "it has no sound that can be read"),
        (12, "<I", 1, "it has 1 samples a second, expected 4,000 to 768,000"),
        (12, "<I", 2**31 - 1, "it has 2,147,483,647 samples a second"),
    ],
)
def test_what_a_header_claims_is_bounded(tmp_path: Path, offset: int, code: str, number: int, reason: str) -> None:
    content = bytearray(write_tone(tmp_path / "a.wav", 0.1).read_bytes())
    at = content.index(b"fmt ") + offset
    content[at : at + struct.calcsize(code)] = struct.pack(code, number)
    (tmp_path / "a.wav").write_bytes(content)
    assert reason in refusal(tmp_path / "a.wav")


def test_a_claim_of_gigabytes_counts_for_nothing(tmp_path: Path) -> None:
    content = bytearray(write_tone(tmp_path / "a.wav", 0.1).read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", 2**32 - 16)
    (tmp_path / "a.wav").write_bytes(content)
    assert measured_recording(tmp_path / "a.wav").samples == RATE // 10


def test_a_recording_has_a_longest_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_silence(tmp_path / "a.wav", 70, 4_000)
    assert measured_recording(path).seconds == pytest.approx(70, abs=0.1)
    monkeypatch.setattr(narration, "LONGEST", 60)
    assert "it is longer than 60 seconds, too long for one beat" in refusal(path)


@pytest.mark.parametrize("text", ["ffconcat version 1.0\nfile whole.wav\n", "#EXTM3U\n#EXTINF:1,\nwhole.wav\n"])
@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.m4a", "a.ogg", "a.flac"])
def test_a_list_of_other_files_is_no_recording(tmp_path: Path, name: str, text: str) -> None:
    write_tone(tmp_path / "whole.wav", 0.1)
    (tmp_path / name).write_text(text)
    assert "cannot be read as sound: " in refusal(tmp_path / name)


def test_a_name_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("concat:b.wav", "https:x.wav"):
        write_tone(tmp_path / "b.wav", 0.1).rename(tmp_path / name)
        assert measured_recording(Path(name)).samples == RATE // 10


def test_what_a_file_is_counts_more_than_its_name(tmp_path: Path) -> None:
    write_tone(tmp_path / "b.ogg", 0.2).rename(tmp_path / "a.wav")
    assert measured_recording(tmp_path / "a.wav").seconds == pytest.approx(0.2, abs=0.03)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.wav")
    assert "is a pipe or a device, no file; expected a recording" in refusal(tmp_path / "a.wav")
