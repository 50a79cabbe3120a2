"""How Sphinx builds the documentation: ``./dev docs``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]  # the program, and the extension in rooms.py

project = "edgeglow"
copyright = "the authors of edgeglow"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click", "rooms"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "edgeglow"
myst_heading_anchors = 3

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_mock_imports: list[str] = []
