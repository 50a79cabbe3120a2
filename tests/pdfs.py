"""Number of pages and of pictures in a PDF."""

from __future__ import annotations

import re
import zlib


def pages_in(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", _objects(content)))


def pictures_in(content: bytes) -> int:
    return len(re.findall(rb"/Subtype\s*/Image\b", _objects(content)))


def _objects(content: bytes) -> bytes:
    """Return the file with the objects in compressed streams added."""
    assert content.startswith(b"%PDF-")
    parts = [content]
    for stream in re.findall(rb"/ObjStm.*?stream\r?\n(.*?)endstream", content, re.DOTALL):
        parts.append(zlib.decompressobj().decompress(stream))
    return b"\n".join(parts)
