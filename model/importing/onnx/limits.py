"""Check the bytes of an ONNX file before parsing, since a few bytes can ask for a lot of memory.

An empty node takes two bytes in the file and over a hundred in memory. So the entries are counted first, by the
framing that all protobuf messages share: a number with the field and its type, then the field's length.
"""

from __future__ import annotations

from edgeglow.model.errors import EdgeglowError

MOST_FIELDS = 100_000
MOST_BESIDE = 2**22  # bytes of names, types and comments

# the messages inside a message: field number → kind of message. Only tensors may be large.
HOLDS: dict[str, dict[int, str]] = {
    "model": {7: "graph"},
    "graph": {1: "node", 5: "tensor"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor"},
    "tensor": {},
}


def check_entries(content: bytes) -> None:
    """Check that an ONNX file is not damaged and has no more entries than a network needs. Raises EdgeglowError."""
    view = memoryview(content)
    fields = beside = 0
    waiting = [("model", 0, len(view))]
    while waiting:
        kind, at, end = waiting.pop()
        while at < end:
            fields += 1
            key, at = _varint(view, at, end)
            if key & 7 == 2:
                length, at = _varint(view, at, end)
                inner = HOLDS[kind].get(key >> 3)
                if inner is not None:
                    waiting.append((inner, at, min(at + length, end)))
                elif kind != "tensor":
                    beside += length
                at += length
            elif key & 7 == 0:
                _, at = _varint(view, at, end)
            elif key & 7 in {1, 5}:
                at += 8 if key & 7 == 1 else 4
            else:
                raise EdgeglowError("it is damaged, or no ONNX model")
            if fields > MOST_FIELDS or beside > MOST_BESIDE:
                raise EdgeglowError("its graph has far more entries than a network needs")
        if at != end:
            raise EdgeglowError("it is damaged, or no ONNX model: it ends in the middle")


def _varint(view: memoryview, at: int, end: int) -> tuple[int, int]:
    """Return a number stored with seven bits per byte, and the position after it."""
    number = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = view[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
    raise EdgeglowError("it is damaged, or no ONNX model: a number in it has no end")
