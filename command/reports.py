"""Reports of runs and films for the command line, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgeglow.film.chapter_task import ChapterResult
from edgeglow.film.outputs import OutputFile
from edgeglow.film.paths import display_path
from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.text.printable import printable
from edgeglow.model.text.shares import format_share


def describe(run: Run, path: Path) -> dict[str, Any]:
    """Return the facts of a run as a dict for JSON."""
    return {
        "run": str(path),
        "digest": run.digest,
        "source": run.source,
        "reads": run.subject,
        "inputs": list(run.image_shape) if run.image_shape else list(run.feature_names),
        "classes": list(run.class_names),
        "layers": list(run.layer_sizes),
        "parameters": run.parameters,
        "hidden": run.hidden,
        "functions": list(run.functions),
        "output": run.output,
        "loss": run.loss,
        **(_describe_training(run.config) if run.config else {}),
        "imported": run.imported.file if run.imported else None,
        "times": run.times.tolist(),
        "counted_in": run.clock,
        "training_digits": run.training_count,
        "test_digits": run.test_count,
        "snapshots": len(run.snapshots),
        "accuracy": run.accuracy,
        "test_loss": run.last.loss,
        "interrupted": run.interrupted,
        "examples": {
            kind: sum(one.kind == kind for one in run.examples) for kind in ("right", "hard", "wrong", "own")
        },
        "convolution": _describe_convolution(run.convolution),
    }


def _describe_training(config: Config) -> dict[str, Any]:
    """Return the facts of a training."""
    return {
        "optimiser": config.optimiser,
        "learning_rate": config.rate,
        "momentum": config.momentum,
        "batch_size": config.batch_size,
        "epochs": config.epochs,
        "seed": config.seed,
    }


def _describe_convolution(convolution: ConvolutionalNetwork | None) -> dict[str, Any] | None:
    """Return the facts of a run's convolutional network, or None if it has none."""
    if convolution is None:
        return None
    return {
        "filters": list(convolution.layout.counts),
        "side": convolution.layout.side,
        "parameters": convolution.parameters,
        "epochs": convolution.epochs,
        "accuracy": convolution.accuracy,
        "test_loss": convolution.loss,
        "interrupted": convolution.interrupted,
    }


def describe_text(facts: dict[str, Any]) -> str:
    """Return the facts of a run as text."""
    stopped = ", stopped early" if facts["interrupted"] else ""
    subject = facts["reads"]
    snapshots = "1 snapshot" if facts["snapshots"] == 1 else f"{facts['snapshots']} snapshots"
    examples = ", ".join(f"{count} {kind}" for kind, count in facts["examples"].items() if count)
    training = f"{facts['training_digits']:,} to train, " if facts["training_digits"] else ""
    lines = {
        "run": f"{display_path(Path(facts['run']))}  ({facts['digest'][:12]})",
        "network": f"{'-'.join(map(str, facts['layers']))}, {facts['hidden'].replace(',', ', ')}, {facts['output']};"
        f" {facts['parameters']:,} weights and biases",
        subject: f"{facts['source']}, {training}{facts['test_digits']:,} to test",
        "training": f"elsewhere, imported from {facts['imported']}" if facts["imported"] else "",
        "accuracy": f"{format_share(facts['accuracy'], '.2%')} of the test {subject}, loss {facts['test_loss']:.4f}",
        "holds": f"{snapshots}; example {subject}: {examples}",
        "filters": "" if facts["imported"] else _convolution_text(facts["convolution"]),
    }
    if not facts["imported"]:
        rate = f"{facts['optimiser']}, learning rate {facts['learning_rate']:g}"
        if facts["optimiser"] == "sgd":
            rate += f", momentum {facts['momentum']:g}"
        lines["training"] = (
            f"{facts['epochs']} epochs of batches of {facts['batch_size']}{stopped}; {rate};"
            f" {facts['loss']} loss; seed {facts['seed']}"
        )
    return "\n".join(printable(f"{name:<9} {text}") for name, text in lines.items() if text)


def _convolution_text(facts: dict[str, Any] | None) -> str:
    if facts is None:
        return "none: no convolutional network was trained to compare with"
    stopped = ", stopped early" if facts["interrupted"] else ""
    return (
        f"{'-'.join(map(str, facts['filters']))} of {facts['side']}×{facts['side']} in a convolutional network;"
        f" {facts['parameters']:,} weights and biases; {facts['epochs']:.3g} epochs{stopped};"
        f" {format_share(facts['accuracy'], '.2%')} of the test digits"
    )


def score(run: Run, digits: Digits, path: Path) -> dict[str, Any]:
    """Return how many of ``digits`` the run's network reads right; digits without a class count as wrong.

    Raises EdgeglowError when the network reads no digits, or digits of another size.
    """
    if run.subject != "digits":
        raise EdgeglowError(f"{display_path(path)}: reads {run.subject}, expected a network that reads digits")
    shape = digits.images.shape[1:]
    if shape != run.image_shape:
        own, other = ("×".join(map(str, sides)) for sides in (run.image_shape or (), shape))
        raise EdgeglowError(f"{display_path(path)}: reads digits of {own} pixels, but these have {other}")
    answers = run.network().activations(digits.pixels)[-1].argmax(axis=1)
    meant = np.array([int(name) for name in run.class_names])  # an imported network's classes may be in any order
    right = int((meant[answers] == digits.labels).sum())
    return {
        "run": str(path),
        "data": digits.source,
        "digits": len(digits),
        "right": right,
        "accuracy": right / len(digits),
    }


def chapter_rows(results: Sequence[ChapterResult], fps: float) -> list[dict[str, Any]]:
    return [
        {
            "chapter": result.name,
            "title": result.title,
            "beats": len(result.cues),
            "frames": result.frames,
            "seconds": round(result.frames / fps, 3),
        }
        for result in results
    ]


def output_rows(outputs: Sequence[OutputFile], fps: float) -> list[dict[str, Any]]:
    return [
        {
            "kind": output.kind,
            "file": str(output.path),
            "chapters": [result.name for result in output.results],
            "from_cache": list(output.kept),
            "frames": output.frames,
            "seconds": round(output.frames / fps, 3),
        }
        for output in outputs
    ]


def minutes_and_seconds(seconds: float) -> str:
    """Return seconds as minutes and seconds: 2:05 for 125."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
