"""The evaluation as it is shown: the table, the mistakes and the noise, against what the network really answers."""

from __future__ import annotations

import numpy as np
import pytest
from abroad import NAMES as ABROAD
from casts import NAMES
from manim import Mobject
from shot import Shot, Squares
from stage import FPS, Performance, perform
from truth import columns_of, forward, pixels_of, said
from written import write_output

from edgeglow.model.data.noise import noise_pictures
from edgeglow.scenes.ch11_mistakes import FILL_SECONDS, PICTURES_A_SECOND
from edgeglow.scenes.mobjects.charts.confusion_matrix import ConfusionMatrix, most_of
from edgeglow.scenes.motions.read_digits import ReadDigits
from edgeglow.scenes.style.layout import layout_of

every_film = pytest.mark.parametrize("run_name", NAMES)
TABLED = ("exam", "first", "fill", "right", "confused", "took")


def answers(played: Performance, pixels: np.ndarray) -> np.ndarray:
    """The last layer's activations for pictures (n, rows, columns) or (n, pixels)."""
    return forward(played.run, played.run.last, pixels.reshape(len(pixels), played.run.layer_sizes[0]))[-1]


def table_of(shot: Shot, classes: int) -> Squares:
    (found,) = [s for s in shot.squares if len(s.values) == classes**2 and s.roundness == 0 and is_table(s)]
    return found


def is_table(squares: Squares) -> bool:
    return not np.array_equal(squares.hues[0], squares.hues[1])


def counted(played: Performance, read: int) -> np.ndarray:
    """How many of the first digits have each label (row) and answer (column), one after another."""
    digits, classes = played.run.test_digits, played.run.layer_sizes[-1]
    counts = np.zeros((classes, classes), int)
    given = answers(played, digits.images[:read]).argmax(axis=1)
    for label, answer in zip(digits.labels[:read], given, strict=True):
        counts[label, answer] += 1
    return counts


@pytest.mark.parametrize("run_name", [*NAMES, *ABROAD])
def test_the_table_counts_what_the_network_answers(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    held = len(played.run.test_digits)
    every = counted(played, held)
    right = np.eye(len(every), dtype=bool)
    most = np.where(right, max(every[right].max(), 1), max(every[~right].max(), 1))
    for shot in [shot for shot in played.shots if shot.beat in TABLED]:
        read = {"exam": 0, "first": min(2, held)}.get(shot.beat, held)
        counts = counted(played, read)
        table = table_of(shot, len(counts))
        drawn = np.abs(table.values).reshape(counts.shape) * most
        np.testing.assert_allclose(drawn, counts, rtol=1e-3, atol=1e-3, err_msg=shot.beat)
        signs = np.sign(table.values).reshape(counts.shape)
        np.testing.assert_array_equal(signs, np.sign(counts) * (2 * np.eye(len(counts)) - 1))
        places = table.centers.reshape(*counts.shape, 3)
        assert np.all(np.diff(places[..., 0], axis=1) > 0) and np.all(np.diff(places[..., 1], axis=0) < 0)
        if shot.beat not in ("confused", "took"):
            assert said("en", "mistakes", "read", kind="labels", count=read) in shot.texts


@every_film
def test_mistakes_are_said_to_have_a_scale_of_their_own_where_there_are_any(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    counts = counted(played, len(played.run.test_digits))
    variant = "" if counts.sum() > np.trace(counts) else "flawless"
    assert played.shot("fill").caption == said("en", "mistakes", "fill", variant)


@every_film
def test_the_first_digits_stay_in_the_cells_that_count_them(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    shot, digits = played.shot("first"), played.run.test_digits
    table = table_of(shot, played.run.layer_sizes[-1])
    classes, side = played.run.layer_sizes[-1], np.ptp(table.centers[:, 0]) / (played.run.layer_sizes[-1] - 1)
    for label, image, answer in zip(
        digits.labels[:2], digits.images[:2], answers(played, digits.images[:2]).argmax(axis=1), strict=True
    ):
        same = [s for s in shot.squares if np.array_equal(s.values, image.ravel())]
        cell = table.centers[label * classes + answer]
        assert any(np.abs(s.centers - cell)[:, :2].max() < side / 2 for s in same)


def test_while_it_reads_pictures_change_less_than_three_times_a_second() -> None:
    """However many digits are read, and the last one is the last there is."""
    shown: list[int] = []
    pictures = int(FILL_SECONDS * PICTURES_A_SECOND)
    reading = ReadDigits(Mobject(), 2, 10_000, count=int, show=shown.append, pictures=pictures, run_time=FILL_SECONDS)
    frames = round(FILL_SECONDS * FPS)
    for frame in range(frames + 1):
        reading.interpolate(frame / frames)
    changes = np.flatnonzero(np.diff(shown))
    assert len(changes) > 0 and np.diff(changes).min() > FPS / 3
    assert shown[-1] == 9_999


@every_film
def test_numbers_in_the_table_are_the_counts_of_their_cells(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    shot = played.shot("fill")
    counts = counted(played, len(played.run.test_digits))
    table = table_of(shot, len(counts))
    low, high = table.centers[:, :2].min(axis=0), table.centers[:, :2].max(axis=0)
    inside = [w for w in shot.words if np.all(w.middle > low - 0.2) and np.all(w.middle < high + 0.2)]
    for writing in inside:
        cell = int(np.linalg.norm(table.centers[:, :2] - writing.middle, axis=1).argmin())
        count = int(counts.ravel()[cell])
        assert writing.text in (str(count), f"{count / 1000:.1f}k", f"{count / 1000:.0f}k")
    if len(counts) <= 10:
        assert len(inside) == np.count_nonzero(counts)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 720), (720, 1280)])
def test_every_count_of_a_large_test_is_written_in_its_cell(width: int, height: int) -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 60, (10, 10)) + np.diag(rng.integers(890, 1200, 10))
    layout = layout_of(width, height)
    stage = layout.stage
    areas = (
        stage.down(1.25, stage.height - 1.4, gap=0.15)
        if layout.is_tall
        else stage.across(1, layout.pick(0.85, 2.6, 0.0), gap=0.4)
    )
    table = ConfusionMatrix("0123456789", rows="digit", columns="says", most=most_of(counts), area=areas[1])
    numbers = table.set_counts(counts).numbers()
    assert numbers is not None
    np.testing.assert_array_equal(table.numbered, np.flatnonzero(counts.ravel()))
    for number, count in zip(numbers, counts.ravel()[table.numbered].tolist(), strict=True):
        assert number.text in (str(count), *((f"{count / 1000:.1f}k", f"{count / 1000:.0f}k") if count > 999 else ()))
        assert number.width < table.side and number.size > 19.9
    if layout.name == "wide":
        assert {number.text for number in numbers} == {str(count) for count in counts.ravel() if count}


@every_film
def test_noise_is_said_to_get_the_same_answer_where_it_does(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    cues = {cue.beat: cue.text for cue in played.cues}
    run = played.run
    if run.image_shape is None:
        return
    noise = noise_pictures(1000, run.image_shape).reshape(1000, -1)[: played.chapter.most_pictures]
    given = answers(played, noise).argmax(axis=1)
    assert ("same" in cues) == (len(set(given.tolist())) == 1)
    if "same" in cues:
        name = played.chapter.cast.name(int(given[0]))
        assert cues["same"] == said("en", "mistakes", "same", count=len(given), answer=name)


@every_film
def test_the_commonest_mistake_is_framed_and_shown(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    counts = counted(played, len(played.run.test_digits))
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    assert ("confused" in [shot.beat for shot in played.shots]) == bool(wrong.any())
    if not wrong.any():
        assert played.shot("flawless") and not [s for s in played.shots if s.beat == "surest"]
        return
    shot = played.shot("confused")
    label, answer = np.unravel_index(wrong.argmax(), wrong.shape)
    (frame,) = shot.frames()
    table = table_of(shot, len(counts))
    framed = np.linalg.norm(table.centers[:, :2] - frame.middle, axis=1).argmin()
    assert framed == label * len(counts) + answer
    names = {"label": played.run.class_names[label], "answer": played.run.class_names[answer]}
    assert shot.caption == said("en", "mistakes", "confused", count=wrong.max(), **names)
    (few,) = shot.pictures
    outputs = answers(played, few.values)
    assert np.all(outputs.argmax(axis=1) == answer)
    for picture, output in zip(few.values, outputs, strict=True):
        assert label_of(played, picture) == label
        assert said("en", "mistakes", "sure", kind="labels", confidence=output.max()) in shot.texts


def label_of(played: Performance, picture: np.ndarray) -> int:
    """What a test digit is."""
    digits = played.run.test_digits
    (same,) = np.nonzero(np.abs(digits.images - picture).max(axis=(1, 2)) < 1e-6)
    return int(digits.labels[same[0]])


@every_film
def test_the_surest_mistakes_are_the_surest_with_what_it_said(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    if not [shot for shot in played.shots if shot.beat == "surest"]:
        return
    shot, digits = played.shot("surest"), played.run.test_digits
    (shown,) = shot.pictures
    every = answers(played, digits.images)
    confidences = every.max(axis=1)[every.argmax(axis=1) != digits.labels]
    drawn = answers(played, shown.values)
    expected = np.sort(confidences)[::-1][: len(drawn)]
    np.testing.assert_allclose(drawn.max(axis=1), expected, atol=1e-5)
    names = played.run.class_names
    for picture, output in zip(shown.values, drawn, strict=True):
        label, answer = label_of(played, picture), int(output.argmax())
        assert label != answer
        assert said("en", "mistakes", "truth", kind="labels", label=names[label]) in shot.texts
        facts = {"answer": names[answer], "confidence": output.max()}
        assert said("en", "mistakes", "answer", kind="labels", **facts) in shot.texts


@every_film
def test_noise_is_noise_and_its_answers_the_networks(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    run, names = played.run, played.run.class_names
    assert run.image_shape is not None
    noise = noise_pictures(1000, run.image_shape)
    outputs = answers(played, noise)
    for shot in (played.shot("noise"), played.shot("sure")):
        (shown,) = shot.pictures
        np.testing.assert_array_equal(shown.values, noise[: len(shown.values)])
        for output in outputs[: len(shown.values)]:
            facts = {"answer": names[int(output.argmax())], "confidence": output.max()}
            assert said("en", "mistakes", "answer", kind="labels", **facts) in shot.texts
    facts = {
        "noise": 1000,
        "confidence": outputs.max(axis=1).mean(),
        "digits": answers(played, run.test_digits.images).max(axis=1).mean(),
    }
    assert played.shot("sure").caption == said("en", "mistakes", "sure", **facts)


@every_film
def test_in_the_end_noise_goes_its_real_way_through_the_network(run_name: str) -> None:
    played = perform("Mistakes", run_name)
    run, shot = played.run, played.shot("no_way")
    picture = pixels_of(shot, run)
    assert picture is not None
    assert run.image_shape is not None
    noise = noise_pictures(1000, run.image_shape).reshape(1000, -1)
    assert np.abs(noise - picture.values).max(axis=1).min() < 1e-6
    output = answers(played, picture.values[None])[0]
    if run.hidden != "relu":
        layers = forward(run, run.last, picture.values)
        for layer, discs in columns_of(shot, run).items():
            neurons = played.chapter.cast.shown[layer - 1]
            np.testing.assert_allclose(discs.values, layers[layer][neurons], rtol=1e-4, atol=1e-5)
    assert all(write_output(float(output[index])) in shot.texts for index in played.chapter.cast.shown[-1])
