"""MNIST: 70,000 handwritten digits, read from files or downloaded.

By Yann LeCun, Corinna Cortes and Christopher Burges (CC BY-SA 3.0). This project contains none of them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import platformdirs

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.download import download
from edgeglow.model.data.idx import read_contents, read_idx
from edgeglow.model.errors import EdgeglowError

MIRRORS = ("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/")

# sha256 of the decompressed bytes, since the gzip headers differ between mirrors
CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def load_mnist(
    folder: Path | None = None,
    *,
    report: Callable[[str, int, int], None] | None = None,
    mirrors: Sequence[str] = MIRRORS,
    checksums: Mapping[str, str] = CHECKSUMS,
) -> tuple[Digits, Digits]:
    """Return the (training, test) digits.

    They are read from ``folder``, else from the folder $MNIST_DIR, else from the user's cache, into which they are
    downloaded once. A folder may hold another set in MNIST's format; the cache holds MNIST itself, verified.
    ``report`` is called during a download with the file name, bytes done, and bytes in all (0 if that is not known).
    Raises EdgeglowError when files are missing, broken or do not fit each other, and when no mirror answers.
    """
    paths = _paths(folder, report, mirrors, checksums)
    training = _read_digits(paths["train-images-idx3-ubyte"], paths["train-labels-idx1-ubyte"])
    test = _read_digits(*(paths[name] for name in TEST))
    _check_same_size(training, test, paths["t10k-images-idx3-ubyte"])
    return training, test


def load_test_mnist(folder: Path | None = None, *, report: Callable[[str, int, int], None] | None = None) -> Digits:
    """Return the test digits alone, which take a sixth of the time and memory of both; else as ``load_mnist``."""
    paths = _paths(folder, report, MIRRORS, CHECKSUMS)
    return _read_digits(*(paths[name] for name in TEST))


def _paths(
    folder: Path | None,
    report: Callable[[str, int, int], None] | None,
    mirrors: Sequence[str],
    checksums: Mapping[str, str],
) -> dict[str, Path]:
    if folder is None and os.environ.get("MNIST_DIR"):
        folder = Path(os.environ["MNIST_DIR"])
    if folder is None:
        cache = platformdirs.user_cache_path("edgeglow") / "mnist"
        return {name: _cached(name, cache, mirrors, checksums[name], report) for name in CHECKSUMS}
    return _find_all(folder)


def has_mnist(folder: Path | None = None) -> bool:
    """Return whether ``load_mnist`` needs no download."""
    return len(mnist_files(folder)) == len(CHECKSUMS)


def mnist_files(folder: Path | None = None) -> list[Path]:
    """Return the existing files among those that ``load_mnist`` reads."""
    named = folder or os.environ.get("MNIST_DIR")
    place = Path(named) if named else platformdirs.user_cache_path("edgeglow") / "mnist"
    return [path for name in CHECKSUMS if (path := _find(name, place)) is not None]


def _find_all(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        found = "is not a folder" if folder.exists() else "does not exist"
        raise EdgeglowError(f"{folder}: {found}; expected a folder with MNIST's four IDX files, see MNIST_DIR")
    paths = {name: _find(name, folder) for name in CHECKSUMS}
    missing = [name for name, path in paths.items() if path is None]
    if missing:
        raise EdgeglowError(
            f"{folder}: no {', no '.join(missing)} (nor .gz); expected MNIST's four IDX files;"
            " put them there, or unset MNIST_DIR to download them"
        )
    return {name: path for name, path in paths.items() if path is not None}


def _find(name: str, folder: Path) -> Path | None:
    """Return the file, plain or compressed, under either of the two names in use, or None."""
    for stem in (name, name.replace("-idx", ".idx")):
        for path in (folder / stem, folder / f"{stem}.gz"):
            if path.is_file():
                return path
    return None


def _cached(
    name: str, cache: Path, mirrors: Sequence[str], checksum: str, report: Callable[[str, int, int], None] | None
) -> Path:
    """Return the verified file in the cache, after a download if necessary."""
    path = _find(name, cache)
    if path is not None:
        try:
            if hashlib.sha256(read_contents(path)).hexdigest() == checksum:
                return path
        except EdgeglowError:
            pass  # broken in the cache: downloaded again like a missing one
        path.unlink(missing_ok=True)
    return download(f"{name}.gz", cache, mirrors, checksum, report)


def _read_digits(images_path: Path, labels_path: Path) -> Digits:
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise EdgeglowError(
            f"{labels_path}: {len(labels)} labels, but {images_path.name} has {len(images)} images;"
            " use files of one set"
        )
    if labels.max() > 9:
        place = int(np.argmax(labels > 9))
        raise EdgeglowError(f"{labels_path}: label {place} is {labels[place]}, expected 0 to 9; use another set")
    scaled = np.divide(images, np.float32(255), dtype=np.float32)
    return Digits(scaled, labels.astype(np.int64), "mnist")


def _check_same_size(training: Digits, test: Digits, path: Path) -> None:
    if training.images.shape[1:] != test.images.shape[1:]:
        sizes = [" x ".join(map(str, digits.images.shape[1:])) for digits in (training, test)]
        raise EdgeglowError(
            f"{path}: test images of {sizes[1]} pixels, but the training images have {sizes[0]}; use files of one set"
        )
