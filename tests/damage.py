"""Damage to files, chosen by a seed: bytes flipped, replaced, inserted, deleted; and extreme JSON values."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

HEADER = 128  # bytes of the header of an .npy member
# damage that random bytes would hardly ever produce: open brackets, other types, extreme numbers
PIECES = (
    *(b"(", b"{", b"'''", b"\n\n", b"\\", b"\x00", b"\xff\xff", b"#", b"(3,", b"3L", b"-1", b"1e9", b"lambda: 0"),
    *(b"__import__('os')", b"9" * 30, b"9" * 5_000, b"(" * 300, b"'O'", b"'|V8'", b"<U999999999", b"True", b","),
)
WORDS: tuple[Any, ...] = (
    *("\ud800", "\x1b[31mred\x1b[0m", "a\nb", "x" * 100_000, "\u202eabc", "", " ", "\x00", "\x9b2J"),
    *(None, -1, 0, 2**70, 1e308, True, [], {}, ["\ud800"] * 10, ["x" * 100_000] * 3, [[[]]], [0] * 1_000),
)


def damaged(content: bytes, dice: np.random.Generator, within: int | None = None) -> bytes:
    """Return the bytes with one to four changes, all of them in the first ``within``."""
    found = bytearray(content)
    for _ in range(int(dice.integers(1, 5))):
        at = int(dice.integers(0, max(1, min(within or len(found), len(found)))))
        length = int(dice.integers(1, 9))
        match int(dice.integers(0, 5)):
            case 0:
                found[at : at + 1] = bytes([found[at] ^ 1 << int(dice.integers(0, 8))] if found else [])
            case 1:
                found[at : at + length] = dice.bytes(length)
            case 2:
                piece = PIECES[int(dice.integers(0, len(PIECES)))]
                found[at : at + (len(piece) if dice.random() < 0.5 else 0)] = piece
            case 3:
                del found[at : at + length]
            case _:
                if dice.random() < 0.3:
                    del found[at:]
    return bytes(found)


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(members: dict[str, bytes]) -> bytes:
    """Return a zip file with correct checksums, so that its contents are read."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name), member)
    return content.getvalue()


def with_damage(members: dict[str, bytes], seed: int) -> bytes:
    """Return a zip file of these members, with a damaged member header, member name, or archive."""
    dice = np.random.default_rng(seed)
    name = sorted(members)[int(dice.integers(0, len(members)))]
    changed = dict(members)
    if dice.random() < 0.1:
        return damaged(zip_of(members), dice)
    if dice.random() < 0.1:
        changed["x" * 60_000 + ".npy" if dice.random() < 0.5 else "\x1b[2J.npy"] = changed.pop(name)
    else:
        changed[name] = damaged(changed[name], dice, HEADER)
    return zip_of(changed)


def with_words(about: str, seed: int) -> str:
    """Return the JSON text with one to three of its values, at any depth, replaced."""
    dice = np.random.default_rng(seed)
    facts = json.loads(about)
    for _ in range(int(dice.integers(1, 4))):
        inside = facts
        while True:
            keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
            key = keys[int(dice.integers(0, len(keys)))]
            if isinstance(inside[key], (dict, list)) and inside[key] and dice.random() < 0.6:
                inside = inside[key]
                continue
            inside[key] = copy.deepcopy(WORDS[int(dice.integers(0, len(WORDS)))])
            break
    return json.dumps(facts)
