"""Weights that somebody saved with NumPy: .npz and .npy, and scikit-learn's by way of two lines.

Arrays are known by their names (W1 and b1, weights_0 and biases_0, fc1.weight and fc1.bias), or, as arr_0, arr_1
and so on, by their order: matrices in the layers' order, and vectors in theirs.
"""

from __future__ import annotations

import io
import math
import re
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from model.errors import EdgeglowError
from model.importing.files import Zip
from model.importing.moments import moment_of
from model.importing.named import named_chain
from model.importing.names import natural
from model.importing.stored import Activation, Chain, Scaling, Step
from model.importing.tensors import FLOATS, Tensor, check_total

MOST_HEADER = 10_000
MOST_CONTENT = 200_000_000
MOST_NAMES = 2**22
BARE = re.compile(r"^arr_\d+$")

# what may stand beside the weights, the first name the one that the two lines for scikit-learn give it
ACTIVATION = ("activation", "hidden")
OUTPUT = ("out_activation", "output")
CLASSES = ("classes", "class_names")
FEATURES = ("features", "feature_names")
SCALER = ("mean", "scale")
TEXTS = {*ACTIVATION, *OUTPUT, *CLASSES, *FEATURES}


def read_npy(path: Path) -> Chain:
    """The one matrix in an .npy file: a network without hidden layers."""
    content = path.read_bytes()
    if len(content) > MOST_CONTENT:
        raise EdgeglowError(f"the file has {len(content):,} bytes, expected at most {MOST_CONTENT:,}")
    array = parse(content, "its array")
    return named_chain({"weights": array}, in_order=True, transposed=None)


def read_npz(archive: Zip) -> Chain:
    """The network in an .npz file that is no run of this program."""
    arrays: dict[str, Tensor] = {}
    total = 0
    for member in archive.members:
        name = member.removesuffix(".npy")
        most = MOST_NAMES if name in TEXTS else MOST_CONTENT - total
        arrays[name] = parse(content := archive.read(member, most), name)
        total += len(content)
    texts = {name: arrays.pop(name) for name in TEXTS & set(arrays)}
    scaler = {name: arrays.pop(name) for name in SCALER if name in arrays}
    facts = {name: arrays.pop(name) for name in ("step", "epoch") if name in arrays}
    check_total(arrays)
    sklearn = OUTPUT[0] in texts
    if arrays and all(BARE.match(name) for name in arrays):
        arrays = _bare(arrays)
    chain = named_chain(arrays, in_order=False, transposed=True if sklearn else None)
    _tell(chain, texts, scaler)
    chain.moment = moment_of({name: int(fact.read()) for name, fact in facts.items() if fact.size == 1})
    return chain


def _bare(arrays: dict[str, Tensor]) -> dict[str, Tensor]:
    """Names for arrays that have only places: matrices and vectors, each kind in its order."""
    names = sorted(arrays, key=natural)
    matrices = [name for name in names if len(arrays[name].shape) == 2]
    vectors = [name for name in names if len(arrays[name].shape) == 1]
    for name in names:
        if name not in matrices and name not in vectors:
            raise EdgeglowError(f"{name} has shape {arrays[name].shape}, expected a matrix or a vector")
    if not matrices or len(vectors) not in {0, len(matrices)}:
        raise EdgeglowError(
            f"it holds {len(matrices)} matrices and {len(vectors)} vectors, expected as many, or no vectors"
        )
    named = {f"weights_{index}": arrays[name] for index, name in enumerate(matrices)}
    return named | {f"biases_{index}": arrays[name] for index, name in enumerate(vectors)}


def _tell(chain: Chain, texts: dict[str, Tensor], scaler: dict[str, Tensor]) -> None:
    """What stands beside the weights: activation functions, names, and how inputs were scaled."""
    for name in ACTIVATION:
        if name in texts:
            chain.steps = _with_functions(chain.steps, _texts(texts[name], name), name)
    for name in OUTPUT:
        if name in texts:
            if _text(texts[name], name) == "identity":
                raise EdgeglowError(f"its {name} is identity, as of a regression, expected classes")
            chain.steps.append(Activation(chain.steps[-1].name, _text(texts[name], name)))
    for name in CLASSES:
        chain.class_names = _texts(texts[name], name) if name in texts else chain.class_names
    for name in FEATURES:
        chain.feature_names = _texts(texts[name], name) if name in texts else chain.feature_names
    if scaler:
        mean, scale = (np.atleast_1d(scaler[name].read()) if name in scaler else None for name in SCALER)
        factor = np.ones(1) if scale is None else 1 / np.where(scale == 0, np.nan, scale)
        shift = np.zeros(1) if mean is None else -mean * factor
        chain.steps.insert(0, Scaling("scale", factor, shift, "normalisation"))


def _with_functions(steps: list[Step], functions: tuple[str, ...], name: str) -> list[Step]:
    """The steps with their hidden layers' functions: one for all, or one for each, in one text or in several."""
    functions = tuple(each for text in functions for each in text.split(","))
    layers = [step for step in steps if isinstance(step, Activation)]
    if len(functions) not in {1, len(layers)}:
        raise EdgeglowError(
            f"{name} names {len(functions)} functions, but there are {len(layers)} hidden layers; expected one for"
            " all, or one for each"
        )
    told = iter(functions * len(layers) if len(functions) == 1 else functions)
    return [Activation(step.name, next(told)) if isinstance(step, Activation) else step for step in steps]


def _text(tensor: Tensor, name: str) -> str:
    texts = _texts(tensor, name)
    if len(texts) != 1:
        raise EdgeglowError(f"{name} holds {len(texts)} texts, expected one")
    return texts[0]


def _texts(tensor: Tensor, name: str) -> tuple[str, ...]:
    if len(tensor.shape) > 1:
        raise EdgeglowError(f"{name} has shape {tensor.shape}, expected a list of names")
    return tuple(str(text) for text in np.atleast_1d(tensor.read()))


def parse(content: bytes, name: str) -> Tensor:
    """The array in the bytes of an .npy file; its claims are compared with its length before it is made."""
    stream = io.BytesIO(content)
    version = npy.read_magic(stream)
    readers: dict[tuple[int, int], Callable[..., tuple[tuple[int, ...], bool, np.dtype]]] = {
        (1, 0): npy.read_array_header_1_0,
        (2, 0): npy.read_array_header_2_0,
    }
    if version not in readers:
        raise EdgeglowError(f"{name} has .npy version {version}, expected (1, 0) or (2, 0)")
    try:
        shape, by_column, dtype = readers[version](stream, max_header_size=MOST_HEADER)
    except (ValueError, SyntaxError, tokenize.TokenError) as error:
        raise EdgeglowError(f"{name} has a damaged .npy header") from error
    if dtype.kind == "O":
        raise EdgeglowError(f"{name} holds Python objects, which are never loaded; save arrays of numbers")
    if dtype.kind not in "fiubU":
        raise EdgeglowError(f"{name} holds {dtype}, expected numbers")
    claimed, there = math.prod(shape) * dtype.itemsize, len(content) - stream.tell()
    if claimed != there or min(shape, default=0) < 0:
        raise EdgeglowError(f"{name} claims {shape} of {dtype}, {claimed:,} bytes, but has {there:,}")
    array = np.frombuffer(content, dtype, offset=stream.tell()).reshape(
        shape, order="F" if by_column else "C"
    )
    if dtype.kind == "U":
        letters = np.frombuffer(content, np.dtype("u4").newbyteorder(dtype.byteorder), offset=stream.tell())
        if letters.size and letters.max() > sys.maxunicode:
            raise EdgeglowError(f"{name} holds what is no text")
    if dtype.kind in "iub":
        array = array.astype(np.float64)  # weights of whole numbers are weights too
    kind = array.dtype.newbyteorder("=").name
    return Tensor(shape, kind, lambda: array.astype(kind) if kind in FLOATS else array)
