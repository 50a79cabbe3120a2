"""Prepared request: a request with its chapters, recordings, cache and output folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from edgeglow.film.cache import FOLDER, Cache
from edgeglow.film.cache_key import InputDigests, cache_key_of, input_digests
from edgeglow.film.chapter_task import ChapterResult, ChapterTask
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.narration import Narration, find_recordings
from edgeglow.film.outputs import OutputWriter
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest, showable_chapters
from edgeglow.film.speech_synthesis import ESPEAK, find_espeak, synthesise_narration
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run


@dataclass(frozen=True)
class PreparedRequest:
    """One prepared request; temporary files go to ``folder``.

    ``digests`` has the digests of what each chapter is made from.
    """

    request: FilmRequest
    folder: Path
    chapters: Sequence[type[Any]]
    voice: Narration
    cache: Cache
    digests: Sequence[InputDigests]

    @property
    def numbers(self) -> range:
        return range(len(self.chapters))

    @property
    def is_draft_spoken(self) -> bool:
        """Whether narration is to be synthesised once the cues are known."""
        return self.request.voice == ESPEAK

    @property
    def writer(self) -> OutputWriter:
        return OutputWriter(self.request, self.folder, self.voice, self.cache)

    def spoken(self, results: Sequence[ChapterResult], bar: ProgressBar) -> PreparedRequest:
        """Return a copy with synthesised narration for the measured chapters."""
        bar.begin("speaking", len(results))
        chapters = [(result.page, result.cues) for result in results]
        voice = synthesise_narration(chapters, self.request.settings.language, self.folder / "voice", bar.advance)
        return replace(self, voice=voice)

    def task(self, job: type[ChapterTask], number: int, folder: str = "", **rest: Any) -> Any:
        """Return the task ``job`` for the chapter with this number; ``folder`` is relative to ``self.folder``."""
        request, chapter = self.request, self.chapters[number]
        voice = self.voice.seconds(chapter.name)
        return job(chapter, self._source, request.settings, self.folder / folder, voice, self.digests[number], **rest)

    def kept(self, numbers: Iterable[int], *, with_clip: bool) -> dict[int, ChapterResult]:
        """Return those of the chapters that are in the cache, by number."""
        found = {number: self.cache.find(self._keys[number], self.folder, with_clip=with_clip) for number in numbers}
        return {number: result for number, result in found.items() if result is not None}

    def kept_stills(self, number: int) -> ChapterResult | None:
        """Return a chapter with the stills of its beats, if they are in the cache."""
        result = self.cache.find(f"{self._keys[number]}-stills", self.folder, with_clip=True)
        if result is None:
            return None
        place = self.folder / f"stills-{number}"
        with ZipFile(result.files[0]) as packed:
            names = packed.namelist()
            packed.extractall(place)
        beats = tuple(Path(name).stem.partition("-")[2] for name in names)
        return replace(result, files=tuple(place / name for name in names), beats=beats)

    def keep_stills(self, number: int, result: ChapterResult) -> ChapterResult:
        """Store the stills of a chapter's beats in the cache, and return the result."""
        packed = result.files[0].with_name("stills.zip")
        with ZipFile(packed, "w") as opened:
            for file in result.files:
                opened.write(file, file.name)
        if result.digests == self.digests[number]:
            self.cache.keep(f"{self._keys[number]}-stills", replace(result, files=(packed,)))
        return result

    def keep(self, number: int, result: ChapterResult) -> ChapterResult:
        """Store a result in the cache, unless a worker had other code than there was when the film was begun."""
        return self.cache.keep(self._keys[number], result) if result.digests == self.digests[number] else result

    @cached_property
    def _source(self) -> FilmInputs:
        return self.request.source.for_workers()

    @cached_property
    def _keys(self) -> list[str]:
        return [
            cache_key_of(chapter, digests, self.request.settings, self.voice.seconds(chapter.name))
            for chapter, digests in zip(self.chapters, self.digests, strict=True)
        ]


def prepare_request(
    request: FilmRequest, folder: Path, version: str, tell: Callable[[str], object]
) -> PreparedRequest:
    """Prepare a request.

    ``version`` is that of the source code that the clips are made by. ``tell`` receives a line for each chapter that
    is left out. Raises EdgeglowError when the request cannot be met.
    """
    run = request.source.load()
    chapters = _chapters(request, run, tell)
    words = request.words()
    beside = request.source.beside()
    digests = [input_digests(chapter, run.digest, words, version, beside) for chapter in chapters]
    cache = Cache(request.media / FOLDER, request.is_fresh)
    return PreparedRequest(request, folder, chapters, _voice(request), cache, digests)


def _chapters(request: FilmRequest, run: Run, tell: Callable[[str], object]) -> tuple[type[Any], ...]:
    """Return the chapters asked for; chapters of the film that the run cannot show are left out and reported."""
    chapters = request.chapters()
    request.words()  # raises here for an invalid script, not in every worker
    chapters, left_out = showable_chapters(chapters, run, request.source.load_other())
    for name, reason in left_out.items():
        if request.names:
            raise EdgeglowError(f"{name} cannot be shown: {reason}")
        tell(f"{name} is left out: {reason}")
    return chapters


def _voice(request: FilmRequest) -> Narration:
    """Return the recordings that the request names, or check that espeak-ng is installed if it is used later."""
    if request.voice == ESPEAK:
        find_espeak()
    if request.voice in ("", ESPEAK):
        return Narration()
    return find_recordings(Path(request.voice), request.words())
