"""Chapter 11: the exam, and what the network gets wrong."""

from __future__ import annotations

import numpy as np
from manim import (
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Group,
    Indicate,
    LaggedStart,
    ReplacementTransform,
    smooth,
    squish_rate_func,
)

from model.noise import noise_pictures
from scenes.mobjects.gallery import Gallery
from scenes.motions.flow import come_to_carry
from scenes.motions.fly import FlySquares
from scenes.motions.read_digits import ReadDigits
from scenes.motions.relocate import relocate
from scenes.stage.exam_hall import ON_THE_WAY, ExamHall
from scenes.stage.layout import Area

SLOWLY = 2  # digits are read one by one before the others
FILL_SECONDS = 5.2
PICTURES_A_SECOND = 2.5  # more than three flashes a second are hard on the eyes
NOISE = 1000  # pictures of it are asked about


class Mistakes(ExamHall):
    """It is wrong in its own ways, and it cannot tell when it should not answer at all."""

    name = "mistakes"
    opens = "awake"
    ends = "asleep"

    def construct(self) -> None:
        self.shown: Gallery | None = None
        self.enter_hall()
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

    def sit_down(self) -> None:
        """The network goes aside, its way for the nine forgotten; only the digit where there is no more room."""
        with self.beat("exam", tests=len(self.exam.digits)):
            away, wide = self.diagram, self.layout.name == "wide"
            go = self.network_aside() if wide else self.digit_aside()
            self.play(FadeOut(self.names, self.notes, away.confidences, away.ring), run_time=0.4)
            self.play(go, run_time=1.6)
            self.play(FadeIn(self.matrix, self.ticker), run_time=0.8)

    # -- acts ---------------------------------------------------------------------------------------------

    def read_some(self) -> None:
        """The first digits, one by one: from the picture to the row of what it is, the column of the answer."""
        self.read = min(SLOWLY, len(self.exam.digits))
        with self.beat("first"):
            for number in range(self.read):
                self.play(*self.see(number), run_time=0.6)
                self.drop(number)

    def read_all(self) -> None:
        """All the others, faster and faster."""
        flawless = self.exam.right == len(self.exam.digits)
        with self.beat("fill", "flawless" if flawless else ""):
            self.play(FadeOut(*self.landed), run_time=0.3)
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
                    pictures=int(FILL_SECONDS * PICTURES_A_SECOND),
                ),
                run_time=FILL_SECONDS,
            )
            self.numbers = self.matrix.numbers()
            if self.numbers is not None:
                self.play(FadeIn(self.numbers), run_time=0.6)
                self.wait(0.6)

    def count_right(self) -> None:
        with self.beat("right", right=self.exam.right, tests=len(self.exam.digits)):
            self.play(self.light_up(np.eye(self.matrix.count, dtype=bool)), run_time=0.8)

    def confuse(self, label: int, answer: int) -> None:
        """The cell with the commonest mistake, and some of the digits that are in it."""
        matrix, found = self.matrix, self.exam.read_as(label, answer)
        one = np.zeros((matrix.count, matrix.count), bool)
        one[label, answer] = True
        names = {"label": self.run.class_names[label], "answer": self.run.class_names[answer]}
        with self.beat("confused", count=len(found), **names):
            self.marked = matrix.frame_of(label, answer)
            named = [name.animate.set_color(self.theme.accent) for name in matrix.names_of(label, answer)]
            self.play(FadeOut(*self.reading()), self.light_up(one), *named, run_time=0.8)
            self.play(Create(self.marked), run_time=0.6)
            found = found[: round(self.layout.pick(6, 3, 3))]
            sure = [
                (self.label("sure", confidence=float(self.exam.confidences[number])),) for number in found
            ]
            images = self.exam.digits.images[found]
            self.few = Gallery(images, sure, area=self.reader, theme=self.theme)
            self.play(self.fly_out(self.few, found), run_time=1.8)

    def be_sure(self) -> None:
        """The table makes room for the mistakes that it was surest of."""
        found = self.exam.surest_mistakes()[: self.most_pictures]
        with self.beat("surest"):
            self.play(FadeOut(self.few, self.marked), run_time=0.4)
            self.shown = self.gallery(found, self.stage)
            table = [self.matrix, *([] if self.numbers is None else [self.numbers])]
            leave = FadeOut(*table, rate_func=squish_rate_func(smooth, 0.0, 0.6))
            self.play(self.fly_out(self.shown, found), leave, run_time=1.8)
            self.wait(0.8)

    def see_noise(self) -> None:
        """Pictures of nothing, what it says to them, and how sure it is of that."""
        noise = noise_pictures(NOISE, self.run.image_shape, self.run.digest)
        outputs = self.run.network().activations(noise.reshape(NOISE, -1))[-1]
        few = noise[: self.most_pictures]
        words = [(self.answer_words(output),) for output in outputs]
        gallery = Gallery(few, words[: len(few)], area=self.stage.inset(0.0, 0.1), theme=self.theme)
        with self.beat("noise"):
            self.become_noise(gallery)
        average, digits = float(outputs.max(axis=1).mean()), float(self.exam.confidences.mean())
        with self.beat("sure", noise=NOISE, confidence=average, digits=digits):
            answers = [Indicate(line, color=self.theme.accent) for line in gallery.words]
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
        # of those that stand where the first layer will be: none flies over what comes onto the stage meanwhile
        outer = np.flatnonzero(gallery.centers[:, 0] < gallery.centers[:, 0].min() + 1e-6)
        surest = int(outer[np.argmax(self.outputs.max(axis=1)[outer])])
        pixels, output = self.noise[surest].ravel(), self.outputs[surest]
        with self.beat("no_way", outputs=len(run.class_names)):
            side = gallery.width_of_one * max(1.0, run.image_shape[0] / run.image_shape[1])
            plane = self.upright(side, gallery.centers[surest], pixels)
            others = gallery.pictures.part(np.delete(np.arange(len(self.noise)), surest))
            self.remove(gallery.pictures, gallery.words)
            self.add(others, gallery.words)
            self.add(plane)
            self.play(FadeOut(others, gallery.words), run_time=0.4)
            self.play(self.into_network(plane, pixels), run_time=1.6)
            self.light_network(pixels, output)
        awake = (self.diagram, self.names, self.notes)
        self.build_network()
        gone = FadeOut(awake[0].ring, awake[0].confidences)
        more = ((awake[1], self.names), (awake[2], self.notes))
        self.hush(gone, relocate(awake[0], self.diagram, *more, numbers=False), run_time=1.2)
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
