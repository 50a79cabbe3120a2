"""Two trainings side by side: edges, loss and accuracy of both, at the same moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Animation, FadeIn, Group, Indicate, Mobject, VGroup

from edgeglow.model.run.run import Run
from edgeglow.scenes.comparison.comparison_chapter import Comparison
from edgeglow.scenes.mobjects.charts.paired_curves import PairedCurves
from edgeglow.scenes.mobjects.charts.training_board import TrainingBoard
from edgeglow.scenes.mobjects.charts.training_progress import TrainingProgress
from edgeglow.scenes.stage.training_board_parts import (
    BRIGHTER,
    CURVE,
    GUTTER,
    TRACK,
    WRITTEN,
    board_snapshot,
    round_above,
    time_format,
)
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import LABEL, SMALL

SECONDS = 11.0  # length of the replay
REPLAY_POWER = 2.0  # the replay shows share t ** REPLAY_POWER of the training at time t, so it gets faster
OVERFITTING_GAP = 0.05  # least gap between training and test accuracy to call it overfitting
NUMBERS = 0.52  # height of the outputs' numbers under a row, which are not written here
AIR = 0.08  # scene units between a network and its name
LOW_CURVE = 0.95  # height of a curve with its name in a tall frame


class TwoTrainings(Comparison):
    """The chapter that compares two trainings: which network gets better, and how."""

    name = "two_trainings"
    also_says = ("training",)
    side_by_side = True

    @classmethod
    def fits_both(cls, first: Run, second: Run) -> str | None:
        if reason := super().fits_both(first, second):
            return reason
        few = [run for run in (first, second) if len(run.snapshots) < 2]
        return "there is only one snapshot of a training" if few else None

    def construct(self) -> None:
        upper, lower = self.places()
        self.moments = shared_progress(*(side.run for side in self.sides))
        self.paired = self.build_curves(lower)
        self.boards = [self.build_board(number, upper) for number in range(2)]
        self.begin()
        self.learn()
        self.end()
        self.close()

    # -- parts --------------------------------------------------------------------------------------------

    def begin(self) -> None:
        early = [side.run.first.accuracy for side in self.sides]
        untrained = all(side.run.from_scratch for side in self.sides)
        self.add(*self.titles)  # they are what the chapter before ends with
        colored = [side.title.animate.set_fill(color) for side, color in zip(self.sides, self.colors, strict=True)]
        parts = [part for board in self.boards for part in self.parts(board)]
        with self.beat("start", "" if untrained else "late", accuracy=early[0], against=early[1]):
            self.play(*colored, FadeIn(Group(*self.paired, *parts)), run_time=1.6)

    def learn(self) -> None:
        with self.beat("learn"):
            self.play(ReplayBoth(self.boards, self.moments, run_time=SECONDS))

    def end(self) -> None:
        first, second = (side.run for side in self.sides)
        variant = "" if have_same_tests(first, second) else "own"
        with self.beat("end", variant, accuracy=first.accuracy, against=second.accuracy):
            self.wait(0.4)
        gaps = [overfitting_gap(side.run) for side in self.sides]
        side = self.sides[int(np.argmax(gaps))]
        if max(gaps) > OVERFITTING_GAP:
            seen = float(side.run.curve_accuracies[-1])
            with self.beat("by_heart", seen=seen, accuracy=side.run.accuracy):
                self.play(Indicate(side.title, color=side.title.get_fill_color()), run_time=1.2)

    # -- the boards ---------------------------------------------------------------------------------------

    @property
    def colors(self) -> tuple[object, object]:
        """Colours of the names, curves and numbers of the two networks."""
        return self.theme.accent, self.theme.text

    def places(self) -> tuple[float, list[Area]]:
        """Return the height of the networks above the stage's bottom, and the areas of loss and accuracy below."""
        stage, is_tall = self.stage, self.layout.is_tall
        height = 2 * LOW_CURVE + 0.15 if is_tall else CURVE
        area = Area(stage.left, stage.bottom, stage.right, stage.bottom + height)
        curves = area.down(1, 1, gap=0.15) if is_tall else area.across(1, 1, gap=0.5)
        return height + 0.2, list(curves)

    def build_board(self, number: int, above: float) -> TrainingBoard:
        """Create one side: its network below its name, and a progress bar."""
        side, run = self.sides[number], self.sides[number].run
        area, bottom = side.area, self.stage.bottom + above
        is_tall = 1.1 * area.width < area.top - bottom
        free = NUMBERS if is_tall else 0.0
        network = Area(area.left, bottom + TRACK + 0.05 - free, area.right, area.top - AIR)
        diagram = side.cast.diagram(self.theme, network).set_pixels(run.examples[self.digit].pixels)
        longest = run.times[0] + (run.times[-1] - run.times[0]) / self.moments[number][-1]
        track = TrainingProgress(
            run.times[0],
            longest,
            run.times,
            forms=[time_format(side)],
            width=area.width - 0.2,
            size=SMALL,
            theme=self.theme,
        ).move_to([area.x, bottom + TRACK / 2, 0])
        curves = [paired.second if number else paired.first for paired in self.paired]
        moments = [board_snapshot(side, shot) for shot in range(len(run.snapshots))]
        board = TrainingBoard(diagram, curves, track, moments)
        for edges in diagram.edges:
            edges.set_gain(BRIGHTER * edges.gain)
        return board

    def build_curves(self, areas: Sequence[Area]) -> VGroup:
        """Create loss and accuracy of both networks on the same axes, over the progress of the longer training."""
        losses, accuracies = (
            [np.array([getattr(shot, name) for shot in side.run.snapshots]) for side in self.sides]
            for name in ("loss", "accuracy")
        )
        top = round_above(float(max(map(np.max, losses))))
        built = VGroup()
        for area, values, name, most, form in (
            (areas[0], losses, "loss", top, ".2f"),
            (areas[1], accuracies, "accuracy", 1.0, ".1%"),
        ):
            paired = PairedCurves(
                self.moments,
                values,
                colors=self.colors,
                name=self.sides[0].label(name),
                form=form,
                top=most,
                ends=("0", f"{top:g}" if name == "loss" else "100%") if self.layout.name == "wide" else (),
                gutter=self.layout.pick(GUTTER, 0.0, 0.0),
                width=area.width,
                height=area.height - WRITTEN,
                size=self.layout.pick(LABEL, SMALL, SMALL),
                theme=self.theme,
            )
            built.add(paired.shift([area.left, area.bottom, 0]))
        return built

    def parts(self, board: TrainingBoard) -> list[Mobject]:
        """Return a side's network, without the numbers at the outputs, and its progress bar."""
        diagram = board.diagram
        network = [*diagram.edges, diagram.inputs, *diagram.layers, diagram.names, diagram.input_names]
        if self.layout.is_tall:  # no room between the neurons to read them
            network.remove(diagram.names)
        return [*network, board.progress]


class ReplayBoth(Animation):
    """Animation that replays several trainings together, from the first snapshot to the last.

    ``moments`` holds the times of each board's snapshots as shares of the replay; a training that ends before 1 stays
    at its last snapshot. The beginning, in which most is learnt, takes more time than the rest.
    """

    def __init__(self, boards: Sequence[TrainingBoard], moments: Sequence[np.ndarray], **kwargs: float) -> None:
        self.boards = boards
        self.moments = moments
        seen = [part for board in boards for part in (*board.diagram.edges, *board.curves, board.progress)]
        lit = [layer for board in boards for layer in board.diagram.layers]
        super().__init__(Group(*seen, *lit), rate_func=lambda t: t**REPLAY_POWER, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        now = self.rate_func(alpha)
        for board, moments in zip(self.boards, self.moments, strict=True):
            board.show_moment(float(np.interp(now, moments, np.arange(len(moments)))))


def shared_progress(first: Run, second: Run) -> list[np.ndarray]:
    """Return the times of both runs' snapshots, from 0 (the first) to 1 (the last of the longer training).

    Trainings that are not counted in the same unit both end at 1.
    """
    spans = [run.times[-1] - run.times[0] for run in (first, second)]
    longest = [max(spans)] * 2 if first.clock == second.clock else spans
    return [
        np.asarray((run.times - run.times[0]) / whole) for run, whole in zip((first, second), longest, strict=True)
    ]


def have_same_tests(first: Run, second: Run) -> bool:
    """Return whether both runs were tested on the same examples."""
    one, other = first.test_digits, second.test_digits
    return np.array_equal(one.labels, other.labels) and np.array_equal(one.images, other.images)


def overfitting_gap(run: Run) -> float:
    """Return training accuracy minus test accuracy; 0 if the training accuracy is not known."""
    return float(run.curve_accuracies[-1]) - run.accuracy if len(run.curve_accuracies) else 0.0
