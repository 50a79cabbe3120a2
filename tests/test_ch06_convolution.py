"""Convolution: filters, sums, maps and what a cell sees are those of the run's own convolutional network."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES, make_run
from shot import Shot, Squares
from stage import CHAPTERS, Performance, fitting, perform
from written import write_share

from edgeglow.scenes.mobjects.network.sliding_filter import FilterResult
from edgeglow.scenes.mobjects.pictures.tiles import Tiles
from edgeglow.scenes.stage.digit_maps import DIM
from edgeglow.scenes.style.layout import Area, grid_cells
from edgeglow.scenes.style.theme import THEMES

PLAYED = [name for name in (*NAMES, "unnamed") if "Convolution" in fitting(name)]
every_film = pytest.mark.parametrize("run_name", PLAYED)
DARK = THEMES["dark"]


def tiles(shot: Shot, signed: bool) -> list[np.ndarray]:
    """The values of small pictures: in the hues of weights, or from black to white."""
    hue = (DARK.positive if signed else DARK.bright).to_rgb()
    return [
        squares.values[squares.opacities > 0]
        for squares in shot.squares
        if squares.roundness == 0 and np.allclose(squares.hues[2], hue)
    ]


def has(found: list[np.ndarray], values: np.ndarray) -> bool:
    wanted = values.ravel()
    return any(len(one) == len(wanted) and np.allclose(one, wanted, atol=1e-5) for one in found)


def digit_of(played: Performance) -> np.ndarray:
    example = played.run.examples[played.chapter.cast.main]
    return example.pixels.reshape(played.run.image_shape).astype(np.float64)


def shades(played: Performance, weights: np.ndarray) -> np.ndarray:
    part = weights / np.quantile(np.abs(played.run.convolution.filters[0]), 0.99)
    return np.clip(np.sign(part) * np.sqrt(np.abs(part)), -1, 1)


def layer(images: np.ndarray, filters: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """Sums and ReLU, cell by cell: (in, rows, columns) to (out, rows, columns)."""
    side = filters.shape[-1]
    rows, columns = images.shape[1] - side + 1, images.shape[2] - side + 1
    made = np.zeros((len(filters), rows, columns))
    for row in range(rows):
        for column in range(columns):
            patch = images[:, row : row + side, column : column + side]
            made[:, row, column] = (filters * patch).sum(axis=(1, 2, 3)) + biases
    return np.maximum(made, 0)


def pool(maps: np.ndarray) -> np.ndarray:
    rows, columns = maps.shape[1] // 2, maps.shape[2] // 2
    kept = maps[:, : 2 * rows, : 2 * columns]
    return kept.reshape(len(maps), rows, 2, columns, 2).max(axis=(2, 4))


def stages(played: Performance) -> list[np.ndarray]:
    """All maps of the digit, computed again and plainly."""
    found = [digit_of(played)[None]]
    network = played.run.convolution
    for filters, biases in zip(network.filters, network.filter_biases, strict=True):
        found.append(layer(found[-1], filters.astype(np.float64), biases))
        found.append(pool(found[-1]))
    return found


def test_runs_with_and_without_such_a_network_are_told_apart() -> None:
    assert "usual" in PLAYED and "tiny" in PLAYED
    for name in NAMES:
        reason = CHAPTERS["Convolution"].fits(make_run(name))
        assert (reason is None) == (make_run(name).convolution is not None)


@every_film
def test_the_accuracy_is_that_of_the_network_on_the_test_digits(run_name: str) -> None:
    played = perform("Convolution", run_name)
    digits = played.run.test_digits
    answers = played.run.convolution.answers(digits.images).argmax(axis=1)
    assert write_share(float(np.mean(answers == digits.labels)), ".1%") in played.shot("other").caption


@every_film
def test_the_filters_are_the_networks(run_name: str) -> None:
    played = perform("Convolution", run_name)
    filters = played.run.convolution.filters[0][:, 0]
    assert len(filters) <= 8
    for beat in ("other", "maps"):
        assert has(tiles(played.shot(beat), signed=True), shades(played, filters))


@every_film
def test_the_filter_lies_where_its_sum_is_greatest_and_shows_products_sum_and_cell(run_name: str) -> None:
    played = perform("Convolution", run_name)
    network, image = played.run.convolution, digit_of(played)
    number = played.chapter.seen.followed
    weights, bias = network.filters[0][number, 0], network.filter_biases[0][number]
    first = stages(played)[1]
    row, column = np.unravel_index(int(first[number].argmax()), first[number].shape)
    side = len(weights)
    products = weights * image[row : row + side, column : column + side]
    shot = played.shot("filter")
    assert has(tiles(shot, signed=True), shades(played, weights))
    assert has(tiles(shot, signed=True), shades(played, products))
    added, shift, total = [word.value for word in shot.words if word.value is not None]
    assert added == pytest.approx(products.sum(), abs=0.011) and shift == pytest.approx(bias, abs=0.005)
    assert total == pytest.approx(products.sum() + bias, abs=0.005)
    assert round(round(added, 2) + round(shift, 2), 2) == round(total, 2), "the sum does not add up as it is written"
    assert "bias" in shot.texts
    lit = np.zeros(first[number].shape)
    lit[row, column] = first[number][row, column]
    assert has(tiles(shot, signed=False), lit / first.max())


@every_film
def test_the_maps_are_computed_by_the_filters_and_pooled(run_name: str) -> None:
    played = perform("Convolution", run_name)
    made = stages(played)
    number = played.chapter.seen.followed
    assert has(tiles(played.shot("slide"), signed=False), made[1][number] / made[1].max())
    assert has(tiles(played.shot("maps"), signed=False), made[1] / made[1].max())
    assert has(tiles(played.shot("pool"), signed=False), made[2] / made[2].max())
    deeper = played.shot("deeper")
    assert has(tiles(deeper, signed=False), made[2] / made[2].max())
    assert has(tiles(deeper, signed=False), made[3] / made[3].max())


@every_film
def test_the_line_holds_one_map_of_every_stage_with_cells_of_one_size(run_name: str) -> None:
    played = perform("Convolution", run_name)
    shot, made, chain = played.shot("field"), stages(played), played.chapter.seen.chain
    for stage, (number, _, _) in enumerate(chain, start=1):
        assert has(tiles(shot, signed=False), made[stage][number] / made[stage].max())
    assert made[-1][chain[-1]] == pytest.approx(made[-1].max(), rel=1e-5)
    sides = {round(float(side), 4) for squares in maps_of(shot, played) for side in squares.sides}
    assert len(sides) == 1


def maps_of(shot: Shot, played: Performance) -> list[Squares]:
    """The squares that are not the digit's own."""
    return [squares for squares in shot.squares if len(squares.values) != digit_of(played).size]


@every_film
def test_a_cell_of_the_chain_changes_with_what_it_sees_and_with_nothing_else(run_name: str) -> None:
    played = perform("Convolution", run_name)
    network, image = played.run.convolution, digit_of(played).astype(np.float32)
    seen = played.chapter.seen
    (*_, (_, _, height, width)) = seen.receptive_fields()
    assert [text for text in played.shot("field").texts if "×" in text] == [f"{height} × {width} pixels"]
    assert f"{seen.side} by {seen.side} pixels" in played.shot("field").caption
    for stage, (cell, (top, left, height, width)) in enumerate(
        zip(seen.chain, seen.receptive_fields(), strict=True), start=1
    ):
        outside = np.ones(image.shape, dtype=bool)
        outside[top : top + height, left : left + width] = False
        before = network.maps(image[None])[stage][0][cell]
        assert network.maps(np.where(outside, 1 - image, image)[None])[stage][0][cell] == pytest.approx(before)
        assert network.maps(np.where(outside, image, 1 - image)[None])[stage][0][cell] != pytest.approx(before)


@every_film
def test_the_frame_lies_on_the_pixels_that_the_last_cell_sees(run_name: str) -> None:
    played = perform("Convolution", run_name)
    image = digit_of(played)
    shot = played.shot("field")
    top, left, height, width = played.chapter.seen.receptive_fields()[-1]
    kept = np.zeros(image.shape, dtype=bool)
    kept[top : top + height, left : left + width] = True
    expected = np.where(kept, image, DIM * image).ravel()  # what the cell does not see is dim
    (plane,) = [
        squares
        for squares in shot.squares
        if len(squares.values) == image.size and np.allclose(squares.values, expected, atol=1e-6)
    ]
    centers = plane.centers.reshape(*image.shape, 3)
    inside = centers[top : top + height, left : left + width]
    box = max((frame.box for frame in shot.frames()), key=lambda box: box[2] - box[0])
    middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
    np.testing.assert_allclose(middle, inside.reshape(-1, 3).mean(axis=0)[:2], atol=1e-6)
    cell = centers[0, 1, 0] - centers[0, 0, 0]
    np.testing.assert_allclose([box[2] - box[0], box[3] - box[1]], [width * cell, height * cell], rtol=1e-5)


@every_film
def test_what_has_left_does_not_come_back(run_name: str) -> None:
    shots = perform("Convolution", run_name).shots
    leaves = [shot.beat for shot in shots].index("maps")
    for shot in shots[leaves:]:
        assert not {"filter", "bias", "weight × pixel"} & set(shot.texts), shot.beat
    assert len(perform("Convolution", run_name).chapter.words) == 0, "words that the next picture lets fade"


def test_the_view_of_shrinking_maps_holds_four_of_them() -> None:
    tiles = Tiles((4, 4), grid_cells(Area(0, 0, 8.6, 4.2), 8, 1.0, 0.2))
    for number in range(8):
        block = tiles.block(number)
        held = [
            place
            for place in range(8)
            if block.left <= tiles.box(place).left + 1e-9
            and tiles.box(place).right <= block.right + 1e-9
            and block.bottom <= tiles.box(place).bottom + 1e-9
            and tiles.box(place).top <= block.top + 1e-9
        ]
        assert number in held and len(held) == 4
    assert Tiles((4, 4), [Area(0, 0, 1, 1)]).block(0) == Area(0, 0, 1, 1)


def test_a_wrong_weight_would_be_seen() -> None:
    played = perform("Convolution", "usual")
    right = played.chapter.seen.filtering
    row, column = np.unravel_index(int(right.cells.argmax()), right.cells.shape)
    spoilt = FilterResult(right.weights + 0.01, right.bias, right.image, right.cells, right.scale, right.peak)
    assert right.total(row, column) == pytest.approx(float(right.cells[row, column]), abs=1e-4)
    assert abs(spoilt.total(row, column) - right.cells[row, column]) > 0.01


def test_a_digit_that_nobody_named_is_not_called_by_a_name() -> None:
    assert "maps of this digit" in perform("Convolution", "unnamed").shot("maps").caption
    played = perform("Convolution", "tiny")
    label = played.run.examples[played.chapter.cast.main].label
    assert f"maps of this {played.run.class_names[label]}" in played.shot("maps").caption
