"""What a network reads of a photograph is what was written on it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from photographs import TROUBLES, ink, lay, photograph, thin, with_pen, write_large
from PIL import Image
from scipy import ndimage

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.mnist import load_mnist, load_test_mnist
from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.network import Network
from edgeglow.model.picture.fit import pen_width
from edgeglow.model.picture.read_picture import read_picture
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.loop import train

MNIST = Path(os.environ.get("MNIST_DIR") or Path(__file__).parents[2] / "shared/data/mnist")
needs_mnist = pytest.mark.skipif(not MNIST.is_dir(), reason="no MNIST here; MNIST_DIR names its folder")


def learnt(training: Digits, test: Digits) -> Network:
    config = Config(layer_sizes=(784, 32, 10), hidden="relu", epochs=5, snapshots=2)
    last = train(config, training, test).snapshots[-1]
    return Network.of(last.weights, last.biases, config.hidden, config.output)


def answers(network: Network, images: np.ndarray) -> np.ndarray:
    return network.activations(images.reshape(len(images), -1))[-1].argmax(axis=1)


@pytest.fixture(scope="module")
def reader() -> Network:
    return learnt(draw_digits(20_000, seed=1), draw_digits(100, seed=2))


@pytest.fixture(scope="module")
def written() -> np.ndarray:
    """Stroke digits, two of each class, (20, 28, 28)."""
    digits = draw_digits(20, seed=8)
    return digits.images[np.argsort(digits.labels, kind="stable")]


def middle(image: np.ndarray) -> np.ndarray:
    return np.array(ndimage.center_of_mass(image))


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """How far apart they are on average, one moved by up to a pixel: the middle is rounded to whole pixels."""
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(float(np.abs(np.roll(one, move, (0, 1)) - other).mean()) for move in moves)


def size(image: np.ndarray) -> tuple[int, int]:
    rows, columns = np.nonzero(image)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


# -- photographs are read as their originals are --------------------------------------------------------------


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_photograph_looks_like_what_was_written(trouble: str, written: np.ndarray, reader: Network) -> None:
    """One of each class, made as MNIST is made; the network answers as it does to the original."""
    chosen = written[::2]
    read = [read_picture(photograph(digit, trouble, seed)).pixels for seed, digit in enumerate(chosen)]
    for pixels in read:
        assert pixels.dtype == np.float32 and pixels.shape == (28, 28)
        assert pixels.min() == 0 and 0.9 <= pixels.max() <= 1
        assert max(size(pixels)) in (19, 20)
        assert np.abs(middle(pixels) - 14).max() <= 1
    same = answers(reader, np.array(read)) == answers(reader, chosen)
    assert same.sum() >= len(chosen) - 1, np.flatnonzero(~same)


@pytest.mark.slow
@needs_mnist
def test_of_hard_photographs_nearly_as_many_are_read_as_of_the_originals() -> None:
    training, test = load_mnist(MNIST)
    network = learnt(training, test.head(100))
    del training  # a fifth of a worker's memory
    images, labels = test.images[1000:1020], test.labels[1000:1020]
    clean = (answers(network, images) == labels).mean()
    assert clean >= 0.9
    for trouble in TROUBLES:
        read = np.zeros_like(images)  # of those that are refused nothing is read
        for seed, image in enumerate(images):
            with suppress(EdgeglowError):
                read[seed] = read_picture(photograph(image, trouble, seed)).pixels
        is_right = read.any(axis=(1, 2)) & (answers(network, read) == labels)
        assert is_right.mean() >= clean - 0.051, trouble


@needs_mnist
def test_mnists_own_digits_stay_as_they_are() -> None:
    images = load_test_mnist(MNIST).images[:200]
    for image in images:
        np.testing.assert_array_equal(read_picture(image).pixels, image)
        padded = read_picture(np.pad(image, 3)).pixels  # no longer ready: goes the whole way
        assert distance(padded, image) < 0.03
    widths = [pen_width(np.kron(image, np.ones((4, 4)))) / 4 for image in images]
    hairlines = [with_pen(write_large(image), 3) for image in images[:20]]
    read = [read_picture(np.pad(255 - 255 * line, 40, constant_values=255).astype(np.uint8)) for line in hairlines]
    drawn = [pen_width(np.kron(picture.pixels, np.ones((4, 4)))) / 4 for picture in read]
    assert np.percentile(widths, 5) < np.median(drawn) < np.percentile(widths, 95)


# -- what must make no difference -----------------------------------------------------------------------------


def test_light_on_dark_reads_as_dark_on_light(written: np.ndarray) -> None:
    for seed, digit in enumerate(written[:6]):
        photo = photograph(digit, "clean", seed)
        np.testing.assert_allclose(read_picture(photo).pixels, read_picture(255 - photo).pixels, atol=1e-4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_held_any_way_gives_the_same(orientation: int, written: np.ndarray, tmp_path: Path) -> None:
    photo = photograph(written[4], "clean", 1)
    held = {
        1: photo,
        2: photo[:, ::-1],
        3: photo[::-1, ::-1],
        4: photo[::-1],
        5: photo.T,
        6: np.rot90(photo),
        7: photo[::-1, ::-1].T,
        8: np.rot90(photo, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    for kind in ("png", "tiff"):
        more = {"exif": exif} if kind == "png" else {"tiffinfo": {0x0112: orientation}}
        Image.fromarray(np.ascontiguousarray(held)).save(tmp_path / f"held.{kind}", **more)
        read = read_picture(tmp_path / f"held.{kind}").pixels
        np.testing.assert_array_equal(read, read_picture(photo).pixels)


@pytest.mark.parametrize("factor", [0.15, 0.25, 0.5, 2, 5])
def test_size_makes_no_difference(factor: float, written: np.ndarray) -> None:
    for seed, digit in enumerate(written[:4]):
        photo = Image.fromarray(photograph(digit, "clean", seed))
        other = photo.resize((round(photo.width * factor), round(photo.height * factor)), Image.Resampling.BICUBIC)
        expected, read = read_picture(photo).pixels, read_picture(other).pixels
        assert np.abs(middle(read) - middle(expected)).max() <= 1
        assert distance(read, expected) < (0.03 if factor > 0.2 else 0.06)


def test_specks_far_away_are_left_out_and_a_stroke_nearby_is_kept(written: np.ndarray) -> None:
    page = np.zeros((420, 560))
    page[150:300, 200:212] = page[288:300, 200:290] = page[150:300, 278:290] = 1  # an open box
    alone = read_picture(np.uint8(255 * ink(page))).pixels
    page[20:26, 30:36] = 1
    np.testing.assert_array_equal(read_picture(np.uint8(255 * ink(page))).pixels, alone)
    page[125:137, 205:285] = 1  # its lid, not quite closed
    lid = read_picture(np.uint8(255 * ink(page))).pixels
    assert size(lid)[0] == 20 and lid[4:7].sum() > 8
    assert size(alone)[0] == 20 and alone[4:7, 12:16].max() == 0


def test_a_five_whose_bar_is_the_heavier_piece_is_one_digit() -> None:
    page = np.zeros((420, 560))
    for step in np.linspace(0, 1, 200):  # a rising bar, and under it a body that is shorter
        page[round(184 - 60 * step) :, 282 + round(150 * step) :][:24, :14] = 1
    page[214:330, 280:294] = page[318:330, 240:294] = 1
    photo = np.uint8(255 * ink(page))
    assert ndimage.label(photo < 128)[1] == 2
    read = read_picture(photo).pixels
    assert size(read)[0] == 20 and read[:9].sum() > 10 and read[16:].sum() > 10


def test_a_stroke_may_touch_the_frame_if_it_is_all_there_is() -> None:
    photo = np.full((200, 150), 220, np.uint8)
    photo[:140, 70:84] = 30
    read = read_picture(photo).pixels
    assert size(read)[0] == 20 and size(read)[1] <= 3


def test_any_shape_has_its_box_and_its_middle(written: np.ndarray) -> None:
    photo = photograph(written[6], "clean", 3)
    for height, width in ((8, 8), (32, 32), (56, 28), (28, 40), (64, 64)):
        read = read_picture(photo, (height, width)).pixels
        assert read.shape == (height, width)
        rows, columns = size(read)
        fits = rows / height, columns / width
        assert max(fits) == pytest.approx(20 / 28, abs=1.5 / min(height, width))
        assert np.abs(middle(read) - np.array([height, width]) / 2).max() <= 1


def test_every_mode_and_format_gives_the_same(written: np.ndarray, tmp_path: Path) -> None:
    photo = Image.fromarray(photograph(written[9], "clean", 2))
    expected = read_picture(photo).pixels
    for mode in ("L", "LA", "RGB", "RGBA", "P", "CMYK", "I;16", "I", "F", "1"):
        values = np.asarray(photo)
        deep = {"I;16": values.astype(np.uint16) * 257, "I": values.astype(np.int32), "F": values.astype(np.float32)}
        image = Image.fromarray(deep[mode]) if mode in deep else photo.convert(mode)
        assert np.abs(read_picture(image).pixels - expected).mean() < 0.02, mode
    for kind in ("png", "jpg", "webp", "gif", "bmp", "tif"):
        photo.save(tmp_path / f"photo.{kind}")
        assert np.abs(read_picture(tmp_path / f"photo.{kind}").pixels - expected).mean() < 0.02, kind


def test_the_steps_lead_from_the_picture_to_the_pixels(written: np.ndarray) -> None:
    read = read_picture(photograph(written[2], "squared", 5))
    names = [step.name for step in read.steps]
    assert names == [name for name in ORDER if name in names]
    assert {"picture", "grey", "paper", "ink", "lines", "cut", "sized", "centred"} <= set(names)
    for step in read.steps:
        assert step.image.dtype == np.uint8 and max(step.image.shape) <= 480
    np.testing.assert_array_equal(read.steps[-1].image, np.rint(read.pixels * 255))


ORDER = ("picture", "grey", "paper", "ink", "lines", "cut", "pen", "sized", "centred")


def test_the_photographs_pens_have_the_width_that_is_said() -> None:
    line = np.zeros((200, 60))
    line[20:180, 20:40] = 1
    assert thin(line > 0.5).sum(axis=1).max() <= 2
    assert pen_width(with_pen(line, 9)) == pytest.approx(9, abs=1.5)
    assert lay(line, np.random.default_rng(0)).sum() == line.sum()
