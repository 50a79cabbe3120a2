"""Read an ONNX graph as a chain of nodes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.onnx.composed_activations import composed_function
from edgeglow.model.importing.onnx.constants import MOST_BYTES, OnnxConstants, attributes, node_label
from edgeglow.model.importing.onnx.limits import check_entries
from edgeglow.model.importing.onnx.outputs import NodeChain
from edgeglow.model.importing.open_file import one_line

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto

# nodes whose first input is the data; the other inputs are parameters
SHAPING = {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout", "Identity", "Cast", "Transpose", "Softmax"}
LABELS = {2, 3, 4, 5, 6, 7, 8, 9, 12, 13}  # the types of whole numbers, texts and booleans
MOST_NODES = 2_000
MOST_OUTPUTS = 50


def load_onnx(path: Path) -> ModelProto:
    """Load the model in an ONNX file, without opening other files. Raises EdgeglowError for damage."""
    import onnx  # imported late: it is slow to import
    from google.protobuf.message import DecodeError

    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise EdgeglowError(f"the file has {len(content):,} bytes, expected at most {MOST_BYTES:,}")
    check_entries(content)
    try:
        model = onnx.load_model_from_string(content)
    except DecodeError as error:
        raise EdgeglowError(f"it is damaged, or no ONNX model ({one_line(error)})") from error
    if not model.graph.node or not model.graph.output:
        raise EdgeglowError("it is no ONNX model, or one without nodes and outputs")
    if len(model.graph.node) > MOST_NODES:
        raise EdgeglowError(f"its graph has {len(model.graph.node):,} nodes, expected at most {MOST_NODES:,}")
    if len(model.graph.output) > MOST_OUTPUTS:
        raise EdgeglowError(f"its graph has {len(model.graph.output):,} outputs, expected at most {MOST_OUTPUTS}")
    return model


class OnnxGraph:
    """The nodes of a graph by output; ``folder`` is where files beside the model may store its numbers.

    ``composed`` maps the output of the last node of each activation function of several nodes to the function.
    """

    def __init__(self, graph: GraphProto, folder: Path) -> None:
        self.graph = graph
        self.makers = {name: node for node in graph.node for name in node.output if name}
        self.composed: dict[str, str] = {}
        self._constants = OnnxConstants(graph, self.makers, folder)

    def constant(self, name: str) -> np.ndarray | None:
        """Return the value of a name that does not depend on the input; None for others."""
        return self._constants.value(name)

    def backward(self, output: str) -> NodeChain:
        """Return the nodes from the graph's input to this output, in order.

        Raises EdgeglowError unless they are a chain.
        """
        chain: list[NodeProto] = []
        seen: set[str] = set()
        name = output
        while (node := self.makers.get(name)) is not None:
            if name in seen:
                raise EdgeglowError(f"{node_label(node)} feeds itself")
            seen.add(name)
            chain.append(node)
            if (composed := composed_function(node, self.makers, self.constant)) is not None:
                self.composed[node.output[0]], name = composed
            else:
                name = self._before(node)
        if not any(name == each.name for each in self.graph.input):
            raise EdgeglowError(
                f"{one_line(name, 60) or 'something'} is made by no node and is no input of the graph"
            )
        return NodeChain(output, name, tuple(chain[::-1]))

    def _before(self, node: NodeProto) -> str:
        """Return the only computed input of a node. Raises EdgeglowError if there are several."""
        inputs = list(node.input)[:1] if node.op_type in SHAPING else list(node.input)
        computed = [name for name in dict.fromkeys(inputs) if name and self.constant(name) is None]
        if (positive := self._of_two_classes(node, computed)) is not None:
            return positive
        if len(computed) != 1 or inputs.count(computed[0]) > 1:
            raise EdgeglowError(
                f"{node_label(node)} takes in {len(computed)} computed tensors, expected one; what is not a chain of"
                " layers, such as a skip, cannot be shown"
            )
        return computed[0]

    def _of_two_classes(self, node: NodeProto, computed: list[str]) -> str | None:
        """Return p if the node concatenates 1 - p and p, as scikit-learn's exporter does for two classes."""
        if node.op_type != "Concat" or len(computed) != 2:
            return None
        minus = self.makers.get(computed[0])
        if minus is None or minus.op_type != "Sub" or list(minus.input)[1:] != computed[1:]:
            return None
        one = self.constant(minus.input[0])
        return computed[1] if one is not None and one.size == 1 and one.flat[0] == 1 else None

    def outputs(self) -> list[NodeChain]:
        """Return the chains to all outputs.

        Outputs that are only class labels may be something else than a chain, if there are other outputs.
        """
        ways = []
        for output in sorted(self.graph.output, key=_tells_class):
            try:
                ways.append(self.backward(output.name))
            except EdgeglowError:
                if not ways or not _tells_class(output):
                    raise
        return ways

    def class_names(self) -> tuple[str, ...]:
        """Return the names of the classes from a node that produces labels; () if there is none."""
        for node in self.graph.node:
            if node.op_type == "ZipMap":
                settings = attributes(node)
                labels = settings.get("classlabels_strings") or settings.get("classlabels_int64s") or ()
                return tuple(_text(label) for label in labels)
            if node.op_type == "ArrayFeatureExtractor" and node.input:
                labels = self.constant(node.input[0])
                return tuple(_text(label) for label in labels.ravel()) if labels is not None else ()
        return ()


def _tells_class(output: ValueInfoProto) -> bool:
    return output.type.tensor_type.elem_type in LABELS


def _text(label: object) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)
