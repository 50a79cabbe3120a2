"""The edges into one neuron, alone."""

from __future__ import annotations

from scenes.fields import LineField
from scenes.mobjects.network_diagram import NetworkDiagram

STRONGER = 2.5  # how much brighter than among all others they are drawn


def edges_into(diagram: NetworkDiagram, gap: int, position: int) -> LineField:
    """The lines of a gap that end at the neuron shown at ``position``, in the order of their sources; they lie over
    the diagram's own, with the same values."""
    every = diagram.edges[gap]
    count = len(diagram.sources(gap))
    mine = slice(position * count, (position + 1) * count)
    field = LineField(
        every.starts[mine],
        every.ends[mine],
        every.values[mine],
        positive=diagram.theme.positive,
        negative=diagram.theme.negative,
        width=every.line_width,
        gain=STRONGER * every.gain,
    )
    return field.set_z_index(1)
