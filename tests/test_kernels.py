"""The compiled loops against slow, obvious ones."""

from __future__ import annotations

import drawn
import numpy as np
import pytest

from edgeglow.scenes.fields import vectors
from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.compositing import (
    composite_layer,
    composite_light,
    divide_by_alpha,
    mix_layers,
    multiply_by_alpha,
)
from edgeglow.scenes.fields.coverage_compensation import compensated_light
from edgeglow.scenes.fields.frame_buffer import cells_of
from edgeglow.scenes.fields.line_kernels import draw_lines, line_profiles, reach
from edgeglow.scenes.fields.square_bands import SquareArrays, draw_squares

SIZE = (70, 40)
HUES = np.array([[0.3, 0.8, 0.9], [0.95, 0.5, 0.2]], dtype=np.float32)


def summed(segments, amounts, width, *, drawn_part=(0.0, 1.0), bump=(0.0, 0.0)):
    """What draw_lines makes of lines in a frame of SIZE: (2, height, width); and its layer."""
    margin = reach(width)
    layer = np.zeros((2, SIZE[0] + 2 * margin, SIZE[1] + 2 * margin), dtype=np.float32)
    profiles = line_profiles(width)
    lines = np.asarray(segments, dtype=np.float32), np.asarray(amounts, dtype=np.float32)
    draw_lines(layer, -margin, -margin, *lines, width, profiles, *drawn_part, *bump)
    return layer[:, margin:-margin, margin:-margin].transpose(0, 2, 1), layer


def random_lines(count, seed, spread=1.0):
    rng = np.random.default_rng(seed)
    middle = np.tile(np.array(SIZE) / 2, 2)
    segments = middle + (rng.random((count, 4)) - 0.5) * np.tile(SIZE, 2) * spread
    amounts = np.maximum(rng.normal(size=(count, 1)) * [1, -1], 0)
    return segments, amounts


@pytest.mark.parametrize("width", [0.1, 0.5, 1.0, 1.62, 2.0, 2.7, 6.0, 14.0])
@pytest.mark.parametrize("spread", [0.8, 3.0])
def test_lines_are_the_reference(width, spread):
    segments, amounts = random_lines(30, seed=int(width * 10), spread=spread)
    found, _ = summed(segments, amounts, width)
    expected = drawn.light(SIZE, segments.astype(np.float32), amounts, width)
    assert np.abs(found - expected).max() < 0.02 * max(1, np.abs(expected).max())
    assert np.abs(found - expected).mean() < 0.002


@pytest.mark.parametrize(
    "ends",
    [
        (5, 5, 60, 5),
        (60, 5.5, 5, 5.5),
        (9, 3, 9, 33),
        (9.5, 33, 9.5, 3),
        (5, 5, 35, 35),
        (6, 30, 30, 6),
        (2, 2, 66, 9),
    ],
)
def test_lines_of_special_directions(ends):
    for width in (0.4, 1.6, 5.0):
        found, _ = summed([ends], [[1, 0]], width)
        expected = drawn.light(SIZE, np.array([ends]), np.array([[1, 0]]), width)
        assert np.abs(found - expected).max() < 0.01


@pytest.mark.parametrize("width", [0.05, 0.7, 1.6, 7.0])
def test_light_of_a_line_is_width_times_length_in_every_direction(width):
    for angle in np.linspace(0, 2 * np.pi, 37):
        step = 14 * np.array([np.cos(angle), np.sin(angle)])
        begin = np.array([34.3, 19.7])
        found, _ = summed([[*(begin - step), *(begin + step)]], [[1, 0]], width)
        assert found.sum() == pytest.approx(28 * width, rel=0.01)


@pytest.mark.parametrize("width", [0.3, 0.72, 1.62, 3.24, 9.0])
@pytest.mark.parametrize("amount", [0.05, 0.5, 1.5, 5.0])
def test_a_line_hides_as_much_at_every_resolution(width, amount):
    """Its pixels together hide 1 - exp(-amount) of what is below a line, whatever its width in pixels."""
    drawn_with = compensated_light(np.full((24, 1), amount), width)
    angles = np.linspace(0, np.pi, 24)
    hidden = []
    for angle, light in zip(angles, drawn_with[:, 0], strict=True):
        step = 14 * np.array([np.cos(angle), np.sin(angle)])
        begin = np.array([34 + angle, 20 - angle / 2])
        found, _ = summed([[*(begin - step), *(begin + step)]], [[light, 0]], width)
        hidden.append((1 - np.exp(-found[0].astype(float))).sum() / (28 * width))
    assert np.mean(hidden) == pytest.approx(1 - np.exp(-amount), rel=0.02)
    assert np.std(hidden) < 0.03
    assert drawn_with[0, 0] == pytest.approx(drawn.evened(amount, width), rel=0.02)


def test_a_line_sees_the_same_box_whatever_is_cut_off():
    """Clipping at the border changes nothing inside, and nothing is written outside the layer."""
    segments, amounts = random_lines(200, seed=3, spread=40.0)
    for width in (0.6, 3.0, 20.0):
        found, _ = summed(segments, amounts, width)
        expected = drawn.light(SIZE, segments.astype(np.float32), amounts, width)
        assert expected.max() > 0.5
        assert np.abs(found - expected).max() < 0.05


def test_lines_that_show_nothing():
    nothing = [[3, 3, 3, 3], [-1e30, 5, 1e30, 9], [-50, -50, -20, -90], [5, -30, 60, -30], [500, 20, 900, 20]]
    found, _ = summed(nothing, np.ones((5, 2)), 1.6)
    assert not found.any()
    found, _ = summed([[3, 3, 40, 30]], [[0, 0]], 1.6)
    assert not found.any()
    found, _ = summed(np.zeros((0, 4)), np.zeros((0, 2)), 1.6)
    assert not found.any()


def test_part_of_a_line_is_the_shorter_line():
    segments, amounts = random_lines(20, seed=4)
    start, stop = 0.25, 0.6
    begin, step = segments[:, :2], segments[:, 2:] - segments[:, :2]
    shorter = np.concatenate([begin + start * step, begin + stop * step], axis=1)
    for width in (1.2, 4.0):
        found, _ = summed(segments, amounts, width, drawn_part=(start, stop))
        assert np.abs(found - drawn.light(SIZE, shorter, amounts, width)).max() < 0.02


def test_parts_drawn_one_after_the_other_make_the_whole_line():
    segments, amounts = random_lines(20, seed=5)
    whole, _ = summed(segments, amounts, 1.3)
    first, _ = summed(segments, amounts, 1.3, drawn_part=(0.0, 0.37))
    second, _ = summed(segments, amounts, 1.3, drawn_part=(0.37, 1.0))
    assert np.abs(first + second - whole).max() < 0.1  # they meet at one pixel each


@pytest.mark.parametrize("width", [1.4, 5.0])
@pytest.mark.parametrize("ends", [(5, 10.3, 65, 10.3), (65, 10.3, 5, 10.3), (20.2, 36, 20.2, 4)])
def test_bump_along_a_line(ends, width):
    position, length = 0.4, 0.5
    part = (position - length / 2, position + length / 2)
    found, _ = summed([ends], [[1, 0]], width, drawn_part=part, bump=(position, length))
    x, y = drawn.pixel_grid(SIZE)
    along = (x - ends[0]) / (ends[2] - ends[0]) if ends[0] != ends[2] else (y - ends[1]) / (ends[3] - ends[1])
    s = (along - position) / length
    bump = np.where(np.abs(s) < 0.5, (1 - 4 * s**2) ** 2, 0)
    expected = drawn.line_coverage(SIZE, np.array(ends), width) * bump
    assert np.abs(found[0] - expected).max() < 0.01
    assert found[0].max() > 0.8


def test_signs_go_into_their_own_hue():
    found, _ = summed([[5, 10, 60, 10], [5, 30, 60, 30]], [[0.7, 0], [0, 0.4]], 1.0)
    assert found[0, 10, 30] == pytest.approx(0.7 * 0.75, abs=0.01)
    assert found[1, 30, 30] == pytest.approx(0.4 * 0.75, abs=0.01)
    assert found[0, 20:].max() == 0 and found[1, :20].max() == 0


@pytest.mark.parametrize("background", [(13, 14, 19, 255), (255, 255, 255, 255), (0, 0, 0, 0)])
def test_tone_and_composition(background):
    segments, amounts = random_lines(60, seed=6)
    sums, layer = summed(segments, amounts, 1.6)
    frame = np.tile(np.array(background, dtype=np.uint8), (SIZE[1], SIZE[0], 1))
    expected = drawn.toned(frame, sums, HUES, gain=1.5, opacity=0.8)
    margin = reach(1.6)
    composite_light(frame, layer, 1.5, layer, 0.0, -margin, -margin, margin, 0.8, HUES, cells_of(frame.shape[:2]))
    assert np.abs(frame.astype(int) - expected).max() <= 1
    assert np.ptp(frame) > 50


@pytest.mark.parametrize("amount", [0.0, 1e-4, 0.01, 0.5, 1.0, 3.0, 8.0, 40.0, 1e6])
def test_tone_of_all_amounts_of_light(amount):
    layer = np.full((2, 48, 90), amount, dtype=np.float32)
    frame = np.zeros((100, 60, 4), dtype=np.uint8)
    composite_light(frame, layer, 1.0, layer, 0.0, 3, 5, 4, 1.0, HUES, cells_of((100, 60)))
    expected = drawn.toned(np.zeros((1, 1, 4)), np.full((2, 1, 1), amount), HUES)[0, 0]
    inside = np.zeros((100, 60), dtype=bool)
    inside[9:91, 7:47] = True  # the layer without its margin of 4, from (3, 5) on
    assert np.abs(frame[inside].astype(int) - expected).max() <= 1
    assert not frame[~inside].any()


def test_two_layers_are_mixed():
    rng = np.random.default_rng(0)
    first, second = rng.random((2, 2, 60, 50)).astype(np.float32)
    mixed = np.empty_like(first)
    mix_layers(mixed, first, 0.25, second, 0.75)
    assert np.allclose(mixed, 0.25 * first + 0.75 * second)
    at_once, one_by_one = np.zeros((2, 50, 60, 4), dtype=np.uint8)
    composite_light(at_once, first, 0.25, second, 0.75, 0, 0, 0, 1.0, HUES, cells_of((50, 60)))
    composite_light(one_by_one, mixed, 1.0, mixed, 0.0, 0, 0, 0, 1.0, HUES, cells_of((50, 60)))
    assert np.abs(at_once.astype(int) - one_by_one).max() <= 1


def squares(frames, fills, opacities=None, roundness=0.0, stroke=0.0, stroke_opacity=1.0):
    layer = np.zeros((SIZE[1], SIZE[0], 4), dtype=np.float32)
    opacities = np.ones(len(frames)) if opacities is None else np.asarray(opacities, dtype=float)
    outline = np.array([1, 0.5, 0], dtype=np.float32), stroke, stroke_opacity
    arrays = (np.asarray(frames, dtype=float), np.asarray(fills, dtype=np.float32), opacities.astype(np.float32))
    draw_squares(layer, SquareArrays(*arrays, roundness, *outline))
    return layer


@pytest.mark.parametrize("roundness", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("angle", [0.0, 0.3, np.pi / 4])
@pytest.mark.parametrize("half", [0.3, 1.7, 9.4])
def test_squares_are_the_reference(roundness, angle, half):
    u = half * np.array([np.cos(angle), np.sin(angle)])
    frame = np.array([34.3, 19.6, *u, -u[1], u[0]])
    found = squares([frame], [[1, 1, 1]], roundness=roundness)[..., 3]
    expected = drawn.square_coverage(SIZE, frame, roundness)
    assert np.abs(found - expected).max() < (0.04 if angle == roundness == 0 else 0.16)
    assert found.sum() == pytest.approx(expected.sum(), rel=0.03 if half > 1 else 0.2)


def test_stroke_is_centred_on_the_outline():
    for roundness in (0.0, 0.5, 1.0):
        frame = np.array([34.3, 19.6, 11.0, 0, 0, 11.0])
        found = squares([frame], [[0, 0, 1]], roundness=roundness, stroke=3.0)
        outer = drawn.square_coverage(SIZE, frame, roundness, 1.5)
        inner = drawn.square_coverage(SIZE, frame, roundness, -1.5)
        assert np.abs(found[..., 0] - (outer - inner)).max() < 0.16  # the stroke is (1, 0.5, 0)
        assert np.abs(found[..., 2] - inner).max() < 0.16  # the fill (0, 0, 1)
        assert np.abs(found[..., 3] - outer).max() < 0.16


def test_squares_that_touch_leave_no_seam():
    centers = [(12.3 + 5.37 * i, 9.7 + 5.37 * j) for i in range(7) for j in range(4)]
    found = squares([[x, y, 5.37 / 2, 0, 0, 5.37 / 2] for x, y in centers], np.full((28, 3), 0.6))
    inside = found[9:26, 12:44]
    assert np.abs(inside[..., 3] - 1).max() < 1e-5 and np.abs(inside[..., :3] - 0.6).max() < 1e-5


def test_a_later_square_lies_above():
    frame = [34, 20, 8, 0, 0, 8]
    found = squares([frame, frame], [[1, 0, 0], [0, 1, 0]])
    assert found[20, 34].tolist() == [0, 1, 0, 1]


def test_squares_of_no_size_or_opacity_and_squares_outside_show_nothing():
    frames = [[30, 20, 0, 0, 0, 4], [30, 20, 4, 0, 0, 4], [-90, 20, 4, 0, 0, 4], [30, 900, 4, 0, 0, 4]]
    assert not squares(frames, np.ones((4, 3)), [1, 0, 1, 1]).any()


def test_squares_are_cut_off_at_the_border():
    frame = np.array([0.2, 38.9, 9.0, 1, -1, 9.0])
    found = squares([frame], [[1, 1, 1]])[..., 3]
    assert np.abs(found - drawn.square_coverage(SIZE, frame)).max() < 0.16


@pytest.mark.parametrize("background", [(13, 14, 19, 255), (250, 250, 250, 255), (0, 0, 0, 0)])
def test_pictures_are_laid_over(background):
    layer = squares([[30, 20, 8, 2, -2, 8]], [[0.2, 0.6, 1.0]], roundness=0.4, stroke=2.0)
    frame = np.tile(np.array(background, dtype=np.uint8), (SIZE[1] + 7, SIZE[0] + 9, 1))
    expected = frame.astype(float)
    part = expected[3 : 3 + SIZE[1], 5 : 5 + SIZE[0]]
    part[:] = np.floor(part * (1 - 0.7 * layer[..., 3:]) + 255 * 0.7 * layer + 0.5)
    composite_layer(frame, layer, 5, 3, 0.7)
    assert np.abs(frame - expected).max() <= 1


def test_alpha_multiplied_and_divided():
    rng = np.random.default_rng(1)
    frame = rng.integers(0, 256, (30, 40, 4)).astype(np.uint8)
    frame[:3, :, 3], frame[3:6, :, 3] = 0, 255
    multiplied = frame.copy()
    multiply_by_alpha(multiplied)
    assert np.array_equal(multiplied[..., :3], np.rint(frame[..., :3] * (frame[..., 3:] / 255)))
    again = multiplied.copy()
    divide_by_alpha(again)
    bright = again[..., 3] > 127
    assert np.abs(again[bright].astype(int) - frame[bright]).max() <= 1
    multiply_by_alpha(again)
    assert np.array_equal(again, multiplied)


# -- steps in LLVM's own language ---------------------------------------------------------------------------


@kernel
def add_one(light, at, profile, first, amount):
    vectors.add_chunk(light, np.uint64(at), profile, np.uint64(first), np.float32(amount))


@kernel
def turn_one(tile, at, apart, turned, to, beside):
    vectors.turn_chunks(tile, np.uint64(at), np.uint64(apart), turned, np.uint64(to), np.uint64(beside))


@kernel
def mix_one(layer, at, part, fill, ring, stroke, keep):
    vectors.mix(layer, at, part, fill, ring, stroke, keep)


def numbers(count, seed):
    return np.random.default_rng(seed).normal(size=count).astype(np.float32)


# They may round a product together with what it is added to, which Python's own loop cannot.


def test_a_vector_is_added_as_the_plain_loop_adds_it():
    found, profile = numbers(40, 1), numbers(30, 2)
    expected = found.copy()
    for at, first, amount in ((0, 22, 1.7), (3, 5, -0.3), (32, 0, 1e-30)):
        add_one(found, at, profile, first, amount)
        vectors.plain_add_chunk(expected, at, profile, first, np.float32(amount))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    assert not np.array_equal(found, numbers(40, 1))


def test_vectors_are_turned_as_the_plain_loop_turns_them():
    tile, found = numbers(300, 3), numbers(400, 4)
    expected = found.copy()
    turn_one(tile, 11, 37, found, 5, 19)
    vectors.plain_turn_chunks(tile, 11, 37, expected, 5, 19)
    np.testing.assert_array_equal(found, expected)


def test_a_pixel_is_mixed_as_the_plain_loop_mixes_it():
    found = numbers(16, 5)
    expected = found.copy()
    fill, stroke = (tuple(map(np.float32, numbers(4, seed))) for seed in (6, 7))
    for at in (0, 5, 12):
        how = np.float32(0.3), fill, np.float32(0.2), stroke, np.float32(0.7)
        mix_one(found, at, *how)
        vectors.plain_mix(expected, at, *how)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    assert not np.array_equal(found, numbers(16, 5))
