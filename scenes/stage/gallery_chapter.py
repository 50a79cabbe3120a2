"""The base of chapters that show inputs with answers: pictures, or rows of numbers, with words below each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Animation, AnimationGroup, FadeIn, Group, LaggedStart, Mobject, smooth, squish_rate_func

from edgeglow.scenes.fields import PictureField, SquareField
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.pictures.gallery import Gallery
from edgeglow.scenes.mobjects.pictures.row_gallery import RowGallery
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.stage.evaluation_chapter import ON_THE_WAY, EvaluationChapter
from edgeglow.scenes.style.layout import Area

LATE = squish_rate_func(smooth, 0.75, 1.0)
LAG = 0.4  # share of a flight's time between the first start and the last


class GalleryChapter(EvaluationChapter):
    """A test chapter that can show some of the inputs read."""

    @property
    def most_pictures(self) -> int:
        return round(self.layout.pick(8, 6, 6))

    def build_gallery(self, inputs: np.ndarray, words: Sequence[Sequence[str]], area: Area) -> Gallery | RowGallery:
        """Return a gallery of inputs (n, inputs) with words below each; of rows only as many as fit."""
        if self.run.image_shape is not None:
            images = inputs.reshape(-1, *self.run.image_shape)
            return Gallery(images, words, area=area, theme=self.theme)
        return RowGallery(inputs, words, self.line_of, area=area, theme=self.theme)

    def mistake_gallery(self, numbers: np.ndarray, area: Area) -> Gallery | RowGallery:
        """Return a gallery of test digits, each with its class and the network's answer."""
        labels = self.evaluation.digits.labels[numbers]
        words = [
            (
                self.label("truth", label=self.cast.name(int(label))),
                self.answer_words(self.evaluation.outputs[number]),
            )
            for number, label in zip(numbers, labels, strict=True)
        ]
        return self.build_gallery(self.evaluation.digits.pixels[numbers], words, area)

    def answer_words(self, output: np.ndarray) -> str:
        best = int(np.argmax(output))
        return self.label("answer", answer=self.cast.name(best), confidence=float(output[best]))

    def fly_out(self, gallery: Gallery | RowGallery, numbers: np.ndarray) -> Animation:
        """Fly digits from the cells in which they are counted to the gallery."""
        chosen = numbers[: len(gallery.centers)]
        labels, answers = self.evaluation.digits.labels[chosen], self.evaluation.answers[chosen]
        cells = [self.matrix.cell(int(a), int(b)) for a, b in zip(labels, answers, strict=True)]
        middles, side = np.array([cell.center for cell in cells]), 0.9 * self.matrix.side
        self.add(gallery.pictures.set_z_index(ON_THE_WAY))
        if isinstance(gallery, Gallery):
            pictures = gallery.pictures
            flight: Animation = _fly(pictures, pictures.centers, middles, side / gallery.width_of_one)
        else:
            shrunk = side / max(gallery.pictures[0].width, gallery.pictures[0].height)
            flights = [
                _fly(column.pixels, center[None], middle[None], shrunk)
                for column, center, middle in zip(gallery.pictures, gallery.centers, middles, strict=True)
            ]
            flight = LaggedStart(*flights, lag_ratio=LAG / len(flights), run_time=1.0)
        return AnimationGroup(flight, FadeIn(gallery.words, gallery.notes, rate_func=LATE))

    def split_gallery(
        self, gallery: Gallery | RowGallery, number: int, values: np.ndarray
    ) -> tuple[InputPlane, Mobject]:
        """Return one of the gallery's pictures, which has these ``values`` (inputs,), and all the others."""
        if isinstance(gallery, RowGallery):
            plane = gallery.pictures[number]
            return plane, Group(*(column for column in gallery.pictures if column is not plane))
        rows, columns = gallery.pictures.values.shape[1:]
        side = gallery.width_of_one * max(1.0, rows / columns)
        others = np.delete(np.arange(len(gallery.centers)), number)
        return self.upright(side, gallery.centers[number], values), gallery.pictures.part(others)


def _fly(field: PictureField | SquareField, centers: np.ndarray, middles: np.ndarray, scale: float) -> Animation:
    """Grow marks from invisible at ``middles`` to their present places.

    At the start they are ``scale`` times as large around their ``centers``, (n, 3) to move one after another, or (1,
    3) to move together.
    """
    settled = field.copy()
    field.points = ((field.marks - centers[:, None]) * scale + middles[:, None]).reshape(-1, 3)
    field.set_opacities(np.zeros(field.count))
    return MoveMarks(field, settled, lag=LAG if len(centers) > 1 else 0.0, lift=0.3)
