"""Readers for the files of networks that were trained elsewhere.

Formats: safetensors, PyTorch (.pt, .pth, .ckpt), Keras (.keras, .h5), ONNX, plain .npz and .npy, and pickles.
scikit-learn's MLPClassifier is saved to an .npz file with these two lines::

    about = {"activation": mlp.activation, "out_activation": mlp.out_activation_, "classes": mlp.classes_.astype(str)}
    np.savez("my.npz", *mlp.coefs_, *mlp.intercepts_, **about)

The file may also hold ``features``, the names of the inputs (``mlp.feature_names_in_.astype(str)``), and ``mean`` and
``scale`` of a StandardScaler (``scaler.mean_``, ``scaler.scale_``).
"""

from __future__ import annotations

from model.importing.checkpoints import read_checkpoints
from model.importing.pieces import pieces_in
from model.importing.reading import is_run_file, read_stored
from model.importing.stored import Moment, Stored
from model.importing.ways import UNTOLD, Way

__all__ = ["UNTOLD", "Moment", "Stored", "Way", "is_run_file", "pieces_in", "read_checkpoints", "read_stored"]
