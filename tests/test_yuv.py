"""From RGBA to video: beside FFmpeg's own conversion, and what has not changed beside converting all of it."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace
from drawn import planes
from hypothesis import given, settings
from hypothesis import strategies as some

from edgeglow.film.yuv_conversion import YuvConverter, YuvPicture

WHITE, BLACK = (235, 128, 128), (16, 128, 128)


def picture(height: int, width: int, seed: int) -> np.ndarray:
    """Frames as fields make them: smooth light, and thin lines on it."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    phases = random.uniform(0, 6, 3)
    smooth = 127 + 90 * np.sin(rows[..., None] / 37 + columns[..., None] / 53 + phases)
    smooth[random.integers(height)] = random.uniform(0, 255, 3)
    return np.concatenate([smooth, np.full((height, width, 1), 255)], axis=2).astype(np.uint8)


@pytest.mark.parametrize("size", [(180, 320), (36, 64), (50, 34), (540, 958)])
def test_as_ffmpeg_converts(size: tuple[int, int]) -> None:
    frame = picture(*size, seed=1)
    mine = planes(YuvConverter().convert(frame))
    ffmpegs = av.VideoFrame.from_ndarray(frame, "rgba")
    theirs = planes(YuvPicture(ffmpegs.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)))
    assert np.abs(mine[0].astype(int) - theirs[0]).max() <= 1
    for own, other in zip(mine[1:], theirs[1:], strict=True):
        apart = np.abs(own.astype(int) - other)  # FFmpeg smooths colours over more rows: lines differ there
        assert np.median(apart) <= 1 and apart.mean() < 3


@pytest.mark.parametrize(("grey", "expected"), [(255, WHITE), (0, BLACK)])
def test_white_and_black(grey: int, expected: tuple[int, int, int]) -> None:
    frame = np.full((4, 34, 4), grey, np.uint8)
    frame[..., 3] = 255
    assert tuple(set(plane.ravel().tolist()) for plane in planes(YuvConverter().convert(frame))) == tuple(
        {value} for value in expected
    )


@given(
    some.lists(
        some.tuples(some.integers(0, 49), some.integers(0, 69), some.integers(0, 3), some.integers(0, 255)),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=50, deadline=None)
def test_what_has_not_changed_stays_right(changes: list[tuple[int, int, int, int]]) -> None:
    """Whichever pixels change from frame to frame, each is converted as if it were the first."""
    frame, converter = picture(50, 70, seed=2), YuvConverter()
    converter.convert(frame)
    for row, column, channel, value in changes:
        frame = frame.copy()
        frame[row, column, channel] = value
        found = planes(converter.convert(frame))
        for own, fresh in zip(found, planes(YuvConverter().convert(frame)), strict=True):
            assert np.array_equal(own, fresh)
