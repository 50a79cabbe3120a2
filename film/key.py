"""What a chapter's clip depends on: the run, the words, the look, the voice, and how it is drawn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from film.look import Look
from film.version import own_version, surroundings

if TYPE_CHECKING:
    from scenes.script import Script


@dataclass(frozen=True)
class Basis:
    """Digests of what a chapter is made from.

    ``run`` is the run's digest, ``words`` that of the texts that the chapter may show, ``code`` that of the source
    code; ``beside`` identifies the run to compare with, or is empty.
    """

    run: str
    words: str
    code: str
    beside: str = ""


def basis_of(chapter: type[Any], run: str, script: Script, rooms: str, beside: str = "") -> Basis:
    """Return the digests for a chapter that shows this run with this script.

    ``rooms`` is ``rooms_version()``.
    """
    words = _digest([script.language, words_for(chapter, script)])
    return Basis(run, words, _digest([rooms, own_version(chapter)]), beside)


def words_for(chapter: type[Any], script: Script) -> dict[str, Any]:
    """Return the pages of a script that a chapter may read: its own, and those that belong to no chapter.

    Texts that only lessons use are left out, since no frame shows them.
    """
    from scenes.script.teaching import LESSON, without_teaching  # imports all scenes, which takes a second

    return {
        page: without_teaching(content)
        for page, content in script.pages.items()
        if page != LESSON
        and (
            page in (chapter.name, *chapter.also_says)
            or not (isinstance(content, dict) and "beats" in content)
        )
    }


def key_of(chapter: type[Any], basis: Basis, look: Look, voice: Mapping[str, float]) -> str:
    """A digest of everything that changes the picture.

    The whole run counts: with new weights the examples are others as well, and every chapter reads these.
    """
    shape = asdict(look) | {"script": None, "captions": look.captions == "burnt"}
    name = f"{chapter.__module__}.{chapter.__qualname__}"
    made_from = [basis.run, basis.words, basis.code, basis.beside]
    return _digest([name, *made_from, surroundings(), shape, sorted(voice.items())])


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]
