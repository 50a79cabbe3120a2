"""Chapter 1: hundreds of handwritten digits, no two alike. A person reads them all; how could a program?"""

from __future__ import annotations

import numpy as np
from manim import FadeIn, FadeOut, VGroup, smooth, squish_rate_func

from edgeglow.model.run.run import Run
from edgeglow.scenes.fields import PictureField
from edgeglow.scenes.mobjects.network.input_plane import dark_behind
from edgeglow.scenes.mobjects.pictures.digit_wall import DigitWall, grid_in
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.motions.staggered_opacity import StaggeredOpacity
from edgeglow.scenes.script.line_breaks import break_lines
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.style.layout import FRAME_HEIGHT, Area, grid_cells

DIM = 0.16  # opacity of digits that are not mentioned
BEHIND = 0.14  # opacity of digits behind the title
TITLE = 66.0  # font size of the title, where the frame is wide enough
AIR = 0.25  # scene units between the wall and the caption strip
READABLE = 100  # least pixels of a digit that anybody can read
UNKNOWN = -1  # label of a digit whose class is not known


class Handwriting(Chapter):
    """The chapter on handwriting: no two digits are written alike, and a person reads them all."""

    name = "handwriting"
    subjects = ("digits",)
    opens = "closeup"
    ends = "digit"

    def construct(self) -> None:
        self.look_close()
        self.recognise()
        if self.pictures.count > 1:
            self.see_all()
            self.show_title()
        if len(self.alike) > 1:
            self.gather()
        self.ask()

    # -- parts --------------------------------------------------------------------------------------------

    def build_wall(self) -> None:
        """Fill the frame with a wall of digits, of which only the film's digit is visible."""
        half, floor = self.layout.width / 2, self.layout.caption.top + AIR
        area = Area(-half, floor, half, FRAME_HEIGHT / 2)
        shape, width = self.picture_shape, self.layout.pick(0.55, 0.5, 0.45)
        rows, columns = grid_in(area, shape, width, len(self.run.test_digits) + 1)
        images, labels = wall_digits(self.run, self.cast.main, rows * columns)
        grid = grid_in(area, shape, width, len(images))
        order = first_in_the_middle(grid)
        self.wall = DigitWall(images[order], grid, area, self.theme)
        self.pictures = self.wall.pictures
        self.main = int(np.flatnonzero(order == 0)[0])
        named = labels[0] != UNKNOWN
        self.alike = np.flatnonzero(labels[order] == labels[0]) if named else np.array([self.main])
        self.pictures.set_opacities(self.only([self.main], 0.0))

    def set_closeup(self) -> None:
        """Show a few pixels of the film's digit on the wall, too few to recognise anything."""
        self.build_wall()
        cell = self.wall.cells[self.main]
        self.backing = dark_behind(cell, self.theme)
        self.add(self.backing, self.pictures)
        self.move_close(self.pictures.values[self.main], cell)

    def look_close(self) -> None:
        """Zoom from the pixels back to the whole digit."""
        with self.beat("close"):
            self.wait(0.6)
            self.play(self.look_at(self.wall.cells[self.main], margin=0.06), FadeOut(self.backing), run_time=2.4)

    def recognise(self) -> None:
        """Say what the digit is.

        The text does not claim that a user's own digit was never seen before, nor that anybody can read a digit of
        few pixels.
        """
        main = self.run.examples[self.cast.main]
        variant, facts = self.label_name or "unnamed", dict(self.facts)
        if variant != "unnamed":
            is_coarse = self.run.layer_sizes[0] < READABLE
            variant = "own" if main.kind == "own" else "coarse" if is_coarse else variant
            facts |= {"count": self.run.layer_sizes[0]} if variant == "coarse" else {}
        with self.beat("known", variant, **facts):
            pass

    def see_all(self) -> None:
        """Zoom back to the whole wall, and brighten its digits from the middle outwards."""
        shown = self.pictures.count
        own = self.run.examples[self.cast.main].kind == "own"
        with self.beat("wall", variant="own" if own else self.run.source, shown=shown):
            away = np.linalg.norm(self.pictures.centers - self.pictures.centers[self.main], axis=1)
            turns = np.log1p(away) / np.log1p(away.max())
            spread = StaggeredOpacity(self.pictures, np.ones(shown), turns)
            self.play(self.look_home(), spread, run_time=3.4)
            self.end_closeup()
            self.wait(0.8)

    def show_title(self) -> None:
        self.title_card = title = self.write_title()
        late = squish_rate_func(smooth, 0.4, 1.0)
        self.clear_caption(self.pictures.animate.set_opacity(BEHIND), FadeIn(title, rate_func=late), run_time=1.0)
        self.wait(0.6)
        if len(self.alike) == 1:
            self.play(FadeOut(title), self.pictures.animate.set_opacity(DIM), run_time=0.6)

    def gather(self) -> None:
        """Brighten the digits of the film's class and move them together, with the film's digit in the middle."""
        count = len(self.alike)
        with self.beat("alike", variant=self.label_name, count=count, **self.facts):
            lit = self.pictures.animate.set_opacity(1.0).set_opacities(self.only(self.alike, DIM))
            self.play(FadeOut(self.title_card), lit, run_time=1.1)
            self.flock = self.pictures.part(self.alike)
            self.add(self.flock)
            self.pictures.set_opacities(DIM - self.only(self.alike, 0.0) * DIM)
            together = MoveMarks(self.flock, self.together(), lag=0.5, lift=0.0, run_time=2.3)
            self.play(FadeOut(self.pictures, run_time=0.8), together)

    def ask(self) -> None:
        """Enlarge the film's digit, and fade the others out."""
        main, rest = self.split_main_digit()
        plane = self.digit_picture()
        forward = self.wall.field([plane.get_center()], plane.cell * self.picture_shape[1], main.values)
        with self.beat("ask", variant=self.label_name or "unnamed", **self.facts):
            forward_now = MoveMarks(main, forward, lag=0.0, lift=0.0, run_time=2.2)
            self.play(FadeOut(rest, run_time=1.3), forward_now)
            self.remove(main)
            self.set_digit()
        self.clear_caption()

    # -- helpers ------------------------------------------------------------------------------------------

    @property
    def label_name(self) -> str:
        """Class name of the film's digit; empty if its class is not known."""
        return self.cast.truth(self.cast.main) or ""

    @property
    def facts(self) -> dict[str, object]:
        return {"label": self.label_name} if self.label_name else {}

    def only(self, which: np.ndarray | list[int], others: float) -> np.ndarray:
        """Return the opacities of the wall's digits, (n,): 1 for those in ``which``, ``others`` for the rest."""
        opacities = np.full(self.pictures.count, others)
        opacities[which] = 1.0
        return opacities

    def write_title(self) -> VGroup:
        """Write the film's title, on one to three lines depending on the shape of the frame."""
        words = self.label("film")
        count = int(self.layout.pick(1, 2, 3))
        lines = break_lines(words, -(-len(words) // count) + 6, count) or [words]
        card = VGroup(*(self.theme.write(line, TITLE) for line in lines))
        for number, line in enumerate(card):
            line.shift([0, -1.0 * number - line.base_line, 0])
        self.stage.inset(0.3).fit(card, most=1.0)
        return card.set_z_index(1)

    def together(self) -> PictureField:
        """Return a copy of the class's digits at the positions where they are gathered."""
        count = len(self.alike)
        rows, columns = self.picture_shape
        places = grid_cells(self.stage.inset(0.1), count, columns / rows, 0.35 * self.stage.width / count**0.5 / 6)
        centers = np.array([place.center for place in places])
        middle = int(np.linalg.norm(centers - self.stage.center, axis=1).argmin())
        mine = int(np.flatnonzero(self.alike == self.main)[0])
        order = np.insert(np.delete(np.arange(count), mine), middle, mine)
        target = self.flock.copy()
        scale = places[0].width / self.wall.cells[0].width
        corners = (self.flock.marks - self.flock.centers[:, None]) * scale
        target.points = (corners + centers[np.argsort(order)][:, None]).reshape(-1, 3)
        return target

    def split_main_digit(self) -> tuple[PictureField, PictureField]:
        """Return the film's digit and the other digits as two fields, which replace the wall in the scene."""
        field = self.flock if len(self.alike) > 1 else self.pictures
        mine = int(np.flatnonzero(self.alike == self.main)[0]) if len(self.alike) > 1 else self.main
        main, rest = field.part([mine]), field.part(np.delete(np.arange(field.count), mine))
        self.remove(self.wall, self.pictures, field)
        self.add(rest, main)
        return main, rest


def wall_digits(run: Run, main: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose up to ``most`` different pictures for the wall: the example digit ``main``, then the test digits.

    Returns the pictures (n, rows, columns) and their labels (n,), ``UNKNOWN`` where the class is not known.
    """
    example, digits = run.examples[main], run.test_digits
    picture = example.pixels.reshape(digits.images.shape[1:])
    label = UNKNOWN if example.label is None else example.label
    seen = {picture.tobytes()}
    chosen: list[int] = []
    for number, image in enumerate(digits.images):
        if len(chosen) == most - 1:
            break
        if (ink := np.ascontiguousarray(image).tobytes()) not in seen:
            seen.add(ink)
            chosen.append(number)
    images = np.concatenate([picture[None], digits.images[chosen]])
    return images, np.concatenate([[label], digits.labels[chosen]])


def first_in_the_middle(grid: tuple[int, int]) -> np.ndarray:
    """Return the numbers 0, 1, 2 ... of a grid's cells in reading order, with 0 moved to the middle cell."""
    rows, columns = grid
    middle = (rows // 2) * columns + columns // 2
    return np.insert(np.arange(1, rows * columns), middle, 0)
