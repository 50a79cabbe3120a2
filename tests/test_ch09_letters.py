"""The matrix's numbers become letters, and the letters the formula of every layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from casts import NAMES
from stage import ASPECTS, CHAPTERS, perform, play, run_called

from edgeglow.scenes import ch09_matrix
from edgeglow.scenes.mobjects.text.layer_formula import LayerFormula
from edgeglow.scenes.stage import formula_by_layer


@pytest.mark.parametrize(
    ("run_name", "symbols"),
    [
        ("medley", {"layer 2": "ELU", "layers 3 to 4": "ReLU6", "layer 5": "tanh", "layer 6": "softmax", "": "{f :"}),
        ("usual", {"layers 2 to 3": "sigma", "layer 4": "softmax", "": "{f :"}),
        ("relu", {"layer 2": "ReLU", "layer 3": "softmax", "": "{f :"}),
    ],
)
def test_the_line_of_every_layer_is_shown_in_turn(
    run_name: str, symbols: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, str]] = []
    changed = formula_by_layer._changed

    def watched(chapter: Any, before: Any, function: str, area: Any, words: str, told: Any) -> Any:
        result = changed(chapter, before, function, area, words, told)
        shown.append((words, result[0].code))
        family = chapter.get_mobject_family_members()
        lines = [each for each in family if isinstance(each, LayerFormula) and each is not result[0]]
        named = [each for each in family if getattr(each, "text", "") == "next layer"]
        assert not lines and len(named) == 1, "another line is left there"
        return result

    monkeypatch.setattr(formula_by_layer, "_changed", watched)
    play(CHAPTERS["Matrix"], run_called(run_name))
    assert [words for words, _ in shown] == list(symbols)
    assert all(symbol in code for (_, code), symbol in zip(shown, symbols.values(), strict=True))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_numbers_that_become_letters_are_never_drawn_smaller(aspect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the neuron's row vanish last, and all of them stay where they are and as large as they are."""
    seen: list[tuple[int, int]] = []
    put = ch09_matrix.put_letters_for_numbers

    def watched(chapter: Any, equation: Any, *others: Any) -> None:
        blocks = (equation.matrix, equation.column, equation.shift_by)
        labels = [label for block in blocks for row in block.numbers for label in row]
        boxes = [(label.get_x(), label.get_y(), label.height) for label in labels]
        play = chapter.play

        def played(*animations: Any, **options: Any) -> None:
            play(*animations, **options)
            family = chapter.get_mobject_family_members()
            there = sum(label in family for label in labels)
            now = [(label.get_x(), label.get_y(), label.height) for label in labels]
            np.testing.assert_allclose(now, boxes, atol=1e-6)
            row = equation.excerpt.row
            seen.append((there, sum(label in family for label in equation.matrix.numbers[row])))

        chapter.play = played
        put(chapter, equation, *others)
        chapter.play = play

    monkeypatch.setattr(ch09_matrix, "put_letters_for_numbers", watched)
    width, height = ASPECTS[aspect]
    chapter = play(CHAPTERS["Matrix"], run_called("usual"), pixel_width=width, pixel_height=height).chapter
    columns = len(chapter.equation.excerpt.columns)
    beside = len(chapter.equation.shift_by.numbers) + len(chapter.equation.column.numbers)
    assert seen[0] == (columns + beside, columns), "not only the other rows are gone"
    assert seen[1] == (0, 0)


@pytest.mark.parametrize("run_name", NAMES)
@pytest.mark.parametrize("aspect", ASPECTS)
def test_the_biases_are_written_in_every_aspect(run_name: str, aspect: str) -> None:
    played = perform("Matrix", run_name, aspect=aspect)
    rows = played.chapter.equation.excerpt.rows
    column = [row[0] for row in played.chapter.equation.shift_by.numbers]
    left = min(label.get_left()[0] for label in column) - 0.01
    height = max(label.get_y() for label in column) + 0.1, min(label.get_y() for label in column) - 0.1
    found = [w for w in played.shot("bias").words if w.box[0] > left and height[1] < w.middle[1] < height[0]]
    found.sort(key=lambda writing: -writing.middle[1])
    expected = played.run.last.biases[0][rows]
    np.testing.assert_allclose([float(w.value or 0.0) for w in found], expected, atol=1e-6)
