"""Turn the steps of an imported network into dense layers only: scalings are folded in, activations resolved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.function_names import LINEAR, canonical_function, is_known_function
from edgeglow.model.importing.lazy_array import check_finite
from edgeglow.model.importing.open_file import one_line
from edgeglow.model.importing.other_formats import refuse_autoencoder
from edgeglow.model.importing.parsed_network import (
    ActivationStep,
    ChainStep,
    DenseStep,
    OpenLayer,
    ParsedNetwork,
    ScalingStep,
    StepChain,
)
from edgeglow.model.network.activation_functions import OUTPUTS
from edgeglow.model.network.activations import HIDDEN, joined_function_names, parse_function
from edgeglow.model.run.training_config import MOST_PARAMETERS

LEAST_GIVEN_BACK = 16  # least number of outputs of an autoencoder: fewer may be classes
# Bounds of a first scaling of all inputs, about 1/255, that shows that a network takes pixels from 0 to 255
PIXEL_FACTORS = (1 / 300, 1 / 60)


@dataclass(eq=False)
class LayerAssembler:
    """The layers built so far; ``waiting`` is a scaling that the next dense layer takes in."""

    layers: list[OpenLayer] = field(default_factory=list)
    waiting: ScalingStep | None = None
    remarks: list[str] = field(default_factory=list)

    def dense(self, step: DenseStep) -> None:
        weights, biases = step.weights, step.biases
        biases = np.zeros(len(weights), np.float32) if biases is None else biases
        if biases.shape != weights.shape[:1]:
            raise EdgeglowError(f"{step.name} has weights {weights.shape}, but biases {biases.shape}")
        if self.layers and weights.shape[1] != len(self.layers[-1].weights):
            raise EdgeglowError(
                f"{step.name} has weights for {weights.shape[1]} neurons, but {self.layers[-1].name} before it"
                f" has {len(self.layers[-1].weights)}"
            )
        if self.layers and self.layers[-1].function is None:
            self._join(step.name, weights, biases)
            return
        if self.waiting is not None:
            waiting = self.waiting if self.layers else self._pixels(self.waiting)
            factor, shift = _fitted(waiting, weights.shape[1], f"the layer before {step.name}")
            biases = biases + weights.astype(np.float64) @ shift
            weights = weights * factor
            self._tell(self.waiting, step.name)
            self.waiting = None
        self.layers.append(OpenLayer(step.name, weights, biases))

    def _join(self, name: str, weights: np.ndarray, biases: np.ndarray) -> None:
        """Join two layers without a function between them: W' (W a + b) + b' = (W' W) a + (W' b + b')."""
        last = self.layers[-1]
        if (count := len(weights) * last.weights.shape[1]) > MOST_PARAMETERS:
            raise EdgeglowError(
                f"{last.name} and {name}, with no activation function between them, are one layer of {count:,}"
                f" weights, expected at most {MOST_PARAMETERS:,}"
            )
        self.remarks.append(
            f"{last.name} and {name}, which have no activation function between them, became one layer."
        )
        with np.errstate(all="ignore"):  # the check of the weights reports numbers that are not finite
            outer = weights.astype(np.float64)
            last.biases = outer @ last.biases + biases
            last.weights = outer @ last.weights
        last.name = name

    def scaling(self, step: ScalingStep) -> None:
        last = self.layers[-1] if self.layers else None
        if last is not None and last.function is None:
            factor, shift = _fitted(step, len(last.weights), last.name)
            last.weights = last.weights * factor[:, None]
            last.biases = last.biases * factor + shift
            self._tell(step, last.name)
            return
        self.waiting = step if self.waiting is None else _composed(self.waiting, step)

    def activation(self, step: ActivationStep) -> None:
        if self.waiting is not None or not self.layers or self.layers[-1].function is not None:
            raise EdgeglowError(f"{step.name} ({step.function}) does not stand right after a dense layer")
        self.layers[-1].function = step

    def _tell(self, step: ScalingStep, into: str) -> None:
        if step.kind:
            verb = "were" if step.kind.endswith("s") else "was"
            self.remarks.append(f"The {step.kind} {step.name} {verb} folded into {into}.")

    def _pixels(self, step: ScalingStep) -> ScalingStep:
        factor = np.unique(step.factor)
        if len(factor) != 1 or not PIXEL_FACTORS[0] <= abs(factor[0]) <= PIXEL_FACTORS[1]:
            return step
        self.remarks.append(
            f"The network takes pixels from 0 to 255 ({step.name}); here they are 0 to 1, and its first weights"
            " are 255 times as large."
        )
        return ScalingStep(step.name, step.factor * 255, step.shift, step.kind)


def _fitted(step: ScalingStep, size: int, beside: str) -> tuple[np.ndarray, np.ndarray]:
    """Return factor and shift, each (size,), in double precision."""
    for part in (step.factor, step.shift):
        if part.shape not in {(size,), (1,)}:
            raise EdgeglowError(f"{step.name} is for {len(part)} neurons, but {beside} has {size}")
    factor, shift = (np.broadcast_to(np.float64(part), size) for part in (step.factor, step.shift))
    return check_finite(step.name, factor), check_finite(step.name, shift)


def _composed(first: ScalingStep, then: ScalingStep) -> ScalingStep:
    size = max(len(first.factor), len(first.shift), len(then.factor), len(then.shift))
    factor, shift = _fitted(first, size, then.name)
    again, more = _fitted(then, size, first.name)
    known = [step for step in (first, then) if step.kind]
    names = " and ".join(step.name for step in known)
    kind = "scalings" if len(known) > 1 else then.kind or first.kind
    return ScalingStep(names or then.name, again * factor, again * shift + more, kind)


def assemble(chain: StepChain, activation: str | None = None, output: str | None = None) -> ParsedNetwork:
    """Return the network of these steps as dense layers only.

    ``activation`` and ``output`` are the user's names of the hidden layers' functions (one name for all, or one for
    each, separated by commas) and of the last layer's; they are known functions. Raises EdgeglowError, which names
    the layer, for what cannot be part of a multilayer perceptron.
    """
    assembly = LayerAssembler(remarks=list(chain.remarks))
    for step in _with_told(chain.steps, activation):
        match step:
            case DenseStep():
                assembly.dense(step)
            case ScalingStep():
                assembly.scaling(step)
            case ActivationStep():
                if canonical_function(step.function) != LINEAR:
                    assembly.activation(step)
    if not assembly.layers:
        raise EdgeglowError("it holds no dense layer, expected at least one")
    if assembly.waiting is not None:
        raise EdgeglowError(f"{assembly.waiting.name} comes after the last activation, expected a dense layer")
    hidden = _hidden(assembly.layers[:-1], activation)
    if not chain.class_names and output is None:
        _check_classes(assembly.layers)
    last = _output(assembly, output)
    return _finished(chain, assembly, hidden, last)


def _with_told(steps: list[ChainStep], asked: str | None) -> list[ChainStep]:
    """Return the steps with the user's functions of the hidden layers where the file does not name them."""
    if asked is None:
        return steps
    names = asked.split(",")
    hidden = max(sum(isinstance(step, DenseStep) for step in steps) - 1, 0)
    if len(names) not in {1, hidden}:
        raise EdgeglowError(
            f"--activation {one_line(asked, 40)} names {len(names)} functions, but there are {hidden} hidden layers;"
            " expected one for all, or one for each"
        )
    names = names * hidden if len(names) == 1 else names
    told: list[ChainStep] = []
    layer = -1
    for step in steps:
        layer += isinstance(step, DenseStep)
        if isinstance(step, ActivationStep) and 0 <= layer < hidden:
            function = canonical_function(step.function)
            if function is not None and function != canonical_function(names[layer]):
                raise EdgeglowError(
                    f"{step.name} has the activation {function}, but --activation {one_line(asked, 40)} was given;"
                    " leave it out"
                )
            told.append(replace(step, function=names[layer]))
        else:
            told.append(step)
    return told


def _hidden(layers: list[OpenLayer], asked: str | None) -> str:
    """Return the names of the hidden layers' functions: a single name if all are the same."""
    functions = []
    for layer in layers:
        assert layer.function is not None  # otherwise it would have been joined with the next dense layer
        function = canonical_function(layer.function.function)
        if function is None:
            raise EdgeglowError(
                f"it does not tell the activation function of {layer.name}; say which with --activation NAME, as relu"
                " or leaky_relu:0.2, or one for each hidden layer, as relu,tanh"
            )
        if not is_known_function(function):
            raise EdgeglowError(f"{layer.name} has the activation {function}, expected one of {', '.join(HIDDEN)}")
        functions.append(parse_function(function))
    if functions:
        return joined_function_names(functions)
    # without a hidden layer it is never used
    return (
        "sigmoid"
        if asked is None or "," in asked or canonical_function(asked) == LINEAR
        else parse_function(asked).name
    )


def _output(assembly: LayerAssembler, asked: str | None) -> str:
    """Return the last layer's function; a single neuron with sigmoid becomes two neurons with softmax."""
    last = assembly.layers[-1]
    told = canonical_function(last.function.function) if last.function is not None else None
    if told == "log-softmax":
        assembly.remarks.append("The file ends in the logarithm of softmax; softmax itself is shown.")
        told = "softmax"
    if told is not None and told not in OUTPUTS:
        raise EdgeglowError(f"{last.name}, the last layer, has the activation {told}, expected softmax or sigmoid")
    if told is not None and asked is not None and told != asked:
        raise EdgeglowError(f"{last.name} ends in {told}, but --output-layer {asked} was given; leave it out")
    if len(last.weights) == 1:
        return _binary(assembly, told or asked)
    if told is None:
        became = asked or "softmax"
        assembly.remarks.append(
            f"The file ends in the weighted sums of its last layer, {last.name}; {became} was added."
        )
        return became
    return told


def _check_classes(layers: list[OpenLayer]) -> None:
    """Raise an error for an autoencoder, which has as many outputs as inputs and does not classify."""
    count, last = layers[0].weights.shape[1], layers[-1]
    ends = canonical_function(last.function.function) if last.function is not None else None
    if len(layers) > 1 and count == len(last.weights) >= LEAST_GIVEN_BACK and not str(ends).endswith("softmax"):
        refuse_autoencoder(count)


def _binary(assembly: LayerAssembler, function: str | None) -> str:
    """Make two neurons of one: sigmoid(z) and 1 - sigmoid(z) equal softmax over (0, z) exactly."""
    last = assembly.layers[-1]
    if function == "softmax":
        raise EdgeglowError(f"{last.name} has one neuron and softmax, which is always 1; expected sigmoid")
    last.weights = np.concatenate([np.zeros_like(last.weights), last.weights])
    last.biases = np.concatenate([np.zeros_like(last.biases), last.biases])
    assembly.remarks.append(
        f"The last layer, {last.name}, has one neuron, whose sigmoid tells two classes apart;"
        " it became two, with softmax, that give the same answers."
    )
    return "softmax"


def _finished(chain: StepChain, assembly: LayerAssembler, hidden: str, output: str) -> ParsedNetwork:
    weights: list[np.ndarray] = []
    biases: list[np.ndarray] = []
    for layer in assembly.layers:
        for part, kept in ((layer.weights, weights), (layer.biases, biases)):
            check_finite(layer.name, part)
            kept.append(np.ascontiguousarray(part, np.float32))
    if (total := sum(part.size for part in weights + biases)) > MOST_PARAMETERS:
        raise EdgeglowError(f"it has {total:,} weights and biases, expected at most {MOST_PARAMETERS:,}")
    if min(min(part.shape) for part in weights) == 0:
        raise EdgeglowError("it has a layer without neurons")
    for names, count, what in (
        (chain.class_names, len(biases[-1]), "classes"),
        (chain.feature_names, weights[0].shape[1], "features"),
    ):
        if names and len(names) != count:
            raise EdgeglowError(f"it names {len(names)} {what}, but has {count} neurons for them")
    image = chain.image_shape
    if image is not None and image[0] * image[1] != weights[0].shape[1]:
        image = None
    return ParsedNetwork(
        tuple(weights),
        tuple(biases),
        hidden,
        output,
        image,
        tuple(one_line(name) for name in chain.class_names),
        tuple(one_line(name) for name in chain.feature_names),
        tuple(one_line(remark, 600) for remark in dict.fromkeys(assembly.remarks)),
        chain.moment,
        chain.ways,
    )
