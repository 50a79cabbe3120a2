"""True frames: what stands on stage at the end of every beat, against what the run's network really does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from casts import NAMES, make_run
from shot import Shot
from stage import CHAPTERS, Performance, perform, play
from truth import (
    ANSWERED,
    ASKED,
    NEAR,
    ONE_NEURON,
    carries_flow,
    columns_of,
    digit_of,
    forward,
    functions,
    influence,
    light,
    lit_layers,
    outputs_of,
    pixels_of,
    row_of,
    said,
    shown,
    snapshot_of,
    trace,
    under,
)
from written import write_output

from edgeglow.model.run.run import Run
from edgeglow.scenes.style.theme import THEMES

every_film = pytest.mark.parametrize("run_name", NAMES)
every_chapter = pytest.mark.parametrize("chapter", ANSWERED)


# -- pixels ------------------------------------------------------------------------------------------------


@every_film
@every_chapter
def test_every_pixel_has_its_own_place_and_the_digits_shade(chapter: str, run_name: str) -> None:
    played = perform(chapter, run_name)
    rows, columns = played.run.image_shape
    for shot in played.shots:
        picture = pixels_of(shot, played.run)
        assert picture is not None, shot.beat
        np.testing.assert_array_equal(picture.values, played.run.examples[digit_of(shot, played.run)].pixels)
        assert np.all(picture.opacities == 1)
        places = picture.centers.reshape(rows, columns, 3)
        assert np.all(np.diff(places[:, :, 0], axis=1) > 0), f"{shot.beat}: columns out of order"
        assert np.all(np.diff(places[:, :, 1], axis=0) < 0), f"{shot.beat}: rows out of order"


@every_film
def test_digits_are_what_the_words_call_them(run_name: str) -> None:
    run = make_run(run_name)
    played = perform("PixelFlow", run_name)
    main = digit_of(played.shots[0], run)
    for shot in played.shots:
        digit = digit_of(shot, run)
        kind = run.examples[digit].kind
        if shot.beat in ("hard", "wrong"):
            assert kind == shot.beat
            label = run.class_names[run.examples[digit].label]
            assert said("en", "pixel_flow", "truth", kind="labels", label=label) in shot.texts
        elif shot.beat == "again":
            assert kind == "right" and run.examples[digit].label != run.examples[main].label
        else:
            assert digit == main
    rights = {run.class_names[example.label] for example in run.examples if example.kind == "right"}
    assert not rights or run.examples[main].kind == "right"
    assert "9" not in rights or run.class_names[run.examples[main].label] == "9"
    kinds = {example.kind for example in run.examples}
    assert {"hard", "wrong"} & kinds == {"hard", "wrong"} & {shot.beat for shot in played.shots}
    assert {digit_of(perform(name, run_name).shots[-1], run) for name in ANSWERED} == {main}


# -- edges -------------------------------------------------------------------------------------------------


@every_film
@every_chapter
def test_every_line_joins_its_neurons_and_has_that_edges_value(chapter: str, run_name: str) -> None:
    played = perform(chapter, run_name)
    theme = THEMES["dark"]
    for shot in played.shots:
        snapshot = snapshot_of(played, shot)
        whole: list[int] = []
        for lines in shot.lines:
            assert lines.whole and not lines.pulse, f"{shot.beat}: half drawn, or a pulse still on its way"
            gap, sources, targets = trace(played, shot, lines)
            expected = snapshot.weights[gap][targets, sources].astype(np.float64)
            if carries_flow(played, shot, gap):
                pixels = played.run.examples[digit_of(shot, played.run)].pixels
                expected *= forward(played.run, snapshot, pixels)[gap][sources]
            np.testing.assert_allclose(lines.values, expected, rtol=1e-4, atol=1e-5, err_msg=shot.beat)
            np.testing.assert_allclose(lines.hues, [theme.positive.to_rgb(), theme.negative.to_rgb()])
            pairs = set(zip(sources.tolist(), targets.tolist(), strict=True))
            assert len(pairs) == len(sources), "one edge drawn twice"
            heads = {target for _, target in pairs}
            # in this beat the edges out of one neuron are drawn over the others
            if (
                shot.beat == "dark" and len(set(sources.tolist())) == 1
            ):  # the edges out of one neuron, over the others
                assert heads == set(shown(played, gap + 1).tolist())
                continue
            assert pairs == {(i, j) for i in shown(played, gap).tolist() for j in heads}
            if heads == set(shown(played, gap + 1).tolist()):
                whole.append(gap)
            else:  # one neuron's edges, over those of the layer
                assert len(heads) == 1 and shot.beat in (*ONE_NEURON, *NEAR)
        assert len(whole) == len(set(whole)), f"{shot.beat}: gaps {whole}"
        assert sorted(whole) == list(range(gaps_expected(played, shot))), f"{shot.beat}: gaps {whole}"


def gaps_expected(played: Performance, shot: Shot) -> int:
    """In how many gaps edges are seen."""
    every = len(played.run.layer_sizes) - 1
    if isinstance(played.chapter, CHAPTERS["Neurons"]):
        return every if shot.beat in ("straight", "hidden", "scale", "unknown") else 0
    return 1 if shot.beat in NEAR else every


@every_film
def test_edges_give_the_same_light_for_the_same_weight_all_through_the_training(run_name: str) -> None:
    played = perform("Training", run_name)
    gains: dict[int, set[float]] = {}
    for shot in played.shots:
        if shot.beat in (*NEAR, *ASKED):
            continue
        for lines in shot.lines:
            gap, _, _ = trace(played, shot, lines)
            gains.setdefault(gap, set()).add(round(lines.gain * lines.opacity, 9))
    assert len(gains) == len(played.run.layer_sizes) - 1
    assert all(len(gain) == 1 and min(gain) > 0 for gain in gains.values()), gains


# -- neurons -----------------------------------------------------------------------------------------------


@every_film
@every_chapter
def test_every_disc_is_as_bright_as_its_neuron(chapter: str, run_name: str) -> None:
    played = perform(chapter, run_name)
    run, theme = played.run, THEMES["dark"]
    for shot in played.shots:
        pixels = run.examples[digit_of(shot, run)].pixels
        lit = lit_layers(played, shot)
        for layer, discs in columns_of(shot, run).items():
            indices = shown(played, layer)
            expected = light(run, snapshot_of(played, shot), pixels, layer)[indices]
            if layer not in lit:
                expected = expected * 0
                if shot.beat == "squeeze" and layer == 1:
                    looked_at = under(shot.rings()[0], discs.centers)
                    expected[looked_at] = light(run, run.last, pixels, 1)[indices[looked_at]]
            where = f"{shot.beat}, layer {layer}"
            np.testing.assert_allclose(discs.values, expected, rtol=1e-4, atol=1e-5, err_msg=where)
            if shot.beat in NEAR:
                looked_at = under(shot.rings()[0], discs.centers)
                assert discs.opacities[looked_at] == 1 > np.delete(discs.opacities, looked_at).max(), where
            else:
                assert np.all(discs.opacities == 1), where
            assert np.all(np.diff(discs.centers[:, 1]) < 0), f"{where}: not from the top down"
            hues = [theme.negative.to_rgb(), theme.dark.to_rgb(), theme.bright.to_rgb()]
            np.testing.assert_allclose(discs.hues, hues)


@every_film
@every_chapter
def test_outputs_are_named_and_numbered_and_the_answer_wears_the_ring(chapter: str, run_name: str) -> None:
    played = perform(chapter, run_name)
    run = played.run
    last = len(run.layer_sizes) - 1
    for shot in played.shots:
        if (column := columns_of(shot, run).get(last)) is None:
            continue
        if shot.zoom > 1:  # from near, no name is to be seen that would be cut
            assert not [text for text in shot.texts if text in run.class_names], shot.beat
            continue
        outputs = outputs_of(played, shot)
        best = int(np.argmax(outputs))
        indices = shown(played, last)
        numbered = shot.beat in ANSWERED[chapter] or chapter == "Training"
        for index, center in zip(indices, column.centers, strict=True):
            row = [writing.text for writing in row_of(shot, center)][: 1 + numbered]
            assert row == [run.class_names[index], write_output(float(outputs[index]))][: 1 + numbered], shot.beat
        if shot.beat in ANSWERED[chapter]:
            (ring,) = shot.rings()
            assert indices[under(ring, column.centers)] == best, shot.beat
        elif shot.beat == "dark":  # it is around a hidden neuron
            (ring,) = shot.rings()
            assert np.linalg.norm(column.centers[:, :2] - ring.middle, axis=1).min() > 0.5
        else:
            assert not shot.rings(), shot.beat


# -- more neurons than fit ---------------------------------------------------------------------------------


@pytest.mark.parametrize("run_name", ["wide", "many"])
@every_chapter
def test_of_a_layer_too_large_those_are_drawn_that_matter_most_and_the_note_says_so(
    chapter: str, run_name: str
) -> None:
    played = perform(chapter, run_name)
    run, shot = played.run, [shot for shot in played.shots if shot.zoom == 1][-1]
    notes = 0
    for layer, size in enumerate(run.layer_sizes[1:], start=1):
        drawn = columns_of(shot, run)[layer].values
        indices = played.chapter.cast.shown[layer - 1]
        assert len(drawn) == len(indices) == len(set(indices.tolist()))
        if size <= 18:
            assert len(drawn) == size
            continue
        assert len(drawn) == 16
        matter = influence(run, played.chapter.cast.digits, layer)
        chosen = np.setdiff1d(indices, answers_of(played) if layer == len(run.layer_sizes) - 1 else [])
        assert matter[chosen].min() >= np.delete(matter, indices).max() * (1 - 1e-6)
        note = said("en", "network", "count", kind="labels", shown=16, all=size)
        bottom = columns_of(shot, run)[layer].centers[-1]
        below = [w for w in shot.words if w.text == note and abs(w.middle[0] - bottom[0]) < 0.2]
        assert len(below) == 1 and below[0].middle[1] < bottom[1], shot.beat
        notes += 1
    assert notes == sum(size > 18 for size in run.layer_sizes[1:])
    assert said("en", "network", "choice", kind="labels") in shot.texts


def answers_of(played: Performance) -> set[int]:
    """The outputs that the film must show: what the network says, before training and after."""
    run = played.run
    pixels = np.stack([run.examples[digit].pixels for digit in played.chapter.cast.digits])
    moments = (run.first, run.last)
    return {int(best) for moment in moments for best in forward(run, moment, pixels)[-1].argmax(axis=1)}


def convinced_of(run: Run, output: int) -> Run:
    """The same run, but untrained its network takes every digit for this output."""
    first = run.first
    biases = (*first.biases[:-1], first.biases[-1] + 20 * np.eye(run.layer_sizes[-1], dtype=np.float32)[output])
    network = run.network(replace(first, biases=biases))
    pixels = first.activations[0]
    layers = (pixels, *network.activations(pixels)[1:])
    return replace(run, snapshots=(replace(first, biases=biases, activations=layers), *run.snapshots[1:]))


def test_the_first_answer_is_drawn_even_if_it_matters_little_in_the_end() -> None:
    """Of twenty outputs sixteen are drawn; the untrained network may answer with one of the other four."""
    cast = perform("Training", "many").chapter.cast
    least = int(np.argmin(influence(cast.run, cast.digits, len(cast.run.layer_sizes) - 1)))
    played = play(CHAPTERS["Training"], convinced_of(cast.run, least))
    shot = played.shot("guess")
    column = columns_of(shot, played.run)[len(played.run.layer_sizes) - 1]
    assert played.chapter.cast.shown[-1][under(shot.rings()[0], column.centers)] == least


@every_film
def test_functions_and_forward_pass_agree_with_the_runs_own_activations(run_name: str) -> None:
    """The plain computation that all else is held against; if it were wrong, nothing here would be tested."""
    run: Run = make_run(run_name)
    assert functions(run)[-1] == run.output
    pixels = np.stack([example.pixels for example in run.examples])
    for snapshot in run.snapshots:
        for mine, stored in zip(forward(run, snapshot, pixels), snapshot.activations, strict=True):
            np.testing.assert_allclose(stored, mine, rtol=1e-3, atol=1e-4)
