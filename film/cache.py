"""Clips that were rendered before, kept for the next film: a chapter is rendered again only when it would differ.

A clip lies in a folder named by its key (see ``film/key.py``) and is found again for every run that has, in all
places that were read for it, what was read there. Beside it lies its entry, a JSON file with its cues and these
places. Everything is written beside its place first, and nothing that is found is trusted before its digest fits.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from film.pieces import Joint
from film.subtitles import Cue
from film.takes import Take
from film.trace import Fingerprint, Trace

FOLDER = "cache"
MOST_BYTES = 4_000_000_000
IN_USE = 3600.0  # seconds for which nothing is thrown away that was used: another film may need it just now
DAMAGE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)  # what reading a damaged entry may raise


@dataclass(frozen=True)
class Cache:
    """The clips kept in ``folder``; with ``is_fresh`` none is found there, but new ones are kept."""

    folder: Path
    is_fresh: bool = False

    def find(self, key: str, run: Fingerprint, *, with_clip: bool) -> Take | None:
        """What was made under this key and fits the run; where no clip is asked for, it may be without one."""
        if self.is_fresh:
            return None
        for file in _newest_first(self.folder / key):
            try:
                entry = _read(file)
                if (with_clip and not entry["clip"]) or not run.fits(entry["trace"]):
                    continue
                take = _take(entry, file.parent if with_clip else None)
                for path in (file, *take.files):
                    os.utime(path)
            except DAMAGE:  # or another render has just thrown it away
                with suppress(OSError):
                    file.unlink(missing_ok=True)
            else:
                return take
        return None

    def keep(self, key: str, take: Take) -> Take:
        """Move a take's clip here; where the cache cannot be written, it stays where it is."""
        folder = self.folder / key
        try:
            folder.mkdir(parents=True, exist_ok=True)
            clip: dict[str, str] | None = None
            for draft in take.files:
                clip = {"digest": digest_of(draft), "kind": draft.suffix}
                os.replace(draft, folder / _clip_name(clip))
                take = replace(take, files=(folder / _clip_name(clip),))
            _write(folder / f"{_entry_name(take.trace, clip)}.json", _entry(take, clip))
        except OSError:
            pass  # the film is what matters
        return take

    def is_there(self, target: Path, recipe: str) -> bool:
        """Is the file at ``target`` the one that was last made there, by this recipe?"""
        if self.is_fresh:
            return False
        try:
            entry = _read(self._note(target))
            return entry["recipe"] == recipe and entry["file"] == digest_of(target)
        except DAMAGE:
            return False

    def note(self, target: Path, recipe: str) -> None:
        """Remember by which recipe the file at ``target`` was made."""
        with suppress(OSError):
            note = self._note(target)
            note.parent.mkdir(parents=True, exist_ok=True)
            _write(note, {"recipe": recipe, "file": digest_of(target)})

    def prune(self, most: int = MOST_BYTES) -> None:
        """Throw away what was not used for the longest time, until no more than so many bytes are left."""
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
                    path.parent.rmdir()  # if it was the last one there

    def _note(self, target: Path) -> Path:
        name = hashlib.sha256(str(target.absolute()).encode()).hexdigest()[:32]
        return self.folder / "made" / f"{name}.json"


def digest_of(file: Path) -> str:
    """SHA-256 of a file's contents, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _newest_first(folder: Path) -> list[Path]:
    found = []
    for file in folder.glob("*.json"):
        with suppress(OSError):
            found.append((file.stat().st_mtime_ns, file))
    return [file for _, file in sorted(found, reverse=True)]


def _entry_name(trace: Trace, clip: dict[str, str] | None) -> str:
    """The same for takes that read the same: the later one replaces the other."""
    text = json.dumps(sorted(trace.items()))
    return ("clip-" if clip else "measured-") + hashlib.sha256(text.encode()).hexdigest()[:32]


def _clip_name(clip: dict[str, str]) -> str:
    return clip["digest"][:32] + clip["kind"]


def _entry(take: Take, clip: dict[str, str] | None) -> dict[str, Any]:
    plain = {"name": take.name, "page": take.page, "title": take.title, "frames": take.frames}
    plain["joints"] = [astuple(joint) for joint in take.joints]
    return {**plain, "cues": [astuple(cue) for cue in take.cues], "trace": dict(take.trace), "clip": clip}


def _take(entry: dict[str, Any], folder: Path | None) -> Take:
    """The take that an entry tells of; its clip lies in ``folder``. Raises ValueError when that is damaged."""
    plain = {name: entry[name] for name in ("name", "page", "title", "frames", "trace")}
    files: tuple[Path, ...] = ()
    if folder is not None:
        files = (folder / _clip_name(entry["clip"]),)
        if digest_of(files[0]) != entry["clip"]["digest"]:
            raise ValueError(files[0])
    joints = tuple(Joint(*joint) for joint in entry["joints"])
    return Take(
        **plain, joints=joints, cues=tuple(Cue(*cue) for cue in entry["cues"]), files=files, was_kept=True
    )


def _read(file: Path) -> dict[str, Any]:
    """The contents of an entry. Raises ValueError when they are not what was written."""
    whole = json.loads(file.read_text(encoding="utf-8"))
    if whole["digest"] != _digest(whole["contents"]):
        raise ValueError(file)
    contents: dict[str, Any] = whole["contents"]
    return contents


def _write(file: Path, contents: dict[str, Any]) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        text = json.dumps({"digest": _digest(contents), "contents": contents}, ensure_ascii=False)
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, file)
    finally:
        with suppress(OSError):
            draft.unlink()


def _digest(contents: object) -> str:
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
