"""Samples of a film's frames in memory, and the time to encode them while all cores encode."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from manim import Scene
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from edgeglow.film.chapter_task import ChapterTask
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.segment_writer import FilmEncoder, SegmentWriter
from edgeglow.film.settings import FilmSettings

ENCODERS = (FilmEncoder, VideoSegmentEncoder)  # the film's, and Manim's, its base class
KEPT, EVERY = 2.0, 10.0  # seconds
SILENT = 900.0  # timeout in seconds for a process that waits for the others


@dataclass
class Piece:
    """Frames in memory, each with the number of times it is shown."""

    frames: list[tuple[np.ndarray, int]] = field(default_factory=list)
    count: int = 0

    def add(self, pixels: np.ndarray, repeat: int) -> None:
        self.frames.append((pixels, repeat))
        self.count += repeat


class Sampler:
    """Player of a chapter that encodes samples: ``kept`` frames from the middle of every ``every`` frames.

    Frames that are not kept are not drawn either. ``seconds`` are the encoding times of each of ``ENCODERS``,
    ``sampled`` is the number of encoded frames, of ``total``.
    """

    def __init__(self, target: Path, kept: int, every: int, barrier: Any) -> None:
        self.target, self.kept, self.every, self.barrier = target, kept, every, barrier
        self.total, self.sampled, self.seconds = 0, 0, [0.0 for _ in ENCODERS]
        self.piece = Piece()

    def play(self, job: ChapterTask) -> None:
        with job.staged() as stage:
            renderer = stage.scene.renderer
            writer: Any = SegmentWriter(renderer.file_writer.settings)
            writer.open_partial_movie_stream = lambda **_: None
            writer.write_frame = self.write
            renderer.file_writer, self.spec = writer, writer.video_encoder
            self._draw_only_what_is_kept(renderer)
            stage.scene.render()
            self.encode()

    def _draw_only_what_is_kept(self, renderer: Any) -> None:
        draw, draw_still = renderer.update_frame, renderer.save_static_frame_data
        is_still = False

        def draw_kept(scene: Scene, *args: Any, **options: Any) -> None:
            # A frozen frame may be shown for so long that it reaches the kept part.
            if is_still or self.left_until_border()[0] or scene.is_current_animation_frozen_frame():
                draw(scene, *args, **options)

        def draw_static(*args: Any, **options: Any) -> Any:
            nonlocal is_still
            is_still = True
            try:
                return draw_still(*args, **options)
            finally:
                is_still = False

        renderer.update_frame, renderer.save_static_frame_data = draw_kept, draw_static

    def left_until_border(self) -> tuple[bool, int]:
        """Return whether the next frame is kept, and for how many frames that does not change."""
        at, begin = self.total % self.every, (self.every - self.kept) // 2
        if at < begin:
            return False, begin - at
        if at < begin + self.kept:
            return True, begin + self.kept - at
        return False, self.every - at + begin

    def write(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        """Replace the writer's write_frame: keep or drop a frame, and encode complete samples."""
        while repeat:
            is_kept, left = self.left_until_border()
            count = min(repeat, left)
            if is_kept:
                self.piece.add(np.array(pixels, copy=True), count)
            self.total += count
            repeat -= count
            if is_kept and count == left:
                self.encode()

    def encode(self) -> None:
        """Encode the sample at the same time as all other processes."""
        piece, self.piece = self.piece, Piece()
        if not piece.count:
            return
        for number, kind in enumerate(ENCODERS):
            self.barrier.wait(SILENT)
            start = time.perf_counter()
            encoder = kind(target=self.target, spec=self.spec)
            for pixels, repeat in piece.frames:
                encoder.write_frame(pixels, repeat=repeat)
            encoder.finish()
            self.seconds[number] += time.perf_counter() - start
        self.sampled += piece.count


@dataclass(frozen=True)
class Encoding:
    """Work of one of the processes: play all chapters and encode samples of them."""

    run: Path
    settings: FilmSettings
    chapters: tuple[type[Any], ...]
    folder: Path
    whole: bool

    def __call__(self, number: int, barrier: Any, results: Any) -> None:
        kept = round(KEPT * self.settings.fps)
        every = kept if self.whole else round(EVERY * self.settings.fps)
        folder, found = self.folder / str(number), []
        try:
            for chapter in self.chapters:
                sampler = Sampler(folder / "piece.mp4", kept, every, barrier)
                sampler.play(ChapterTask(chapter, FilmInputs(self.run), self.settings, folder))
                found.append((sampler.total, sampler.sampled, *sampler.seconds))
        except BaseException:
            barrier.abort()
            results.put(None)
            raise
        results.put(found)
