"""Detect the format of a file by its content, and read the network in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.array_files import array_files_in, read_array_files
from edgeglow.model.importing.dense_layers import assemble
from edgeglow.model.importing.function_names import check_function_names
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices, check_import_choices
from edgeglow.model.importing.keras.file import keras_folder, read_hdf5, read_keras
from edgeglow.model.importing.lazy_array import list_names
from edgeglow.model.importing.numpy_file import read_npy, read_npz
from edgeglow.model.importing.onnx.file import read_onnx
from edgeglow.model.importing.open_file import LimitedZip, check_network_file, damage_as_error, one_line
from edgeglow.model.importing.other_formats import UnsupportedFormat, check_format, check_zip, is_checkpoint
from edgeglow.model.importing.parsed_network import ParsedNetwork, StepChain
from edgeglow.model.importing.safetensors_file import read_safetensors
from edgeglow.model.importing.torch.file import read_pickle_file, read_torch_zip

EXPECTED = "expected safetensors, PyTorch, Keras, ONNX, .npz or .npy"
RUN_MEMBER = "about.npy"
PICKLES = (".pkl", ".pickle", ".p")


def read_network(
    path: Path, *, activation: str | None = None, output: str | None = None, way: ImportChoices = NO_CHOICES
) -> ParsedNetwork:
    """Read the network in a file of any known format, or in a folder with a file for each array.

    ``activation`` names the function of the hidden layers, ``output`` that of the last, where the file does not.
    ``way`` answers what names leave open: the places of batch-norms, the order of the layers. No code in the file is
    run, and no other file is opened, except the data file beside an ONNX model. Raises EdgeglowError, one line that
    starts with the path and names the layer or the array; InvalidRequest for an unknown function name.
    """
    check_function_names(activation, output)
    check_import_choices(way)
    path = Path(path)
    try:
        is_index = is_checkpoint(path)
        pieces = [] if is_index else array_files_in(path)
        file = path.with_name(f"{path.name}.index") if is_index else path
        if not pieces:
            check_network_file(file)
        with damage_as_error():
            chain = read_array_files(pieces, way) if pieces else _chain(file, way)
            if chain.way != way:
                raise EdgeglowError(f"it tells the place of its layers itself; leave {way.unlike(chain.way)} out")
            return replace(assemble(chain, activation, output), file=path)
    except UnsupportedFormat as error:  # its lines are this program's own text
        raise UnsupportedFormat(f"{path}: {error}") from error
    except EdgeglowError as error:
        raise EdgeglowError(f"{path}: {one_line(error, 600)}") from error  # it may repeat names in the file


def is_run_file(path: Path) -> bool:
    """Return whether this is a run of this program, that is, an .npz file with an 'about' member.

    Files that cannot be opened are not.
    """
    path = Path(path)
    try:
        check_network_file(path)
        with damage_as_error():
            if _beginning(path)[:4] != b"PK\3\4":
                return False
            with LimitedZip(path) as archive:
                return RUN_MEMBER in archive.members
    except EdgeglowError:
        return False


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _chain(path: Path, way: ImportChoices) -> StepChain:
    start = _beginning(path)
    if start.startswith(b"PK\3\4"):
        return _zipped(path, way)
    check_format(path, start)
    header = int.from_bytes(start[:8], "little")
    if start[8:9] == b"{" and header < 2**32:
        return read_safetensors(path, way)
    readers: dict[bytes, Callable[[Path], StepChain]] = {
        b"\x89HDF\r\n\x1a\n": lambda path: read_hdf5(path, way),
        b"\x93NUMPY": lambda path: read_npy(path, way),
        b"\x80": lambda path: read_pickle_file(path, way),
        b"\x08": read_onnx,
    }
    for magic, reader in readers.items():
        if start.startswith(magic):
            return reader(path)
    if path.suffix.lower() == ".onnx":
        return read_onnx(path)
    if path.suffix.lower() in PICKLES:
        return read_pickle_file(path, way)  # of the oldest protocol, which has no magic bytes
    raise EdgeglowError(f"it has no format that is known, {EXPECTED}")


def _zipped(path: Path, way: ImportChoices) -> StepChain:
    with LimitedZip(path) as archive:
        members = list(archive.members)
        check_zip(path, members)
        if (folder := keras_folder(members)) is not None:
            return read_keras(path, archive, folder)
        if any(name.endswith("data.pkl") for name in members):
            return read_torch_zip(archive, path, way)
        if RUN_MEMBER in members:
            raise EdgeglowError("it is a run of this program already; show it with --run")
        if members and all(name.endswith(".npy") for name in members):
            return read_npz(archive, way)
        raise EdgeglowError(f"it is a zip file of {list_names(members) or 'nothing'}, {EXPECTED}")
