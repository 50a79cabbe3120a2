"""Everything that is written or measured on stage: captions, numbers, curves, weight pictures, the scrubber."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from casts import NAMES
from shot import Lines, Shot
from stage import FPS, Performance, perform
from truth import (
    ANSWERED,
    columns_of,
    digit_of,
    forward,
    functions,
    pixels_of,
    row_of,
    said,
    shown,
    snapshot_of,
    under,
)

from model.run import Run

SPEED = {"en": 17, "ko": 12}  # characters a second, of film.md
PAGES = {"Neurons": "neurons", "PixelFlow": "pixel_flow", "Training": "training"}
LANGUAGES = [(name, "en") for name in NAMES] + [("tiny", "ko"), ("contrary", "ko")]

every_film = pytest.mark.parametrize("run_name", NAMES)
every_chapter = pytest.mark.parametrize("chapter", ANSWERED)
every_language = pytest.mark.parametrize(("run_name", "lang"), LANGUAGES)


# -- what is said ------------------------------------------------------------------------------------------


def about_the_network(played: Performance, shot: Shot) -> dict[str, object]:
    """What the chapter Neurons says of a run."""
    run = played.run
    *between, _ = run.layer_sizes[1:]
    comma, joined = {"en": (", ", " and "), "ko": ("개, ", "개, ")}[played.lang]
    hidden = (
        comma.join(map(str, between[:-1])) + joined * (len(between) > 1) + "".join(map(str, between[-1:]))
    )
    if len(between) > 3:
        hidden = str(sum(between))
    rows, columns = run.image_shape
    return {
        "rows": rows,
        "columns": columns,
        "inputs": rows * columns,
        "outputs": run.layer_sizes[-1],
        "hidden": hidden,
    }


def about_the_flow(played: Performance, shot: Shot) -> dict[str, object]:
    """What the chapter Pixel flow says of a run, and of the digit shown."""
    run = played.run
    example = run.examples[digit_of(shot, run)]
    outputs = forward(run, run.last, example.pixels)[-1]
    best, second = np.argsort(-outputs)[:2]
    facts: dict[str, object] = {
        "edges": run.layer_sizes[0] * run.layer_sizes[1],
        "label": run.class_names[example.label],
        "answer": run.class_names[best],
        "confidence": outputs[best],
        "second": run.class_names[second],
        "doubt": outputs[second],
    }
    if shot.beat in ("one", "squeeze"):
        neuron = looked_at(played, shot)
        facts["total"] = run.last.weights[0][neuron] @ example.pixels + run.last.biases[0][neuron]
        facts["activation"] = forward(run, run.last, example.pixels)[1][neuron]
    return facts


def about_the_training(played: Performance, shot: Shot) -> dict[str, object]:
    """What the chapter Training says of the moment shown."""
    run, moment = played.run, snapshot_of(played, shot)
    example = run.examples[digit_of(shot, run)]
    outputs = forward(run, moment, example.pixels)[-1]
    return {
        "answer": run.class_names[int(np.argmax(outputs))],
        "confidence": outputs.max(),
        "label": run.class_names[example.label],
        "tests": run.test_count,
        "accuracy": moment.accuracy,
        "loss": moment.loss,
        "batch": run.config.batch_size,
        "examples": moment.examples,
        "parameters": sum(part.size for part in (*run.last.weights, *run.last.biases)),
    }


FACTS: dict[str, Callable[[Performance, Shot], dict[str, object]]] = {
    "Neurons": about_the_network,
    "PixelFlow": about_the_flow,
    "Training": about_the_training,
}


def looked_at(played: Performance, shot: Shot) -> int:
    """The neuron of the first layer after the pixels that wears the ring."""
    (ring,) = shot.rings()
    return int(shown(played, 1)[under(ring, columns_of(shot, played.run)[1].centers)])


@every_language
@every_chapter
def test_captions_say_what_the_run_says(chapter: str, run_name: str, lang: str) -> None:
    played = perform(chapter, run_name, lang)
    assert [cue.beat for cue in played.cues] == [shot.beat for shot in played.shots]
    for cue, shot in zip(played.cues, played.shots, strict=True):
        flat = len(played.run.layer_sizes) == 2
        variants = {
            "picture": played.run.source,
            "hold": played.run.hidden,
            "squeeze": functions(played.run)[0],
            "pictures": "last" if flat else "",
            "hidden": {3: "one"}.get(
                len(played.run.layer_sizes), "many" if len(played.run.layer_sizes) > 5 else ""
            ),
        }
        variant = variants.get(shot.beat, "")
        facts = FACTS[chapter](played, shot)
        assert cue.text == said(lang, PAGES[chapter], shot.beat, variant, **facts)
        assert shot.caption == cue.text, "the caption is not what is in the cue"
    assert played.chapter.title == said(lang, PAGES[chapter], "title", kind="")


@every_language
@every_chapter
def test_cues_follow_each_other_and_leave_time_to_read(chapter: str, run_name: str, lang: str) -> None:
    played = perform(chapter, run_name, lang)
    end = 0
    for cue in played.cues:
        assert end <= cue.start_frame < cue.end_frame, cue
        assert cue.end_frame - cue.start_frame >= FPS * max(1.0, len(cue.text) / SPEED[lang]) - 1, cue
        end = cue.end_frame
    assert end <= played.chapter.frame


# -- Neurons -----------------------------------------------------------------------------------------------


@every_film
def test_samples_are_real_pixels_with_their_own_numbers(run_name: str) -> None:
    played = perform("Neurons", run_name)
    for beat in ("pixel", "hold", "bright"):
        shot = played.shot(beat)
        picture = pixels_of(shot, played.run)
        assert picture is not None
        (samples,) = [s for s in shot.squares if len(s.values) == 5 and np.ptp(s.centers[:, 1]) < 1e-6]
        marked = [picture.values[under(frame, picture.centers)] for frame in shot.frames()]
        np.testing.assert_array_equal(samples.values, marked)
        assert np.all(np.diff(samples.values) >= 0)
        numbers = sorted((w for w in shot.words if w.value is not None), key=lambda w: w.middle[0])
        assert [number.text for number in numbers] == [f"{shade:.2f}" for shade in marked]
        for number, center in zip(numbers, samples.centers, strict=True):
            assert abs(number.middle[0] - center[0]) < 0.02 and 0.5 < center[1] - number.middle[1] < 1.2
        assert samples.roundness == (0.0 if beat == "pixel" else 1.0)


# -- Pixel flow --------------------------------------------------------------------------------------------


@every_film
def test_the_neuron_looked_at_shows_its_sum_and_then_its_activation(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    for beat, fact in (("one", "total"), ("squeeze", "activation")):
        shot = played.shot(beat)
        center = columns_of(shot, played.run)[1].centers[under(shot.rings()[0], _centers(played, shot))]
        facts = about_the_flow(played, shot)
        # without hidden layers the neuron's name stands there as well
        assert f"{facts[fact]:.2f}" in [w.text for w in row_of(shot, center) if w.value is not None]
        (its,) = [lines for lines in shot.lines if len(lines.values) == played.run.layer_sizes[0]]
        assert_light_adds_up(its, played.run, looked_at(played, shot))


def _centers(played: Performance, shot: Shot) -> np.ndarray:
    return columns_of(shot, played.run)[1].centers


def assert_light_adds_up(its: Lines, run: Run, neuron: int) -> None:
    """All that arrives, with the bias, is the sum that is written."""
    example = next(e for e in run.examples if np.allclose(its.values, run.last.weights[0][neuron] * e.pixels))
    total = run.last.weights[0][neuron].astype(float) @ example.pixels
    assert its.values.sum() == pytest.approx(total, abs=1e-3)
