"""MNIST from folders and from mirrors: everything here is made up, but for the one test of the real files."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.data import mnist
from edgeglow.model.data.digits import Digits
from edgeglow.model.data.mnist import CHECKSUMS, load_mnist, load_test_mnist
from edgeglow.model.errors import EdgeglowError

REAL = Path(os.environ.get("MNIST_DIR") or Path(__file__).parents[2] / "shared/data/mnist")
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = CHECKSUMS


def idx(values: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    return header + values.astype(np.uint8).tobytes()


def made_up() -> dict[str, bytes]:
    """Four small files: 12 training and 5 test images of 6×4 pixels."""
    random = np.random.default_rng(0)
    return {
        TRAIN_IMAGES: idx(random.integers(0, 256, (12, 6, 4))),
        TRAIN_LABELS: idx(np.arange(12) % 10),
        TEST_IMAGES: idx(random.integers(0, 256, (5, 6, 4))),
        TEST_LABELS: idx(np.arange(5)),
    }


FILES = made_up()
SUMS = {name: hashlib.sha256(contents).hexdigest() for name, contents in FILES.items()}


def assert_made_up(digits: tuple[Digits, Digits]) -> None:
    training, test = digits
    for part, images in ((training, FILES[TRAIN_IMAGES]), (test, FILES[TEST_IMAGES])):
        assert part.source == "mnist"
        assert part.images.dtype == np.float32
        assert np.rint(part.images * 255).astype(np.uint8).tobytes() == images[16:]
        assert part.images.max() <= 1.0
    assert training.labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert test.labels.dtype == np.int64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, contents in FILES.items():
        (tmp_path / name).write_bytes(contents)
    return tmp_path


def load_error(folder: Path) -> str:
    with pytest.raises(EdgeglowError) as caught:
        load_mnist(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


# From a folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("dotted", [False, True])
def test_a_folder_may_use_either_name_packed_or_not(tmp_path: Path, packed: bool, dotted: bool) -> None:
    for name, contents in FILES.items():
        called = name.replace("-idx", ".idx") if dotted else name
        path = tmp_path / (f"{called}.gz" if packed else called)
        path.write_bytes(gzip.compress(contents) if packed else contents)
    assert_made_up(load_mnist(tmp_path))
    alone, (_, test) = load_test_mnist(tmp_path), load_mnist(tmp_path)
    assert alone.images.tobytes() == test.images.tobytes() and alone.labels.tobytes() == test.labels.tobytes()


def test_a_file_may_be_unpacked_though_its_name_says_otherwise(folder: Path) -> None:
    (folder / TEST_LABELS).rename(folder / f"{TEST_LABELS}.gz")
    assert_made_up(load_mnist(folder))


def test_the_environment_names_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(folder))
    assert_made_up(load_mnist())
    monkeypatch.setenv("MNIST_DIR", str(folder / "elsewhere"))
    assert_made_up(load_mnist(folder))


def test_missing_files_are_named(folder: Path) -> None:
    (folder / TEST_LABELS).unlink()
    (folder / TRAIN_IMAGES).unlink()
    message = load_error(folder)
    assert f"{folder}: no {TRAIN_IMAGES}, no {TEST_LABELS} (nor .gz)" in message
    assert TRAIN_LABELS not in message
    assert "unset MNIST_DIR" in message


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    assert "does not exist" in load_error(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    assert "is not a folder" in load_error(tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "contents", "said"),
    [
        (TRAIN_IMAGES, FILES[TRAIN_IMAGES][:-7], "header says 12 x 6 x 4 bytes of images, but 281 bytes follow"),
        (TRAIN_IMAGES, FILES[TRAIN_IMAGES] + b"!", "but 289 bytes follow"),
        (TRAIN_IMAGES, FILES[TRAIN_IMAGES][:9], "9 bytes, too few for the header of 16 bytes"),
        (TRAIN_IMAGES, b"", "0 bytes, too few"),
        (TRAIN_IMAGES, FILES[TRAIN_LABELS], "starts with the bytes 00 00 08 01, but IDX images start"),
        (TRAIN_LABELS, FILES[TRAIN_IMAGES], "starts with the bytes 00 00 08 03, but IDX labels start"),
        (TEST_IMAGES, idx(np.zeros((0, 6, 4))), "there are no images in it"),
        (TEST_IMAGES, b"\0\0\x08\x03" + b"\xff" * 12, "header says 4294967295 x 4294967295 x 4294967295"),
        (TEST_LABELS, idx(np.arange(6)), "6 labels, but t10k-images-idx3-ubyte has 5 images"),
        (TEST_LABELS, idx(np.array([0, 1, 2, 12, 4])), "label 3 is 12, expected 0 to 9"),
        (TEST_IMAGES, idx(np.zeros((5, 7, 4))), "test images of 7 x 4 pixels, but the training images have 6 x 4"),
        (TRAIN_LABELS, gzip.compress(FILES[TRAIN_LABELS])[:-9], "its gzip data is broken"),
        (TRAIN_LABELS, b"\x1f\x8b nonsense", "its gzip data is broken"),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,  # workers must agree on the names
)
def test_a_broken_file_is_named_with_what_is_wrong(folder: Path, name: str, contents: bytes, said: str) -> None:
    (folder / name).write_bytes(contents)
    message = load_error(folder)
    assert message.startswith(f"{folder / name}: ")
    assert said in message


# From mirrors


class Mirror:
    """A web server of this machine that can be told to misbehave."""

    def __init__(self) -> None:
        self.files = {f"{name}.gz": gzip.compress(contents, mtime=0) for name, contents in FILES.items()}
        self.asked: list[tuple[str, str | None]] = []  # file, Range
        self.break_after: dict[str, int] = {}  # file: bytes, for the next time it is asked for
        self.takes_ranges = True
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/mnist/"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        name, wanted = handler.path.rpartition("/")[2], handler.headers["Range"]
        self.asked.append((name, wanted))
        contents = self.files.get(name)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.takes_ranges else 0
        if contents is None or start >= len(contents):
            handler.send_error(404 if contents is None else 416)
            return
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(contents) - 1}/{len(contents)}")
        handler.send_header("Content-Length", str(len(contents) - start))
        handler.end_headers()
        handler.wfile.write(contents[start:][: self.break_after.pop(name, None)])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the user's, with nothing set that would be used instead."""
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(mnist.platformdirs, "user_cache_path", lambda application: tmp_path / application)
    return tmp_path / "edgeglow" / "mnist"


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror()
    yield mirror
    mirror.close()


@pytest.fixture
def second() -> Iterator[Mirror]:
    mirror = Mirror()
    yield mirror
    mirror.close()


def fetch(*mirrors: Mirror) -> None:
    assert_made_up(load_mnist(mirrors=[mirror.url for mirror in mirrors], checksums=SUMS))


def test_what_is_downloaded_stays_in_the_cache(cache: Path, mirror: Mirror) -> None:
    reports: list[tuple[str, int, int]] = []
    digits = load_mnist(mirrors=[mirror.url], checksums=SUMS, report=lambda *news: reports.append(news))
    assert_made_up(digits)
    assert sorted(path.name for path in cache.iterdir()) == sorted(mirror.files)
    for name, contents in mirror.files.items():
        assert [news for news in reports if news[0] == name][-1] == (name, len(contents), len(contents))
    fetch(mirror)
    assert len(mirror.asked) == 4  # the second time, nothing


def test_a_broken_off_download_goes_on_where_it_stopped(cache: Path, mirror: Mirror) -> None:
    name = f"{TRAIN_IMAGES}.gz"
    mirror.break_after[name] = 40
    fetch(mirror)
    assert mirror.asked[:2] == [(name, None), (name, "bytes=40-")]
    assert (cache / name).read_bytes() == mirror.files[name]


def test_an_interrupted_download_goes_on_the_next_time(cache: Path, mirror: Mirror) -> None:
    name = f"{TRAIN_IMAGES}.gz"
    mirror.break_after[name] = 100

    def interrupt(name: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_mnist(mirrors=[mirror.url], checksums=SUMS, report=interrupt)
    assert not (cache / name).exists()
    fetch(mirror)
    assert mirror.asked[1] == (name, "bytes=100-")


def test_a_mirror_without_ranges_sends_all_again(cache: Path, mirror: Mirror) -> None:
    mirror.takes_ranges = False
    mirror.break_after[f"{TRAIN_IMAGES}.gz"] = 40
    fetch(mirror)
    assert (cache / f"{TRAIN_IMAGES}.gz").read_bytes() == mirror.files[f"{TRAIN_IMAGES}.gz"]


def test_a_complete_part_is_taken_as_it_is(cache: Path, mirror: Mirror) -> None:
    name = f"{TRAIN_IMAGES}.gz"
    part_of(cache, name, mirror).write_bytes(mirror.files[name])
    fetch(mirror)
    assert (name, None) not in mirror.asked


def test_a_part_of_something_else_is_thrown_away(cache: Path, mirror: Mirror) -> None:
    name = f"{TRAIN_IMAGES}.gz"
    part_of(cache, name, mirror).write_bytes(b"something else")
    fetch(mirror)
    assert mirror.asked[:2] == [(name, "bytes=14-"), (name, None)]


def part_of(cache: Path, name: str, mirror: Mirror) -> Path:
    cache.mkdir(parents=True)
    return cache / f"{name}.127.0.0.1-{mirror.server.server_address[1]}.part"


@pytest.mark.parametrize(
    "wrong", [gzip.compress(b"another file"), b"<html>log in first</html>"], ids=["gzip", "html"]
)
def test_the_second_mirror_is_asked_when_the_first_sends_something_else(
    cache: Path, mirror: Mirror, second: Mirror, wrong: bytes
) -> None:
    mirror.files = dict.fromkeys(mirror.files, wrong)
    fetch(mirror, second)
    assert len(second.asked) == 4
    assert sorted(path.name for path in cache.iterdir()) == sorted(second.files)


def test_the_second_mirror_is_asked_when_the_first_is_gone(cache: Path, second: Mirror) -> None:
    gone = Mirror()
    gone.close()
    fetch(gone, second)


def test_a_damaged_cache_is_fetched_again(cache: Path, mirror: Mirror) -> None:
    fetch(mirror)
    (cache / f"{TEST_LABELS}.gz").write_bytes(gzip.compress(FILES[TEST_LABELS][:-1] + b"\x07"))
    (cache / f"{TEST_IMAGES}.gz").write_bytes(b"\x1f\x8b")
    fetch(mirror)
    assert [name for name, _ in mirror.asked[4:]] == [f"{TEST_IMAGES}.gz", f"{TEST_LABELS}.gz"]


def test_when_no_mirror_helps_both_ways_out_are_named(cache: Path, mirror: Mirror) -> None:
    gone = Mirror()
    gone.close()
    mirror.files = {}
    with pytest.raises(EdgeglowError) as caught:
        load_mnist(mirrors=[gone.url, mirror.url], checksums=SUMS)
    message = str(caught.value)
    assert "\n" not in message
    for part in (f"{TRAIN_IMAGES}.gz", gone.url[7:-7], "refused", "answered 404", "MNIST_DIR", "--data strokes"):
        assert part in message
    assert not list(cache.iterdir())


def test_a_cache_that_cannot_be_written_is_said(cache: Path, mirror: Mirror) -> None:
    cache.parent.write_bytes(b"a file where the folder should be")
    with pytest.raises(EdgeglowError, match=f"cannot keep {TRAIN_IMAGES}"):
        fetch(mirror)


# The real ones


@pytest.mark.skipif(not REAL.is_dir(), reason="no real MNIST here: set MNIST_DIR to its folder")
def test_the_real_files() -> None:
    training, test = load_mnist(REAL)
    assert training.images.shape == (60_000, 28, 28)
    assert test.images.shape == (10_000, 28, 28)
    assert np.bincount(test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert training.images.max() == 1.0
    places = np.arange(28)
    ink = test.images.sum(axis=0)
    assert ink.sum(axis=1) @ places / ink.sum() == pytest.approx(14.0, abs=0.05)


@pytest.mark.skipif(not REAL.is_dir(), reason="no real MNIST here: set MNIST_DIR to its folder")
def test_the_checksums_are_those_of_the_real_files() -> None:
    for name, checksum in CHECKSUMS.items():
        packed = (REAL / f"{name}.gz").read_bytes()
        assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == checksum
