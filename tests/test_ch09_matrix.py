"""The matrix: its numbers are the weights of the neurons told of, and what is counted is what the run has."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES
from shot import Shot, Writing
from stage import Performance, perform
from truth import forward, functions, light, said
from written import tells, write_number

from edgeglow.scenes.mobjects.numbers.number_matrix import sign_color
from edgeglow.scenes.style.theme import THEMES

# of the networks from elsewhere that read pictures
ABROAD = ("single", "letters", "thin", "huge", "leaky", "smooth", "medley")
PLAIN = ("sigmoid", "tanh", "relu", "softmax")  # functions that sentences have a word of their own for
every_film = pytest.mark.parametrize("run_name", [*NAMES, *ABROAD])
ASPECTS = ("16:9", "1:1", "9:16")
MUTED, ACCENT = (getattr(THEMES["dark"], role).to_hex() for role in ("muted", "accent"))


def pixels(played: Performance) -> np.ndarray:
    return played.run.examples[played.chapter.cast.main].pixels.astype(np.float64)


def weights(played: Performance) -> np.ndarray:
    """Of the first layer, in double precision."""
    return played.run.last.weights[0].astype(np.float64)


def heads(shot: Shot) -> list[Writing]:
    """The numbers of the pixels over the matrix, from the left: they are words, not values."""
    found = [w for w in shot.words if w.text.isdigit() and w.value is None and w.color == MUTED]
    return sorted(found, key=lambda writing: writing.middle[0])


def rows(shot: Shot) -> list[list[Writing]]:
    """The numbers under the heads, row by row from the top."""
    over = heads(shot)
    left, right = over[0].box[0] - 0.5, over[-1].box[2] + 0.3
    numbers = [w for w in shot.words if w.value is not None and left < w.middle[0] < right]
    numbers = [w for w in numbers if w.color != ACCENT]
    found: dict[float, list[Writing]] = {}
    for number in sorted(numbers, key=lambda writing: -writing.middle[1]):
        key = next((y for y in found if abs(y - number.middle[1]) < 0.05), number.middle[1])
        found.setdefault(key, []).append(number)
    return [sorted(row, key=lambda writing: writing.middle[0]) for row in found.values()]


def lit(row: list[Writing]) -> bool:
    """Whether a row of numbers has the full hues of their signs."""
    return all(writing.color == sign_color(THEMES["dark"], float(writing.value or 0)).to_hex() for writing in row)


def texts(values: np.ndarray, decimals: int = 2) -> list[str]:
    return [write_number(float(value), f"z.{decimals}f") for value in values]


def decimals_of(writing: Writing) -> int:
    """With two decimals, or three, where all weights are below 0.1."""
    decimals = len(writing.text.partition(".")[2])
    assert decimals in (2, 3)
    return decimals


def ringed(played: Performance, shot: Shot) -> int:
    """The neuron in the ring."""
    (ring,) = shot.rings()
    shown = played.chapter.cast.shown[0]
    (discs,) = [s for s in shot.squares if s.roundness == 1 and len(s.values) == len(shown)]
    away = np.linalg.norm(discs.centers[:, :2] - ring.middle, axis=1)
    assert away.min() < 1e-3
    return int(shown[away.argmin()])


# -- the numbers -----------------------------------------------------------------------------------------------


@every_film
@pytest.mark.parametrize("aspect", ASPECTS)
def test_the_row_in_color_is_the_ringed_neurons_weights(run_name: str, aspect: str) -> None:
    played = perform("Matrix", run_name, aspect=aspect)
    for beat in ("row", "rows", "column", "product"):
        shot = played.shot(beat)
        columns = [int(head.text) - 1 for head in heads(shot)]
        (told,) = [row for row in rows(shot) if lit(row)]
        expected = weights(played)[ringed(played, shot), columns]
        assert [number.text for number in told] == texts(expected, decimals_of(told[0])), beat
        for number, head in zip(told, heads(shot), strict=True):
            assert abs(number.box[2] - head.middle[0]) < 0.6, "not under its pixel"


@every_film
@pytest.mark.parametrize("aspect", ASPECTS)
def test_the_other_rows_are_the_neurons_beside_it_in_their_order(run_name: str, aspect: str) -> None:
    played = perform("Matrix", run_name, aspect=aspect)
    shot = played.shot("rows")
    columns = [int(head.text) - 1 for head in heads(shot)]
    shown = list(played.chapter.cast.shown[0])
    written = rows(shot)
    (place,) = [number for number, row in enumerate(written) if lit(row)]
    first = shown.index(ringed(played, shot)) - place
    neurons = shown[first : first + len(written)]
    for neuron, row in zip(neurons, written, strict=True):
        expected = weights(played)[neuron, columns]
        assert [number.text for number in row] == texts(expected, decimals_of(row[0]))


@every_film
def test_the_pixels_written_are_beside_each_other_and_weigh_most(run_name: str) -> None:
    played = perform("Matrix", run_name)
    shot = played.shot("rows")
    columns = [int(head.text) - 1 for head in heads(shot)]
    count, width = len(columns), played.run.image_shape[1]
    assert columns == list(range(columns[0], columns[0] + count))
    felt = np.abs(weights(played)[ringed(played, shot)] * pixels(played)).reshape(-1, width)
    stretches = {
        row * width + start: felt[row, start : start + count].sum()
        for row in range(len(felt))
        for start in range(width - count + 1)
    }
    assert stretches[columns[0]] == pytest.approx(max(stretches.values()))


@every_film
def test_the_column_is_the_digits_own_pixels(run_name: str) -> None:
    played = perform("Matrix", run_name)
    shot = played.shot("column")
    columns = [int(head.text) - 1 for head in heads(shot)]
    right = max(w.box[2] for row in rows(shot) for w in row)
    column = [w for w in shot.words if w.value is not None and w.box[0] > right]
    column.sort(key=lambda writing: -writing.middle[1])
    assert [number.text for number in column] == texts(pixels(played)[columns])
    (squares,) = [s for s in shot.squares if s.roundness == 0 and len(s.values) == len(columns)]
    np.testing.assert_allclose(squares.values, pixels(played)[columns], atol=1e-6)
    np.testing.assert_allclose(squares.centers[:, 1], [w.middle[1] for w in column], atol=0.05)


@every_film
def test_the_edges_that_are_written_are_lit_and_come_from_those_pixels(run_name: str) -> None:
    played = perform("Matrix", run_name)
    shot = played.shot("row")
    columns = [int(head.text) - 1 for head in heads(shot)]
    (lines,) = [lines for lines in shot.lines if len(lines.values) == len(columns)]
    np.testing.assert_allclose(lines.values, weights(played)[ringed(played, shot), columns], rtol=1e-5)
    (plane,) = [s for s in shot.squares if len(s.values) == played.run.layer_sizes[0]]
    np.testing.assert_allclose(lines.starts, plane.centers[columns], atol=1e-9)
    frame = played.chapter.marks
    assert frame.get_left()[0] < lines.starts[:, 0].min() and lines.starts[:, 0].max() < frame.get_right()[0]
    np.testing.assert_allclose(frame.get_center(), lines.starts.mean(axis=0), atol=0.1)
    assert shot.caption == said("en", "matrix", "row", inputs=played.run.layer_sizes[0], columns=len(columns))


# -- its sum ---------------------------------------------------------------------------------------------------


@every_film
@pytest.mark.parametrize("aspect", ASPECTS)
def test_row_times_column_and_bias_make_the_neurons_activation(run_name: str, aspect: str) -> None:
    played = perform("Matrix", run_name, aspect=aspect)
    neuron = ringed(played, played.shot("product"))
    total = float(weights(played)[neuron] @ pixels(played))
    bias = float(played.run.last.biases[0][neuron])
    activation = float(forward(played.run, played.run.last, pixels(played))[1][neuron])
    line = played.chapter.line
    written = [float(part.value) for part in (line.sum, line.bias, line.both)]
    for part, value, units in zip(
        (line.sum, line.bias, line.both), (total, bias, total + bias), (1, 0.5, 0.5), strict=True
    ):
        assert tells(part.text, value, units)
    assert round(written[0] + written[1], 2) == written[2]
    for beat, values in {"product": [total], "bias": [total + bias, activation]}.items():
        accents = [w for w in played.shot(beat).words if w.color == ACCENT and w.value is not None]
        accents.sort(key=lambda writing: writing.middle[0])
        assert all(tells(w.text, value, 1.0) for w, value in zip(accents, values, strict=True))
    kind = functions(played.run)[0]
    kind = kind if kind in PLAIN else "bent"
    squeezed = said("en", "matrix", "bias", kind, total=line.both.value, activation=activation)
    assert played.shot("bias").caption == squeezed


@every_film
def test_the_ringed_neuron_alone_lights_up(run_name: str) -> None:
    played = perform("Matrix", run_name)
    shot = played.shot("bias")
    neuron, shown = ringed(played, shot), played.chapter.cast.shown[0]
    (discs,) = [s for s in shot.squares if s.roundness == 1 and len(s.values) == len(shown)]
    expected = np.where(shown == neuron, light(played.run, played.run.last, pixels(played), 1)[shown], 0.0)
    np.testing.assert_allclose(discs.values, expected, atol=1e-5)


def test_the_formula_beside_the_whole_network_is_true_of_every_layer() -> None:
    """It has f for layers with different functions, each of which was shown."""
    for run_name, symbol in {"usual": "f", "relu": "f", "deep": "f", "medley": "f", "flat": 'op("softmax")'}.items():
        played = perform("Matrix", run_name)
        assert f"{{{{{symbol} : function}}}}(" in played.chapter.formula.code
        assert (symbol == "f") == (len(set(functions(played.run))) > 1)


@every_film
def test_a_last_layer_with_another_function_is_told_of(run_name: str) -> None:
    played = perform("Matrix", run_name)
    kinds = functions(played.run)
    other = kinds[-1] if kinds[-1] != kinds[0] and len(set(kinds[:-1])) == 1 else ""
    shot = played.shot("formula")
    assert shot.caption == said("en", "matrix", "formula", other)
    assert bool(other) == ("the last" in shot.caption.lower())
    words = {"relu": "function_relu", "softmax": "function_softmax"}
    word = words.get(kinds[0], "function" if kinds[0] in PLAIN else "function_bent")
    word = "function_any" if other else word
    assert said("en", "matrix", word, kind="labels") in shot.texts


@every_film
def test_where_layers_have_different_functions_each_is_shown(run_name: str) -> None:
    played = perform("Matrix", run_name)
    differ = len(set(functions(played.run)[:-1])) > 1
    assert ("functions" in [shot.beat for shot in played.shots]) == differ == (run_name == "medley")


# -- the count -------------------------------------------------------------------------------------------------


@every_film
@pytest.mark.parametrize("aspect", ASPECTS)
def test_what_is_counted_is_what_the_run_has(run_name: str, aspect: str) -> None:
    played = perform("Matrix", run_name, aspect=aspect)
    last = played.run.last
    every = sum(array.size for array in (*last.weights, *last.biases))
    shot = played.shot("total")
    counts = [w for w in shot.words if w.value is not None]
    counts.sort(key=lambda writing: -writing.middle[1])
    *lines, biases, total = [round(w.value or 0) for w in counts]
    assert total == every and sum(lines) + biases == every
    assert biases == sum(bias.size for bias in last.biases)
    assert counts[-1].text == f"{every:,}" and counts[-1].color == ACCENT
    sizes = [matrix.size for matrix in last.weights]
    one = "one" if len(sizes) == 1 else ""
    counted = said("en", "matrix", "layers", one, weights=sum(sizes), biases=biases)
    assert played.shot("layers").caption == counted
    assert lines == (sizes if len(sizes) <= 3 else [sizes[0], sum(sizes[1:])])
    assert f"{played.run.layer_sizes[0]:,} × {played.run.layer_sizes[1]:,}" in shot.texts


@every_film
def test_while_they_are_counted_all_edges_show_their_weights(run_name: str) -> None:
    played = perform("Matrix", run_name)
    shot = played.shot("total")
    shown = [np.arange(played.run.layer_sizes[0]), *played.chapter.cast.shown]
    assert len(shot.lines) == len(played.run.last.weights)
    for gap, matrix in enumerate(played.run.last.weights):
        expected = matrix[np.ix_(shown[gap + 1], shown[gap])].ravel()
        found = [lines for lines in shot.lines if np.array_equal(lines.values, expected.astype(np.float32))]
        assert len(found) == 1, gap


def test_the_neurons_wear_their_own_rims_again_in_the_end() -> None:
    played = perform("Matrix", "usual")
    discs = [layer.discs for layer in played.chapter.diagram.layers]
    outline = np.array(THEMES["dark"].outline.to_rgb())
    assert all(np.array_equal(disc.stroke_color, outline) and not disc.values.any() for disc in discs)
