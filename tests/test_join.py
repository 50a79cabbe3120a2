"""Clips become one film: every frame as it was encoded, chapter marks, and what does not go together."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import av
import numpy as np
import pytest

from edgeglow.film.join import TitledClip, join_clips
from edgeglow.model.errors import EdgeglowError


def packets(path: Path) -> list[bytes]:
    with av.open(path) as film:
        return [bytes(packet) for packet in film.demux(video=0) if packet.dts is not None]


def make_clip(
    path: Path, shades: list[int], size: tuple[int, int] = (64, 36), fps: int = 5, pixels: str = "yuv420p"
) -> TitledClip:
    with av.open(path, "w") as clip:
        stream = clip.add_stream("libvpx-vp9" if path.suffix == ".webm" else "libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        for shade in shades:
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), shade, np.uint8), format="rgb24")
            clip.mux(stream.encode(frame))
        clip.mux(stream.encode())
    return TitledClip(path, path.stem.title())


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm"])
def test_joined_film_holds_every_frame_in_order_as_it_was_encoded(tmp_path: Path, kind: str) -> None:
    shades = [[30, 40, 50, 60, 70, 80, 90], [200, 190, 180], [20] * 11]
    clips = [make_clip(tmp_path / f"part{number}.{kind}", part) for number, part in enumerate(shades)]
    film = tmp_path / f"film.{kind}"
    assert join_clips(clips, film, title="Nine", language="ko", comment="run 5a") == [7, 3, 11]
    assert packets(film) == [packet for clip in clips for packet in packets(clip.path)]
    with av.open(film) as joined:
        frames = [(round(frame.time * 5), frame.to_ndarray(format="gray").mean()) for frame in joined.decode(video=0)]
    assert [time for time, _ in frames] == list(range(21))
    assert [shade for _, shade in frames] == pytest.approx(list(chain(*shades)), abs=4)


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_joined_film_knows_its_chapters(tmp_path: Path, kind: str) -> None:
    clips = [make_clip(tmp_path / f"part{number}.{kind}", [50] * length) for number, length in enumerate((7, 4))]
    film = tmp_path / f"film.{kind}"
    join_clips(clips, film, title="Nine", language="ko", comment="run 5a")
    with av.open(film) as joined:
        marks = [
            (
                mark["metadata"]["title"],
                float(mark["start"] * mark["time_base"]),
                float(mark["end"] * mark["time_base"]),
            )
            for mark in joined.chapters()
        ]
        tags = {key.lower(): value for key, value in joined.metadata.items()}
        language = joined.streams.video[0].metadata["language"]
    assert marks == [("Part0", 0, 1.4), ("Part1", 1.4, 2.2)]
    assert (tags["title"], tags["comment"], language) == ("Nine", "run 5a", "kor")


def test_joined_film_stays_transparent(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "part.webm", [50] * 3, pixels="yuva420p")
    film = tmp_path / "film.webm"
    join_clips([clip, clip], film, title="", language="en", comment="")
    with av.open(film) as joined:
        assert joined.streams.video[0].metadata["alpha_mode"] == "1"
        packets = [packet for packet in joined.demux(video=0) if packet.dts is not None]
    assert all(packet.has_sidedata("matroska_block_additional") for packet in packets)


def test_joined_film_can_play_while_it_loads(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    join_clips([make_clip(tmp_path / "part.mp4", [9, 8, 7])], film, title="", language="en", comment="")
    content = film.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_clips_of_another_kind_are_not_joined(tmp_path: Path) -> None:
    clips = [make_clip(tmp_path / "a.mp4", [1, 2]), make_clip(tmp_path / "b.mp4", [1, 2], size=(32, 36))]
    with pytest.raises(EdgeglowError, match=r"b\.mp4: is h264 yuv420p 32x36 at 5 .* but a\.mp4 is .* 64x36"):
        join_clips(clips, tmp_path / "film.mp4", title="", language="en", comment="")


@pytest.mark.parametrize("lengths", [(1, 8, 2, 9), (2, 7), (9, 1), (1, 1, 1)])
def test_clips_of_a_frame_or_two_can_be_joined(tmp_path: Path, lengths: tuple[int, ...]) -> None:
    """x264 gives them other times of decoding than longer ones."""
    clips = [
        make_clip(tmp_path / f"{number}.mp4", list(range(30, 30 + 20 * length, 20)))
        for number, length in enumerate(lengths)
    ]
    film = tmp_path / "film.mp4"
    assert join_clips(clips, film, title="Nine", language="en", comment="") == list(lengths)
    with av.open(film) as joined:
        times = [round(frame.time * 5) for frame in joined.decode(video=0)]
    assert times == list(range(sum(lengths)))
