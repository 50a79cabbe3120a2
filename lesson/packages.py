"""Packages of a finished lesson: a zip, a SCORM package, one HTML file, a worksheet, slides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest
from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.scorm import Scoring

ENDS = {"zip": ".zip", "scorm": "-scorm.zip", "one-file": ".html"}  # else "-KIND"


@dataclass(frozen=True)
class PackageMaker:
    """Maker of packages, in the folder ``draft``, from a finished lesson whose files lie in ``folder``.

    ``requests`` are those that it was made from, one for each language.
    """

    lesson: Lesson
    folder: Path
    draft: Path
    bar: ProgressBar
    requests: Sequence[FilmRequest]
    scoring: Scoring

    def make(self, kind: str) -> tuple[str, Path, str]:
        """Make a package; return its kind, its path, and the end of its final name."""
        self.bar.begin(f"packing: {kind}")
        end = ENDS.get(kind, f"-{kind}")
        target = self.draft / f"{kind}{end}"
        if kind == "zip":
            from edgeglow.lesson.zip_archive import write_zip

            write_zip(self.folder, target)
        elif kind == "scorm":
            from edgeglow.lesson.scorm import write_scorm

            write_scorm(self.lesson, self.folder, target, self.scoring)
        elif kind == "one-file":
            from edgeglow.lesson.single_file import write_single_file

            write_single_file(self.lesson, self.folder, target)
        elif kind == "worksheet":
            from edgeglow.lesson.printed import printed_lesson
            from edgeglow.lesson.worksheet import write_worksheet

            printed = printed_lesson(self.lesson, self.requests, self.draft / "printed", self.bar)
            write_worksheet(printed, self.folder, target)
        else:
            self._slides(kind, target)
        self.bar.finish(f"{kind} packed")
        return kind, target, end

    def _slides(self, kind: str, target: Path) -> None:
        from edgeglow.lesson.slides import write_slides

        seconds = sum(clip.seconds for edition in self.lesson.editions for clip in edition.clips)
        self.bar.begin(f"cutting {kind}", seconds * self.requests[0].settings.fps)
        write_slides(
            self.lesson,
            self.folder,
            target,
            kind,
            cuts=self.draft / "cuts",
            jobs=self.requests[0].processes,
            report=self.bar.advance,
            silent=not self.requests[0].voice,
        )
