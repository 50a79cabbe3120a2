"""Translate each kind of Keras layer to steps of a chain."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.example_shape import image_shape_in, partial_shape, spread_over_inputs
from edgeglow.model.importing.function_names import KERAS_LAYERS, keras_function, keras_layer_function, shared_slope
from edgeglow.model.importing.keras.config import KerasLayer
from edgeglow.model.importing.lazy_array import LazyArray, check_count, list_names, read_finite
from edgeglow.model.importing.parsed_network import (
    ActivationStep,
    DenseStep,
    ScalingStep,
    StepChain,
    batch_norm_scaling,
)

# layers that act in training only
PASSED = {"ActivityRegularization", "GaussianNoise"}
PASSED |= {"Dropout", "AlphaDropout", "GaussianDropout", *(f"SpatialDropout{rank}D" for rank in (1, 2, 3))}
PASSED |= {f"Random{what}" for what in (
    "Brightness", "ColorDegeneration", "ColorJitter", "Contrast", "ElasticTransform", "Erasing", "Flip",
    "GaussianBlur", "Grayscale", "Height", "Hue", "Invert", "Perspective", "Posterization", "Rotation", "Saturation",
    "Sharpness", "Shear", "Translation", "Width", "Zoom",
)}  # fmt: skip
PASSED |= {"AugMix", "CutMix", "Equalization", "MixUp", "RandAugment", "Solarization"}
SILENT = {"InputLayer", "Identity"}
SIZING = {"CenterCrop", "RandomCrop", "Resizing"}  # layers that resize pictures, also in prediction
KINDS = (
    "Dense, Activation, ReLU, LeakyReLU, ELU, Softmax, Flatten, Reshape, Dropout, BatchNormalization, Rescaling,"
    " Normalization"
)

KerasWeights = Callable[[KerasLayer], dict[str, LazyArray]]


class KerasChainBuilder:
    """Builds a chain, layer by layer; ``shape`` is the shape of one example after the layers so far."""

    def __init__(self, weights: KerasWeights) -> None:
        self.chain = StepChain()
        self.passed: list[str] = []
        self.shape: tuple[int | None, ...] | None = None
        self._weights = weights
        self._total = 0
        self._started = False

    def add(self, layer: KerasLayer) -> None:
        """Add the next layer. Raises EdgeglowError, which names it, for one that cannot be shown."""
        if not self._started:
            self._start(layer)
        if layer.kind in SILENT:
            return
        if layer.trains and layer.kind in PASSED | SIZING | {"BatchNormalization"}:
            raise EdgeglowError(
                f"{layer.name} ({layer.kind}) is called with training=True, so that its answers change from time to"
                " time, or with the batch; save the model without that"
            )
        if layer.kind in PASSED or (layer.kind in SIZING and self._fits(layer)):
            self.passed.append(f"{layer.name} ({layer.kind})")
            return
        methods: dict[str, Callable[[KerasLayer], None]] = {
            "Dense": self._dense,
            **dict.fromkeys(KERAS_LAYERS, self._activation),
            "PReLU": self._prelu,
            "Flatten": self._flatten,
            "Reshape": self._reshape,
            "BatchNormalization": self._norm,
            "Rescaling": self._rescaling,
            "Normalization": self._normalization,
        }
        if layer.kind not in methods:
            raise EdgeglowError(f"{layer.name} is {layer.kind}, which cannot be shown; expected {KINDS}")
        methods[layer.kind](layer)

    def finished(self) -> StepChain:
        """Return the chain, once all layers are added."""
        if self.passed:
            self.chain.remarks.append(
                f"Passed over, without effect when the network answers: {list_names(self.passed)}."
            )
        return self.chain

    def _fits(self, layer: KerasLayer) -> bool:
        """Return True if a layer that sets the pictures' size keeps it as it is.

        Raises EdgeglowError if it does not.
        """
        size = (layer.settings.get("height"), layer.settings.get("width"))
        first = layer.settings.get("data_format") == "channels_first"
        shape = self.shape or ()
        if size == (shape[-2:] if first else shape[:2]):
            return True
        raise EdgeglowError(
            f"{layer.name} is {layer.kind} and makes pictures of {size[0]}x{size[1]} out of {shape or 'others'},"
            " which cannot be shown; expected a network that takes pictures as they are"
        )

    def _start(self, layer: KerasLayer) -> None:
        shape = layer.settings.get("batch_shape", layer.settings.get("batch_input_shape"))
        if isinstance(shape, list) and shape:
            self.shape = partial_shape(shape[1:])
            self.chain.image_shape = image_shape_in(self.shape)
        self._started = True

    def _arrays(self, layer: KerasLayer, *roles: str) -> dict[str, np.ndarray]:
        """Return a layer's arrays by role; those in ``roles`` must exist."""
        tensors = self._weights(layer)
        self._total += sum(tensor.size for tensor in tensors.values())
        check_count(self._total)
        for role in roles:
            if role not in tensors:
                raise EdgeglowError(f"{layer.name} has no {role} in the file")
        return {
            role: read_finite(f"{layer.name}'s {role}", tensor) for role, tensor in tensors.items() if role != "count"
        }

    def _dense(self, layer: KerasLayer) -> None:
        settings = layer.settings
        if settings.get("quantization_config") or settings.get("lora_rank"):
            raise EdgeglowError(f"{layer.name} is quantised or has LoRA weights beside its own, expected neither")
        if self.shape is not None and len(self.shape) != 1:
            raise EdgeglowError(f"{layer.name} is applied to every row of {self.shape}, expected a Flatten before it")
        arrays = self._arrays(layer, "kernel", *(["bias"] if settings.get("use_bias", True) else []))
        kernel = arrays["kernel"]
        if kernel.ndim != 2:
            raise EdgeglowError(f"{layer.name}'s kernel has shape {kernel.shape}, expected two sizes")
        self.chain.steps.append(DenseStep(layer.name, kernel.T, arrays.get("bias")))
        self.shape = (kernel.shape[1],)
        self._function(layer, keras_function(layer.name, settings.get("activation")))

    def _function(self, layer: KerasLayer, function: str | None) -> None:
        if function is not None:
            self.chain.steps.append(ActivationStep(layer.name, function))

    def _activation(self, layer: KerasLayer) -> None:
        self._function(layer, keras_layer_function(layer.name, layer.kind, layer.settings))

    def _prelu(self, layer: KerasLayer) -> None:
        self._function(layer, shared_slope(layer.name, self._arrays(layer, "alpha")["alpha"]))

    def _flatten(self, _: KerasLayer) -> None:
        if self.shape is not None:
            known = [size for size in self.shape if size is not None]
            self.shape = (math.prod(known),) if len(known) == len(self.shape) else None

    def _reshape(self, layer: KerasLayer) -> None:
        target = layer.settings.get("target_shape")
        self.shape = partial_shape(target) if isinstance(target, list) else None

    def _norm(self, layer: KerasLayer) -> None:
        arrays = self._arrays(layer, "moving_mean", "moving_variance")
        mean = arrays["moving_mean"]
        epsilon = layer.settings.get("epsilon")
        if not isinstance(epsilon, (int, float)) or any(part.shape != mean.shape for part in arrays.values()):
            raise EdgeglowError(f"{layer.name} is a batch-norm whose arrays have different shapes")
        gamma, beta = arrays.get("gamma", np.ones_like(mean)), arrays.get("beta", np.zeros_like(mean))
        scaling = batch_norm_scaling(layer.name, gamma, beta, mean, arrays["moving_variance"], float(epsilon))
        self._scale(layer, scaling.factor, scaling.shift, "batch-norm")

    def _rescaling(self, layer: KerasLayer) -> None:
        self._scale(layer, layer.settings.get("scale"), layer.settings.get("offset"), "rescaling")

    def _normalization(self, layer: KerasLayer) -> None:
        mean, variance = layer.settings.get("mean"), layer.settings.get("variance")
        if mean is None or variance is None:
            arrays = self._arrays(layer, "mean", "variance")
            mean, variance = arrays["mean"], arrays["variance"]
        mean, variance = np.asarray(mean, np.float64), np.asarray(variance, np.float64)
        with np.errstate(all="ignore"):
            spread_out = np.maximum(np.sqrt(variance), 1e-7)  # as Keras does, to avoid division by 0
            if layer.settings.get("invert"):
                self._scale(layer, spread_out, mean, "normalisation")
            else:
                self._scale(layer, 1 / spread_out, -mean / spread_out, "normalisation")

    def _scale(self, layer: KerasLayer, factor: Any, shift: Any, kind: str) -> None:
        axis = layer.settings.get("axis", -1)
        parts = [
            spread_over_inputs(layer.name, np.asarray(part, np.float64), self.shape, axis) for part in (factor, shift)
        ]
        self.chain.steps.append(ScalingStep(layer.name, parts[0], parts[1], kind))
