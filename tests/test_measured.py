"""What a training is measured by on stage: curves, weight pictures, the progress, against the snapshots."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES
from manim import Dot, Line
from shot import Shape, Shot, Squares
from stage import perform
from truth import (
    NEAR,
    along_axis,
    columns_of,
    curves_of,
    of_weights,
    row_of,
    said,
    shown,
    snapshot_of,
    track_of,
    under,
)

from edgeglow.model.run.run import Run, Snapshot
from edgeglow.scenes.style.theme import THEMES

BARE = ("guess", *NEAR)  # the beats in which nothing stands around the network

every_film = pytest.mark.parametrize("run_name", NAMES)


@every_film
def test_curves_run_through_what_was_measured_and_no_further(run_name: str) -> None:
    played = perform("Training", run_name)
    run = played.run
    along = along_axis(run.times)
    losses = np.array([s.loss for s in run.snapshots])
    accuracies = np.array([s.accuracy for s in run.snapshots])
    for shot in played.shots:
        if shot.beat == "swing":  # curves of the outputs instead: another test
            continue
        reached = run.snapshots.index(snapshot_of(played, shot))
        measured = {"score": [accuracies]}.get(shot.beat, [accuracies, losses])
        if shot.beat in BARE:
            measured = []
        curves = curves_of(shot)
        assert len(curves) == len(measured), shot.beat
        for every_corner, values in zip(curves, measured, strict=True):
            corners = every_corner[: reached + 1]
            np.testing.assert_allclose(corners[:, 0], along[: reached + 1], atol=1e-6, err_msg=shot.beat)
            assert corners[:, 1].max() <= 1 + 1e-6, "a curve above its axis"
            scale = corners[:, 1].max() / values[: reached + 1].max() if values[: reached + 1].any() else 0.0
            np.testing.assert_allclose(corners[:, 1], scale * values[: reached + 1], atol=1e-6)
            if scale:  # what is written at the upper end is the number that stands there
                assert {"0", "100%" if values is accuracies else f"{1 / scale:.4g}"} <= set(shot.texts)
        assert_nothing_beyond(curves, reached, along)
        assert_present_values(shot, run.snapshots[reached])


def assert_nothing_beyond(curves: list[np.ndarray], reached: int, along: np.ndarray) -> None:
    for corners in curves:
        assert len(corners) <= reached + 2
        np.testing.assert_allclose(corners[-1, 0], along[reached], atol=1e-6)


def assert_present_values(shot: Shot, moment: Snapshot) -> None:
    """Beside the name of each curve stands its present value."""
    for name, value in (("loss", f"{moment.loss:.2f}"), ("accuracy", f"{moment.accuracy:.1%}")):
        label = said("en", "training", name, kind="labels")
        for writing in [w for w in shot.words if w.text == label]:
            beside = [w.text for w in row_of(shot, writing.middle, reach=0.25)]
            assert value in beside, f"{shot.beat}: {beside}"
    shown_names = {w.text for w in shot.words}
    expected = 0 if shot.beat in BARE else {"score": 1}.get(shot.beat, 2)
    assert len({"loss", "accuracy"} & shown_names) == expected, shot.beat


def pictures_of(shot: Shot, run: Run) -> Squares | None:
    found = [s for s in shot.squares if of_weights(s)]
    assert len(found) <= 1, shot.beat
    return found[0] if found else None


@every_film
def test_weight_pictures_are_the_weights_over_their_pixels(run_name: str) -> None:
    played = perform("Training", run_name)
    run, theme = played.run, THEMES["dark"]
    assert run.image_shape is not None
    rows, columns = run.image_shape
    full = np.quantile(np.abs(run.last.weights[0]), 0.99)
    for shot in played.shots:
        pictures = pictures_of(shot, run)
        assert (pictures is None) == (shot.beat not in NEAR), shot.beat
        if pictures is None:
            continue
        neurons = shown(played, 1)[[under(shot.rings()[0], columns_of(shot, run)[1].centers)]]
        weights = snapshot_of(played, shot).weights[0][neurons]
        drawn = pictures.values.reshape(weights.shape)
        np.testing.assert_allclose(np.sign(drawn) * drawn**2, weights / full, rtol=1e-3, atol=1e-5)
        hues = [theme.negative.to_rgb(), theme.dark.to_rgb(), theme.positive.to_rgb()]
        np.testing.assert_allclose(pictures.hues, hues)
        assert np.all(pictures.opacities == 1)
        places = pictures.centers.reshape(len(weights), rows, columns, 3)
        assert np.all(np.diff(places[..., 0], axis=2) > 0) and np.all(np.diff(places[..., 1], axis=1) < 0)
        assert_in_reading_order(places.mean(axis=(1, 2)))


def assert_in_reading_order(middles: np.ndarray) -> None:
    """The pictures stand in the order of their neurons, and none on another."""
    order = np.lexsort((middles[:, 0], -middles[:, 1].round(6)))
    assert np.array_equal(order, np.arange(len(middles)))
    assert len({tuple(middle) for middle in middles.round(3).tolist()}) == len(middles)


@every_film
def test_scrubber_stands_at_the_examples_seen(run_name: str) -> None:
    played = perform("Training", run_name)
    run, last = played.run, float(played.run.times[-1])
    for shot in played.shots[played.shots.index(played.shot("learn")) :]:
        if shot.beat in BARE:
            continue
        moment = snapshot_of(played, shot)
        track = track_of(shot)
        start, end = track.box[0], track.box[2]
        height = track.middle[1]
        (knob,) = [s for s in shot.shapes if s.kind is Dot and abs(s.middle[1] - height) < 1e-6]
        assert (knob.middle[0] - start) / (end - start) == pytest.approx(
            along_axis(run.times)[run.snapshots.index(moment)], abs=1e-4
        )
        texts = [w.text for w in shot.words]
        assert said("en", "training", "examples", kind="labels", examples=moment.examples) in texts
        assert f"{moment.epoch:.1f} epochs" in texts
        ticks = [s for s in shot.shapes if s.kind is Line and _is_tick(s, height)]
        places = sorted((tick.middle[0] - start) / (end - start) for tick in ticks)
        if played.chapter.board.progress.ticks[-1].text == f"{last:,.0f}":  # evenly: a mark for every snapshot
            np.testing.assert_allclose(places, run.times / last, atol=1e-4)


def _is_tick(shape: Shape, height: float) -> bool:
    left, bottom, right, top = shape.box
    return right - left < 1e-6 and abs((bottom + top) / 2 - height) < 1e-6


@every_film
def test_the_parts_of_the_replay_go_forward_to_the_end(run_name: str) -> None:
    played = perform("Training", run_name)
    numbers = {
        shot.beat: played.run.snapshots.index(snapshot_of(played, shot))
        for shot in played.shots
        if shot.beat != "found"
    }
    forward = [numbers[beat] for beat in ("learn", "swing", "early", "late") if beat in numbers]
    assert forward == sorted(forward) and forward[-1] == len(played.run.snapshots) - 1
    assert numbers["know"] == 0 < numbers["form"], "the close-up begins again from the start"
