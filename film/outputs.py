"""Outputs: chapters are joined, given captions and narration, and written to their final paths."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgeglow.film.cache import Cache, sha256_of
from edgeglow.film.chapter_task import ChapterResult
from edgeglow.film.contact_sheet import sheet_ranges, write_contact_sheet
from edgeglow.film.join import JOINABLE, TitledClip, join_clips
from edgeglow.film.narration import Narration
from edgeglow.film.paths import move_into_place, unwritable_error
from edgeglow.film.render_environment import join_version
from edgeglow.film.request import FilmRequest
from edgeglow.film.sound_track import PlacedRecording, SoundTrack, place_recordings
from edgeglow.film.subtitle_files import subrip, webvtt
from edgeglow.model.files.output_file import check_output

FILM_TITLE = "edgeglow"
WORDS = (".vtt", ".srt")


@dataclass(frozen=True)
class OutputFile:
    """A finished file and the chapters in it."""

    kind: str  # "film", "clip", "picture" or "stills"
    path: Path
    results: tuple[ChapterResult, ...]

    @property
    def frames(self) -> int:
        return sum(result.frames for result in self.results)

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the chapters that came from the cache."""
        return tuple(result.name for result in self.results if result.was_kept)


@dataclass(frozen=True)
class OutputWriter:
    """Writer of what a request asks for; temporary files lie in ``folder`` until they are complete."""

    request: FilmRequest
    folder: Path
    voice: Narration
    cache: Cache

    def film(self, results: Sequence[ChapterResult]) -> OutputFile:
        """Make one video of all chapters."""
        path = self._video(results, FILM_TITLE, f"{self.request.stem}{self.request.suffix}")
        return OutputFile("film", path, tuple(results))

    def clip(self, result: ChapterResult) -> OutputFile:
        """Make a video of one chapter."""
        return OutputFile(
            "clip", self._video([result], result.title, f"{result.name}{self.request.suffix}"), (result,)
        )

    def picture(self, result: ChapterResult) -> OutputFile:
        """Publish the last still of a chapter."""
        path = self.request.media / f"{result.name}{self.request.suffix}.png"
        return OutputFile("picture", self._publish(result.files[-1], path), (result,))

    def stills(self, result: ChapterResult) -> list[OutputFile]:
        """Publish a chapter's stills, and lay them out on contact sheets."""
        name, settings, home = (
            f"{result.name}{self.request.suffix}",
            self.request.settings,
            self.request.media / "stills",
        )
        parts = sheet_ranges(len(result.files))
        sheets: list[Path] = []
        for number, (start, end) in enumerate(parts, start=1):
            sheet = self.folder / (f"{name}.png" if len(parts) == 1 else f"{name}-{number}.png")
            title = f"{result.name}   {settings.language}   {settings.theme}   {settings.width}x{settings.height}"
            try:
                write_contact_sheet(result.files[start:end], result.beats[start:end], title, sheet, first=start + 1)
            except OSError as error:
                raise unwritable_error(sheet, error) from error
            sheets.append(sheet)
        _remove([home / f"{name}.png", *home.glob(f"{name}-[0-9].png")])
        self._publish(result.files[0].parent, home / name)
        return [OutputFile("stills", self._publish(sheet, home / sheet.name), (result,)) for sheet in sheets]

    def _video(self, results: Sequence[ChapterResult], title: str, name: str) -> Path:
        """Join the chapters, write their captions, and return the video's path.

        A video that would come out the same is left as it is.
        """
        kind = self.request.settings.format
        target = self.request.media / f"{name}.{kind}"
        spots = place_recordings((result.told for result in results), self.voice, self.request.settings.fps)
        comment = f"edgeglow, run {self.request.source.load().digest}"
        recipe = self._recipe(results, [title, comment], spots)
        is_there = self.cache.is_there(target, recipe)
        try:
            if kind not in JOINABLE:  # copied, since the cached file must stay
                shutil.copyfile(results[0].files[0], self.folder / target.name)
            elif not is_there:
                self._join(results, self.folder / target.name, title, comment, spots)
        except OSError as error:  # PyAV's own errors are among them
            raise unwritable_error(target, error) from error
        self._words(results, name)
        if not is_there:
            self._publish(self.folder / target.name, target)
            self.cache.note(target, recipe)
        return target

    def _join(
        self,
        results: Sequence[ChapterResult],
        draft: Path,
        title: str,
        comment: str,
        spots: Sequence[PlacedRecording],
    ) -> None:
        """Join the chapters into one video with narration; its comment holds the run's digest."""
        join_clips(
            [TitledClip(result.files[0], result.title) for result in results],
            draft,
            title=title,
            language=self.request.settings.language,
            comment=comment,
            sound=SoundTrack(tuple(spots)) if self.voice else None,
        )

    def _recipe(
        self, results: Sequence[ChapterResult], texts: Sequence[str], spots: Sequence[PlacedRecording]
    ) -> str:
        """Return a digest of all inputs of a video, and of the code that joins them."""
        clips = [(result.title, sha256_of(result.files[0])) for result in results]
        sounds = [(spot.start, sha256_of(spot.recording.path)) for spot in spots]
        parts = [self.request.settings.language, *texts, clips, sounds, join_version()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _publish(self, draft: Path, target: Path) -> Path:
        """Move a finished file or folder to its final path, unless that is one of the request's input files."""
        check_output(target, *self.request.inputs, is_folder=draft.is_dir())
        return move_into_place(draft, target)

    def _words(self, results: Sequence[ChapterResult], name: str) -> None:
        """Write the caption files of a video if the settings ask for them, and delete those of an earlier render."""
        # If captions are in the picture, the files go to a folder of their own: players show files beside the video.
        beside, apart = self.request.media, self.request.media / "captions"
        home = {"sidecar": beside, "burnt": apart}.get(self.request.settings.captions)
        _remove([folder / f"{name}{kind}" for folder in (beside, apart) if folder != home for kind in WORDS])
        if home is None:
            return
        settings, told = self.request.settings, [result.told for result in results]
        texts = (webvtt(told, settings.fps, settings.language), subrip(told, settings.fps))
        for kind, text in zip(WORDS, texts, strict=True):
            draft = self.folder / f"{name}{kind}"
            try:
                draft.write_text(text, encoding="utf-8", newline="\n")
            except OSError as error:
                raise unwritable_error(home / draft.name, error) from error
            self._publish(draft, home / draft.name)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable_error(path, error) from error
