"""Read a network from a folder with a file for each array: W1.npy, b1.npy, W2.npy; weights.pkl, biases.pkl."""

from __future__ import annotations

from pathlib import Path

from model.errors import EdgeglowError
from model.importing.contents import Contents, chain_of, contents_of
from model.importing.files import check_file, damage_told
from model.importing.moments import ending
from model.importing.names import parsed_name
from model.importing.pickled import Made
from model.importing.plain import npy_value
from model.importing.stored import Chain
from model.importing.tensors import Tensor, check_total
from model.importing.torch_file import pickled_values
from model.importing.ways import UNTOLD, Way

ARRAYS = (".npy", ".pkl", ".pickle")
MOST_PIECES = 200


def pieces_in(folder: Path) -> list[Path]:
    """Return the files in a folder that each hold one layer's weights or biases, judged by their names.

    Returns an empty list where the folder holds whole networks, is no folder, or cannot be read.
    """
    try:
        paths = sorted(
            path for path in folder.iterdir() if ending(path.name) and not path.name.startswith(".")
        )
    except OSError:
        return []
    if any(ending(path.name) not in ARRAYS for path in paths):
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
            check_file(path)
            with damage_told():
                value = npy_value(path) if path.suffix == ".npy" else None
        except EdgeglowError:
            return True
        shapes.add(value.shape if isinstance(value, Tensor) else ())
    return len(shapes) == 1


def read_pieces(paths: list[Path], way: Way = UNTOLD) -> Chain:
    """Read the network whose arrays are in these files. Raises EdgeglowError, which names the file."""
    if len(paths) > MOST_PIECES:
        raise EdgeglowError(f"it holds {len(paths):,} files of arrays, expected at most {MOST_PIECES}")
    whole = Contents()
    for path in paths:
        try:
            check_file(path)
            with damage_told():
                values = [npy_value(path)] if path.suffix == ".npy" else pickled_values(path)
                found = contents_of(values[0], _no_tensor)
            for name, tensor in found.tensors.items():
                whole.tensors[path.stem if name == "weights" else f"{path.stem}.{name}"] = tensor
        except EdgeglowError as error:
            raise EdgeglowError(f"{path.name}: {error}") from error
        check_total(whole.tensors)
    return chain_of(whole, in_order=False, transposed=None, way=way, whole_numbers=True)


def _no_tensor(name: str, value: Made) -> Tensor | None:
    """Return None: NumPy saves no other arrays than its own."""
    return None
