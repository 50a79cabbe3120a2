"""What the names in a network's file leave open, settled by what the network reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from model.adoption import Wishes, as_tested
from model.candidates import Trial, best_of
from model.digits import Digits
from model.errors import EdgeglowError
from model.importing import Stored, Way
from model.importing.files import one_line
from model.labelled import Labelled
from model.network import Network

Read = Callable[[Way], Stored]  # the network, taken in this way


def settled_way(last: Stored, read: Read, examples: Iterable[Labelled], wishes: Wishes) -> tuple[Way, str]:
    """The way to take a file that can be taken in several, by what its last network reads, and a sentence about it.

    ``read`` reads the network anew, ``examples`` are the same ones in all manners that may fit it. The way that was
    taken first stays where no other is clearly better.
    """
    first = last.ways[0]
    trials: dict[Way, Trial] = {}
    source = ""
    for manner in examples:
        source = manner.source
        for way, trial in _trials(last.ways, read, manner, wishes):
            trials[way] = max(trial, trials.get(way, trial), key=lambda each: each.merit)
    ranked = sorted(trials, key=lambda way: trials[way].merit, reverse=True)
    if not ranked:
        return first, ""
    taken = ranked[0]
    if first in trials and not trials[taken].is_clearly_better(trials[first]):
        taken = first
    others = [way for way in ranked if way != taken]
    if not others:
        return taken, ""
    return taken, one_line(_said(taken, others[0], trials, len(last.ways), source), 600)


def _trials(ways: tuple[Way, ...], read: Read, examples: Labelled, wishes: Wishes) -> list[tuple[Way, Trial]]:
    """The ways in which the network takes these examples, the best first; of many only the best few."""
    test: Digits | None = None
    fitting: list[Way] = []
    for way in ways:
        try:
            _, test = as_tested(read(way), examples, wishes)
        except EdgeglowError:
            continue  # in another order of its layers it has other inputs or classes
        fitting.append(way)
    if test is None:
        return []

    def made(way: Way) -> Callable[[], Network]:
        return lambda: as_tested(read(way), examples, wishes)[0]

    return [(fitting[number], trial) for number, trial in best_of([made(way) for way in fitting], test)]


def _said(taken: Way, other: Way, trials: dict[Way, Trial], count: int, source: str) -> str:
    reads, rival = trials[taken], trials[other]
    more = f", the best of {count - 1} other ways" if count > 2 else ""
    if reads.is_clearly_better(rival):
        return (
            f"{taken.unlike(other)} fits: it reads {reads.accuracy:.1%} of {source}, but {rival.accuracy:.1%} with"
            f" {other.unlike(taken)}{more}."
        )
    return (
        f"It reads {reads.accuracy:.1%} of {source} with {taken.unlike(other)} and {rival.accuracy:.1%} with"
        f" {other.unlike(taken)}{more}: too near to tell which is right; the first was taken."
    )


def with_remark(stored: Stored, said: str) -> Stored:
    """The same network with one sentence more about how it was taken."""
    return replace(stored, remarks=(said, *stored.remarks)) if said else stored
