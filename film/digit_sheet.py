"""Sheet with the steps from a picture of a digit to the network's answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.Image import Resampling

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.output_file import atomic_output, write_error
from edgeglow.model.picture.read_picture import DigitPicture, PictureStep
from edgeglow.model.text.shares import format_share

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

# Font files with both Latin and Hangul, and the index of the Korean face in each file.
FONTS = (
    ("NotoSansCJK-Regular.ttc", 1),
    ("NotoSansKR-Regular.otf", 0),
    ("AppleSDGothicNeo.ttc", 0),
    ("malgun.ttf", 0),
    ("NanumGothic.ttf", 0),
)
# colours of the film's dark theme, which cannot be imported without Manim
GROUND = (11, 13, 18)
TEXT = (238, 241, 246)
MUTED = (152, 162, 179)
EMPTY = (22, 26, 33)
ACCENT = (255, 216, 77)

STEP = 232  # pixels: side of the square that holds a step's picture
ROW = 4  # steps in a row
LARGE = 504  # pixels: side of the square that holds the last step, the network's input
MARGIN = 40
GAP = 26
TITLE, NAME = 30, 20  # font sizes
LEAST_BAR = 34  # pixels from one bar to the next


def write_digit_sheet(
    picture: DigitPicture,
    names: Mapping[str, str],
    target: Path,
    *,
    title: str = "",
    answers: Sequence[tuple[str, float]] = (),
) -> None:
    """Write a PNG to ``target`` with the named steps, the last one large, and the network's answers.

    ``names`` has a label for each step's name. ``answers`` are the classes' names and activations; their bars end at
    1, or the largest of them. Raises EdgeglowError if it cannot be written, or if the
    words need a font that is not there.
    """
    *way, last = picture.steps
    fonts = _fonts(title + "".join(names[step.name] for step in picture.steps) + "".join(n for n, _ in answers))
    columns = min(ROW, len(way))
    rows = -(-len(way) // columns)
    line = STEP + NAME + GAP
    left = MARGIN + columns * (STEP + GAP) + GAP
    bars = left + LARGE + 2 * GAP
    top = MARGIN + (TITLE + GAP if title else 0)
    width = bars + LARGE + MARGIN if answers else left + LARGE + MARGIN
    height = top + max(rows * line, NAME + GAP + max(LARGE, LEAST_BAR * len(answers))) + MARGIN
    sheet = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(sheet)
    if title:
        pen.text((MARGIN, MARGIN), title, fill=TEXT, font=fonts[0], anchor="lt")
    for number, step in enumerate(way):
        row, column = divmod(number, columns)
        corner = (MARGIN + column * (STEP + GAP), top + row * line)
        _draw_step(sheet, step, f"{number + 1}  {names[step.name]}", corner, STEP, fonts[1])
    _draw_step(sheet, last, f"{len(way) + 1}  {names[last.name]}", (left, top), LARGE, fonts[1])
    if answers:
        _draw_answers(pen, answers, (bars, top + NAME + GAP // 2), fonts[1])
    try:
        with atomic_output(target) as draft:
            sheet.save(draft, "PNG")
    except OSError as error:
        raise write_error(target, error) from error


def _fonts(words: str) -> tuple[Font, ...]:
    for file, face in FONTS:
        try:
            return tuple(ImageFont.truetype(file, size, index=face) for size in (TITLE, NAME))
        except OSError:
            continue
    if not all(ord(letter) < 0x250 for letter in words):
        raise EdgeglowError(
            f"fonts: none of {', '.join(file for file, _ in FONTS)} was found, and the sheet has words that need one;"
            " install one (Debian, Ubuntu: apt-get install fonts-noto-cjk)"
        )
    return tuple(ImageFont.load_default(size) for size in (TITLE, NAME))


def _draw_step(
    sheet: Image.Image, step: PictureStep, name: str, corner: tuple[int, int], side: int, font: Font
) -> None:
    """Draw the label, and below it the picture as large as the square allows, small images with crisp pixels."""
    pen = ImageDraw.Draw(sheet)
    pen.text(corner, _fitting(name, side, font), fill=MUTED, font=font, anchor="lt")
    image = Image.fromarray(step.image).convert("RGB")
    scale = side / max(image.size)
    if scale > 3:
        scale = int(scale)
        image = image.resize((image.width * scale, image.height * scale), Resampling.NEAREST)
    else:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image = image.resize(size, Resampling.LANCZOS)
    left, top = corner[0], corner[1] + NAME + GAP // 2
    sheet.paste(image, (left, top))
    pen.rectangle((left - 1, top - 1, left + image.width, top + image.height), outline=(58, 64, 76))


def _fitting(words: str, width: float, font: Font) -> str:
    """Return the words, shortened to at most ``width`` pixels."""
    for count in range(len(words), 0, -1):
        short = words if count == len(words) else words[:count].rstrip() + "…"
        if font.getlength(short) <= width:
            return short
    return ""


def _draw_answers(
    pen: ImageDraw.ImageDraw, answers: Sequence[tuple[str, float]], corner: tuple[int, int], font: Font
) -> None:
    """Draw a bar for each class, as long as its activation, the largest marked; negative values get a number only."""
    values = [value for _, value in answers]
    full = max(1.0, *values)
    distance = max(LEAST_BAR, LARGE // len(answers))
    start = corner[0] + min(160, math.ceil(max(font.getlength(name) for name, _ in answers)) + GAP // 2)
    end = corner[0] + LARGE - 84
    for number, (name, value) in enumerate(answers):
        best = number == int(np.argmax(values))
        middle = corner[1] + round((number + 0.5) * distance)
        half = min(11, distance // 3)
        color = ACCENT if best else TEXT
        short = _fitting(name, start - corner[0] - GAP // 2, font)
        pen.text((corner[0], middle), short, fill=color if best else MUTED, font=font, anchor="lm")
        pen.rectangle((start, middle - half, end, middle + half), fill=EMPTY)
        length = round((end - start) * min(1.0, max(0.0, value / full)))
        if length:
            pen.rectangle((start, middle - half, start + length, middle + half), fill=color)
        pen.text((end + GAP // 2, middle), format_share(value), fill=color if best else MUTED, font=font, anchor="lm")
