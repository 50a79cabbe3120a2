"""A script's texts for lessons: those around a chapter's clip, and the questions at the end of beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.script import Script
from edgeglow.scenes.script.script_parts import AROUND, PARTS, QUESTIONS, fill_placeholders

LESSON = "lesson"  # the page with the texts around the clips
TEACHING = (*AROUND, QUESTIONS)  # keys of a chapter's page for lessons


@dataclass(frozen=True)
class RunQuestion:
    """A question for one run; ``wrong`` are different answers, none of them equal to ``right``."""

    ask: str
    right: str
    wrong: tuple[str, ...]
    why: str


def without_lesson_texts(page: object) -> object:
    """Return a page without its texts for lessons."""
    if not isinstance(page, dict):
        return page
    return {name: part for name, part in page.items() if name.partition("-")[0] not in TEACHING}


def lesson_text(script: Script, chapter: str, what: str, facts: Mapping[str, object]) -> str:
    """Return the ``claim``, ``description``, ``goal`` or ``study`` of a chapter, in the variant for the network.

    Raises EdgeglowError if the script has none, or if facts for it are missing.
    """
    page = script.pages[chapter]
    name = next((name for name in (f"{what}-{script.subject}", what) if name in page), None)
    if name is None:
        raise EdgeglowError(f"{script.language}.toml: {chapter}.{what} is missing; write it, as en.toml has it")
    return fill_placeholders(f"{_file(script, chapter, name)}: {chapter}.{name}", page[name], facts)


def question_at(
    script: Script, chapter: str, beat: str, variant: str, facts: Mapping[str, object]
) -> RunQuestion | None:
    """Return the question at the end of a beat, in the variant of the beat; None if there is none.

    An empty table means no question for this variant. There is none either if, for this run, no wrong answer is
    left. Raises EdgeglowError if a part is missing or cannot be filled.
    """
    questions: Mapping[str, Any] = script.pages[chapter].get(QUESTIONS, {})
    special = f"{beat}-{variant}" if variant else beat
    wordings = (f"{special}-{script.subject}", special, f"{beat}-{script.subject}", beat)
    key = next((wording for wording in wordings if wording in questions), None)
    if key is None or not questions[key]:
        return None
    where = f"{_file(script, chapter, QUESTIONS, key)}: {chapter}.{QUESTIONS}.{key}"
    if missing := [part for part in PARTS if part not in questions[key]]:
        raise EdgeglowError(f"{where}: has no {missing[0]}; a question has {', '.join(PARTS)}")
    ask, right, why = (
        fill_placeholders(f"{where}.{part}", questions[key][part], facts) for part in ("ask", "right", "why")
    )
    wrong = _others(right, [fill_placeholders(f"{where}.wrong", one, facts) for one in questions[key]["wrong"]])
    return RunQuestion(ask, right, wrong, why) if wrong else None


def _file(script: Script, *place: str) -> str:
    """Return the name of the file that holds the entry at a place, or a part of it."""
    own = (file for key, file in script.origins.items() if key[: len(place)] == place)
    return next(own, f"{script.language}.toml")


def _others(right: str, wrong: Sequence[str]) -> tuple[str, ...]:
    """Return the answers that are wrong for this run: with other numbers a wrong one may become right."""
    return tuple(one for one in dict.fromkeys(wrong) if one != right)
