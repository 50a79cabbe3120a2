"""Chapter 2: a picture consists of pixels, and a pixel is a number."""

from __future__ import annotations

import numpy as np
from manim import DOWN, Create, FadeIn, FadeOut, LaggedStart, Rectangle, VGroup

from edgeglow.scenes.mobjects.network.input_plane import dark_behind
from edgeglow.scenes.mobjects.numbers.mark_numbers import MarkNumbers
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.motions.count_rows import CountRows
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.picture_crop import NEAR, find_crop
from edgeglow.scenes.style.theme import LABEL

UNCOUNTED = 0.3  # opacity of pixels that are not counted yet
COUNTER = 64.0  # font size of the pixel count
OVER_NUMBERS = 8  # z of the accent frame
FRAME = 7.0  # stroke width of the accent frame at home zoom


class Pixels(Chapter):
    """The chapter on pixels: black is 0, white is 1, grey is between, and the network reads only these numbers."""

    name = "pixels"
    subjects = ("digits", "pictures")
    opens = "digit"
    ends = "digit"

    def construct(self) -> None:
        self.picture = self.run.examples[self.cast.main].pixels.reshape(self.picture_shape)
        self.come_close()
        self.read()
        self.point_out()
        self.step_back()
        self.count()
        self.sum_up()

    # -- parts --------------------------------------------------------------------------------------------

    def come_close(self) -> None:
        """Move the camera to an edge of the stroke, where there are black, white and grey pixels."""
        rows, columns = (int(self.layout.pick(*sizes)) for sizes in ((5, 5, 5), (9, 6, 4)))
        self.corner = find_crop(self.picture, rows, columns)
        self.near = self.corner.numbers(self.picture_shape)
        block = self.corner.area(self.plane.area, self.picture_shape)
        self.block = Rectangle(width=block.width, height=block.height, color=self.theme.muted)
        self.block.move_to(block.center).set_z_index(OVER_NUMBERS)
        self.backing = dark_behind(self.plane.area, self.theme)
        with self.beat("close"):
            self.play(self.look_at(block, margin=0.03), FadeIn(self.backing), run_time=2.7)
            self.play(Create(self.block.set_stroke(width=FRAME / self.zoom)), run_time=0.7)

    def read(self) -> None:
        """Fade in the value of each pixel of the close-up."""
        self.numbers = MarkNumbers(self.plane.pixels, self.near, share=0.68, theme=self.theme)
        with self.beat("numbers"):
            self.play(LaggedStart(*(FadeIn(number) for number in self.numbers), lag_ratio=0.08), run_time=2.4)

    def point_out(self) -> None:
        """Point a frame at a black pixel, a white one and a grey one."""
        side = self.plane.cell
        self.mark = Rectangle(width=side, height=side, color=self.theme.accent)
        self.mark.set_stroke(width=FRAME / self.zoom).set_z_index(OVER_NUMBERS)
        for name, wanted in (("black", 0.0), ("white", 1.0), ("grey", 0.5)):
            pixel = self.nearest_pixel(wanted)
            value = float(self.picture.ravel()[pixel])
            if name == "grey" and not NEAR < value < 1 - NEAR:
                continue  # the close-up has no grey pixel
            is_it = name == "grey" or value == wanted  # a pixel that is almost black is not shown as black
            with self.beat(name, value=value):
                self.point_at(self.plane.pixels.centers[pixel] if is_it else None)
                self.wait(0.8)

    def point_at(self, place: np.ndarray | None) -> None:
        """Move the frame to ``place``, or draw it there if it is not in the scene yet; fade it out for None."""
        if self.mark not in self.mobjects:
            if place is not None:
                self.play(Create(self.mark.move_to(place)), run_time=0.7)
        elif place is None:
            self.play(FadeOut(self.mark), run_time=0.4)
        else:
            self.play(self.mark.animate.move_to(place), run_time=0.7)

    def step_back(self) -> None:
        """Fade the values out before they get too small to read, and move the camera back."""
        gone = [self.numbers, self.block, *([self.mark] if self.mark in self.mobjects else [])]
        self.clear_caption(FadeOut(*gone), run_time=0.5)
        self.play(self.look_home(), FadeOut(self.backing), run_time=1.6)
        self.end_closeup()

    def count(self) -> None:
        """Move the picture aside and count its pixels row by row."""
        rows, columns = self.picture_shape
        place, panel = self.stage.along(3, 1.4)
        number = NumberLabel(rows * columns, "{:,.0f}".format, COUNTER, theme=self.theme, edge=(0.0, 0.0, 0.0))
        words = self.theme.write(self.label("numbers"), LABEL, self.theme.muted).next_to(number, DOWN, 0.3)
        panel.fit(VGroup(number, words), most=1.0)
        faint = np.full(rows * columns, UNCOUNTED)
        with self.beat("count", rows=rows, columns=columns, inputs=rows * columns):
            plane = self.plane.copy()
            place.inset(0.15).fit(plane)
            plane.pixels.set_opacities(faint)
            self.play(self.plane.pixels.animate.become(plane.pixels), run_time=1.2)
            number.set_value(0)
            frame = self.row_frame()
            self.play(FadeIn(number, words, frame), run_time=0.4)
            self.play(CountRows(self.plane, number, frame, UNCOUNTED), run_time=2.0)
            self.play(FadeOut(frame), number.animate.set_fill(self.theme.accent), run_time=0.4)
        self.counted = VGroup(number, words)

    def sum_up(self) -> None:
        whole = self.digit_picture()
        with self.beat("only"):
            self.wait(2.3)
            self.play(FadeOut(self.counted), self.plane.pixels.animate.become(whole.pixels), run_time=1.6)
        self.clear_caption()

    # -- helpers ------------------------------------------------------------------------------------------

    def nearest_pixel(self, wanted: float) -> int:
        """Return the number of the close-up's pixel whose value is nearest to ``wanted``.

        Among equally near ones (for grey, with a tolerance of ``NEAR``) it is the one nearest to the middle.
        """
        away = np.abs(self.picture.ravel()[self.near] - wanted)
        slack = 0.0 if wanted in (0.0, 1.0) else NEAR
        centers = self.plane.pixels.centers[self.near]
        distance = np.linalg.norm(centers - centers.mean(axis=0), axis=1)
        return int(self.near[np.argmin(np.where(away <= away.min() + slack, distance, np.inf))])

    def row_frame(self) -> Rectangle:
        """Return the accent frame around the first row of pixels."""
        rows, columns = self.picture_shape
        centers = self.plane.pixels.centers
        cell = float(np.ptp(centers[:, 1])) / max(rows - 1, 1) or self.plane.cell
        frame = Rectangle(width=columns * cell + 0.1, height=cell + 0.06, color=self.theme.accent)
        frame.set_stroke(width=FRAME / 2).set_z_index(OVER_NUMBERS)
        return frame.move_to(centers[:columns].mean(axis=0))
