"""A weight, a loss or a sentence changes: so do the pictures of the chapters that show it, and of no others."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
import pytest
from casts import make_run

import edgeglow.scenes.chapters
from edgeglow.film.cache_key import input_digests
from edgeglow.film.chapter_task import ChapterResult
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.render_task import RenderTask
from edgeglow.film.settings import FilmSettings
from edgeglow.model.network.network import Network
from edgeglow.model.run.run import Run
from edgeglow.scenes.script import load_script
from edgeglow.scenes.stage.chapter import Chapter

LOOK = FilmSettings(
    width=64, height=36, fps=2.0, format="mov", transparent=True
)  # lossless: the least change is seen
Film = dict[str, bytes]  # all pictures and words of each chapter


def film_of(run: Run) -> Film:
    """Every chapter rendered anew, without any cache."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "run.npz"
        run.save(file)
        return {
            chapter.__name__: filmed(RenderTask(chapter, FilmInputs(file), LOOK, Path(folder))(lambda frames: None))
            for chapter in edgeglow.scenes.chapters.FILM
            if chapter.fits(run) is None
        }


def filmed(result: ChapterResult) -> bytes:
    with av.open(result.files[0]) as video:
        pictures = b"".join(frame.to_ndarray().tobytes() for frame in video.decode(video=0))
    return pictures + repr(result.cues).encode()


@cache
def before() -> tuple[Run, Film]:
    run = make_run("tiny")
    return run, film_of(run)


def with_weight(run: Run, number: int, change: float = 0.1) -> Run:
    """One weight of one snapshot is another, and all that follows from it; by so little that no answer is."""
    snapshot, digits = run.snapshots[number], run.test_digits
    first = snapshot.weights[0].copy()
    sizes = np.abs(first)  # the largest weights are all drawn in full colour
    middle = np.where(sizes < np.quantile(sizes, 0.8), sizes, 0.0)
    first[np.unravel_index(int(middle.argmax()), first.shape)] += np.float32(change)
    weights = (first, *snapshot.weights[1:])
    network = Network.of(weights, snapshot.biases, run.hidden, run.output)
    answers, old = (one.activations(digits.pixels)[-1].argmax(axis=1) for one in (network, run.network(snapshot)))
    if (answers != old).any():
        return with_weight(run, number, change / 2)
    loss = network.loss(digits.pixels, digits.labels, run.loss)
    activations = tuple(network.activations(snapshot.activations[0]))
    snapshots = list(run.snapshots)
    snapshots[number] = replace(snapshot, weights=weights, activations=activations, loss=loss)
    return replace(run, snapshots=tuple(snapshots))


def different(after: Run) -> set[str]:
    """The chapters whose pictures or words differ."""
    _, film = before()
    now = film_of(after)
    assert set(now) == set(film)
    return {name for name in film if film[name] != now[name]}


@pytest.mark.slow
def test_one_weight_of_the_trained_network() -> None:
    run, _ = before()
    everywhere = {chapter.__name__ for chapter in edgeglow.scenes.chapters.FILM}
    differ = different(with_weight(run, len(run.snapshots) - 1))
    assert differ == everywhere - {"Handwriting", "Pixels"}, "where the network is not yet seen"


@pytest.mark.slow
def test_one_weight_on_the_way_there() -> None:
    run, _ = before()
    assert different(with_weight(run, 2)) == {"Training", "Recap"}


@pytest.mark.slow
def test_one_loss() -> None:
    run, _ = before()
    snapshots = list(run.snapshots)
    snapshots[1] = replace(snapshots[1], loss=1.3 * snapshots[1].loss)
    assert different(replace(run, snapshots=tuple(snapshots))) == {"Training", "Recap"}


@pytest.mark.parametrize("chapter", edgeglow.scenes.chapters.FILM, ids=lambda chapter: chapter.__name__)
def test_one_sentence(chapter: type[Chapter], tmp_path: Path) -> None:
    """The chapters above were rendered with no other words than those that count here."""
    old = load_script("en")
    beat = old.beats(chapter.name)[0]
    (tmp_path / "mine.toml").write_text(f'[{chapter.name}.beats]\n{beat} = "Other words."\n')
    new = load_script("en", tmp_path / "mine.toml")
    concerned = [
        one
        for one in edgeglow.scenes.chapters.FILM
        if input_digests(one, "", old, "").words != input_digests(one, "", new, "").words
    ]
    assert concerned == [chapter]


def test_words_of_no_chapter_concern_them_all(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[words]\ncharacters_per_second = 18\n")
    old, new = load_script("en"), load_script("en", tmp_path / "mine.toml")
    for chapter in edgeglow.scenes.chapters.FILM:
        assert input_digests(chapter, "", old, "").words != input_digests(chapter, "", new, "").words
        assert input_digests(chapter, "", old, "").words != input_digests(chapter, "", load_script("ko"), "").words
