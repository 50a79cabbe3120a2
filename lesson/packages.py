"""Packages of a finished lesson: a zip, a SCORM package, one HTML file, a worksheet, slides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from film.bar import Bar
from film.order import Order
from lesson.material import Lesson
from lesson.scorm import Scoring

ENDS = {"zip": ".zip", "scorm": "-scorm.zip", "one-file": ".html"}  # else "-KIND"


@dataclass(frozen=True)
class Packages:
    """Maker of packages, in the folder ``draft``, from a finished lesson whose files lie in ``folder``."""

    lesson: Lesson
    folder: Path
    draft: Path
    bar: Bar
    order: Order
    scoring: Scoring

    def make(self, kind: str) -> tuple[str, Path, str]:
        """Make a package; return its kind, its path, and the end of its final name."""
        self.bar.begin(f"packing: {kind}")
        end = ENDS.get(kind, f"-{kind}")
        target = self.draft / f"{kind}{end}"
        if kind == "zip":
            from lesson.archive import zipped

            zipped(self.folder, target)
        elif kind == "scorm":
            from lesson.scorm import write_scorm

            write_scorm(self.lesson, self.folder, target, self.scoring)
        elif kind == "one-file":
            from lesson.onefile import one_file

            one_file(self.lesson, self.folder, target)
        elif kind == "worksheet":
            from lesson.worksheet import write_worksheet

            write_worksheet(self.lesson, self.folder, target)
        else:
            self._slides(kind, target)
        self.bar.finish(f"{kind} packed")
        return kind, target, end

    def _slides(self, kind: str, target: Path) -> None:
        from lesson.slides import write_slides

        seconds = sum(clip.seconds for edition in self.lesson.editions for clip in edition.clips)
        self.bar.begin(f"cutting {kind}", seconds * self.order.look.fps)
        write_slides(
            self.lesson,
            self.folder,
            target,
            kind,
            cuts=self.draft / "cuts",
            jobs=self.order.processes,
            report=self.bar.advance,
            silent=not self.order.voice,
        )
