"""Cache of rendered clips: a chapter is rendered again only when the result would differ.

A clip lies in a folder named by its key (see ``film/cache_key.py``). Beside it lies its entry, a JSON file with its
key and its cues. Everything is written beside its place first, and nothing that is found is trusted before its digest
and its key fit.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from edgeglow.film.chapter_task import ChapterResult
from edgeglow.film.segments import CutPoint
from edgeglow.film.subtitle_files import TimedCaption
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.input_file import read_input
from edgeglow.model.files.output_file import atomic_output

FOLDER = "cache"
CLIP, MEASURED = "clip.json", "measured.json"  # the entries of a chapter that was rendered, or only measured
MOST_BYTES = 4_000_000_000
IN_USE = 3600.0  # seconds after its last use during which a file is kept: another render may need it now
MOST_ENTRY = 16_000_000  # bytes: size limit of an entry
# exceptions that reading a damaged entry may raise
DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, EdgeglowError)
KINDS = {"name": str, "page": str, "title": str, "frames": int, "cut_points": list, "cues": list}


@dataclass(frozen=True)
class Cache:
    """Cache in ``folder``; with ``is_fresh`` nothing is looked up in it, but new clips are stored."""

    folder: Path
    is_fresh: bool = False

    def find(self, key: str, folder: Path, *, with_clip: bool) -> ChapterResult | None:
        """What was made under this key; where no clip is asked for, it may be without one.

        With ``with_clip`` its clip is copied to ``folder``, so that pruning the cache meanwhile does not remove it;
        without, a result that has no clip is found as well. Damaged entries are deleted.
        """
        if self.is_fresh:
            return None
        for name in (CLIP,) if with_clip else (CLIP, MEASURED):
            file = self.folder / key / name
            try:
                entry = read_entry(file, key)
                result = _take(entry)
                if with_clip:
                    clip = file.with_name(_clip_name(entry["clip"]))
                    os.utime(clip)
                    result = replace(
                        result, files=(copy_verified(clip, folder / f"kept-{clip.name}", entry["clip"]["digest"]),)
                    )
                os.utime(file)
            except DAMAGE:  # or another render has just deleted it
                with suppress(OSError):
                    file.unlink(missing_ok=True)
            else:
                return result
        return None

    def keep(self, key: str, result: ChapterResult) -> ChapterResult:
        """Store a result and its clip, and return the result; nothing is stored if the cache cannot be written."""
        folder = self.folder / key
        try:
            folder.mkdir(parents=True, exist_ok=True)
            clip: dict[str, str] | None = None
            for draft in result.files:
                clip = {"digest": sha256_of(draft), "kind": draft.suffix}
                with atomic_output(folder / _clip_name(clip)) as place:
                    link_or_copy(draft, place)
            write_entry(folder / (CLIP if clip else MEASURED), {"key": key, **_entry(result, clip)})
        except (OSError, EdgeglowError):
            pass  # a cache that cannot be written must not stop the render
        return result

    def is_there(self, target: Path, recipe: str) -> bool:
        """Return whether the file at ``target`` is the one that was last made there from the same recipe."""
        if self.is_fresh:
            return False
        try:
            entry = read_entry(self._note(target), str(target.absolute()))
            return entry["recipe"] == recipe and entry["file"] == sha256_of(target)
        except DAMAGE:
            return False

    def note(self, target: Path, recipe: str) -> None:
        """Record the recipe (a digest of all inputs) from which the file at ``target`` was made."""
        with suppress(OSError):
            note = self._note(target)
            note.parent.mkdir(parents=True, exist_ok=True)
            write_entry(note, {"key": str(target.absolute()), "recipe": recipe, "file": sha256_of(target)})

    def prune(self, most: int = MOST_BYTES) -> None:
        """Delete the least recently used files until at most ``most`` bytes are left.

        Files used in the last hour stay.
        """
        now = time.time()
        with suppress(OSError):
            files = [(path, path.stat()) for path in self.folder.rglob("*") if path.is_file()]
            total = sum(state.st_size for _, state in files)
            for path, state in sorted(files, key=lambda file: file[1].st_mtime):
                if total <= most or now - state.st_mtime < IN_USE:
                    return
                path.unlink(missing_ok=True)
                total -= state.st_size
                with suppress(OSError):
                    path.parent.rmdir()  # only succeeds if the folder is empty

    def _note(self, target: Path) -> Path:
        name = hashlib.sha256(str(target.absolute()).encode()).hexdigest()[:32]
        return self.folder / "made" / f"{name}.json"


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's contents, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _clip_name(clip: dict[str, str]) -> str:
    return clip["digest"][:32] + clip["kind"]


def _entry(result: ChapterResult, clip: dict[str, str] | None) -> dict[str, Any]:
    plain = {"name": result.name, "page": result.page, "title": result.title, "frames": result.frames}
    plain["cut_points"] = [astuple(cut_point) for cut_point in result.cut_points]
    return {**plain, "cues": [astuple(cue) for cue in result.cues], "clip": clip}


def _take(entry: dict[str, Any]) -> ChapterResult:
    """Return the result that an entry describes, without its clip. Raises ValueError when the entry is invalid."""
    for name, kind in KINDS.items():
        if type(entry[name]) is not kind:
            raise ValueError(f"{name} is no {kind.__name__}")
    _whole(entry["frames"])
    plain = {name: entry[name] for name in ("name", "page", "title", "frames")}
    cut_points = tuple(CutPoint(*map(_whole, cut_point)) for cut_point in entry["cut_points"])
    cues = tuple(_cue(*cue) for cue in entry["cues"])
    return ChapterResult(**plain, cut_points=cut_points, cues=cues, was_kept=True)


def _cue(start: Any, end: Any, beat: Any, text: Any, *rest: Any) -> TimedCaption:
    if not (isinstance(beat, str) and isinstance(text, str)):
        raise ValueError("a cue without words")
    return TimedCaption(_whole(start), _whole(end), beat, text, *rest)


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no number of frames")
    return value


def copy_verified(file: Path, place: Path, digest: str) -> Path:
    """Copy a cached file to ``place``. Raises ValueError when it is damaged, and OSError."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    link_or_copy(file, place)
    if sha256_of(place) != digest:
        raise ValueError(file)
    return place


def link_or_copy(source: Path, target: Path) -> None:
    """Hard-link ``source`` to ``target`` where the file system can, else copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def read_entry(file: Path, key: str) -> dict[str, Any]:
    """Return the contents of an entry. Raises ValueError when they are damaged or belong to another key."""
    whole = json.loads(read_input(file, MOST_ENTRY, "an entry"))
    if whole["digest"] != _digest(whole["contents"]) or whole["contents"]["key"] != key:
        raise ValueError(file)
    contents: dict[str, Any] = whole["contents"]
    return contents


def write_entry(file: Path, contents: dict[str, Any]) -> None:
    text = json.dumps({"digest": _digest(contents), "contents": contents}, ensure_ascii=False)
    with atomic_output(file) as draft:
        draft.write_text(text, encoding="utf-8")


def _digest(contents: object) -> str:
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
