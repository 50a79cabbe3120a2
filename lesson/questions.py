"""Questions of a clip, filled with the facts of the run that it shows."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from edgeglow.film.subtitle_files import TimedCaption
from edgeglow.lesson.lesson_data import Question
from edgeglow.scenes.script.lesson_texts import RunQuestion, question_at

if TYPE_CHECKING:
    from edgeglow.scenes.script import Script


def questions_of(
    script: Script, page: str, cues: Sequence[TimedCaption], fps: float, facts: Mapping[str, object]
) -> tuple[Question, ...]:
    """Return the questions at the ends of a chapter's beats, in order; a repeated beat asks only at its last end.

    ``facts`` are those of the run; facts that the chapter has shown before a question are added. Raises EdgeglowError
    when a part of a question is missing, or a placeholder has no value.
    """
    told = dict(facts)
    asked: dict[str, Question] = {}
    for cue in cues:
        told |= cue.facts
        if (found := question_at(script, page, cue.beat, cue.variant, told)) is not None:
            asked.pop(cue.beat, None)
            asked[cue.beat] = _shuffled_question(found, page, cue.beat, cue.end_frame / fps)
    return tuple(asked.values())


def _shuffled_question(asked: RunQuestion, page: str, beat: str, at: float) -> Question:
    """Return the question with shuffled choices, in the same order each time and in every language."""
    choices = [asked.right, *asked.wrong]
    order = list(range(len(choices)))
    random.Random(f"{page}.{beat}").shuffle(order)
    shuffled = tuple(choices[number] for number in order)
    return Question(beat, at, asked.ask, shuffled, order.index(0), asked.why)
