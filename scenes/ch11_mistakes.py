"""Chapter 11: the exam, and what the network gets wrong."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Group,
    Indicate,
    LaggedStart,
    Mobject,
    ReplacementTransform,
    smooth,
    squish_rate_func,
    there_and_back_with_pause,
)

from model.exam import Exam
from model.noise import noise_pictures
from scenes.mobjects.confusion_matrix import ConfusionMatrix
from scenes.mobjects.gallery import Gallery
from scenes.mobjects.input_plane import InputPlane
from scenes.mobjects.number_label import NumberLabel
from scenes.motions.flow import come_to_carry
from scenes.motions.fly import FlySquares
from scenes.motions.read_digits import ReadDigits
from scenes.motions.relocate import relocate
from scenes.stage.chapter import Chapter
from scenes.stage.layout import Area
from scenes.stage.sets import REST
from scenes.stage.theme import LABEL

SLOWLY = 3  # digits are read one by one before the others
FILL_SECONDS, PICTURES_A_SECOND = 6.5, 6
NOISE = 1000  # pictures of it are asked about
ON_THE_WAY = 8  # z of pictures that fly over everything
FAINT = 0.2  # opacity of cells that are not spoken of
EARLY = squish_rate_func(smooth, 0.0, 0.5)


class Mistakes(Chapter):
    """It is wrong in its own ways, and it cannot tell when it should not answer at all."""

    name = "mistakes"
    opens = "awake"
    ends = "asleep"

    def construct(self) -> None:
        self.exam = Exam.of(self.run)
        self.shown: Gallery | None = None
        self.lay_out()
        self.sit_down()
        self.read_some()
        self.read_all()
        self.count_right()
        if (mistake := self.exam.commonest_mistake()) is None:
            with self.beat("flawless"):
                pass
        else:
            self.confuse(*mistake)
            self.be_sure()
        self.see_noise()
        self.go_on()

    # -- the table ----------------------------------------------------------------------------------------

    def lay_out(self) -> None:
        """Where the digits are read, and the table beside it, or below it in a tall frame."""
        if self.layout.is_tall:
            self.reader, table = self.stage.down(1.25, self.stage.height - 1.4, gap=0.15)
        else:
            self.reader, table = self.stage.across(1, self.layout.pick(0.85, 2.6, 0.0), gap=0.4)
        self.matrix = ConfusionMatrix(
            self.run.class_names,
            rows=self.label("rows"),
            columns=self.label("columns"),
            most=int(self.exam.counts().max()),
            area=table,
            theme=self.theme,
        )
        self.ticker = NumberLabel(
            0, lambda count: self.label("read", count=round(count)), LABEL, self.theme.muted, self.theme
        )
        self.ticker.edge = (0.0, 0.0, 0.0)

    def sit_down(self) -> None:
        """The network goes aside, its way for the nine forgotten; only the digit where there is no more room."""
        with self.beat("exam", tests=len(self.exam.digits)):
            away, wide = self.diagram, self.layout.name == "wide"
            go = self.network_aside() if wide else self.digit_aside()
            early = squish_rate_func(smooth, 0.0, 0.4)
            gone = FadeOut(self.names, self.notes, away.confidences, away.ring, rate_func=early)
            self.play(go, gone, run_time=1.8)
            self.play(FadeIn(self.matrix, self.ticker), run_time=1.0)

    def network_aside(self) -> Animation:
        area, away = self.reader, self.diagram
        diagram = self.cast.diagram(self.theme, Area(area.left, area.bottom + 0.6, area.right, area.top))
        diagram.set_weights(self.run.last.weights).set_pixels(self.run.examples[self.cast.main].pixels)
        for edges in diagram.edges:
            edges.set_opacity(REST)
        self.diagram, self.plane = diagram, diagram.inputs
        self.readers = diagram.layers
        middle = (diagram.inputs.get_left()[0] + diagram.layers[-1].get_right()[0]) / 2
        self.ticker.move_to([middle, area.bottom + 0.3, 0])
        return relocate(away, diagram, numbers=False)

    def digit_aside(self) -> Animation:
        away, area, shape = self.diagram, self.reader, self.run.image_shape
        plane = InputPlane(shape, side=min(area.width, area.height, 1.9), theme=self.theme)
        plane.set_values(self.run.examples[self.cast.main].pixels).move_to(area.center)
        if self.layout.is_tall:
            plane.set_x(area.left + 0.3 * area.width)
            self.ticker.next_to([area.left + 0.55 * area.width, area.y, 0], RIGHT, buff=0)
        else:
            self.ticker.next_to(plane, DOWN, buff=0.2)
        target = plane.pixels.copy()
        plane.pixels.become(away.inputs.pixels)
        self.remove(away, away.inputs)
        rest = [*away.edges, *away.layers, away.names]
        self.add(*rest, away.confidences, away.ring, plane)
        self.plane, self.readers = plane, []
        early = squish_rate_func(smooth, 0.0, 0.5)
        return AnimationGroup(FlySquares(plane.pixels, target, lag=0.35), FadeOut(*rest, rate_func=early))

    # -- acts ---------------------------------------------------------------------------------------------

    def read_some(self) -> None:
        """The first digits, one by one: from the picture to the row of what it is, the column of the answer."""
        self.read = min(SLOWLY, len(self.exam.digits))
        with self.beat("first"):
            for number in range(self.read):
                self.play(*self.see(number), run_time=0.6)
                self.drop(number)

    def see(self, number: int) -> list[Animation]:
        """The network is shown test digit ``number``."""
        lit = [
            layer.discs.animate.set_values(light[layer.indices])
            for layer, light in zip(self.readers, self.lights(number), strict=True)
        ]
        return [self.plane.animate.set_values(self.exam.digits.pixels[number]), *lit]

    def drop(self, number: int) -> None:
        """A copy of the picture flies to its cell, which counts it."""
        matrix, digits = self.matrix, self.exam.digits
        label, answer = int(digits.labels[number]), int(self.exam.answers[number])
        cell = matrix.cell(label, answer)
        flying = self.plane.pixels.copy().set_z_index(ON_THE_WAY)
        landed = self.upright(0.9 * cell.width, cell.center, digits.pixels[number]).pixels
        noticed = [
            name.animate(rate_func=there_and_back_with_pause).set_color(self.theme.accent)
            for name in matrix.names_of(label, answer)
        ]
        self.add(flying)
        self.play(FlySquares(flying, landed, lag=0.2), *noticed, run_time=0.9)
        counted = self.exam.counts(number + 1)
        self.ticker.set_value(number + 1)
        self.play(matrix.cells.animate.set_values(matrix.shades(counted)), FadeOut(flying), run_time=0.25)
        matrix.set_counts(counted)

    def upright(self, side: float, center: np.ndarray, pixels: np.ndarray) -> InputPlane:
        """A picture as the film shows digits, somewhere."""
        plane = InputPlane(self.run.image_shape, side=side, theme=self.theme)
        return plane.move_to(center).set_values(pixels)

    def read_all(self) -> None:
        """All the others, faster and faster."""
        with self.beat("fill"):
            moving = Group(
                self.matrix.cells, self.ticker, self.plane, *(layer.discs for layer in self.readers)
            )
            self.play(
                ReadDigits(
                    moving,
                    self.read,
                    len(self.exam.digits),
                    count=self.count,
                    show=self.show,
                    pictures=round(FILL_SECONDS * PICTURES_A_SECOND),
                ),
                run_time=FILL_SECONDS,
            )
            self.numbers = self.matrix.numbers()
            if self.numbers is not None:
                self.play(FadeIn(self.numbers), run_time=0.8)

    def count(self, read: int) -> None:
        self.matrix.set_counts(self.exam.counts(read))
        self.ticker.set_value(read)

    def show(self, number: int) -> None:
        self.plane.set_values(self.exam.digits.pixels[number])
        for layer, light in zip(self.readers, self.lights(number), strict=True):
            layer.discs.set_values(light[layer.indices])

    def lights(self, number: int) -> list[np.ndarray]:
        """How bright the neurons shown are for a test digit."""
        if not self.readers:
            return []
        return self.cast.lights_of(self.exam.digits.pixels[number])

    def count_right(self) -> None:
        with self.beat("right", right=self.exam.right, tests=len(self.exam.digits)):
            self.play(self.light_up(np.eye(self.matrix.count, dtype=bool)), run_time=0.8)

    def light_up(self, cells: np.ndarray) -> Animation:
        """Only these cells (classes, classes) stay bright, and their numbers."""
        opacities = np.where(cells.ravel(), 1.0, FAINT)
        changes: list[Animation] = [self.matrix.cells.animate.set_opacities(opacities)]
        if self.numbers is not None:
            changes += [
                number.animate.set_fill(opacity=float(cells.ravel()[which]))
                for which, number in zip(self.matrix.numbered, self.numbers, strict=True)
            ]
        return AnimationGroup(*changes)

    def confuse(self, label: int, answer: int) -> None:
        """The cell with the commonest mistake, and some of the digits that are in it."""
        matrix, found = self.matrix, self.exam.read_as(label, answer)
        one = np.zeros((matrix.count, matrix.count), bool)
        one[label, answer] = True
        names = {"label": self.run.class_names[label], "answer": self.run.class_names[answer]}
        with self.beat("confused", "" if len(found) > 1 else "once", count=len(found), **names):
            self.marked = matrix.frame_of(label, answer)
            named = [name.animate.set_color(self.theme.accent) for name in matrix.names_of(label, answer)]
            self.play(FadeOut(*self.reading()), self.light_up(one), *named, run_time=0.8)
            self.play(Create(self.marked), run_time=0.6)
            found = found[: round(self.layout.pick(6, 3, 4))]
            sure = [(self.label("sure", confidence=float(self.exam.confidences[number])),) for number in found]
            images = self.exam.digits.images[found]
            self.few = Gallery(images, sure, area=self.reader, theme=self.theme)
            self.play(self.fly_out(self.few, found), run_time=1.8)

    def be_sure(self) -> None:
        """The table makes room for the mistakes that it was surest of."""
        found = self.exam.surest_mistakes()[: self.most_pictures]
        with self.beat("surest"):
            self.play(FadeOut(self.few, self.marked), run_time=0.5)
            self.shown = self.gallery(found, self.stage)
            table = [self.matrix, *([] if self.numbers is None else [self.numbers])]
            leave = FadeOut(*table, rate_func=squish_rate_func(smooth, 0.0, 0.6))
            self.play(self.fly_out(self.shown, found), leave, run_time=2.0)

    def see_noise(self) -> None:
        """Pictures of nothing, what it says to them, and how sure it is of that."""
        noise = noise_pictures(NOISE, self.run.image_shape, self.run.digest)
        outputs = self.run.network().activations(noise.reshape(NOISE, -1))[-1]
        few = noise[: self.most_pictures]
        words = [(self.label("nothing"), self.answer_words(output)) for output in outputs]
        gallery = Gallery(few, words[: len(few)], area=self.stage.inset(0.0, 0.1), theme=self.theme)
        with self.beat("noise"):
            self.become_noise(gallery)
        average, digits = float(outputs.max(axis=1).mean()), float(self.exam.confidences.mean())
        with self.beat("sure", noise=NOISE, confidence=average, digits=digits):
            answers = [Indicate(line, color=self.theme.accent) for line in gallery.words[1::2]]
            self.play(LaggedStart(*answers, lag_ratio=0.25), run_time=2.4)
        self.noise, self.outputs, self.shown = few, outputs, gallery

    def become_noise(self, gallery: Gallery) -> None:
        """The digits' pixels lose themselves, where as many pictures are on stage; else the others leave first."""
        before = self.shown
        if before is None:
            table = [self.matrix, *([] if self.numbers is None else [self.numbers]), *self.reading()]
            self.play(FadeOut(*table), run_time=0.8)
            self.play(FadeIn(gallery.pictures), run_time=0.8)
        elif len(before.centers) == len(gallery.centers):
            self.play(FadeOut(before.words), run_time=0.4)
            self.play(ReplacementTransform(before.pictures, gallery.pictures), run_time=1.6)
        else:
            self.play(FadeOut(before), run_time=0.6)
            self.play(FadeIn(gallery.pictures), run_time=0.8)
        self.play(FadeIn(gallery.words), run_time=0.6)

    def go_on(self) -> None:
        """One of these pictures goes through the network; then the nine is there again, and all is quiet."""
        gallery, run = self.shown, self.run
        assert gallery is not None
        surest = int(np.argmax(self.outputs.max(axis=1)[: len(self.noise)]))
        pixels, output = self.noise[surest].ravel(), self.outputs[surest]
        with self.beat("no_way", outputs=len(run.class_names)):
            side = gallery.width_of_one * max(1.0, run.image_shape[0] / run.image_shape[1])
            plane = self.upright(side, gallery.centers[surest], pixels)
            others = gallery.pictures.part(np.delete(np.arange(len(self.noise)), surest))
            self.remove(gallery.pictures, gallery.words)
            self.add(others, gallery.words)
            into = self.into_network(plane, pixels)
            self.play(into, FadeOut(others, gallery.words, rate_func=EARLY), run_time=2.0)
            self.light_network(pixels, output)
        awake = (self.diagram, self.names, self.notes)
        self.build_network()
        gone = FadeOut(awake[0].ring, awake[0].confidences)
        more = ((awake[1], self.names), (awake[2], self.notes))
        self.hush(gone, relocate(awake[0], self.diagram, *more, numbers=False), run_time=1.4)
        self.remove(*self.mobjects)
        self.set_asleep()

    def light_network(self, pixels: np.ndarray, output: np.ndarray) -> None:
        """The noise's way through all layers, and the answer."""
        diagram, layers = self.diagram, self.run.network().activations(pixels[None])
        lights, steps = self.cast.lights_of(pixels), []
        for gap, matrix in enumerate(self.run.last.weights):
            carry = come_to_carry(diagram, gap, matrix, layers[gap][0])
            column = diagram.layers[gap]
            lit = column.discs.animate.set_values(lights[gap][column.indices])
            steps.append(AnimationGroup(carry, lit))
        self.play(LaggedStart(*steps, lag_ratio=0.5), run_time=1.4)
        best = int(np.argmax(output))
        diagram.set_confidences(output)
        if best not in diagram.shown[-1]:  # of many outputs not all are drawn
            self.play(FadeIn(diagram.confidences), run_time=0.5)
            return
        diagram.mark_answer(best)
        self.play(FadeIn(diagram.confidences), Create(diagram.put_ring(best)), run_time=0.7)

    # -- pictures with words ------------------------------------------------------------------------------

    @property
    def most_pictures(self) -> int:
        return round(self.layout.pick(8, 6, 6))

    def gallery(self, numbers: np.ndarray, area: Area) -> Gallery:
        """Test digits, each with what it is and what the network said."""
        digits, names = self.exam.digits, self.run.class_names
        words = [
            (
                self.label("truth", label=names[digits.labels[number]]),
                self.answer_words(self.exam.outputs[number]),
            )
            for number in numbers
        ]
        return Gallery(digits.images[numbers], words, area=area, theme=self.theme)

    def answer_words(self, output: np.ndarray) -> str:
        best = int(np.argmax(output))
        return self.label("answer", answer=self.run.class_names[best], confidence=float(output[best]))

    def fly_out(self, gallery: Gallery, numbers: np.ndarray) -> Animation:
        """Digits leave the cells in which they were counted."""
        labels, answers = self.exam.digits.labels[numbers], self.exam.answers[numbers]
        cells = [self.matrix.cell(int(a), int(b)) for a, b in zip(labels, answers, strict=True)]
        pictures, settled = gallery.pictures, gallery.pictures.copy()
        middles = np.array([cell.center for cell in cells])
        shrunk = (pictures.marks - pictures.centers[:, None]) * (
            0.9 * self.matrix.side / gallery.width_of_one
        )
        pictures.points = (shrunk + middles[:, None]).reshape(-1, 3)
        pictures.set_opacities(np.zeros(len(cells)))
        self.add(pictures.set_z_index(ON_THE_WAY))
        late = squish_rate_func(smooth, 0.75, 1.0)
        return AnimationGroup(
            FlySquares(pictures, settled, lag=0.4, lift=0.3), FadeIn(gallery.words, rate_func=late)
        )

    def reading(self) -> list[Mobject]:
        """What stands beside the table while digits are read."""
        if not self.readers:
            return [self.plane, self.ticker]
        diagram = self.diagram
        return [*diagram.edges, diagram.inputs, *diagram.layers, diagram.names, self.ticker]
