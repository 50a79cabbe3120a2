"""Rendering task: render a part of a chapter, each of its segments into a file of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgeglow.film.chapter_task import ChapterResult, ChapterTask
from edgeglow.film.join import join_segments
from edgeglow.film.segments import CutPoint
from edgeglow.film.worker_pool import Report
from edgeglow.model.errors import EdgeglowError

REPORT_SECONDS = 0.1


@dataclass(frozen=True)
class RenderTask(ChapterTask):
    """Task that renders the chapter as a video.

    With ``cut_points`` it renders only from the first cut point to the last, with one file for each segment between
    two cut points.
    """

    cut_points: tuple[CutPoint, ...] = ()

    @property
    def place(self) -> Path:
        """Output folder; each range of segments has its own, since several may be rendered at the same time."""
        return super().place / (f"{self.cut_points[0].play}" if self.cut_points else "")

    def __call__(self, report: Report) -> ChapterResult:
        settings: dict[str, Any] = {}
        if self.cut_points:
            settings["from_animation_number"] = self.cut_points[0].play
            settings["upto_animation_number"] = self.cut_points[-1].play - 1
        with self.staged(**settings) as stage:
            scene = stage.scene
            counter = _FrameCounter(report)
            renderer = scene.renderer
            if self.settings.format != "gif":  # Manim makes GIFs out of its own segments
                from edgeglow.film.segment_writer import write_segments

                write_segments(
                    renderer, [cut_point.frame - self.cut_points[0].frame for cut_point in self.cut_points[1:-1]]
                )
            write = renderer.file_writer.write_frame

            def count(pixels: Any, *, repeat: int = 1) -> None:
                write(pixels, repeat=repeat)
                counter.add(repeat)

            renderer.file_writer.write_frame = count
            _draw_nothing_while_skipping(renderer)
            scene.render()
            counter.flush()
            files = getattr(renderer.file_writer, "segments", None) or [Path(renderer.file_writer.final_file_path)]
            return self.told(stage, counter.total, files=tuple(files))


def _draw_nothing_while_skipping(renderer: Any) -> None:
    """Skip drawing while animations are skipped; Manim would draw static mobjects all the same."""
    draw = renderer.update_frame

    def draw_what_is_shown(*args: Any, **kwargs: Any) -> None:
        if not renderer.skip_animations:
            draw(*args, **kwargs)

    renderer.update_frame = draw_what_is_shown


def assemble_chapter(measured: ChapterResult, parts: Sequence[ChapterResult], folder: Path) -> ChapterResult:
    """Return the chapter made of its rendered parts, in order: one video, whose packets are copied.

    Raises EdgeglowError when its length differs from that measured before.
    """
    files = [file for part in parts for file in part.files]
    frames = sum(part.frames for part in parts)
    if len(files) > 1 or len(parts) > 1:
        target = folder / f"{measured.name}{files[0].suffix}"
        frames = sum(join_segments(files, target))
        for file in files:
            file.unlink()
        files = [target]
    if frames != measured.frames:
        raise EdgeglowError(
            f"{measured.name}: {frames} frames were rendered, but {measured.frames} when it was measured: its code"
            " must play the same each time"
        )
    digests = next((part.digests for part in parts if part.digests != measured.digests), measured.digests)
    return replace(measured, files=tuple(files), digests=digests, was_kept=False)


class _FrameCounter:
    """Counter of written frames that reports at most every ``REPORT_SECONDS``."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._untold = 0
        self._told_at = 0.0
        self.total = 0

    def add(self, frames: int) -> None:
        self.total += frames
        self._untold += frames
        if time.monotonic() - self._told_at >= REPORT_SECONDS:
            self.flush()

    def flush(self) -> None:
        self._report(self._untold)
        self._untold = 0
        self._told_at = time.monotonic()
