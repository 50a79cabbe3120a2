"""The questions of a clip, asked of the run that it shows."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from film.subtitles import Cue
from lesson.material import Question
from scenes.script.teaching import Asked, question_at

if TYPE_CHECKING:
    from scenes.script import Script


def questions_of(
    script: Script, page: str, cues: Sequence[Cue], fps: float, facts: Mapping[str, object]
) -> tuple[Question, ...]:
    """The questions at the ends of a chapter's beats, in order; a beat that is told more than once asks at its last.

    ``facts`` are those of the run; what the chapter has told up to a question may be in it, too. Raises EdgeglowError
    when a question has not all its parts, or is to be filled with what is not known.
    """
    told = dict(facts)
    asked: dict[str, Question] = {}
    for cue in cues:
        told |= cue.facts
        if (found := question_at(script, page, cue.beat, cue.variant, told)) is not None:
            asked.pop(cue.beat, None)
            asked[cue.beat] = _posed(found, page, cue.beat, cue.end_frame / fps)
    return tuple(asked.values())


def _posed(asked: Asked, page: str, beat: str, at: float) -> Question:
    """The question with its choices in an order drawn by lot: the same each time, and in every language."""
    choices = [asked.right, *asked.wrong]
    order = list(range(len(choices)))
    random.Random(f"{page}.{beat}").shuffle(order)
    shuffled = tuple(choices[number] for number in order)
    return Question(beat, at, asked.ask, shuffled, order.index(0), asked.why)
