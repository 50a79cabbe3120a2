"""Make a run of an imported network: find its test digits and the scale of its inputs, and check its accuracy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PIL import Image

from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import NO_CHOICES, CheckpointStep, ImportChoices, ParsedNetwork
from edgeglow.model.importing.alternatives import NetworkFactory, alternatives_sentence, rank_alternatives, tried
from edgeglow.model.importing.examples.labelled_file import LabelledExamples
from edgeglow.model.importing.examples.match_examples import match_columns, match_labels
from edgeglow.model.importing.lazy_array import list_names
from edgeglow.model.importing.pixel_feed import (
    AS_IT_IS,
    BYTES,
    TRANSPOSED,
    PixelFeed,
    are_bytes,
    check_pixel_kinds,
    fold_input_scaling,
    network_for_pixels,
    other_feeds,
)
from edgeglow.model.network.network import Network
from edgeglow.model.run.import_info import ImportInfo
from edgeglow.model.run.run import Run
from edgeglow.model.text.shares import percent
from edgeglow.model.training.run_builder import make_imported_run, record_state

LEAST_PICTURE = 16  # pixels: fewer inputs are not taken as a picture unless the user or the file says so
USUAL_HIDDEN = ("relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu:0.2")


@dataclass(frozen=True)
class ImportOptions:
    """The user's options for a network whose file does not say these things; None or empty where not given."""

    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None  # (MEAN, STD): the network was fed (pixel - MEAN) / STD
    pixels: tuple[str, ...] = ()  # other facts about the fed pixels: inverted, transposed, 0-255
    activation: str | None = None  # of the hidden layers: one name for all, or one for each, as "relu,tanh"
    way: ImportChoices = NO_CHOICES  # answers to what the names in its file leave open


@dataclass(frozen=True, eq=False)
class ImportedRun:
    """A run of an imported network; sentences say what was done (``remarks``) and what looks wrong (``doubts``)."""

    run: Run
    remarks: tuple[str, ...]
    doubts: tuple[str, ...]


def run_from_network(
    file: str,
    stages: Sequence[tuple[CheckpointStep | None, ParsedNetwork]],
    examples: LabelledExamples,
    options: ImportOptions,
) -> ImportedRun:
    """Make a run of the network in a file (one stage) or a folder of checkpoints (several), tested on ``examples``.

    Raises EdgeglowError where network, examples and options do not fit each other.
    """
    last = stages[-1][1]
    examples, shape, classes = _fitted(last, examples, options)
    test, fed, told = _test_digits(last, examples, shape, options)
    remarks = [*last.remarks, *examples.remarks, *told]
    networks = [network_for_pixels(stored, fed, shape) for _, stored in stages]
    clock = stages[-1][0].kind if stages[-1][0] is not None else ""
    made = networks[-1]
    imported = ImportInfo(file, made.layer_sizes, made.hidden, made.output, clock)
    states = [
        record_state(network, imported.loss, test, **({clock: moment.number} if moment else {}))
        for network, (moment, _) in zip(networks, stages, strict=True)
    ]
    if not all(math.isfinite(seen.loss) for seen in states):
        raise EdgeglowError("its answers are beyond all bounds; expected weights that give finite numbers")
    features = feature_names_of(last, options, examples) if shape is None else ()
    run = make_imported_run(imported, states, test, image_shape=shape, class_names=classes, feature_names=features)
    return ImportedRun(run, tuple(dict.fromkeys(remarks)), _doubts(run, last, options, fed, test))


def network_and_test_digits(
    stored: ParsedNetwork, examples: LabelledExamples, options: ImportOptions
) -> tuple[Network, Digits]:
    """Return the network and the test digits that ``run_from_network`` would use.

    Raises EdgeglowError in the same cases.
    """
    examples, shape, _ = _fitted(stored, examples, options)
    test, fed, _ = _test_digits(stored, examples, shape, options)
    return network_for_pixels(stored, fed, shape), test


def _fitted(
    stored: ParsedNetwork, examples: LabelledExamples, options: ImportOptions
) -> tuple[LabelledExamples, tuple[int, int] | None, tuple[str, ...]]:
    """Return the examples with the network's columns and classes, the shape of its pictures, and the class names."""
    examples = match_columns(examples, options.feature_names or stored.feature_names)
    shape = image_shape_of(stored, options, examples)
    classes = class_names_of(stored, options, examples)
    return replace(examples, labels=match_labels(examples, classes)), shape, classes


def image_shape_of(
    stored: ParsedNetwork, options: ImportOptions, examples: LabelledExamples | None
) -> tuple[int, int] | None:
    """Return the (height, width) of the network's pictures; None if its inputs are no picture.

    Raises EdgeglowError.
    """
    inputs = stored.layer_sizes[0]
    if options.image_shape:
        height, width = options.image_shape
        if height * width != inputs:
            raise EdgeglowError(
                f"--shape {height},{width} has {height * width} pixels, but there are {inputs} inputs"
            )
        return options.image_shape
    if options.feature_names or stored.feature_names:
        return None
    if stored.image_shape and math.prod(stored.image_shape) == inputs:
        return stored.image_shape
    if examples is not None:
        if examples.inputs.ndim == 3:
            height, width = examples.inputs.shape[1:]
            return (height, width) if height * width == inputs else None
        if examples.feature_names:
            return None
    side = math.isqrt(inputs)
    return (side, side) if side * side == inputs >= LEAST_PICTURE else None


def class_names_of(
    stored: ParsedNetwork, options: ImportOptions, examples: LabelledExamples | None
) -> tuple[str, ...]:
    """Return one class name for each output. Raises EdgeglowError if their number does not fit."""
    count = stored.layer_sizes[-1]
    told = examples.class_names if examples is not None else ()
    names = options.class_names or stored.class_names or told or tuple(map(str, range(count)))
    if len(names) != count:
        raise EdgeglowError(
            f"there are {len(names)} class names ({list_names(names)}), but the last layer has {count}"
            f" neurons; name all {count} with --classes"
        )
    return tuple(names)


def feature_names_of(
    stored: ParsedNetwork, options: ImportOptions, examples: LabelledExamples | None
) -> tuple[str, ...]:
    """Return one feature name for each input. Raises EdgeglowError if their number does not fit."""
    count = stored.layer_sizes[0]
    told = examples.feature_names if examples is not None else ()
    names = options.feature_names or stored.feature_names or told
    names = names or tuple(f"input {number}" for number in range(1, count + 1))
    if len(names) != count:
        raise EdgeglowError(
            f"there are {len(names)} feature names ({list_names(names)}), but there are {count} inputs;"
            f" name all {count}"
            " with --features"
        )
    return tuple(names)


def resize_digits(digits: Digits, shape: tuple[int, int]) -> Digits:
    """Resize the digits' images to (height, width), with bilinear interpolation."""
    if digits.images.shape[1:] == shape:
        return digits
    height, width = shape
    images = np.stack(
        [
            np.asarray(Image.fromarray(image, mode="F").resize((width, height), Image.Resampling.BILINEAR))
            for image in digits.images
        ]
    )
    return replace(digits, images=np.clip(images, 0, 1).astype(np.float32))


def _test_digits(
    stored: ParsedNetwork, examples: LabelledExamples, shape: tuple[int, int] | None, options: ImportOptions
) -> tuple[Digits, PixelFeed, list[str]]:
    """Return the examples as the run's test digits, how the network was fed their numbers, and remarks about it."""
    inputs = stored.layer_sizes[0]
    given = math.prod(examples.inputs.shape[1:])
    if given != inputs:
        raise EdgeglowError(f"{examples.source} has examples of {given} numbers, but the network has {inputs} inputs")
    images = examples.inputs.reshape(-1, *(shape or (1, inputs)))
    fed = PixelFeed(check_pixel_kinds(options.pixels), options.scale or AS_IT_IS)
    told: list[str] = []
    if shape is None and fed.kinds:
        raise EdgeglowError("it reads no pictures, as --pixels says; leave that out")
    if shape is None:
        return Digits(np.ascontiguousarray(images, np.float32), examples.labels, examples.source), fed, told
    low, high = float(min(images.min(), 0.0)), float(images.max())
    if (low < 0 or high > 1) and are_bytes(images):
        images = images / np.float32(255)
        fed = fed if _is_told(options) else PixelFeed(frozenset({BYTES}))
    elif (low < 0 or high > 1) and not (options.scale or fed.kinds - {TRANSPOSED}):
        images = (images - np.float32(low)) / np.float32(high - low)
        fed = PixelFeed(fed.kinds, (-low / (high - low), 1 / (high - low)))
        told = [f"the pixels of {examples.source} go from {low:g} to {high:g}: 0 to 1 in the film"]
    elif low < 0 or high > 1 + 1e-6:
        raise EdgeglowError(
            f"{examples.source} has pixels from {low:g} to {high:g}, but with --normalise or --pixels they must be"
            " from 0 to 1, or whole numbers to 255"
        )
    images = np.ascontiguousarray(np.clip(images, 0, 1), np.float32)
    digits = Digits(images, examples.labels, examples.source)
    if (examples.are_bytes or BYTES in fed.kinds) and not _is_told(options):
        fed, told = _as_bytes_or_not(stored, digits, shape, fed)
    return digits, fed, told


def _is_told(options: ImportOptions) -> bool:
    """Return whether the user says how the network was fed its pixels."""
    return bool(options.scale or options.pixels)


def _as_bytes_or_not(
    stored: ParsedNetwork, digits: Digits, shape: tuple[int, int], usual: PixelFeed
) -> tuple[PixelFeed, list[str]]:
    """Find out by trial if the network was fed pixels from 0 to 255; return ``usual`` if it makes no difference."""
    ways = [usual, PixelFeed(usual.kinds ^ {BYTES})]
    trials = [tried(str(fed), network_for_pixels(stored, fed, shape), digits) for fed in ways]
    better = int(trials[1].beats(trials[0]) or trials[1].is_surer(trials[0]))
    so, otherwise = trials[better], trials[1 - better]
    words = ("from 0 to 255", "from 0 to 1")
    mine, other = words if BYTES in ways[better].kinds else words[::-1]
    told = (
        f"the pixels of {digits.source} go from 0 to 255: fed {mine}, as in the film, it reads"
        f" {percent(so.accuracy)} of them, {other} {percent(otherwise.accuracy)}"
    )
    return ways[better], [told]


def _doubts(run: Run, stored: ParsedNetwork, options: ImportOptions, fed: PixelFeed, test: Digits) -> tuple[str, ...]:
    """Return sentences about what looks wrong: a low accuracy, or a better one with other settings."""
    now = tried("", network_for_pixels(stored, fed, run.image_shape), test)
    others = rank_alternatives(_otherwise(run, stored, options, fed, test), test)
    told = alternatives_sentence(now, others, test.source)
    enough = (1 + 1 / len(run.class_names)) / 2  # half way between all right and chance
    if now.accuracy >= enough or (told and others[0].accuracy >= enough):
        return (told,) if told else ()
    scaled = "in the scale (--normalise, --pixels)" if run.image_shape else "scaled as in its training,"
    right = f", and is --activation {options.activation} right" if options.activation else ""
    also = f" Of what was tried, it reads most {others[0].how}: {percent(others[0].accuracy)}" if told else ""
    return (
        f"it reads only {percent(now.accuracy)} of {test.source}: are these {run.subject} like those that it"
        f" learnt (--data), {scaled} and with the classes in the order (--classes) that it knows{right}?{also}",
    )


def _otherwise(
    run: Run, stored: ParsedNetwork, options: ImportOptions, fed: PixelFeed, test: Digits
) -> dict[str, NetworkFactory]:
    """Return other ways to take the network, keyed by the settings that select them."""
    others: dict[str, NetworkFactory] = {}
    if run.image_shape is None:
        if options.scale is None:
            rows = test.pixels.astype(np.float64)
            each = (rows.mean(axis=0), np.where(rows.std(axis=0) > 0, rows.std(axis=0), 1.0))
            how = "where every input is standardised first: save mean and scale of its StandardScaler with it"
            others[how] = partial(fold_input_scaling, stored, *each)
    elif fed.scale == AS_IT_IS or options.scale:
        for way in other_feeds(fed, test.images):
            others[str(way)] = partial(network_for_pixels, stored, way, run.image_shape)
    else:  # pixels in a range of the file's own, which no --normalise describes
        turned = PixelFeed(fed.kinds ^ {TRANSPOSED}, fed.scale)
        how = "with" if TRANSPOSED in turned.kinds else "without"
        others[f"{how} --pixels {TRANSPOSED}"] = partial(network_for_pixels, stored, turned, run.image_shape)
    if options.activation and len(stored.weights) > 1:
        for hidden in USUAL_HIDDEN:
            if hidden != stored.hidden:
                other = replace(stored, hidden=hidden)
                others[f"with --activation {hidden}"] = partial(network_for_pixels, other, fed, run.image_shape)
    return others
