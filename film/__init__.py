"""Production of films: chapters are measured, rendered on all cores, joined and written to their final paths.

In a notebook, ``from film import show``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeglow.film.notebook import show

__all__ = ["show"]


def __getattr__(name: str) -> object:
    if name == "show":  # imported late, since the command line's --help imports this as well
        from edgeglow.film.notebook import show

        return show
    raise AttributeError(f"module 'film' has no attribute {name!r}")
