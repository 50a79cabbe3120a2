"""From a network's file to a run: the digits it is shown, the scale it expects them in, and whether it reads them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from model.digits import Digits
from model.errors import EdgeglowError
from model.harvest import adopt, look
from model.imported import Imported
from model.importing import Moment, Stored
from model.labelled import Labelled
from model.network import Network
from model.run import Run

LEAST_PICTURE = 16  # pixels: fewer inputs are not taken for a picture that nobody told of
# (pixel - MEAN) / STD, as networks are often fed: MNIST's own, -1 to 1, bytes, ink dark on light, 16 greys
USUAL_SCALES = ((0.1307, 0.3081), (0.5, 0.5), (0.0, 1 / 255), (1.0, -1.0), (0.0, 1 / 16))
USUAL_HIDDEN = ("relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu:0.2")
AS_IT_IS = (0.0, 1.0)
BETTER = 0.1  # by so much more must be read otherwise before that is spoken of
BETTER_AND_SURER = 0.01, 0.6  # or by so much more, where the loss is so many times as large at most
TRIED = 1_000  # digits are enough to tell


@dataclass(frozen=True)
class Wishes:
    """What a user says of a network whose file does not say it; None and empty where nothing was said."""

    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None  # it expects (pixel - MEAN) / STD
    activation: str | None = None  # of the hidden layers: one name for all, or one for each, as "relu,tanh"


@dataclass(frozen=True, eq=False)
class Adoption:
    """A run of an imported network, what was done on the way, and what looks wrong about it; sentences."""

    run: Run
    remarks: tuple[str, ...]
    doubts: tuple[str, ...]


def adopt_stored(
    file: str, stages: Sequence[tuple[Moment | None, Stored]], examples: Labelled, wishes: Wishes
) -> Adoption:
    """The run of a network that a file (one stage) or a folder of checkpoints (more) holds, tested on ``examples``.

    Raises EdgeglowError where network, examples and wishes do not fit each other.
    """
    last = stages[-1][1]
    shape = image_shape_of(last, wishes, examples)
    classes = class_names_of(last, wishes, examples)
    examples = replace(examples, labels=_labels(examples, classes))
    test, scale, told = _test_digits(last, examples, shape, wishes)
    remarks = [*last.remarks, *told]
    networks = [_network(stored, scale) for _, stored in stages]
    clock = stages[-1][0].kind if stages[-1][0] is not None else ""
    made = networks[-1]
    imported = Imported(file, made.layer_sizes, made.hidden, made.output, clock)
    looks = [
        look(network, imported.loss, test, **({clock: moment.number} if moment else {}))
        for network, (moment, _) in zip(networks, stages, strict=True)
    ]
    if not all(math.isfinite(seen.loss) for seen in looks):
        raise EdgeglowError("its answers are beyond all bounds; expected weights that give finite numbers")
    features = feature_names_of(last, wishes, examples) if shape is None else ()
    run = adopt(imported, looks, test, image_shape=shape, class_names=classes, feature_names=features)
    return Adoption(run, tuple(dict.fromkeys(remarks)), _doubts(run, last, wishes, scale, examples))


def image_shape_of(stored: Stored, wishes: Wishes, examples: Labelled | None) -> tuple[int, int] | None:
    """(height, width) of what the network reads; None where that is no picture. Raises EdgeglowError."""
    inputs = stored.layer_sizes[0]
    if wishes.image_shape:
        height, width = wishes.image_shape
        if height * width != inputs:
            raise EdgeglowError(
                f"--shape {height},{width} has {height * width} pixels, but there are {inputs} inputs"
            )
        return wishes.image_shape
    if wishes.feature_names or stored.feature_names:
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


def class_names_of(stored: Stored, wishes: Wishes, examples: Labelled | None) -> tuple[str, ...]:
    """As many names as there are outputs. Raises EdgeglowError."""
    count = stored.layer_sizes[-1]
    told = examples.class_names if examples is not None else ()
    names = wishes.class_names or stored.class_names or told or tuple(map(str, range(count)))
    if len(names) != count:
        raise EdgeglowError(
            f"there are {len(names)} class names ({_few(names)}), but the last layer has {count}"
            f" neurons; name all {count} with --classes"
        )
    return tuple(names)


def feature_names_of(stored: Stored, wishes: Wishes, examples: Labelled | None) -> tuple[str, ...]:
    """As many names as there are inputs. Raises EdgeglowError."""
    count = stored.layer_sizes[0]
    told = examples.feature_names if examples is not None else ()
    names = wishes.feature_names or stored.feature_names or told
    names = names or tuple(f"input {number}" for number in range(1, count + 1))
    if len(names) != count:
        raise EdgeglowError(
            f"there are {len(names)} feature names ({_few(names)}), but there are {count} inputs; name all {count}"
            " with --features"
        )
    return tuple(names)


def _labels(examples: Labelled, classes: tuple[str, ...]) -> np.ndarray:
    """What the examples are, as numbers of these classes: found by name, wherever both are named."""
    present, places = np.unique(examples.labels, return_inverse=True)
    told, last = examples.class_names, int(present[-1])
    if told and last >= len(told):
        raise EdgeglowError(f"{examples.source} has label {last}, but names {len(told)} classes")
    if not told and not all(name.isdecimal() for name in classes):
        told = classes
        if last >= len(classes):
            raise EdgeglowError(
                f"{examples.source} has label {last}, but the last layer has {len(classes)} neurons, one for each of"
                f" 0 to {len(classes) - 1}"
            )
    names = [told[label] if told else str(label) for label in present]
    if unknown := [name for name in names if name not in classes]:
        raise EdgeglowError(
            f"{examples.source} has the class {unknown[0]}, but those of the network are"
            f" {_few(classes)}; name them in their order with --classes"
        )
    return np.array([classes.index(name) for name in names], np.int64)[places.reshape(-1)]


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


def resized(digits: Digits, shape: tuple[int, int]) -> Digits:
    """Digits as pictures of another shape, made smaller or larger smoothly."""
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
    stored: Stored, examples: Labelled, shape: tuple[int, int] | None, wishes: Wishes
) -> tuple[Digits, tuple[float, float], list[str]]:
    """The examples as a run holds them, and the scale (mean, std) in which the network expects their numbers."""
    inputs = stored.layer_sizes[0]
    given = math.prod(examples.inputs.shape[1:])
    if given != inputs:
        raise EdgeglowError(
            f"{examples.source} has examples of {given} numbers, but the network has {inputs} inputs"
        )
    images = examples.inputs.reshape(-1, *(shape or (1, inputs)))
    scale, told = wishes.scale or AS_IT_IS, []
    if shape is not None and wishes.scale is None and (images.min() < 0 or images.max() > 1):
        low, high = float(min(images.min(), 0.0)), float(images.max())
        images = (images - np.float32(low)) / np.float32(high - low)
        scale = (-low / (high - low), 1 / (high - low))
        told = [f"the pixels of {examples.source} go from {low:g} to {high:g}: 0 to 1 in the film"]
    if shape is not None and (images.min() < 0 or images.max() > 1 + 1e-6):
        raise EdgeglowError(
            f"{examples.source} has pixels from {images.min():g} to {images.max():g}, but with --normalise they must"
            " be from 0 to 1"
        )
    images = np.clip(images, 0, 1) if shape is not None else images
    return Digits(np.ascontiguousarray(images, np.float32), examples.labels, examples.source), scale, told


def _network(stored: Stored, scale: tuple[float, float] | tuple[np.ndarray, np.ndarray]) -> Network:
    """The network that reads numbers as they are: W (x - m) / s + b = (W / s) x + (b - W m / s).

    ``scale`` is (m, s), each one number, or an array with one for each input.
    """
    mean, std = (np.broadcast_to(np.float64(part), stored.weights[0].shape[1:]) for part in scale)
    first = stored.weights[0] / std
    shifted = stored.biases[0] - first @ mean
    weights = [first.astype(np.float32), *stored.weights[1:]]
    biases = [shifted.astype(np.float32), *stored.biases[1:]]
    return Network.of(weights, biases, stored.hidden, stored.output)


def _doubts(
    run: Run, stored: Stored, wishes: Wishes, scale: tuple[float, float], examples: Labelled
) -> tuple[str, ...]:
    """What looks wrong: it reads hardly anything, or far more if it is taken otherwise."""
    test = run.test_digits.head(TRIED)
    now = look(_network(stored, scale), run.loss, test)
    others = {
        how: look(network, run.loss, test) for how, network in _otherwise(run, stored, wishes, scale).items()
    }
    best = max(others, key=lambda how: others[how].accuracy, default="")
    more, times = BETTER_AND_SURER
    if best and (
        others[best].accuracy >= now.accuracy + BETTER
        or (others[best].accuracy >= now.accuracy + more and others[best].loss <= now.loss * times)
    ):
        first = f"the first {len(test):,} of " if run.test_count > len(test) else ""
        return (
            f"as it stands it reads {now.accuracy:.1%} of {first}{examples.source}, but"
            f" {others[best].accuracy:.1%} {best}",
        )
    if run.accuracy < (1 + 1 / len(run.class_names)) / 2:  # half way between all and what chance would give
        scaled = "in the scale (--normalise)" if run.image_shape else "scaled as in its training,"
        asked = f", and is --activation {wishes.activation} right" if wishes.activation else ""
        return (
            f"it reads only {run.accuracy:.1%} of {examples.source}: are these {run.subject} like those that it"
            f" learnt (--data), {scaled} and with the classes in the order (--classes) that it knows{asked}?",
        )
    return ()


def _otherwise(run: Run, stored: Stored, wishes: Wishes, scale: tuple[float, float]) -> dict[str, Network]:
    """What the network may be instead, by what would make it that."""
    others: dict[str, Network] = {}
    if wishes.scale is None and run.image_shape is None:
        rows = run.test_digits.pixels.astype(np.float64)
        each = (rows.mean(axis=0), np.where(rows.std(axis=0) > 0, rows.std(axis=0), 1.0))
        how = "where every input is standardised first: save mean and scale of its StandardScaler with it"
        others[how] = _network(stored, each)
    elif wishes.scale is None and scale == AS_IT_IS:
        for usual in USUAL_SCALES:
            others[f"with --normalise {usual[0]:g},{usual[1]:.6g}"] = _network(stored, usual)
    if wishes.activation and len(stored.weights) > 1:
        for hidden in USUAL_HIDDEN:
            others[f"with --activation {hidden}"] = _network(replace(stored, hidden=hidden), scale)
    return others
