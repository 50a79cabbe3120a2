"""The recap: one true way through the network, and a card that says of the run what is so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from abroad import NAMES as ABROAD
from casts import NAMES, make_run
from shot import Shot, Squares
from stage import Performance, fitting, perform
from truth import forward, functions, light, said
from written import write_share

from edgeglow.model.run.run import Run
from edgeglow.scenes.mobjects.text.card import Card
from edgeglow.scenes.style.theme import THEMES

# what functions are called on the card, where it is not their name
WRITTEN = {"relu": "ReLU", "relu6": "ReLU6", "leaky_relu:0.2": "leaky ReLU 0.2", "elu:0.5": "ELU 0.5", "gelu": "GELU"}
every_film = pytest.mark.parametrize("run_name", [*NAMES, *ABROAD])
ASPECTS = ("16:9", "1:1", "9:16")
CARDS = [(name, lang, aspect) for name in NAMES for lang in ("en", "ko") for aspect in ASPECTS]
CARDS += [(name, lang, aspect) for name in ABROAD for lang, aspect in (("en", "16:9"), ("ko", "9:16"))]
ACCENT = THEMES["dark"].accent.to_hex()


def activations(played: Performance) -> list[np.ndarray]:
    return forward(played.run, played.run.last, played.run.examples[played.chapter.cast.main].pixels)


def edges(shot: Shot, played: Performance, gap: int, values: np.ndarray) -> int:
    """How many fields of lines show these (targets, sources) of a gap."""
    shown = [played.chapter.cast.inputs, *played.chapter.cast.shown]
    expected = values[np.ix_(shown[gap + 1], shown[gap])].ravel()
    return sum(
        len(lines.values) == len(expected) and np.allclose(lines.values, expected, atol=1e-5) for lines in shot.lines
    )


@every_film
def test_the_light_has_come_through_every_layer(run_name: str) -> None:
    played = perform("Recap", run_name)
    run, way = played.run, activations(played)
    for beat in ("through", "out"):
        shot = played.shot(beat)
        assert shot.zoom == pytest.approx(1.0), "the camera is home when the light has arrived"
        for gap, matrix in enumerate(run.last.weights):
            assert edges(shot, played, gap, matrix * way[gap][None, :]) == 1, f"{beat}, gap {gap}"
        for layer, discs in later_columns(shot, played).items():
            expected = light(run, run.last, way[0], layer)[played.chapter.cast.shown[layer - 1]]
            np.testing.assert_allclose(discs.values, expected, atol=1e-5)


@every_film
def test_before_nothing_but_the_pixels_is_lit(run_name: str) -> None:
    played = perform("Recap", run_name)
    shot, drawn, cast = (played.shot("in"), activations(played)[0][played.chapter.cast.inputs], played.chapter.cast)
    (plane,) = [s for s in shot.squares if s.values.any()]
    np.testing.assert_allclose(plane.values, drawn / cast.peaks[cast.inputs], atol=1e-6)
    assert len(plane.values) == len(drawn)
    lit = plane.centers[np.abs(plane.values) > (0.5 * plane.values.max() if played.run.image_shape else -1)]
    assert shot.zoom > 1 and np.abs(lit[:, 0]).max() < shot.layout.width / 2, "all of the stroke is seen"


@every_film
@pytest.mark.parametrize("aspect", ASPECTS)
def test_the_numbers_that_come_out_are_the_networks(run_name: str, aspect: str) -> None:
    played = perform("Recap", run_name, aspect=aspect)
    shot, outputs = played.shot("out"), activations(played)[-1]
    written = [w for w in shot.words if w.value is not None]
    shown = played.chapter.cast.shown[-1]
    written.sort(key=lambda w: w.middle[0] if played.chapter.diagram.is_tall else -w.middle[1])
    np.testing.assert_allclose([float(w.value or 0) for w in written], outputs[shown], atol=1e-5)
    (best,) = [w for w in written if w.color == ACCENT]
    assert float(best.value or 0) == pytest.approx(outputs.max(), abs=1e-5)
    answer = shortened(played.run.class_names[int(outputs.argmax())], played)
    assert shot.caption == said_to(played, "out", outputs=played.run.layer_sizes[-1], answer=answer)
    (marked,) = [w.text for w in shot.words if w.color == ACCENT and w.value is None]
    assert all(part in answer for part in marked.split("…")), "of a long name a part"


@every_film
def test_what_was_learnt_is_shown_as_the_weights(run_name: str) -> None:
    played = perform("Recap", run_name)
    shot = played.shot("function")
    for gap, matrix in enumerate(played.run.last.weights):
        assert edges(shot, played, gap, matrix) == 1, gap
    seen = seen_by(played.run)
    parameters = sum(a.size for a in (*played.run.last.weights, *played.run.last.biases))
    variant = "" if seen else "elsewhere"
    assert shot.caption == said("en", "recap", "function", variant, parameters=parameters, training=seen)


def seen_by(run: Run) -> int | None:
    """How many digits the network learnt from, if that is known."""
    if run.training_count is None:
        return None
    assert run.last.examples is not None
    return min(run.training_count, run.last.examples)


def later_columns(shot: Shot, played: Performance) -> dict[int, Squares]:
    """The columns of discs after the first layer, whatever that is drawn as."""
    marks = sorted(
        (s for s in shot.squares if s.roundness == 1), key=lambda squares: float(squares.centers[:, 0].mean())
    )
    assert len(marks) == len(played.run.layer_sizes)
    return dict(enumerate(marks[1:], start=1))


def shortened(name: str, played: Performance) -> str:
    """A class's name as it is said: the first twelve letters, or the last where others begin alike."""
    if len(name) <= 12:
        return name
    begin = name[:11].rstrip()
    alike = [other for other in played.run.class_names if other.startswith(begin)]
    return f"{begin}…" if len(alike) == 1 else f"…{name[-11:].lstrip()}"


def said_to(played: Performance, beat: str, **facts: Any) -> str:
    """A sentence of this chapter, in the wording for what the network reads."""
    return said(played.lang, "recap", beat, played.run.subject, **facts)


# -- the card --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("run_name", "lang", "aspect"), CARDS)
def test_the_card_says_what_the_run_is(run_name: str, lang: str, aspect: str) -> None:
    played = perform("Recap", run_name, lang, aspect=aspect)
    run = played.run
    written = " ".join(played.shot("card").texts).replace("- ", "-")  # long lines are broken at hyphens
    seen, learnt = seen_by(run), "learnt_value" if run.config else "tested_value"
    entries: dict[str, dict[str, Any]] = {
        learnt: {"training": seen, "tests": run.test_count},
        "layers_value": {"layers": "-".join(map(str, run.layer_sizes))},
        "parameters_value": {"parameters": sum(a.size for a in (*run.last.weights, *run.last.biases))},
        "accuracy_value": {"accuracy": np.trace(run.confusion) / run.confusion.sum()},
        "digest_value": {"digest": run.digest[:12]},
    }
    for name, facts in entries.items():
        assert said(lang, "recap", name, kind="labels", **facts) in written, name
    for kind in functions(run):
        assert WRITTEN.get(kind, kind) in written
    if run.config is not None:
        assert run.config.optimiser in written.lower()
    else:
        assert run.imported is not None and run.imported.file in written


@every_film
def test_the_card_counts_the_pictures_that_the_user_brought(run_name: str) -> None:
    played = perform("Recap", run_name)
    label = said("en", "recap", "own", kind="labels")
    count = sum(example.kind == "own" for example in played.run.examples)
    assert (label in played.shot("card").texts) == (count > 0)
    if count:
        assert str(count) in played.shot("card").texts


def test_a_long_word_on_a_card_is_broken_where_it_must_be() -> None:
    card = Card("title", [("file", "checkpoints_of_a_network_with_a_very_long_name.safetensors")], width=3.0)
    ((_, lines),) = card.entries
    assert len(lines) > 1 and card.width <= 3.0 + 1e-6
    assert "".join(line.text for line in lines) == "checkpoints_of_a_network_with_a_very_long_name.safetensors"


def test_the_card_names_where_the_digits_come_from() -> None:
    drawn = said("en", "recap", "strokes_value", kind="labels")
    for name in NAMES:
        run = make_run(name)
        card = " ".join(perform("Recap", name).shot("card").texts)
        assert (drawn in card) == (run.source == "strokes")
        assert run.source == "strokes" or run.source in card


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_card_stays_for_a_good_while(lang: str) -> None:
    """Nobody reads all of it, but there is time to find an entry, or to stop the film."""
    played = perform("Recap", "usual", lang)
    (cue,) = [cue for cue in played.cues if cue.beat == "card"]
    assert 6.0 <= (cue.end_frame - cue.start_frame) / 30 <= 10.0


@every_film
def test_it_is_said_that_something_was_staged_where_something_was(run_name: str) -> None:
    staged = "HiddenLayers" in fitting(run_name)
    caption = perform("Recap", run_name).shot("card").caption
    assert caption == said("en", "recap", "card", "hope" if staged else "")
    assert ("staged" in caption) == staged


def test_a_convolutional_network_is_on_the_card_if_the_run_has_one() -> None:
    for name in NAMES:
        run, texts = make_run(name), perform("Recap", name).shot("card").texts
        label = said("en", "recap", "convolution", kind="labels")
        assert (label in texts) == (run.convolution is not None)
        if run.convolution is not None:
            assert write_share(run.convolution.accuracy, ".1%") in texts
