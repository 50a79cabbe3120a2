"""Files of a lesson's clips: two videos, a poster, a preview loop, a still for every sentence, and captions."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from edgeglow.film.cache import DAMAGE, copy_verified, link_or_copy, read_entry, sha256_of, write_entry
from edgeglow.film.join import TitledClip as Joined
from edgeglow.film.join import join_clips
from edgeglow.film.paths import make_folder, unwritable_error
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.sound_track import SoundTrack
from edgeglow.film.subtitle_files import ChapterCaptions, TimedCaption, subrip, webvtt
from edgeglow.film.worker_pool import WorkerPool
from edgeglow.lesson.choose_poster import BeatSpan
from edgeglow.lesson.lesson_data import CaptionFiles, ClipFiles, LessonFile, Sentence
from edgeglow.lesson.transcode import TranscodeTask, transcode_version
from edgeglow.model.errors import EdgeglowError

ENTRY = "entry.json"  # file name of the cache entry
TICKS = 1000.0  # per second, the resolution of subtitles
TYPES = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
}


@dataclass(frozen=True)
class ClipSource:
    """A rendered chapter that becomes the files of a clip.

    ``video`` is H.264 without captions. ``told`` has the captions in every language, the clip's own first.
    ``comment`` is stored in the files. ``transparent`` is a rendered WebM without background, ``sound`` the
    narration; both may be None.
    """

    video: Path
    language: str
    slug: str
    title: str
    comment: str
    fps: float
    sentences: tuple[Sentence, ...]
    told: Mapping[str, tuple[Sentence, ...]]
    transparent: Path | None = None
    sound: SoundTrack | None = None

    @property
    def stem(self) -> str:
        return f"clips/{self.language}/{self.slug}"

    @property
    def spans(self) -> tuple[BeatSpan, ...]:
        """The beats, each with the numbers of its first and last frame."""
        return tuple(
            BeatSpan(one.beat, round(one.start * self.fps), round(one.end * self.fps) - 1) for one in self.sentences
        )


def make_clip_files(
    sources: Sequence[ClipSource],
    folder: Path,
    *,
    jobs: int,
    cache: Path,
    is_fresh: bool,
    bar: ProgressBar,
    webm: bool = True,
) -> list[ClipFiles]:
    """Write the files of every clip into the lesson's folder, and return them in the same order.

    ``webm`` makes a WebM, too. Files made before from the same video are taken from ``cache``. Raises EdgeglowError
    when a video cannot be read or a file cannot be written.
    """
    shelf = _TranscodeCache(cache, folder.parent / "developed", is_fresh)
    keys = [shelf.key(one, webm=webm) for one in sources]
    missing = [number for number, key in enumerate(keys) if not shelf.has(key)]
    missing.sort(key=lambda number: -sources[number].video.stat().st_size)  # the longest first
    tasks = [
        TranscodeTask(one.video, shelf.draft(keys[number]), one.spans, webm, one.sound if webm else None)
        for number, one in ((number, sources[number]) for number in missing)
    ]
    bar.begin("making clips", sum(task.length for task in tasks))
    with WorkerPool(jobs, folder.parent, warm_up="edgeglow.lesson.transcode") as pool:
        for done, (turn, _) in enumerate(pool.work(tasks, bar.advance), 1):
            shelf.keep(keys[missing[turn]])
            one = sources[missing[turn]]
            bar.finish(f"clip {one.slug}-{one.language} made, {done} of {len(tasks)}")
    made = [_copied_files(one, shelf.place(key), folder) for one, key in zip(sources, keys, strict=True)]
    shelf.prune(keys)
    return made


def _copied_files(source: ClipSource, made: Path, folder: Path) -> ClipFiles:
    """Copy a clip's files to their paths in the lesson."""
    stem = folder / source.stem
    make_folder(stem)
    try:
        _remux(source, stem.with_suffix(".mp4"))
        names = {"clip.webm": ".webm"} if (made / "clip.webm").exists() else {}
        names |= {"poster.jpg": ".jpg", "loop.webp": "-loop.webp"}
        files = {name: stem.with_name(stem.name + end) for name, end in names.items()}
        files |= {still: stem / still for still in sorted(path.name for path in made.glob("[0-9][0-9]-*.webp"))}
        for name, target in files.items():
            shutil.copyfile(made / name, target)
        captions = tuple(_captions(source, language, folder) for language in source.told)
        clear = None
        if source.transparent is not None:
            clear = stem.with_name(f"{stem.name}-transparent.webm")
            shutil.copyfile(source.transparent, clear)
    except OSError as error:
        raise unwritable_error(stem, error) from error
    found = {name: _file(path, folder) for name, path in files.items()}
    return ClipFiles(
        mp4=_file(stem.with_suffix(".mp4"), folder),
        webm=found.pop("clip.webm", None),
        poster=found.pop("poster.jpg"),
        loop=found.pop("loop.webp"),
        stills=tuple(found.values()),
        captions=captions,
        transparent=_file(clear, folder) if clear else None,
    )


def _remux(source: ClipSource, target: Path) -> None:
    """Copy the rendered packets to an MP4 that can play while it loads."""
    join_clips(
        [Joined(source.video, source.title)],
        target,
        title=source.title,
        language=source.language,
        comment=source.comment,
        sound=source.sound,
    )


def _captions(source: ClipSource, language: str, folder: Path) -> CaptionFiles:
    """Write the captions in one language as WebVTT and as SubRip."""
    cues = tuple(
        TimedCaption(round(one.start * TICKS), round(one.end * TICKS), one.beat, one.text)
        for one in source.told[language]
    )
    told = [ChapterCaptions(source.slug, 0, cues)]
    files = []
    for end, text in ((".vtt", webvtt(told, TICKS, language)), (".srt", subrip(told, TICKS))):
        path = folder / f"{source.stem}.{language}{end}"
        path.write_text(text, encoding="utf-8")
        files.append(_file(path, folder))
    return CaptionFiles(language, *files)


def _file(path: Path, folder: Path) -> LessonFile:
    place = PurePosixPath(path.relative_to(folder).as_posix())
    return LessonFile(place, path.stat().st_size, TYPES[path.suffix])


# -- cache ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _TranscodeCache:
    """Cache of transcoded files in ``cache``; files being made are in ``work``. The key is a digest of all inputs."""

    cache: Path
    work: Path
    is_fresh: bool

    def key(self, source: ClipSource, *, webm: bool) -> str:
        spots = source.sound.spots if source.sound and webm else ()
        try:
            video = sha256_of(source.video)
            heard = [[spot.start, sha256_of(spot.recording.path)] for spot in spots]
        except OSError as error:
            raise EdgeglowError(f"{source.video}: cannot be read: {error.strerror}; render it again") from error
        parts: list[Any] = [video, [asdict(span) for span in source.spans], transcode_version()]
        parts += [webm, heard]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def place(self, key: str) -> Path:
        return self.work / key

    def draft(self, key: str) -> Path:
        """Return an empty folder for new files."""
        shutil.rmtree(self.place(key), ignore_errors=True)
        return make_folder(self.place(key))

    def has(self, key: str) -> bool:
        """Return whether the files are in the cache; if so, copy them to ``work`` and verify them."""
        if self.is_fresh:
            return False
        try:
            for name, digest in read_entry(self.cache / key / ENTRY, key)["files"].items():
                copy_verified(self.cache / key / Path(name).name, self.place(key) / Path(name).name, digest)
            os.utime(self.cache / key)
        except DAMAGE:  # also if there is no entry
            return False
        return True

    def keep(self, key: str) -> None:
        """Store the files in the cache; if it cannot be written, they are made again next time."""
        draft = self.cache / f".{key}.{os.getpid()}"
        made = sorted(self.place(key).iterdir())
        with suppress(OSError, EdgeglowError):
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            for file in made:
                link_or_copy(file, draft / file.name)
            write_entry(draft / ENTRY, {"key": key, "files": {file.name: sha256_of(file) for file in made}})
            shutil.rmtree(self.cache / key, ignore_errors=True)
            os.replace(draft, self.cache / key)

    def prune(self, keys: Sequence[str], most: int = 1_000) -> None:
        """Delete the least recently used entries beyond ``most``, and drafts of renders that were stopped."""
        with suppress(OSError):
            places = sorted(self.cache.iterdir(), key=lambda place: -place.stat().st_mtime)
            for number, place in enumerate(places):
                if place.name not in keys and (number >= most or place.name.startswith(".")):
                    shutil.rmtree(place, ignore_errors=True)
