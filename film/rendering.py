"""What a worker does with a stretch of a chapter: render it, each of its pieces into a file of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from film.crew import Report
from film.join import splice
from film.pieces import Joint
from film.takes import Job, Take
from model.errors import EdgeglowError

REPORT_SECONDS = 0.1


@dataclass(frozen=True)
class Render(Job):
    """The chapter as a video; from its first joint on to its last, if there are any, each piece by itself."""

    joints: tuple[Joint, ...] = ()

    @property
    def place(self) -> Path:
        """A folder of its own for each stretch: others may be on their way at the same time."""
        return super().place / (f"{self.joints[0].play}" if self.joints else "")

    def __call__(self, report: Report) -> Take:
        settings: dict[str, Any] = {}
        if self.joints:
            settings["from_animation_number"] = self.joints[0].play
            settings["upto_animation_number"] = self.joints[-1].play - 1
        with self.staged(**settings) as stage:
            scene = stage.scene
            counter = _Counter(report)
            renderer = scene.renderer
            if self.look.format != "gif":  # Manim makes GIFs out of its own segments
                from film.writer import write_pieces

                write_pieces(renderer, [joint.frame - self.joints[0].frame for joint in self.joints[1:-1]])
            write = renderer.file_writer.write_frame

            def count(pixels: Any, *, repeat: int = 1) -> None:
                write(pixels, repeat=repeat)
                counter.add(repeat)

            renderer.file_writer.write_frame = count
            _draw_nothing_while_skipping(renderer)
            scene.render()
            counter.flush()
            files = getattr(renderer.file_writer, "pieces", None) or [
                Path(renderer.file_writer.final_file_path)
            ]
            return self.told(stage, counter.total, files=tuple(files))


def _draw_nothing_while_skipping(renderer: Any) -> None:
    """What is passed over need not be drawn: Manim draws what stands still in it all the same."""
    draw = renderer.update_frame

    def draw_what_is_shown(*args: Any, **kwargs: Any) -> None:
        if not renderer.skip_animations:
            draw(*args, **kwargs)

    renderer.update_frame = draw_what_is_shown


def assemble(measured: Take, parts: Sequence[Take], folder: Path) -> Take:
    """A chapter of its rendered stretches, in their order: one video of all their pieces, whose packets are copied.

    Raises EdgeglowError when they are not as long as the chapter was when it was measured.
    """
    files = [file for part in parts for file in part.files]
    frames = sum(part.frames for part in parts)
    if len(files) > 1 or len(parts) > 1:
        target = folder / f"{measured.name}{files[0].suffix}"
        frames = sum(splice(files, target))
        for file in files:
            file.unlink()
        files = [target]
    if frames != measured.frames:
        raise EdgeglowError(
            f"{measured.name}: {frames} frames were rendered, but {measured.frames} when it was measured: its code"
            " must play the same each time"
        )
    basis = next((part.basis for part in parts if part.basis != measured.basis), measured.basis)
    return replace(measured, files=tuple(files), basis=basis, was_kept=False)


class _Counter:
    """Tells how many frames were written, but not each of them."""

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
