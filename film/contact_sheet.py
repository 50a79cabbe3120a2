"""Contact sheets: a chapter's stills on one picture, or on several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

AREA = 640 * 360  # area of a still on the sheet, in pixels, for every aspect ratio
MOST = 15  # stills on a sheet: more would be too small to judge when the whole sheet is viewed
MARGIN = 16
STRIP = 34  # height of the space under a still for its beat's name
GROUND = (38, 38, 44)
INK = (236, 236, 240)


def sheet_ranges(count: int) -> list[tuple[int, int]]:
    """Return (start, end) of the stills on each sheet, for ``count`` stills divided evenly.

    >>> divide(20)
    [(0, 10), (10, 20)]
    """
    sheets = max(1, -(-count // MOST))
    edges = [count * number // sheets for number in range(sheets + 1)]
    return list(pairwise(edges))


def write_contact_sheet(
    files: Sequence[Path], names: Sequence[str], title: str, target: Path, *, first: int = 1
) -> None:
    """Write the pictures in ``files`` with their names to one sheet at ``target``.

    ``first`` is the number of the first picture. The sheet is about square.
    """
    with Image.open(files[0]) as one:
        scale = (AREA / (one.width * one.height)) ** 0.5
        width, height = max(1, round(one.width * scale)), max(1, round(one.height * scale))
    cell, line = width + MARGIN, height + STRIP + MARGIN
    columns = min(len(files), max(1, round((MOST * line / cell) ** 0.5)))
    rows = -(-len(files) // columns)
    sheet = Image.new("RGB", (columns * cell + MARGIN, rows * line + STRIP + 2 * MARGIN), GROUND)
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN), title, fill=INK, font=ImageFont.load_default(24))
    font = ImageFont.load_default(18)
    for number, (file, name) in enumerate(zip(files, names, strict=True)):
        row, column = divmod(number, columns)
        left, top = MARGIN + column * cell, STRIP + 2 * MARGIN + row * line
        with Image.open(file) as still:
            sheet.paste(still.convert("RGB").resize((width, height)), (left, top))
        pen.text((left, top + height + 6), f"{first + number}  {name}", fill=INK, font=font)
    sheet.save(target)
