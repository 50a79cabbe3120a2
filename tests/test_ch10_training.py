"""A training that was not watched here: what is shown and said of it, against its checkpoints."""

from __future__ import annotations

import numpy as np
import pytest
from abroad import from_elsewhere, make_abroad, random_run
from conftest import segment_digits
from manim import Dot, Line
from shot import Shot, Squares
from stage import CHAPTERS, Performance, perform, play, run_called
from truth import NEAR, along_axis, curves_of, of_weights, said, track_of, under
from written import write_share

from edgeglow.model.network.network import Network
from edgeglow.model.run.run import Run
from edgeglow.model.run.snapshot import Snapshot
from edgeglow.scenes.mobjects.charts.training_progress import TrainingProgress
from edgeglow.scenes.stage.training_board_parts import TimeScale

ELSEWHERE = ("epochs", "rows", "columns", "letters", "thin")
ROWS = ("rows", "columns")
WATCHED = ("learn", "swing", "early", "late")  # the beats in which the whole board is seen

every_run = pytest.mark.parametrize("run_name", ELSEWHERE)


def written(run: Run, number: int, lang: str = "en") -> str:
    """How the moment of a snapshot is written."""
    time = run.times[number]
    if run.clock == "epoch":
        return said(lang, "training", "at_epoch", kind="labels", epoch=time)
    return said(lang, "training", "step", kind="labels", step=round(time))


def moment_of(played: Performance, shot: Shot) -> int:
    """The number of the snapshot that a shot says it shows."""
    moments = {written(played.run, number): number for number in range(len(played.run.snapshots))}
    (found,) = [moments[text] for text in shot.texts if text in moments]
    return found


def right(run: Run, snapshot: Snapshot) -> float:
    """What part of the test inputs the network of that moment answers right."""
    answers = run.network(snapshot).activations(run.test_digits.pixels)[-1].argmax(axis=1)
    return float(np.mean(answers == run.test_digits.labels))


def reason(name: str) -> str | None:
    return CHAPTERS["Training"].fits(run_called(name))


@pytest.mark.parametrize("run_name", ["single", "huge"])
def test_a_network_of_one_moment_is_not_said_to_learn(run_name: str) -> None:
    why = reason(run_name)
    assert why is not None and "learn" in why and "\n" not in why


@pytest.mark.parametrize("run_name", [*ELSEWHERE, "own", "unnamed", "usual"])
def test_any_network_that_was_seen_twice_is_watched(run_name: str) -> None:
    assert reason(run_name) is None


@every_run
def test_the_track_tells_the_checkpoints_by_their_own_clock(run_name: str) -> None:
    played = perform("Training", run_name)
    times = played.run.times
    along = along_axis(times)
    shots = [shot for shot in played.shots if shot.beat in WATCHED]
    reached = [moment_of(played, shot) for shot in shots]
    assert reached == sorted(reached) and reached[-1] == len(times) - 1
    for shot, number in zip(shots, reached, strict=True):
        track = track_of(shot)
        start, end, height = track.box[0], track.box[2], track.middle[1]
        (knob,) = [s for s in shot.shapes if s.kind is Dot and abs(s.middle[1] - height) < 1e-6]
        assert (knob.middle[0] - start) / (end - start) == pytest.approx(along[number], abs=1e-4)
        marks = [s for s in shot.shapes if s.kind is Line and s.box[2] - s.box[0] < 1e-6]
        marks = [s for s in marks if abs(s.middle[1] - height) < 1e-6]
        places = sorted((mark.middle[0] - start) / (end - start) for mark in marks)
        np.testing.assert_allclose(places, along, atol=1e-4)


@every_run
def test_curves_go_through_the_checkpoints(run_name: str) -> None:
    played = perform("Training", run_name)
    run, shot = played.run, played.shot("late")
    along = along_axis(run.times)
    losses, accuracies = [s.loss for s in run.snapshots], [right(run, s) for s in run.snapshots]
    for corners, values in zip(curves_of(shot), (accuracies, losses), strict=True):
        points = corners[: len(along)]  # the last of them is written twice
        np.testing.assert_allclose(points[:, 0], along, atol=1e-6)
        np.testing.assert_allclose(points[:, 1] * max(values), np.array(values) * points[:, 1].max(), atol=1e-6)
    assert curves_of(shot)[0][: len(along), 1].max() == pytest.approx(max(accuracies))


@every_run
def test_captions_say_what_was_measured_and_no_more(run_name: str) -> None:
    played = perform("Training", run_name)
    run, cues = played.run, {cue.beat: cue.text for cue in played.cues}
    first = run.first.activations[-1][played.chapter.cast.main]
    luck = 1 / len(run.class_names)
    luck += 2 * np.sqrt(luck * (1 - luck) / run.test_count)
    blank = run.times[0] == 0 and right(run, run.first) <= luck
    guess = said(
        "en",
        "training",
        "guess",
        "" if blank else "begun",
        **{"answer": played.chapter.cast.name(int(first.argmax())), "moment": written(run, 0)},
    )
    assert cues["guess"] == guess
    assert write_share(right(run, run.first), ".1%") in cues["score"] and f"{run.test_count}" in cues["score"]
    assert ("chance" in cues["score"]) == (right(run, run.first) <= luck)
    assert cues["loss"] == said("en", "training", "loss", loss=run.first.loss)
    assert cues["late"] == said(
        "en", "training", "late", "given", moment=written(run, -1), accuracy=right(run, run.last)
    )
    everything = " ".join(cues.values())
    assert "random" not in everything and "None" not in everything and "apart" not in everything
    if run.subject != "digits":
        assert "digit" not in everything
    if run.subject == "rows":
        assert not [word for word in ("pixel", "picture", "image", "noise") if word in everything]


def weights_of(shot: Shot) -> Squares | None:
    found = [squares for squares in shot.squares if of_weights(squares)]
    found = [squares for squares in found if squares.sides.max() < 2]
    return found[0] if found else None


@pytest.mark.parametrize("run_name", ROWS)
def test_weights_of_named_numbers_stand_level_with_these(run_name: str) -> None:
    played = perform("Training", run_name)
    run, inputs = played.run, played.chapter.cast.inputs
    drawn = played.chapter.cast.shown[0]
    full = np.quantile(np.abs(run.last.weights[0]), 0.99)
    for shot in played.shots:
        squares = weights_of(shot)
        assert (squares is not None) == (shot.beat in NEAR), shot.beat
        if squares is None:
            continue
        columns = [s for s in shot.squares if s.roundness == 1 and np.ptp(s.centers[:, 0]) < 1e-6]
        before, after = sorted(columns, key=lambda s: s.centers[0, 0])
        neuron = drawn[under(shot.rings()[0], after.centers)]
        weights = run.snapshots[moment_of(played, shot)].weights[0][neuron][inputs]
        drawn_as = np.sign(squares.values) * squares.values**2 * full
        np.testing.assert_allclose(
            np.clip(drawn_as, -full, full), np.clip(weights, -full, full), rtol=2e-3, atol=1e-6
        )
        np.testing.assert_allclose(squares.centers[:, 1], before.centers[:, 1], atol=1e-6)
        assert squares.centers[0, 0] > after.centers[0, 0] > before.centers[0, 0]


@pytest.mark.parametrize("run_name", ["rows", "epochs", "letters", "usual", "wide"])
def test_the_neuron_looked_at_is_the_one_of_the_chapters_before(run_name: str) -> None:
    played = perform("Training", run_name)
    for beat in NEAR:
        shot = played.shot(beat)
        columns = [s for s in shot.squares if s.roundness == 1 and np.ptp(s.centers[:, 0]) < 1e-6]
        layer = max(columns, key=lambda s: s.centers[0, 0])
        assert played.chapter.cast.shown[0][under(shot.rings()[0], layer.centers)] == played.chapter.cast.neuron


@pytest.mark.parametrize("run_name", ["rows", "epochs", "letters", "usual", "own"])
def test_answers_said_to_swing_are_those_of_the_snapshots(run_name: str) -> None:
    played = perform("Training", run_name)
    run, main = played.run, played.chapter.cast.main
    outputs = [run.network(s).activations(run.examples[main].pixels[None])[-1][0] for s in run.snapshots]
    answers = [int(output.argmax()) for output in outputs]
    beats = [shot.beat for shot in played.shots]
    if "swing" not in beats:
        assert played.chapter.swung == played.chapter.nudged
        return
    shot, reached = played.shot("swing"), played.chapter.swung
    assert shot.caption == next(cue.text for cue in played.cues if cue.beat == "swing")
    said_of = [answer for k, answer in enumerate(answers[: reached + 1]) if k == 0 or answer != answers[k - 1]]
    names = [played.chapter.cast.name(answer) for answer in said_of]
    listed = [", ".join(names[first:]) for first in range(len(names))]
    assert any(shot.caption.endswith(f" {text}.") for text in listed), "the last answers, as many as fit"
    assert len(listed[0]) > 16 or listed[0] in shot.caption
    settled = all(answer == answers[-1] for answer in answers[reached:])
    assert "before it settles" not in shot.caption or settled
    curves = curves_of(shot)
    assert len(curves) == len(run.class_names)
    drawn = sorted(tuple(np.round(corners[: reached + 1, 1], 4)) for corners in curves)
    expected = sorted(tuple(np.round(column, 4)) for column in np.array(outputs)[: reached + 1].T.astype(float))
    np.testing.assert_allclose(drawn, expected, atol=2e-3)
    for corners in curves:
        np.testing.assert_allclose(corners[: reached + 1, 0], along_axis(run.times)[: reached + 1], atol=1e-6)


@pytest.mark.parametrize("steps", [[1.0, 1, 1, 1], [32, 160, 416, 704, 1088, 10_000, 100_000, 500_000]])
def test_times_written_at_the_axis_stand_at_their_places(steps: list[float]) -> None:
    times = np.concatenate([[0.0], np.cumsum(steps)])
    scale = TimeScale.of(times)
    np.testing.assert_allclose(scale(times), along_axis(times), atol=1e-9)
    assert np.all(np.diff(scale(times)) > 0) and scale(times[0]) == 0 and scale(times[-1]) == pytest.approx(1)
    assert set(scale.ticks) <= {0.0, times[-1], *(10.0**power for power in range(9))}
    assert scale.ticks == sorted(scale.ticks) and scale.ticks[-1] <= times[-1]
    if scale.even:  # the first examples get more of the axis than their share
        assert float(scale(1000.0)) > 10 * 1000 / times[-1]
    how = {"forms": ["{:,.0f}".format], "width": 9.0, "scale": scale, "ticks": scale.ticks}
    track = TrainingProgress(times[0], times[-1], times, **how)  # type: ignore[arg-type]
    for word, moment in zip(track.ticks, scale.ticks, strict=True):
        assert word.text == f"{moment:,.10g}"
        if times[0] < moment < times[-1]:  # at the ends they stand within the track
            assert word.get_x() == pytest.approx(9 * float(scale(moment)), abs=1e-6)


def test_a_network_with_a_single_neuron_is_looked_at_closely() -> None:
    run = random_run((9, 1, 3), (3, 3), ("a", "b", "c"), "sigmoid", 3)
    cues = {cue.beat: cue.text for cue in play(CHAPTERS["Training"], run).cues}
    assert cues["know"] == said("en", "training", "know", "given")


def test_of_a_digit_that_nobody_named_it_is_not_said_whether_it_is_read_right() -> None:
    played = perform("Training", "unnamed")
    assert played.run.examples[played.chapter.cast.main].label is None
    chance = 1 / len(played.run.class_names)
    variant = "weak" if played.run.accuracy - chance < 2 / 3 * (1 - chance) else ""
    assert played.shot("found").caption == said("en", "training", "found", variant, parameters=played.run.parameters)


def test_what_was_not_trained_from_its_beginning_is_not_called_untaught() -> None:
    """Step 0 of a network that had learnt before: it reads better than a guesser."""
    run = make_abroad("epochs")
    taught = [run.network(snapshot) for snapshot in run.snapshots[3:]]
    again = from_elsewhere(taught, segment_digits(500, 2), run.class_names, image_shape=(7, 7), clock="step")
    assert again.from_scratch
    cues = {cue.beat: cue.text for cue in play(CHAPTERS["Training"], again).cues}
    assert "step 0" in cues["guess"] and "Nothing is learnt" not in cues["guess"]


def test_a_network_that_begins_with_zeros_is_not_said_to_be_random() -> None:
    end = make_abroad("epochs").network()
    zero = Network(end.layer_sizes, end.hidden, end.output)
    zero.parameters[...] = 0
    run = from_elsewhere([zero, end], segment_digits(500, 2), tuple("0123456789"), image_shape=(7, 7), clock="step")
    cues = {cue.beat: cue.text for cue in play(CHAPTERS["Training"], run).cues}
    assert "random" not in cues["guess"]
