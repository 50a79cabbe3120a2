"""What a chapter's clip depends on: the run, the words, the settings, the voice, and how it is drawn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from edgeglow.film.render_environment import chapter_file_version, environment_digest
from edgeglow.film.settings import FilmSettings

if TYPE_CHECKING:
    from edgeglow.scenes.script import Script


@dataclass(frozen=True)
class InputDigests:
    """Digests of what a chapter is made from.

    ``run`` is the run's digest, ``words`` that of the texts that the chapter may show, ``code`` that of the source
    code; ``beside`` identifies the run to compare with, or is empty.
    """

    run: str
    words: str
    code: str
    beside: str = ""


def input_digests(chapter: type[Any], run: str, script: Script, version: str, beside: str = "") -> InputDigests:
    """Return the digests for a chapter that shows this run with this script.

    ``version`` is ``code_version()``.
    """
    words = _digest([script.language, chapter_pages(chapter, script)])
    return InputDigests(run, words, _digest([version, chapter_file_version(chapter)]), beside)


def chapter_pages(chapter: type[Any], script: Script) -> dict[str, Any]:
    """Return the pages of a script that a chapter may read: its own, and those that belong to no chapter.

    Texts that only lessons use are left out, since no frame shows them.
    """
    from edgeglow.scenes.script.lesson_texts import (  # imports all scenes, which takes a second
        LESSON,
        without_lesson_texts,
    )

    return {
        page: without_lesson_texts(content)
        for page, content in script.pages.items()
        if page != LESSON
        and (page in (chapter.name, *chapter.also_says) or not (isinstance(content, dict) and "beats" in content))
    }


def cache_key_of(
    chapter: type[Any], digests: InputDigests, settings: FilmSettings, voice: Mapping[str, float]
) -> str:
    """A digest of everything that changes the picture.

    The whole run counts: with new weights the examples are others as well, and every chapter reads these.
    """
    shape = asdict(settings) | {"script": None, "captions": settings.captions == "burnt"}
    name = f"{chapter.__module__}.{chapter.__qualname__}"
    made_from = [digests.run, digests.words, digests.code, digests.beside]
    return _digest([name, *made_from, environment_digest(), shape, sorted(voice.items())])


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]
