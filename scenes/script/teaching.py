"""What a script has for lessons only: what stands around a chapter's clip, and questions at the end of beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.errors import EdgeglowError
from scenes.script import Script
from scenes.script.overrides import AROUND, PARTS, QUESTIONS, fill

LESSON = "lesson"  # the page of words that stand around the clips
TEACHING = (*AROUND, QUESTIONS)  # what a chapter's page has for lessons


@dataclass(frozen=True)
class Asked:
    """A question as it is asked of one run: ``wrong`` are answers that are not ``right``, each once."""

    ask: str
    right: str
    wrong: tuple[str, ...]
    why: str


def without_teaching(page: object) -> object:
    """A page without what is said around the clips."""
    if not isinstance(page, dict):
        return page
    return {name: part for name, part in page.items() if name.partition("-")[0] not in TEACHING}


def told_of(script: Script, chapter: str, what: str, facts: Mapping[str, object]) -> str:
    """The ``claim``, ``description``, ``goal`` or ``study`` of a chapter, in the wording for what the network reads.

    Raises EdgeglowError when the script has none, or it is to be filled with facts that there are not.
    """
    page = script.pages[chapter]
    name = next((name for name in (f"{what}-{script.subject}", what) if name in page), None)
    if name is None:
        raise EdgeglowError(
            f"{script.language}.toml: {chapter}.{what} is missing; write it, as en.toml has it"
        )
    return fill(f"{_file(script, chapter, name)}: {chapter}.{name}", page[name], facts)


def question_at(
    script: Script, chapter: str, beat: str, variant: str, facts: Mapping[str, object]
) -> Asked | None:
    """The question at the end of a beat, in the wording that the beat had; None where there is none, or where of this
    run no wrong answer is left. An empty table says that in this wording nothing is asked.

    Raises EdgeglowError when a part of it is missing or cannot be filled.
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
        fill(f"{where}.{part}", questions[key][part], facts) for part in ("ask", "right", "why")
    )
    wrong = _others(right, [fill(f"{where}.wrong", one, facts) for one in questions[key]["wrong"]])
    return Asked(ask, right, wrong, why) if wrong else None


def _file(script: Script, *place: str) -> str:
    """The file that what stands there, or some of it, comes from."""
    own = (file for key, file in script.origins.items() if key[: len(place)] == place)
    return next(own, f"{script.language}.toml")


def _others(right: str, wrong: Sequence[str]) -> tuple[str, ...]:
    """What is wrong in this run, too: with other numbers a wrong answer may become the right one."""
    return tuple(one for one in dict.fromkeys(wrong) if one != right)
