"""Chapters in segments: however they are shared out, the film is the same, frame by frame and bit by bit."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import pytest
from casts import make_run
from hypothesis import given
from hypothesis import strategies as some

from edgeglow.film.chapter_task import ChapterResult, MeasureTask
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.render_task import RenderTask, assemble_chapter
from edgeglow.film.segments import CutPoint, SegmentRange, schedule_segments
from edgeglow.film.settings import FilmSettings
from edgeglow.film.worker_pool import WorkerPool
from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.chapters import FILM, PixelFlow, Training

LOOK = FilmSettings(width=64, height=36, fps=5.0)


def cut_points_of(lengths: Sequence[int]) -> tuple[CutPoint, ...]:
    """Of a chapter whose segments have these lengths, two plays in each."""
    frames = [0]
    for length in lengths:
        frames.append(frames[-1] + length)
    return tuple(CutPoint(2 * number, frame) for number, frame in enumerate(frames))


chapters = some.dictionaries(
    some.integers(0, 20), some.lists(some.integers(1, 900), min_size=1, max_size=12).map(cut_points_of), min_size=1
)


@given(chapters, some.integers(1, 64))
def test_every_piece_is_in_one_stretch(film: dict[int, tuple[CutPoint, ...]], processes: int) -> None:
    segment_ranges = schedule_segments(film, processes)
    for number, cut_points in film.items():
        own = sorted((one for one in segment_ranges if one.chapter == number), key=lambda one: one.begin)
        segments = [pair for one in own for pair in pairwise(one.cut_points)]
        assert segments == list(pairwise(cut_points))
    lengths = [one.frames for one in segment_ranges]
    assert lengths == sorted(lengths, reverse=True), "the longest first"


@given(some.integers(1, 16))
def test_processes_end_together(processes: int) -> None:
    """Where a film has many short segments, no process works a quarter longer than its share."""
    film = {number: cut_points_of([40, 60, 50, 45] * 6) for number in range(12)}
    ends = [0] * processes
    for segment_range in schedule_segments(film, processes):
        ends[ends.index(min(ends))] += segment_range.frames
    assert max(ends) <= 1.25 * sum(ends) / processes


# -- frames -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> FilmInputs:
    path = tmp_path_factory.mktemp("run") / "tiny.npz"
    make_run("tiny").save(path)
    return FilmInputs(path)


def pictures(files: Sequence[Path]) -> list[str]:
    """A digest of every frame of the files, one after the other."""
    found = []
    for file in files:
        with av.open(file) as video:
            for frame in video.decode(video=0):
                found.append(hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest())
    return found


def rendered(chapter: type, source: FilmInputs, folder: Path, cut_points: Sequence[CutPoint]) -> ChapterResult:
    return RenderTask(chapter, source, LOOK, folder, cut_points=tuple(cut_points))(lambda frames: None)


@pytest.mark.parametrize("chapter", FILM, ids=lambda chapter: chapter.__name__)
def test_a_chapter_that_is_begun_anywhere_goes_on_as_if_it_had_been_played(
    chapter: type, source: FilmInputs, tmp_path: Path
) -> None:
    measured = MeasureTask(chapter, source, LOOK, tmp_path)(lambda frames: None)
    cut_points = measured.cut_points
    assert cut_points[0] == CutPoint(0, 0) and cut_points[-1].frame == measured.frames
    assert len(cut_points) >= len({cue.beat for cue in measured.cues}), "a chapter can be cut at every beat"
    whole = rendered(chapter, source, tmp_path / "whole", cut_points)
    assert len(whole.files) == len(cut_points) - 1
    third = max(1, len(cut_points) // 3)
    ways = [cut_points[: third + 1], cut_points[third : 2 * third + 1], cut_points[2 * third :]]
    parts = [rendered(chapter, source, tmp_path / str(way), cut) for way, cut in enumerate(ways)]
    assert pictures([file for part in parts for file in part.files]) == pictures(whole.files)
    bits = [[file.read_bytes() for file in part.files] for part in (whole, *parts)]
    assert bits[0] == [file for part in bits[1:] for file in part], "not even encoded otherwise"


def test_pieces_become_one_clip(source: FilmInputs, tmp_path: Path) -> None:
    measured = MeasureTask(Training, source, LOOK, tmp_path)(lambda frames: None)
    middle = measured.cut_points[3]
    tasks = [
        RenderTask(Training, source, LOOK, tmp_path / "parts", cut_points=cut_points)
        for cut_points in (measured.cut_points[:4], measured.cut_points[3:])
    ]
    with WorkerPool(2, tmp_path) as pool:
        parts = dict(pool.work(tasks, lambda frames: None))
    assert [parts[0].frames, parts[1].frames] == [middle.frame, measured.frames - middle.frame]
    before = pictures([*parts[0].files, *parts[1].files])
    result = assemble_chapter(measured, [parts[0], parts[1]], tmp_path)
    assert pictures(result.files) == before and result.cues == measured.cues
    assert not parts[0].files[0].exists(), "segments are not kept twice"


def test_a_chapter_that_plays_otherwise_each_time_is_refused(source: FilmInputs, tmp_path: Path) -> None:
    measured = MeasureTask(PixelFlow, source, LOOK, tmp_path)(lambda frames: None)
    part = rendered(PixelFlow, source, tmp_path, measured.cut_points[:3])
    with pytest.raises(EdgeglowError, match=rf"PixelFlow: {part.frames} frames were rendered, but {measured.frames}"):
        assemble_chapter(measured, [part], tmp_path)


def test_a_gif_is_rendered_whole() -> None:
    assert SegmentRange(3, ()).begin == 0


ENCODE = """
import hashlib, io, sys
import av, numpy as np
from edgeglow.film.settings import FilmSettings

generator = np.random.default_rng(1)
dots, way = generator.random((60, 2)) * (180, 320), 1.5 * generator.normal(size=(60, 2))
target = io.BytesIO()
with av.open(target, "w", format="mp4") as file:
    stream = file.add_stream("libx264", rate=10, options=FilmSettings().manim("")["video_encoder_options"])
    stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
    for number in range(48):
        picture = np.full((180, 320, 3), 14, np.uint8)
        along = np.linspace(0, 1, 200)[:, None]
        places = dots + way * min(number, 20)
        for first, second in zip(places[:-1], places[1:]):
            y, x = np.clip(first + (second - first) * along, 0, (179, 319)).astype(int).T
            picture[y, x] = np.minimum(255, picture[y, x].astype(int) + (40, 90, 120))
        file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
    file.mux(stream.encode(None))
print(hashlib.sha256(target.getvalue()).hexdigest())
"""


def test_the_same_frames_make_the_same_file() -> None:
    """Whatever lies in the memory that the encoder is given; glibc fills it with other bytes each time."""
    found = [
        subprocess.run(
            [sys.executable, "-c", ENCODE],
            env=os.environ | {"MALLOC_PERTURB_": filling},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for filling in ("1", "85", "170")
    ]
    assert len(set(found)) == 1 and len(found[0]) == 65
