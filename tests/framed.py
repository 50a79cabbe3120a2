"""Pictures of one digit with something else that might be taken for it: a sheet's edge, a box, a ring, a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from photographs import with_pen, write_large
from PIL import Image, ImageDraw
from scipy import ndimage
from surroundings import (
    HEIGHT,
    WIDTH,
    Color,
    Random,
    corners,
    dark_desk,
    filled,
    glare,
    lay,
    light_desk,
    lit,
    photographed,
    rectangle,
    wooden_desk,
    words,
)

Kind = Callable[[np.ndarray, Random], np.ndarray]
ROUND = (0, 6, 8, 9)  # digits with a closed loop
PAPERS = ((0.95, 0.94, 0.9), (0.93, 0.93, 0.95), (0.98, 0.97, 0.97), (0.9, 0.87, 0.8))
PENS = ((0.1, 0.1, 0.15), (0.12, 0.18, 0.55), (0.3, 0.3, 0.32), (0.6, 0.12, 0.14))


def pick(choices: tuple[Color, ...], random: Random) -> Color:
    return choices[random.integers(len(choices))]


def written(digit: np.ndarray, random: Random, height: float) -> np.ndarray:
    """Return the digit (28, 28) as a line 0..1, ``height`` pixels high, in a thin or thick pen, cut to its ink."""
    line = write_large(digit, height / 20)
    if random.random() < 0.6:
        pen = with_pen(line, height * random.uniform(0.025, 0.09))
        rows, columns = np.flatnonzero(pen.any(axis=1)), np.flatnonzero(pen.any(axis=0))
        line = pen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return line


def put(page: np.ndarray, line: np.ndarray, pen: Color, middle: tuple[float, float]) -> np.ndarray:
    """Draw the line in the pen's colour on the page, its centre at ``middle`` (x, y)."""
    top = int(np.clip(middle[1] - line.shape[0] / 2, 0, page.shape[0] - line.shape[0]))
    left = int(np.clip(middle[0] - line.shape[1] / 2, 0, page.shape[1] - line.shape[1]))
    place = np.s_[top : top + line.shape[0], left : left + line.shape[1]]
    page = page.copy()
    page[place] = page[place] * (1 - line[..., None]) + np.array(pen) * line[..., None]
    return page


def sheet_of(
    digit: np.ndarray, random: Random, *, share: float | None = None, rules: bool | None = None
) -> np.ndarray:
    """Return a sheet of paper, ruled or plain, with the digit near its middle."""
    height, width = (440, 600) if random.random() < 0.5 else (600, 440)
    page = filled(pick(PAPERS, random), height, width)
    kind = random.random() if rules is None else 0.5 * rules
    if 0 < kind < 0.3 or rules:
        page[40 :: random.integers(28, 44)] *= np.array([0.75, 0.82, 0.9])
    share = share or random.uniform(0.25, 0.7)
    line = written(digit, random, share * min(height, width))
    away = random.uniform(-0.12, 0.12, 2)
    return put(page, line, pick(PENS, random), (width * (0.5 + away[0]), height * (0.5 + away[1])))


def laid(sheet: np.ndarray, ground: np.ndarray, random: Random, turn: float, tilt: float, room: float) -> np.ndarray:
    places = corners(random, *sheet.shape[:2], turn, tilt, room)
    return photographed(lit(lay(sheet, ground, places, shadow=0.3), random), random)


# -- sheets -----------------------------------------------------------------------------------------------------


def on_a_dark_desk(digit: np.ndarray, random: Random) -> np.ndarray:
    return laid(
        sheet_of(digit, random), dark_desk(random), random, random.uniform(-4, 4), 0.05, random.uniform(0.7, 0.95)
    )


def on_a_wooden_desk(digit: np.ndarray, random: Random) -> np.ndarray:
    wood = wooden_desk(random, random.uniform(0.25, 0.55))
    return laid(sheet_of(digit, random), wood, random, random.uniform(-6, 6), 0.1, random.uniform(0.6, 0.95))


def turned(digit: np.ndarray, random: Random) -> np.ndarray:
    ground = dark_desk(random) if random.random() < 0.5 else wooden_desk(random, 0.4)
    turn = random.choice([-1, 1]) * random.uniform(7, 22)
    return laid(sheet_of(digit, random), ground, random, turn, 0.15, random.uniform(0.75, 0.95))


def on_a_light_desk(digit: np.ndarray, random: Random) -> np.ndarray:
    return laid(sheet_of(digit, random), light_desk(random), random, random.uniform(-6, 6), 0.08, 0.85)


def partly_in_view(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a sheet that is cut off by the picture on one or two sides."""
    ground = dark_desk(random) if random.random() < 0.5 else wooden_desk(random, 0.4)
    sheet = sheet_of(digit, random)
    places = corners(random, *sheet.shape[:2], random.uniform(-8, 8), 0.08, 1.1)
    places += random.choice([-1, 0, 1], 2) * np.array([WIDTH, HEIGHT]) * 0.12
    return photographed(lit(lay(sheet, ground, places), random), random)


def ruled_on_a_desk(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a ruled page torn from a block, with its holes."""
    sheet = sheet_of(digit, random, rules=True, share=random.uniform(0.35, 0.7))
    for row in range(20, sheet.shape[0], 30):
        sheet = rectangle(sheet, (8, row, 18, row + 10), (0.15, 0.13, 0.12))
    ground = dark_desk(random) if random.random() < 0.5 else wooden_desk(random, 0.35)
    return laid(sheet, ground, random, random.uniform(-5, 5), 0.08, 0.9)


def among_other_things(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a sheet with a telephone, a mug and a pen beside it."""
    ground = wooden_desk(random, 0.4) if random.random() < 0.5 else dark_desk(random)
    ground = rectangle(ground, (20, 60, 110, 230), (0.05, 0.05, 0.06))
    ground = rectangle(ground, (26, 74, 104, 216), (0.3, 0.4, 0.55))
    image = Image.fromarray(np.uint8(255 * np.clip(ground, 0, 1)))
    pen = ImageDraw.Draw(image)
    pen.ellipse((690, 430, 850, 590), fill=(200, 200, 205), outline=(90, 90, 95), width=12)
    pen.line((700, 60, 770, 330), fill=(190, 40, 40), width=14)
    return laid(sheet_of(digit, random), np.asarray(image) / 255, random, random.uniform(-5, 5), 0.05, 0.72)


def scanned_with_margins(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a scan with an open lid: black outside the sheet, on one to four sides."""
    sheet = sheet_of(digit, random)
    height, width = sheet.shape[:2]
    sides = random.random(4) < 0.6
    sides[random.integers(4)] = True
    margins = np.where(sides, random.integers(15, 120, 4), 0)
    top, right, bottom, left = margins
    scan = filled(random.uniform(0, 0.08), height + top + bottom, width + left + right)
    lean = random.uniform(-0.02, 0.02) * height
    places = np.array(
        [[left, top], [left + width, top + lean], [left + width, top + height + lean], [left, top + height]]
    )
    scan = lay(sheet, scan, places.astype(float))
    grain = scan + 0.01 * random.standard_normal(scan.shape)
    return np.rint(255 * np.clip(grain, 0, 1)).astype(np.uint8)


def sticky_note(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a coloured sticky note on a white wall, a grey screen or a desk."""
    note = filled(pick(((0.98, 0.9, 0.4), (0.98, 0.6, 0.7), (0.6, 0.9, 0.55), (0.55, 0.8, 0.95)), random), 400, 400)
    note = note * np.linspace(0.9, 1.0, 400)[:, None, None]
    line = written(digit, random, random.uniform(0.4, 0.75) * 400)
    note = put(note, line, PENS[random.integers(3)], (200, 200))
    ground = [filled(0.93), filled((0.7, 0.72, 0.75)), wooden_desk(random, 0.5), dark_desk(random)][
        random.integers(4)
    ]
    return laid(note, ground, random, random.uniform(-8, 8), 0.06, random.uniform(0.5, 0.9))


def black_card(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a white pen on black card, on a light desk."""
    line = written(digit, random, random.uniform(0.4, 0.7) * 440)
    card = put(filled(random.uniform(0.06, 0.15), 440, 600), line, (0.92, 0.92, 0.9), (300, 220))
    return laid(card, light_desk(random), random, random.uniform(-6, 6), 0.06, 0.85)


def blackboard(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of chalk on a board in a wooden frame, on a light wall."""
    line = written(digit, random, random.uniform(0.4, 0.7) * 440)
    chalk = line * np.clip(ndimage.gaussian_filter(random.random(line.shape), 0.8) * 3 - 0.7, 0.5, 1)
    board = put(filled((0.13, 0.22, 0.17), 440, 600), chalk, (0.9, 0.9, 0.86), (300, 220))
    frame = filled((0.55, 0.38, 0.2), 480, 640)
    frame[20:460, 20:620] = board
    return laid(frame, filled(0.8), random, random.uniform(-3, 3), 0.06, random.uniform(0.8, 1.1))


def glossy(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a sheet with a lamp's reflection beside the digit, or over the sheet's edge."""
    sheet = sheet_of(digit, random, share=random.uniform(0.4, 0.65))
    ground = dark_desk(random) if random.random() < 0.6 else wooden_desk(random, 0.35)
    places = corners(random, *sheet.shape[:2], random.uniform(-4, 4), 0.05, 0.88)
    scene = lit(lay(sheet * 0.8, ground, places), random)
    corner = places[random.integers(4)]
    middle = places.mean(axis=0) + (corner - places.mean(axis=0)) * random.uniform(0.55, 1.0)
    return photographed(glare(scene, random, tuple(middle), random.uniform(40, 110)), random)


def whiteboard(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a board with a grey metal frame on a coloured wall, with a lamp's reflection."""
    line = written(digit, random, random.uniform(0.4, 0.65) * 440)
    board = filled((0.55, 0.56, 0.58), 480, 660)
    board[16:464, 16:644] = 0.82
    board = put(board, line, pick(PENS, random), (330, 240))
    wall = filled(pick(((0.75, 0.7, 0.55), (0.5, 0.6, 0.65), (0.35, 0.35, 0.38)), random))
    places = corners(random, 480, 660, random.uniform(-3, 3), 0.08, random.uniform(0.8, 0.98))
    middle = places.mean(axis=0) + (places[random.integers(4)] - places.mean(axis=0)) * random.uniform(0.5, 0.8)
    return photographed(glare(lit(lay(board, wall, places), random), random, tuple(middle), 50), random)


def tablet(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a digit on a tablet with a black rim, on a desk."""
    line = written(digit, random, random.uniform(0.4, 0.7) * 420)
    device = filled(0.04, 480, 640)
    device[30:450, 30:610] = 0.97
    device = put(device, line, pick(PENS, random), (320, 240))
    ground = wooden_desk(random, 0.45) if random.random() < 0.5 else light_desk(random)
    return laid(device, ground, random, random.uniform(-10, 10), 0.1, 0.85)


# -- frames -----------------------------------------------------------------------------------------------------


def printed_box(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a digit in a form's box, with or without a line of print above."""
    page = filled(pick(PAPERS, random))
    half = random.uniform(120, 230)
    x, y = WIDTH / 2 + random.uniform(-80, 80), 310 + random.uniform(-30, 30)
    color = pick(((0.1, 0.1, 0.1), (0.45, 0.45, 0.45), (0.2, 0.3, 0.6)), random)
    page = rectangle(page, (x - half, y - half, x + half, y + half), color, int(random.integers(2, 12)))
    if random.random() < 0.6:
        page = words(page, random, (int(x - half), int(max(4, y - half - 34))), 220, 16, (0.15, 0.15, 0.15))
    line = written(digit, random, half * random.uniform(0.9, 1.5))
    page = put(page, line, pick(PENS, random), (x + half * random.uniform(-0.1, 0.1), y))
    return photographed(lit(page, random), random) if random.random() < 0.6 else np.uint8(255 * page)


def box_on_a_desk(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a sheet with a printed box, on a desk: a frame within a frame."""
    sheet = filled(pick(PAPERS, random), 440, 600)
    sheet = rectangle(sheet, (150, 70, 450, 370), (0.1, 0.1, 0.1), int(random.integers(3, 9)))
    line = written(digit, random, random.uniform(140, 220))
    sheet = put(sheet, line, pick(PENS, random), (300, 220))
    ground = dark_desk(random) if random.random() < 0.5 else wooden_desk(random, 0.4)
    return laid(sheet, ground, random, random.uniform(-5, 5), 0.05, 0.9)


def circled(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a digit with a ring drawn around it by hand, on paper that fills the picture."""
    page = filled(pick(PAPERS, random))
    height = random.uniform(150, 260)
    line = written(digit, random, height)
    pen = pick(PENS, random)
    turns = np.linspace(0, 2 * np.pi + 0.2, 200)
    wobble = 1 + 0.04 * np.sin(2 * turns + random.uniform(0, 6)) + 0.03 * np.sin(3 * turns)
    reach = 0.5 * np.hypot(*line.shape) * random.uniform(1.25, 1.5)
    x, y = WIDTH / 2 + reach * wobble * np.cos(turns), HEIGHT / 2 + reach * wobble * np.sin(turns)
    image = Image.fromarray(np.uint8(255 * page))
    ink = tuple(round(255 * part) for part in pen)
    ImageDraw.Draw(image).line(
        list(zip(x, y, strict=True)), fill=ink, width=int(random.integers(4, 13)), joint="curve"
    )
    page = put(np.asarray(image) / 255, line, pen, (WIDTH / 2, HEIGHT / 2))
    return photographed(lit(page, random), random)


def canvas_in_a_page(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a screenshot of a web page, light or dark, with a title, a canvas to draw in, and buttons."""
    dark = random.random() < 0.4
    page = filled(random.uniform(0.08, 0.15) if dark else random.choice([1.0, 0.95]))
    text: Color = (0.85, 0.85, 0.85) if dark else (0.15, 0.15, 0.15)
    page = words(page, random, (60, 30), 380, 28, text)
    page = words(page, random, (60, 75), 600, 14, text)
    paper, ink = ((1.0,) * 3, (0.0,) * 3) if random.random() < 0.6 else ((0.0,) * 3, (1.0,) * 3)
    left, top, side = int(random.integers(60, 300)), 120, int(random.integers(280, 400))
    page = rectangle(page, (left, top, left + side, top + side), paper)
    page = rectangle(page, (left, top, left + side, top + side), (0.5, 0.5, 0.5), int(random.integers(1, 4)))
    for number in range(2):
        x = left + 130 * number
        page = rectangle(page, (x, top + side + 18, x + 110, top + side + 52), (0.25, 0.45, 0.85))
        page = words(page, random, (x + 20, top + side + 27), 70, 15, (1.0, 1.0, 1.0))
    line = written(digit, random, side * random.uniform(0.45, 0.75))
    page = put(page, line, ink, (left + side / 2, top + side / 2))
    return np.rint(255 * page).astype(np.uint8)


def paint_window(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a screenshot of a paint program: its title, its tools, and a white canvas on grey."""
    page = filled(random.choice([0.8, 0.9, 0.3]))
    page[:34] = (0.2, 0.35, 0.6)
    page = words(page, random, (14, 9), 260, 16, (1.0, 1.0, 1.0))
    for number in range(8):
        box = (12, 60 + 44 * number, 44, 92 + 44 * number)
        page = rectangle(page, box, tuple(random.uniform(0.2, 0.9, 3)))
        page = rectangle(page, box, (0.2, 0.2, 0.2), 1)
    right, bottom = int(random.integers(520, 770)), int(random.integers(440, 570))
    page = rectangle(page, (70, 60, right, bottom), (1.0, 1.0, 1.0))
    line = written(digit, random, (bottom - 60) * random.uniform(0.4, 0.75))
    page = put(page, line, pick((*PENS, (0.0, 0.0, 0.0)), random), ((70 + right) / 2, (60 + bottom) / 2))
    return np.rint(255 * page).astype(np.uint8)


# -- no frame: digits with closed loops, and drawings without grey ------------------------------------------------


def large_round(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a 0, 6, 8 or 9 that nearly fills it, with up to three specks."""
    page = filled(pick(PAPERS, random))
    line = written(digit, random, random.uniform(330, 480))
    page = put(page, line, pick(PENS, random), (WIDTH / 2, HEIGHT / 2))
    for _ in range(random.integers(0, 4)):
        x, y = WIDTH / 2 + random.uniform(-60, 60), HEIGHT / 2 + random.uniform(-120, 120)
        page = rectangle(page, (x, y, x + 4, y + 4), (0.3, 0.3, 0.3))
    return photographed(lit(page, random), random)


def round_on_a_desk(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a picture of a large 0, 6, 8 or 9 on a sheet on a desk."""
    ground = dark_desk(random) if random.random() < 0.5 else wooden_desk(random, 0.4)
    sheet = sheet_of(digit, random, share=random.uniform(0.6, 0.8), rules=False)
    return laid(sheet, ground, random, random.uniform(-4, 4), 0.05, 0.9)


def flat_drawing(digit: np.ndarray, random: Random) -> np.ndarray:
    """Return a drawing in two colours without grey between, as a paint program saves it: 28 to 129 pixels wide."""
    side = int(random.integers(28, 130))
    line = write_large(digit, side * random.uniform(0.5, 0.8) / 20)
    colors = (
        ((1, 1, 1), (0, 0, 0)),
        ((1.0, 0.97, 0.86), (0.2, 0.1, 0.1)),
        ((0, 0, 0), (1, 1, 1)),
        ((0.1, 0.2, 0.6), (1, 0.9, 0.2)),
    )
    paper, ink = colors[random.integers(len(colors))]
    page = put(filled(paper, side, side), (line > 0.5).astype(float), ink, (side / 2, side / 2))
    return np.rint(255 * page).astype(np.uint8)


KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        on_a_dark_desk,
        on_a_wooden_desk,
        turned,
        on_a_light_desk,
        partly_in_view,
        ruled_on_a_desk,
        among_other_things,
        scanned_with_margins,
        sticky_note,
        black_card,
        blackboard,
        glossy,
        whiteboard,
        tablet,
        printed_box,
        box_on_a_desk,
        circled,
        canvas_in_a_page,
        paint_window,
        large_round,
        round_on_a_desk,
        flat_drawing,
    )
}
HALVES = ("tuned on", "kept apart")


@dataclass(frozen=True, eq=False)
class Framed:
    """A picture with its kind and label; ``half`` is 0 if it was used while the program was tuned, else 1."""

    kind: str
    half: int
    number: int
    label: int
    pixels: np.ndarray


def make_framed(
    images: np.ndarray,
    labels: np.ndarray,
    each: int,
    *,
    halves: tuple[int, ...] = (0, 1),
    kinds: tuple[str, ...] = tuple(KINDS),
) -> Iterator[Framed]:
    """Yield ``each`` pictures of every kind for every half, of digits (n, 28, 28), 0..1.

    No digit is in both halves.
    """
    for half in halves:
        mine = np.arange(half, len(images), 2)
        for place, kind in enumerate(KINDS):
            fitting = mine[np.isin(labels[mine], ROUND)] if "round" in kind else mine
            for number in range(each if kind in kinds else 0):
                random = np.random.default_rng([half, place, number])
                chosen = fitting[random.integers(len(fitting))]
                yield Framed(kind, half, number, int(labels[chosen]), KINDS[kind](images[chosen], random))
