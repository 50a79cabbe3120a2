"""Reference results of a run's network, computed again in a simple way, to compare the film with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from formulas import activations
from manim import Line, VMobject
from scipy.spatial import cKDTree
from shot import Lines, Shape, Shot, Squares, Writing
from stage import CHAPTERS, Performance
from written import Sentences

import edgeglow.scenes.chapters
from edgeglow.model.run.run import Run, Snapshot
from edgeglow.scenes.script.agreement import agreed

ENDING_AT_ONE = (
    "sigmoid",
    "tanh",
    "softsign",
    "softmax",
)  # the other functions are scaled by the largest activation of their layer


def squash(kind: str, sums: np.ndarray) -> np.ndarray:
    """Return the activation function, by its formula, of (..., neurons)."""
    if kind == "softmax":
        powers = np.exp(sums - sums.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
    return activations(kind, sums)


def functions(run: Run) -> list[str]:
    """Return the activation function of every layer after the input."""
    hidden = run.hidden.split(",")
    return (hidden * (len(run.layer_sizes) - 2) if len(hidden) == 1 else hidden) + [run.output]


def forward(run: Run, snapshot: Snapshot, pixels: np.ndarray) -> list[np.ndarray]:
    """Return the activations of every layer for these pixels (..., inputs), in double precision."""
    layers = [np.asarray(pixels, np.float64)]
    for weights, biases, kind in zip(snapshot.weights, snapshot.biases, functions(run), strict=True):
        layers.append(squash(kind, layers[-1] @ weights.T.astype(np.float64) + biases))
    return layers


def peak(run: Run, layer: int) -> float:
    """Return the largest activation in the layer over the run's example digits, after training."""
    pixels = np.stack([example.pixels for example in run.examples])
    return float(np.abs(forward(run, run.last, pixels)[layer]).max())


def light(run: Run, snapshot: Snapshot, pixels: np.ndarray, layer: int) -> np.ndarray:
    """Return the brightness of a layer's discs: the activation if it is bounded by 1, else its share of the peak."""
    return bright(run, layer, forward(run, snapshot, pixels)[layer])


def bright(run: Run, layer: int, activations: np.ndarray) -> np.ndarray:
    """Return the brightness with which activations of a layer are drawn."""
    if functions(run)[layer - 1] in ENDING_AT_ONE:
        return activations
    return np.asarray(np.clip(activations / max(peak(run, layer), 1e-12), -1, 1))


def influence(run: Run, digits: tuple[int, ...], layer: int) -> np.ndarray:
    """Return how much every neuron of a layer matters for these digits, with equal weight for each digit."""
    total = np.zeros(run.layer_sizes[layer])
    for digit in digits:
        matter = np.abs(forward(run, run.last, run.examples[digit].pixels)[layer])
        if layer < len(run.layer_sizes) - 1:
            matter = matter * np.abs(run.last.weights[layer]).sum(axis=0)
        total += matter / matter.sum()
    return total


def shown(performance: Performance, layer: int) -> np.ndarray:
    """Return the drawn neurons of a layer, from the top of their column to its end.

    Another test checks that they are the right ones.
    """
    if layer == 0:
        return np.arange(performance.run.layer_sizes[0])
    return performance.chapter.cast.shown[layer - 1]


# Beats of PixelFlow in which only the first gap shows weight × activation; before, all gaps show weights
ONE_NEURON = ("arrive", "bias", "squeeze")  # close-ups of a single neuron
FIRST_FLOW = ("carry", *ONE_NEURON)
BEFORE_FLOW = ("joined", "weights")
# Beats of Training with a close-up of a single neuron, and those in which the digit is evaluated again
NEAR, ASKED = ("know", "form"), ("found",)
# Beats in which outputs are bright, with their numbers, and a ring around the answer
ANSWERED = {"Neurons": (), "PixelFlow": ("answer", "again", "hard", "wrong", "whole"), "Training": ("guess", *ASKED)}

# -- finding mobjects in a shot -------------------------------------------------------------------------------


def pixels_of(shot: Shot, run: Run) -> Squares | None:
    """Return the squares or discs, as many as pixels, that show the picture."""
    found = [squares for squares in shot.squares if len(squares.values) == run.layer_sizes[0]]
    found = [squares for squares in found if not of_weights(squares)]
    assert len(found) <= 1, f"{shot.beat}: {len(found)} pictures at once"
    return found[0] if found else None


def of_weights(squares: Squares) -> bool:
    """Return whether these squares are weights of pixels: they have a colour for negative values."""
    negative, nothing, _ = squares.hues
    return squares.roundness == 0 and not np.array_equal(negative, nothing)


def columns_of(shot: Shot, run: Run) -> dict[int, Squares]:
    """Return the columns of discs by layer.

    A single column is the last layer's; in a neuron close-up of the training, it is the first hidden layer's.
    """
    found = [
        squares
        for squares in shot.squares
        if squares.roundness == 1
        and np.ptp(squares.centers[:, 0]) < 1e-6
        and len(squares.values) != run.layer_sizes[0]
    ]
    found.sort(key=lambda squares: squares.centers[0, 0])
    last = len(run.layer_sizes) - 1
    if shot.beat in NEAR:
        (column,) = found
        return {1: column}
    assert len(found) in (0, 1, last), f"{shot.beat}: {len(found)} columns of discs"
    return dict(zip(range(last + 1 - len(found), last + 1), found, strict=True))


def along_axis(times: np.ndarray) -> np.ndarray:
    """Return the places of a training's times on its axis: by logarithm if its first step is short, else evenly."""
    since, steps = times - times[0], np.diff(times)
    if len(steps) > 1 and steps[0] < 0.34 * steps.mean():
        return np.asarray(np.log(1 + since / (10 * steps[0])) / np.log(1 + since[-1] / (10 * steps[0])))
    return np.asarray(since / since[-1])


def track_of(shot: Shot) -> Shape:
    """Return the line of the training's progress: the lowest of the longest lines."""
    lines = [s for s in shot.shapes if s.kind is Line]
    longest = max(s.box[2] - s.box[0] for s in lines)
    return min((s for s in lines if s.box[2] - s.box[0] > longest - 0.01), key=lambda s: s.middle[1])


def row_of(shot: Shot, middle: np.ndarray, reach: float = 0.06) -> list[Writing]:
    """Return the texts to the right of a point, in its row, from left to right."""
    row = [w for w in shot.words if abs(w.middle[1] - middle[1]) < reach and w.middle[0] > middle[0]]
    return sorted(row, key=lambda writing: writing.middle[0])


def trace(performance: Performance, shot: Shot, lines: Lines) -> tuple[int, np.ndarray, np.ndarray]:
    """Return which gap these lines are in, and the neurons each comes from and leads to, found by their positions.

    Fails if a line does not run from the centre of a mark to the centre of a mark of the next layer.
    """
    pixels = pixels_of(shot, performance.run)
    assert pixels is not None, f"{shot.beat}: edges, but no picture"
    places = {0: pixels.centers} | {k: c.centers for k, c in columns_of(shot, performance.run).items()}
    tree = cKDTree(np.concatenate(list(places.values())))
    layers = np.concatenate([np.full(len(centers), layer) for layer, centers in places.items()])
    neurons = np.concatenate([shown(performance, layer) for layer in places])
    from_distance, sources = tree.query(lines.starts)
    to_distance, targets = tree.query(lines.ends)
    assert from_distance.max() < 1e-6, f"{shot.beat}: a line starts beside its neuron"
    assert to_distance.max() < 1e-6, f"{shot.beat}: a line ends beside its neuron"
    (gap,) = set(layers[sources].tolist())
    assert set(layers[targets].tolist()) == {gap + 1}, f"{shot.beat}: lines skip a layer"
    return gap, neurons[sources], neurons[targets]


def digit_of(shot: Shot, run: Run) -> int:
    """Return which of the run's example digits the picture shows."""
    picture = pixels_of(shot, run)
    assert picture is not None
    shades = [np.abs(example.pixels - picture.values).max() for example in run.examples]
    assert min(shades) < 1e-6, f"{shot.beat}: the picture is none of the run's digits"
    return int(np.argmin(shades))


def under(shape: Shape, centers: np.ndarray) -> int:
    """Return the index of the point that the shape is around."""
    away = np.linalg.norm(centers[:, :2] - shape.middle, axis=1)
    assert away.min() < 1e-3, "a ring that is around nothing"
    return int(np.argmin(away))


def curves_of(shot: Shot) -> list[np.ndarray]:
    """Return the points of the curves, the uppermost curve first, relative to its axes, (points, 2)."""
    found = []
    for curve in (shape for shape in shot.shapes if shape.kind is VMobject):
        corners = np.concatenate([curve.points[:1], curve.points[3::4]])[:, :2]
        axes = [s for s in shot.shapes if s.kind is Line and abs(s.box[0] - corners[0, 0]) < 1e-6]
        below = [s for s in axes if s.box[2] - s.box[0] > 1 and s.box[1] <= corners[:, 1].min() + 1e-6]
        base = max(below, key=lambda axis: axis.box[1])
        (side,) = [s for s in axes if abs(s.box[1] - base.box[1]) < 1e-6 and s is not base]
        size = (base.box[2] - base.box[0], side.box[3] - side.box[1])
        found.append((base.box[1], (corners - [base.box[0], base.box[1]]) / size))
    return [points for _, points in sorted(found, key=lambda item: -item[0])]


# -- expected pictures ----------------------------------------------------------------------------------------


def snapshot_of(played: Performance, shot: Shot) -> Snapshot:
    """Return the snapshot that a shot shows, found by the number of examples that is written there."""
    run = played.run
    if not isinstance(played.chapter, CHAPTERS["Training"]) or shot.beat in ASKED:
        return run.last
    if shot.beat in ("guess", "score", "loss"):
        return run.first
    moments = {
        said(played.lang, "training", "examples", kind="labels", examples=snapshot.examples): snapshot
        for snapshot in run.snapshots
    }
    (moment,) = [moments[text] for text in shot.texts if text in moments]
    return moment


def lit_layers(played: Performance, shot: Shot) -> set[int]:
    """Return the layers whose neurons show their activations; the others are dark."""
    last = len(played.run.layer_sizes) - 1
    every = set(range(1, last + 1))
    if isinstance(played.chapter, CHAPTERS["Neurons"]):
        return set()
    if isinstance(played.chapter, CHAPTERS["PixelFlow"]) and shot.beat in (*BEFORE_FLOW, *FIRST_FLOW):
        return set()
    return every


def carries_flow(played: Performance, shot: Shot, gap: int) -> bool:
    """Return whether the edges of a gap show weight × activation, not the weights alone."""
    if isinstance(played.chapter, CHAPTERS["Training"]):
        return shot.beat in ASKED
    if not isinstance(played.chapter, CHAPTERS["PixelFlow"]) or shot.beat in BEFORE_FLOW:
        return False
    return gap == 0 or shot.beat not in FIRST_FLOW


def outputs_of(played: Performance, shot: Shot) -> np.ndarray:
    pixels = played.run.examples[digit_of(shot, played.run)].pixels
    return forward(played.run, snapshot_of(played, shot), pixels)[-1]


# -- expected texts -------------------------------------------------------------------------------------------


def pages(lang: str) -> dict[str, Any]:
    """Return the contents of the script's file."""
    path = Path(edgeglow.scenes.chapters.__file__).parent / "script" / f"{lang}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def said(lang: str, page: str, name: str, variant: str = "", kind: str = "beats", **facts: object) -> str:
    """Return a sentence, a label or, without a kind, the title, of the script with these facts, on one line."""
    table = pages(lang)[page][kind] if kind else pages(lang)[page]
    template: str = table.get(f"{name}-{variant}", table[name])
    return " ".join(agreed(Sentences().vformat(template, (), facts)).split())
