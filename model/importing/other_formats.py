"""Recognise network files in formats that are not read, and name two lines of code that convert them.

Such a file is recognised by its first bytes, its members or its extension; nothing in it is loaded or run.
"""

from __future__ import annotations

import bz2
import json
import lzma
import re
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NoReturn

from edgeglow.model.errors import EdgeglowError

MOST_SEEN = 2**18  # bytes at a file's beginning that are searched for the classes in a pickle
MOST_JSON = 2**23
PLAIN = re.compile(r"[\w .+-]{1,80}")  # file names that are safe within quotes
TABLE = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"  # the last bytes of a TensorFlow index

TORCH = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"  # the start of a file of torch.save before 1.6, after two bytes

SKLEARN = (
    'about = {"activation": mlp.activation, "out_activation": mlp.out_activation_,'
    ' "classes": mlp.classes_.astype(str)}',
    'np.savez("my.npz", *mlp.coefs_, *mlp.intercepts_, **about)',
)
ORIGINAL = (
    'model.save("my.keras")  # of the Keras model that it was made of',
    'torch.save(model.state_dict(), "my.pt")  # or of the PyTorch model',
)
UNPACKERS: dict[bytes, tuple[str, Callable[[], object]]] = {
    b"\x1f\x8b": ("gzip", lambda: zlib.decompressobj(31)),
    b"\x78": ("zlib", zlib.decompressobj),
    b"BZh": ("bzip2", bz2.BZ2Decompressor),
    b"\xfd7zXZ\0": ("xz", lambda: lzma.LZMADecompressor(memlimit=2**27)),
    b"\x5d\0\0": ("lzma", lambda: lzma.LZMADecompressor(memlimit=2**27)),
}
CONVERTED = {".tflite": "a TensorFlow Lite network", ".mlmodel": "a Core ML network", ".pte": "an ExecuTorch program"}


class UnsupportedFormat(EdgeglowError):
    """A network in a format that is not read: one line names the format, two lines of code convert it."""


def check_format(path: Path, start: bytes) -> None:
    """Raise UnsupportedFormat if a file, which starts with ``start``, has a known format that is not read."""
    name = path.name.lower()
    if start[4:8] == b"TFL3" or path.suffix.lower() in CONVERTED:
        _refuse(CONVERTED.get(path.suffix.lower(), CONVERTED[".tflite"]), *ORIGINAL)
    if name in {"saved_model.pb", "saved_model.pbtxt", "keras_metadata.pb"}:
        _refuse_saved_model(path.parent)
    if path.suffix.lower() == ".pb" and start[:1] == b"\n":
        _refuse("a frozen graph of TensorFlow", *ORIGINAL)
    if start.startswith(b"model_checkpoint") or re.search(r"\.data-\d{5}-of-\d{5}$", name):
        _refuse_checkpoint(path)
    if start.startswith(b"MATLAB 5"):
        arrays = f"arrays = scipy.io.loadmat({_quoted(path)})"
        names = ", ".join(f'{each}=arrays["{each}"]' for each in ("W1", "b1", "W2", "b2"))
        _refuse("a MATLAB file", arrays, f'np.savez("my.npz", {names})  # by the names that they have in it')
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        _check_json(path)
    _check_pickle(path, start)
    if name.endswith(".index") and _end(path) == TABLE:
        _refuse_checkpoint(path)


def check_zip(path: Path, members: Collection[str]) -> None:
    """Raise UnsupportedFormat if a zip file has a known format that is not read."""
    last = {name.rpartition("/")[2] for name in members}
    if "saved_model.pb" in last:
        _refuse_saved_model(path)
    if "schema.json" in last and path.suffix.lower() != ".keras":
        _refuse("a skops file of scikit-learn", *SKLEARN, f"mlp = skops.io.load({_quoted(path)})")
    if last & {"serialized_exported_program.json", "archive_format"}:
        program = f"program = torch.export.load({_quoted(path)})"
        _refuse("a program of torch.export", program, 'torch.save(program.state_dict, "my.pt")')


def check_folder(folder: Path) -> None:
    """Raise UnsupportedFormat if a folder is a network in a known format that is not read."""
    names = {each.name for each in folder.iterdir()}
    if names & {"saved_model.pb", "saved_model.pbtxt"}:
        _refuse_saved_model(folder)
    if {"config.json", "model.weights.h5"} <= names:
        _refuse(
            "a .keras file that was unpacked",
            f'shutil.make_archive("my", "zip", {_quoted(folder)})',
            'os.rename("my.zip", "my.keras")',
        )
    for name in sorted(names):
        if name.endswith(".index") and (folder / name).is_file() and _end(folder / name) == TABLE:
            _refuse_checkpoint(folder / name)


def is_checkpoint(path: Path) -> bool:
    """Return whether this is the name of a TensorFlow checkpoint, whose files have longer names."""
    try:
        return not path.exists() and path.with_name(f"{path.name}.index").is_file()
    except OSError:  # a name that is too long
        return False


def refuse_script(path: Path) -> NoReturn:
    """Raise UnsupportedFormat for a TorchScript program."""
    model = f"model = torch.jit.load({_quoted(path)})"
    _refuse("a TorchScript program", model, 'torch.save(model.state_dict(), "my.pt")')


def refuse_autoencoder(count: int) -> NoReturn:
    """Raise UnsupportedFormat for a network that has as many outputs as inputs."""
    raise UnsupportedFormat(
        f"it is an autoencoder: it takes in {count:,} numbers and gives back as many, and no classes; train a layer"
        " of classes on its encoder and save both by these two lines instead (or say --output-layer softmax where"
        " these are classes):\n"
        'model = keras.Sequential([encoder, keras.layers.Dense(10, activation="softmax")])\n'
        'model.compile(loss="sparse_categorical_crossentropy"); model.fit(x, y); model.save("my.keras")'
    )


def _refuse(what: str, first: str, second: str, given: str = "") -> NoReturn:
    given = f" ({given})" if given else ""
    raise UnsupportedFormat(
        f"it is {what}, which is not read; save the network by these two lines instead{given}:\n{first}\n{second}"
    )


def _refuse_saved_model(folder: Path) -> NoReturn:
    model = f"model = tf.keras.models.load_model({_quoted(folder)})  # TensorFlow up to 2.15, or tf_keras"
    _refuse("a SavedModel of TensorFlow", model, 'model.save("my.h5")')


def _refuse_checkpoint(path: Path) -> NoReturn:
    prefix = re.sub(r"\.(index|data-\d+-of-\d+)$", "", path.name)
    load = f"model.load_weights({_quoted(path.with_name(prefix))})  # model: built as it was when it was saved"
    _refuse("a checkpoint of TensorFlow", load, 'model.save("my.h5")')


def _check_json(path: Path) -> None:
    """Raise an error for a JSON file that names the program that wrote it."""
    try:
        found = json.loads(path.read_bytes()) if path.stat().st_size <= MOST_JSON else None
    except (ValueError, RecursionError):
        return
    found = found if isinstance(found, dict) else {}
    keys = set(found)
    if {"class_name", "config"} <= keys:
        _refuse(
            "a Keras model without its weights",
            f"model = keras.models.model_from_json(open({_quoted(path)}).read())",
            'model.load_weights("my.weights.h5"); model.save("my.keras")',
        )
    if "modelTopology" in keys and found.get("format") != "graph-model":
        load = f"model = tensorflowjs.converters.load_keras_model({_quoted(path)})"
        _refuse("a network of TensorFlow.js", load, 'model.save("my.h5")')
    if keys & {"modelTopology", "weightsManifest"}:
        _refuse("a graph of TensorFlow.js", *ORIGINAL)
    if {"weights", "biases"} <= keys:
        _refuse(
            "a JSON text",
            f"net = json.load(open({_quoted(path)}))",
            'np.savez("my.npz", **{f"W{i}": w for i, w in enumerate(net["weights"])},'
            ' **{f"b{i}": np.ravel(b) for i, b in enumerate(net["biases"])})',
        )
    raise EdgeglowError("it is a JSON text, expected a network's weights")


def _check_pickle(path: Path, start: bytes) -> None:
    """Raise UnsupportedFormat for a pickle of joblib or scikit-learn, compressed or not."""
    with path.open("rb") as file:
        content = file.read(MOST_SEEN)
    packed = ""
    for magic, (name, unpacker) in UNPACKERS.items():
        if start.startswith(magic):
            packed, content = name, _unpacked(unpacker(), content)
    if content[2 : 2 + len(TORCH)] == TORCH:
        return
    if not content.startswith(b"\x80"):
        if packed and content:
            raise EdgeglowError(f"it is compressed by {packed}; unpack it first")
        return
    module = "joblib" if packed or b"joblib" in content else "pickle"
    argument = _quoted(path) if module == "joblib" else f'open({_quoted(path)}, "rb")'
    what = "a joblib pickle" if module == "joblib" else "a pickle"
    if b"sklearn." not in content:
        if module == "joblib":
            arrays = f"arrays = joblib.load({argument})  # a dictionary: W1, b1, W2, b2 and so on"
            _refuse(what, arrays, 'np.savez("my.npz", **arrays)')
        return
    if b"MLPClassifier" not in content:
        raise EdgeglowError(f"it is {what} of scikit-learn without an MLPClassifier, expected one")
    if module == "pickle":
        return  # this one is read
    about, save = SKLEARN
    loaded = f"mlp = {module}.load({argument})"
    if b"sklearn.pipeline" in content:
        loaded = f"mlp = {module}.load({argument})[-1]"
        if b"StandardScaler" in content:
            loaded = f"scaler, mlp = {module}.load({argument})"
            save = save.replace(")", ", mean=scaler.mean_, scale=scaler.scale_)")
    _refuse(f"{what} of scikit-learn", about, save, loaded)


def _unpacked(unpacker: object, content: bytes) -> bytes:
    """Return the first decompressed bytes; empty if they cannot be decompressed."""
    try:
        return unpacker.decompress(content, MOST_SEEN)  # type: ignore[attr-defined, no-any-return]
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return b""


def _end(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(-len(TABLE), 2)
            return file.read()
    except OSError:
        return b""


def _quoted(path: Path) -> str:
    """Return a file's name for a line of code; FILE where the name is long or unusual."""
    return f'"{path.name}"' if PLAIN.fullmatch(path.name) else "FILE"
