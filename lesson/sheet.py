"""A contact sheet: the stills of a chapter on one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

COLUMNS = 3
WIDTH = 640  # of a still on the sheet, in pixels
MARGIN = 16
STRIP = 34  # under a still, for its beat's name
GROUND = (38, 38, 44)
INK = (236, 236, 240)


def lay_out(files: Sequence[Path], names: Sequence[str], title: str, target: Path) -> None:
    """Write the pictures in ``files``, in rows, with their names, to ``target``."""
    with Image.open(files[0]) as first:
        height = max(1, round(first.height * WIDTH / first.width))
    columns = min(COLUMNS, len(files))
    rows = -(-len(files) // columns)
    cell, line = WIDTH + MARGIN, height + STRIP + MARGIN
    sheet = Image.new("RGB", (columns * cell + MARGIN, rows * line + STRIP + 2 * MARGIN), GROUND)
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN), title, fill=INK, font=ImageFont.load_default(24))
    font = ImageFont.load_default(18)
    for number, (file, name) in enumerate(zip(files, names, strict=True)):
        row, column = divmod(number, columns)
        left, top = MARGIN + column * cell, STRIP + 2 * MARGIN + row * line
        with Image.open(file) as still:
            sheet.paste(still.convert("RGB").resize((WIDTH, height)), (left, top))
        pen.text((left, top + height + 6), f"{number + 1}  {name}", fill=INK, font=font)
    sheet.save(target)
