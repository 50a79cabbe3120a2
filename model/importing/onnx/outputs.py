"""Choose the output of an ONNX graph to show: a classifier may give logits, probabilities and the class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import list_names
from edgeglow.model.importing.open_file import one_line

if TYPE_CHECKING:
    from onnx import NodeProto

# nodes that turn outputs into a class, its probability, or a yes or no
LABELLING = {"ArgMax", "TopK", "ArrayFeatureExtractor", "Hardmax", "ReduceMax", "Round"}
LABELLING |= {"Greater", "GreaterOrEqual", "Less", "LessOrEqual"}
UNCHANGED = {"Identity", "Cast", "ZipMap", "Concat", "Dropout"}  # nodes that change no number
SOFTMAXES = {"Softmax", "LogSoftmax"}


@dataclass(frozen=True, eq=False)
class NodeChain:
    """The chain of nodes from an input of the graph, ``start``, to one of its outputs."""

    output: str
    start: str
    nodes: tuple[NodeProto, ...]

    @property
    def is_label(self) -> bool:
        """Whether the output is only the class."""
        return any(node.op_type in LABELLING for node in self.nodes)

    @property
    def rank(self) -> tuple[int, bool]:
        """A sort key: larger for outputs further along the chain, and for probabilities than for their logarithms."""
        kinds = [node.op_type for node in self.nodes if node.op_type not in UNCHANGED]
        return len(kinds), "LogSoftmax" not in kinds

    def before_label(self) -> NodeChain:
        """Return the chain up to the node that reduces the outputs to a class."""
        kinds = [node.op_type in LABELLING for node in self.nodes]
        return replace(self, nodes=self.nodes[: kinds.index(True)])

    def is_part_of(self, other: NodeChain) -> bool:
        """Return whether the other chain starts with all nodes of this one."""
        mine, theirs = ([node for node in way.nodes if node.op_type not in UNCHANGED] for way in (self, other))
        return len(mine) <= len(theirs) and all(map(_alike, mine, theirs))


def _alike(one: NodeProto, other: NodeProto) -> bool:
    """Return whether both are the same node, or softmax and log-softmax of the same sums."""
    return one is other or ({one.op_type, other.op_type} <= SOFTMAXES and list(one.input) == list(other.input))


def choose_output(ways: Sequence[NodeChain], outputs: Sequence[str]) -> tuple[NodeChain, str]:
    """Choose the chain to show, and return it with a sentence about the other outputs ("" if there are none).

    ``ways`` are the chains that could be followed. Of several outputs along one chain, such as logits and
    probabilities, the last is taken. Where chains part, an output that gives only the class decides. Raises
    EdgeglowError where none does.
    """
    labels = [way.before_label() for way in ways if way.is_label]
    answers = [way for way in ways if not way.is_label]
    if not answers:
        answers = [max(labels, key=lambda way: way.rank)]
        if len(outputs) == 1:
            return answers[0], f"Its output {_names(outputs)} is only the class; what that is made of is shown."
    fitting = [way for way in answers if any(label.is_part_of(way) for label in labels)] or answers
    best = max(fitting, key=lambda way: way.rank)
    if apart := [way for way in fitting if not way.is_part_of(best)]:
        raise EdgeglowError(
            f"its outputs {_names([best.output, *(way.output for way in apart)])} are made by different layers,"
            " expected one; keep that of the classes:"
            f" onnx.utils.extract_model(FILE, NEW, [{_quoted(best.start)}], [{_quoted(best.output)}])"
        )
    others = [name for name in outputs if name != best.output]
    return best, f"Its output {_names([best.output])} is shown, and not {_names(others)}." if others else ""


def _names(names: Sequence[str]) -> str:
    return list_names((one_line(name, 60) for name in names), 4)


def _quoted(name: str) -> str:
    return f'"{one_line(name, 40)}"'
