"""Resolve what the names in a network's file leave open by the network's accuracy on examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import ImportChoices, ParsedNetwork
from edgeglow.model.importing.alternatives import AlternativeResult, tried
from edgeglow.model.importing.examples.labelled_file import LabelledExamples
from edgeglow.model.importing.import_run import ImportOptions, network_and_test_digits
from edgeglow.model.importing.pixel_feed import (
    AS_IT_IS,
    BYTES,
    GREYS,
    HALF,
    INVERTED,
    MNIST,
    PixelFeed,
    check_pixel_kinds,
)
from edgeglow.model.text.printable import one_line
from edgeglow.model.text.shares import percent

SCREENED = 1_000  # examples for a first selection; fewer where there are many ways to try
LEAST_SCREENED = 200
TRIED = 24_000  # examples in all, divided among the ways
FEW = 6  # ways that are compared over all examples

Read = Callable[[ImportChoices], ParsedNetwork]  # reads the network in this way


@dataclass(frozen=True, eq=False)
class ChoiceResult:
    """A way to read the network's file, with the form of the examples and the scale that give the best results."""

    way: ImportChoices
    examples: LabelledExamples
    options: ImportOptions
    trial: AlternativeResult


def best_choices(
    ways: Sequence[ImportChoices], read: Read, examples: Sequence[LabelledExamples], options: ImportOptions
) -> tuple[ImportChoices, str]:
    """Choose the way to read a file by the network's accuracy, and return it with a sentence about it.

    ``read`` reads the network in a way; ``examples`` are the same examples in all forms that may fit it. The first of
    the ``ways`` stays unless another is clearly better.
    """
    count = min(SCREENED, max(LEAST_SCREENED, TRIED // len(ways)))
    some = [replace(each, inputs=each.inputs[:count], labels=each.labels[:count]) for each in examples]
    tries = [_best(way, read(way), list(zip(some, examples, strict=True)), options) for way in ways]
    found = [taken for taken in tries if taken is not None]
    first = [taken for taken in found if taken.way == ways[0]]
    found.sort(key=lambda taken: taken.trial.merit, reverse=True)
    found = [_with_all(taken, read) for taken in dict.fromkeys([*found[:FEW], *first])]
    found.sort(key=lambda taken: taken.trial.merit, reverse=True)
    if not found:
        return ways[0], ""
    best = found[0]
    for taken in found:
        if taken.way == ways[0] and not best.trial.is_clearly_better(taken.trial):
            best = taken
    others = [taken for taken in found if taken is not best]
    return best.way, one_line(_said(best, others[0], len(ways)), 600) if others else ""


def _best(
    way: ImportChoices,
    stored: ParsedNetwork,
    examples: Iterable[tuple[LabelledExamples, LabelledExamples]],
    options: ImportOptions,
) -> ChoiceResult | None:
    """Return the best result of the network read in this way; None if no examples fit it.

    ``examples`` are pairs: the examples to try, and all of them.
    """
    found = []
    for some, manner in examples:
        for fed in _feeds(options):
            try:
                network, test = network_and_test_digits(stored, some, fed)
            except EdgeglowError:
                continue  # another order of layers has other inputs; or the scale is for pictures only
            if fed is options or test.images.shape[1] > 1:  # rows of numbers have no usual scale
                found.append(ChoiceResult(way, manner, fed, tried("", network, test)))
    return max(found, key=lambda taken: taken.trial.merit, default=None)


def _with_all(taken: ChoiceResult, read: Read) -> ChoiceResult:
    """Repeat the trial over all examples."""
    return replace(taken, trial=tried("", *network_and_test_digits(read(taken.way), taken.examples, taken.options)))


def _feeds(options: ImportOptions) -> Iterator[ImportOptions]:
    """Yield the user's options and, if they leave it open, the usual ways to feed pixels.

    A network that is fed wrongly reads badly in each way, so that no way could be chosen.
    """
    yield options
    if options.scale is None and not options.pixels:
        yield from (replace(options, scale=scale) for scale in (MNIST, HALF, GREYS))
        yield from (replace(options, pixels=(kind,)) for kind in (BYTES, INVERTED))


def _said(best: ChoiceResult, other: ChoiceResult, count: int) -> str:
    """Return a sentence about the chosen way and the next best."""
    mine, its = best.way.unlike(other.way), other.way.unlike(best.way)
    reads, rival = (f"{percent(best.trial.accuracy)} of {best.examples.source}", percent(other.trial.accuracy))
    fed = PixelFeed(check_pixel_kinds(best.options.pixels), best.options.scale or AS_IT_IS).options
    scaled = f" (and {fed})" if fed else ""
    more = f", the best of {count - 1} other ways" if count > 2 else ""
    if best.trial.is_clearly_better(other.trial):
        return f"{mine} fits: it reads {reads} so{scaled}, but {rival} with {its}{more}."
    return (
        f"It reads at best {reads} with {mine}, and {rival} with {its}{more}: that does not tell which is right;"
        f" {mine} was taken."
    )


def with_remark(stored: ParsedNetwork, said: str) -> ParsedNetwork:
    """Return the network with one more remark."""
    return replace(stored, remarks=(said, *stored.remarks)) if said else stored
