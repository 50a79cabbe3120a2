"""Readers for the files of networks that were trained elsewhere.

Formats: safetensors, PyTorch (.pt, .pth, .ckpt), Keras (.keras, .h5), ONNX, plain .npz and .npy, and pickles.
scikit-learn's MLPClassifier is saved to an .npz file with these two lines::

    about = {"activation": mlp.activation, "out_activation": mlp.out_activation_, "classes": mlp.classes_.astype(str)}
    np.savez("my.npz", *mlp.coefs_, *mlp.intercepts_, **about)

The file may also hold ``features``, the names of the inputs (``mlp.feature_names_in_.astype(str)``), and ``mean`` and
``scale`` of a StandardScaler (``scaler.mean_``, ``scaler.scale_``).
"""

from __future__ import annotations

from edgeglow.model.importing.array_files import array_files_in
from edgeglow.model.importing.checkpoint_folder import read_checkpoints
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices
from edgeglow.model.importing.parsed_network import CheckpointStep, ParsedNetwork
from edgeglow.model.importing.read_file import is_run_file, read_network

__all__ = [
    "NO_CHOICES",
    "CheckpointStep",
    "ImportChoices",
    "ParsedNetwork",
    "array_files_in",
    "is_run_file",
    "read_checkpoints",
    "read_network",
]
