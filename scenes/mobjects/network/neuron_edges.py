"""Some edges of a network as a field of their own: those into one neuron, or out of one pixel or neuron."""

from __future__ import annotations

from edgeglow.scenes.fields import LineField
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram

STRONGER = 2.5  # brightness of the edges into one neuron, relative to all edges
ALONE = 30.0  # and of those out of one pixel


def edges_into(diagram: NetworkDiagram, gap: int, position: int) -> LineField:
    """Return the lines of a gap that end at the neuron at ``position``, in the order of their sources."""
    count = len(diagram.sources(gap))
    return _over(diagram, gap, slice(position * count, (position + 1) * count), STRONGER)


def edges_out_of(diagram: NetworkDiagram, pixel: int) -> LineField:
    """Return the edges out of one pixel, in the order of their target neurons."""
    return _over(diagram, 0, slice(pixel, None, len(diagram.sources(0))), ALONE)


def edges_onward(diagram: NetworkDiagram, gap: int, position: int) -> LineField:
    """Return the lines of a gap that start at the neuron at ``position``, in the order of their targets."""
    return _over(diagram, gap, slice(position, None, len(diagram.sources(gap))), STRONGER)


def _over(diagram: NetworkDiagram, gap: int, which: slice, stronger: float) -> LineField:
    """Return lines over some of a gap's lines, with their present values."""
    every = diagram.edges[gap]
    field = LineField(
        every.starts[which],
        every.ends[which],
        every.values[which],
        positive=diagram.theme.positive,
        negative=diagram.theme.negative,
        width=every.line_width,
        gain=stronger * every.gain,
    )
    return field.set_z_index(1)
