"""How Sphinx builds the documentation: ``./dev docs``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(Path(__file__).parent))  # the extension in rooms.py

project = "edgeglow"
copyright = "edgeglow contributors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click", "rooms"]

html_theme = "furo"
html_title = "edgeglow"
smartquotes = False  # what is in quotes is often to be copied
myst_heading_anchors = 3

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"


def escape(app: Any, context: Any, lines: list[str]) -> None:
    """The help of a command is plain text: a star in it marks nothing."""
    lines[:] = [line.replace("*", r"\*") for line in lines]


def setup(app: Any) -> None:
    """Connects what has to be done to the texts of commands."""
    for part in ("description", "options", "arguments"):
        app.connect(f"sphinx-click-process-{part}", escape)
