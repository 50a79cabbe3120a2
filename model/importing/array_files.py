"""Read a network from a folder with a file for each array: W1.npy, b1.npy, W2.npy; weights.pkl, biases.pkl."""

from __future__ import annotations

from pathlib import Path

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.checkpoint_step import known_extension
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices
from edgeglow.model.importing.lazy_array import LazyArray, check_total
from edgeglow.model.importing.nested_arrays import NamedArrays, chain_from_arrays, collect_arrays
from edgeglow.model.importing.numpy_file import npy_value
from edgeglow.model.importing.open_file import check_network_file, damage_as_error
from edgeglow.model.importing.parsed_network import StepChain
from edgeglow.model.importing.pickle_reader import PickledObject
from edgeglow.model.importing.tensor_names import parsed_name
from edgeglow.model.importing.torch.file import pickled_values

ARRAYS = (".npy", ".pkl", ".pickle")
MOST_PIECES = 200


def array_files_in(folder: Path) -> list[Path]:
    """Return the files in a folder that each hold one layer's weights or biases, judged by their names.

    Returns an empty list where the folder holds whole networks, is no folder, or cannot be read.
    """
    try:
        paths = sorted(
            path for path in folder.iterdir() if known_extension(path.name) and not path.name.startswith(".")
        )
    except OSError:
        return []
    if any(known_extension(path.name) not in ARRAYS for path in paths):
        return []
    pieces = [path for path in paths if parsed_name(path.stem) is not None]
    roles = [role for path in pieces for _, role in [parsed_name(path.stem) or ("", "")]]
    if len(pieces) < 2 or not {"weight", "kernel"} & set(roles):
        return []
    return pieces if "bias" in roles or not _are_alike(pieces) else []


def _are_alike(paths: list[Path]) -> bool:
    """Return whether all files hold a matrix of the same shape, as checkpoints of one layer do."""
    shapes = set()
    for path in paths:
        try:
            check_network_file(path)
            with damage_as_error():
                value = npy_value(path) if path.suffix == ".npy" else None
        except EdgeglowError:
            return True
        shapes.add(value.shape if isinstance(value, LazyArray) else ())
    return len(shapes) == 1


def read_array_files(paths: list[Path], way: ImportChoices = NO_CHOICES) -> StepChain:
    """Read the network whose arrays are in these files. Raises EdgeglowError, which names the file."""
    if len(paths) > MOST_PIECES:
        raise EdgeglowError(f"it holds {len(paths):,} files of arrays, expected at most {MOST_PIECES}")
    whole = NamedArrays()
    for path in paths:
        try:
            check_network_file(path)
            with damage_as_error():
                values = [npy_value(path)] if path.suffix == ".npy" else pickled_values(path)
                found = collect_arrays(values[0], _no_tensor)
            for name, tensor in found.tensors.items():
                whole.tensors[path.stem if name == "weights" else f"{path.stem}.{name}"] = tensor
        except EdgeglowError as error:
            raise EdgeglowError(f"{path.name}: {error}") from error
        check_total(whole.tensors)
    return chain_from_arrays(whole, in_order=False, transposed=None, way=way, whole_numbers=True)


def _no_tensor(name: str, value: PickledObject) -> LazyArray | None:
    """Return None: NumPy saves no other arrays than its own."""
    return None
