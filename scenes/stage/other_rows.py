"""The opening of a film about rows of named numbers: other examples of the data, with what they are."""

from __future__ import annotations

from manim import Animation, FadeIn, FadeOut, VGroup, smooth, squish_rate_func

from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.stage.chapter import Chapter

MOST_OTHERS = 2  # examples that are shown before the question


class OtherRows(Chapter):
    """A chapter that begins with what the named numbers of an example may say."""

    def ask_for_the_kind(self) -> None:
        """Show the film's row, the rows of other examples with their classes, and the film's row again."""
        run, main = self.run, self.cast.main
        assert isinstance(self.plane, FeatureColumn)
        self.numbers_shown = VGroup(*(word for word in self.words if isinstance(word, NumberLabel)))
        others = [number for number in self.cast.others if self.cast.truth(number) is not None][:MOST_OTHERS]
        with self.beat("given", inputs=run.layer_sizes[0]):
            self.wait(0.5)
        for turn, number in enumerate(others):
            with self.beat("kind" if turn == 0 else "another", label=self.cast.truth(number)):
                self.play(*self.change_row(number), run_time=1.6)
        with self.beat("which", variant="" if others else "alone", outputs=run.layer_sizes[-1]):
            if others:
                self.play(*self.change_row(main), run_time=1.6)

    def change_row(self, number: int) -> list[Animation]:
        """Return the animations that show the numbers of another example in the column."""
        row = self.run.examples[number].pixels
        column = self.plane
        assert isinstance(column, FeatureColumn)
        old, new = self.numbers_shown, VGroup(*column.written_numbers(row, self.words_size))
        self.numbers_shown = new
        self.words = VGroup(*(word for word in self.words if word not in [*old]), *new)
        away, come = squish_rate_func(smooth, 0.0, 0.45), squish_rate_func(smooth, 0.55, 1.0)
        target = column.pixels.copy().set_values(column.shares(row))
        return [
            column.pixels.animate.become(target),
            *(FadeOut(label, rate_func=away) for label in old),
            *(FadeIn(label, rate_func=come) for label in new),
        ]
