"""Chapter 11: the network's test, and what it gets wrong."""

from __future__ import annotations

import numpy as np
from manim import (
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

from edgeglow.model.data.noise import noise_pictures, noise_rows
from edgeglow.scenes.mobjects.pictures.gallery import Gallery
from edgeglow.scenes.mobjects.pictures.row_gallery import RowGallery
from edgeglow.scenes.motions.forward_animations import show_contributions
from edgeglow.scenes.motions.move_diagram import transform_diagram
from edgeglow.scenes.motions.read_digits import ReadDigits
from edgeglow.scenes.stage.gallery_chapter import GalleryChapter

SLOWLY = 2  # digits read one by one before the others
FILL_SECONDS = 4.4  # seconds for all others
PICTURES_A_SECOND = 2.5  # more than three flashes a second are hard on the eyes
NOISE = 1000  # noise pictures that the network is tested with


class Mistakes(GalleryChapter):
    """The chapter on mistakes: the network has typical errors, and cannot tell when it should not answer."""

    name = "mistakes"
    opens = "awake"
    ends = "asleep"

    def construct(self) -> None:
        self.shown: Gallery | RowGallery | None = None
        self.prepare_evaluation()
        self.move_network_aside()
        self.read_some()
        self.read_all()
        self.count_right()
        if (mistake := self.evaluation.commonest_mistake()) is None:
            with self.beat("flawless"):
                pass
        else:
            self.confuse(*mistake)
            self.show_surest_mistakes()
        self.see_noise()
        self.go_on()

    def move_network_aside(self) -> None:
        """Move the network aside without its old activations; if there is no room, only the digit."""
        with self.beat("exam", tests=len(self.evaluation.digits)):
            away, wide = self.diagram, self.layout.name == "wide"
            go = self.network_aside() if wide else self.digit_aside()
            self.play(FadeOut(self.names, self.notes, away.confidences, away.ring), run_time=0.4)
            self.play(go, run_time=1.6)
            self.play(FadeIn(self.matrix, self.ticker), run_time=0.8)

    # -- parts --------------------------------------------------------------------------------------------

    def read_some(self) -> None:
        """Read the first digits one by one: each flies to the row of its class and the column of the answer."""
        self.read = min(SLOWLY, len(self.evaluation.digits))
        with self.beat("first"):
            for number in range(self.read):
                self.play(*self.see(number), run_time=0.6)
                self.drop(number)

    def read_all(self) -> None:
        """Read all other digits, at a growing speed."""
        flawless = self.evaluation.right == len(self.evaluation.digits)
        with self.beat("fill", "flawless" if flawless else ""):
            self.play(FadeOut(*self.landed), run_time=0.3)
            moving = Group(self.matrix.cells, self.ticker, self.plane, *(layer.discs for layer in self.readers))
            self.play(
                ReadDigits(
                    moving,
                    self.read,
                    len(self.evaluation.digits),
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
        with self.beat("right", right=self.evaluation.right, tests=len(self.evaluation.digits)):
            self.play(self.light_up(np.eye(self.matrix.count, dtype=bool)), run_time=0.8)

    def confuse(self, label: int, answer: int) -> None:
        """Highlight the cell of the most frequent mistake, and show some of its digits."""
        matrix, found = self.matrix, self.evaluation.read_as(label, answer)
        one = np.zeros((matrix.count, matrix.count), bool)
        one[label, answer] = True
        names = {"label": self.cast.name(label), "answer": self.cast.name(answer)}
        with self.beat("confused", count=len(found), **names):
            self.marked = matrix.frame_of(label, answer)
            named = [name.animate.set_color(self.theme.accent) for name in matrix.names_of(label, answer)]
            self.play(self.light_up(one), *named, run_time=0.8)
            self.play(Create(self.marked), run_time=0.6)
            if self.run.subject == "digits":
                self.show_few(found)
                return
        with self.beat("took", **names):  # names of classes may be long, so they get a sentence of their own
            self.show_few(found)

    def show_few(self, found: np.ndarray) -> None:
        """Show some digits with the same mistake, in place of the one that was read last."""
        found = found[: round(self.layout.pick(6, 3, 3))]
        sure = [(self.label("sure", confidence=float(self.evaluation.confidences[number])),) for number in found]
        self.few = self.build_gallery(self.evaluation.digits.pixels[found], sure, self.reader)
        leave = FadeOut(*self.reading(), rate_func=squish_rate_func(smooth, 0.0, 0.4))
        self.play(leave, self.fly_out(self.few, found), run_time=1.8)

    def show_surest_mistakes(self) -> None:
        """Replace the table by the mistakes with the highest confidence."""
        found = self.evaluation.most_confident_mistakes()[: self.most_pictures]
        with self.beat("surest"):
            self.play(FadeOut(self.few, self.marked), run_time=0.4)
            self.shown = self.mistake_gallery(found, self.stage)
            table = [self.matrix, *([] if self.numbers is None else [self.numbers])]
            leave = FadeOut(*table, rate_func=squish_rate_func(smooth, 0.0, 0.6))
            self.play(self.fly_out(self.shown, found), leave, run_time=1.8)
            self.wait(0.8)

    def see_noise(self) -> None:
        """Show meaningless inputs, the network's answers to them, and how confident they are."""
        noise = self.make_noise()
        outputs = self.run.network().activations(noise)[-1]
        words = [(self.answer_words(output),) for output in outputs[: self.most_pictures]]
        gallery = self.build_gallery(noise[: self.most_pictures], words, self.stage.inset(0.0, 0.1))
        with self.beat("noise"):
            self.become_noise(gallery)
        answers = outputs[: len(words)].argmax(axis=1)[: len(gallery.centers)]
        if len(answers) > 2 and np.all(answers == answers[0]):
            with self.beat("same", count=len(answers), answer=self.cast.name(int(answers[0]))):
                lit = [line.animate.set_color(self.theme.accent) for line in gallery.words]
                self.play(LaggedStart(*lit, lag_ratio=0.2), run_time=1.4)
        average, digits = float(outputs.max(axis=1).mean()), float(self.evaluation.confidences.mean())
        with self.beat("sure", noise=NOISE, confidence=average, digits=digits):
            answers = [Indicate(line, color=self.theme.accent) for line in gallery.words]
            self.play(LaggedStart(*answers, lag_ratio=0.25), run_time=2.4)
        self.noise, self.outputs, self.shown = noise, outputs, gallery

    def make_noise(self) -> np.ndarray:
        """Return random inputs (NOISE, inputs): pixels of any brightness, or numbers in the range of real ones."""
        if self.run.image_shape is None:
            return noise_rows(NOISE, self.evaluation.digits.pixels)
        return noise_pictures(NOISE, self.run.image_shape).reshape(NOISE, -1)

    def become_noise(self, gallery: Gallery | RowGallery) -> None:
        """Turn the digits shown into noise pictures if there are as many; else fade the digits out first."""
        before = self.shown
        if before is None:
            table = [self.matrix, *([] if self.numbers is None else [self.numbers]), *self.reading()]
            self.play(FadeOut(*table), run_time=0.8)
            self.play(FadeIn(gallery.pictures), run_time=0.8)
        elif len(before.centers) == len(gallery.centers):
            self.play(FadeOut(before.words, before.notes), run_time=0.4)
            self.play(ReplacementTransform(before.pictures, gallery.pictures), run_time=1.6)
        else:
            self.play(FadeOut(before), run_time=0.6)
            self.play(FadeIn(gallery.pictures), run_time=0.8)
        self.play(FadeIn(gallery.words, gallery.notes), run_time=0.6)

    def go_on(self) -> None:
        """Run one noise picture through the network, then restore the network with the film's digit, not lit."""
        gallery, run = self.shown, self.run
        assert gallery is not None
        # only pictures where the first layer will be, so that none flies over mobjects that fade in
        outer = np.flatnonzero(gallery.centers[:, 0] < gallery.centers[:, 0].min() + 1e-6)
        surest = int(outer[np.argmax(self.outputs.max(axis=1)[outer])])
        pixels, output = self.noise[surest], self.outputs[surest]
        with self.beat("no_way", outputs=len(run.class_names)):
            plane, others = self.split_gallery(gallery, surest, pixels)
            self.remove(gallery.pictures, gallery.words, gallery.notes)
            self.add(others, gallery.words, gallery.notes)
            self.add(plane)
            gone = FadeOut(others, gallery.words, gallery.notes, rate_func=squish_rate_func(smooth, 0.0, 0.7))
            self.play(gone, self.into_network(plane, pixels), run_time=1.6)
            self.light_network(pixels, output)
        awake = (self.diagram, self.names, self.notes)
        self.build_network()
        gone = FadeOut(awake[0].ring, awake[0].confidences)
        more = ((awake[1], self.names), (awake[2], self.notes))
        self.clear_caption(gone, transform_diagram(awake[0], self.diagram, *more, numbers=False), run_time=1.2)
        self.remove(*self.mobjects)
        self.set_asleep()

    def light_network(self, pixels: np.ndarray, output: np.ndarray) -> None:
        """Run the noise picture through all layers, and mark the answer."""
        diagram, layers = self.diagram, self.run.network().activations(pixels[None])
        lights, steps = self.cast.lights_of(pixels), []
        for gap, matrix in enumerate(self.run.last.weights):
            carry = show_contributions(diagram, gap, matrix, layers[gap][0])
            column = diagram.layers[gap]
            lit = column.discs.animate.set_values(lights[gap][column.indices])
            steps.append(AnimationGroup(carry, lit))
        self.play(LaggedStart(*steps, lag_ratio=0.5), run_time=1.4)
        best = int(np.argmax(output))
        diagram.set_confidences(output)
        if best not in diagram.shown[-1]:  # not all of many outputs are drawn
            self.play(FadeIn(diagram.confidences), run_time=0.5)
            return
        diagram.mark_answer(best)
        self.play(FadeIn(diagram.confidences), Create(diagram.put_ring(best)), run_time=0.7)
