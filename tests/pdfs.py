"""What stands in a PDF, as far as tests ask: how many pages, and how many pictures."""

from __future__ import annotations

import re
import zlib


def pages_in(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", _objects(content)))


def pictures_in(content: bytes) -> int:
    return len(re.findall(rb"/Subtype\s*/Image\b", _objects(content)))


def _objects(content: bytes) -> bytes:
    """The file with the objects that lie compressed in streams."""
    assert content.startswith(b"%PDF-")
    parts = [content]
    for stream in re.findall(rb"/ObjStm.*?stream\r?\n(.*?)endstream", content, re.DOTALL):
        parts.append(zlib.decompressobj().decompress(stream))
    return b"\n".join(parts)
