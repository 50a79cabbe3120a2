"""Chapter 6: a convolutional network, for comparison: small filters, feature maps, and receptive fields."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    UP,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Mobject,
    Rectangle,
    Transform,
    VGroup,
    linear,
    smooth,
    squish_rate_func,
)

from edgeglow.model.network.convolution.layout import POOL
from edgeglow.model.run.run import Run
from edgeglow.scenes.mobjects.network.feature_map_row import FeatureMapRow
from edgeglow.scenes.mobjects.network.sliding_filter import FillMap, SlideFilter, SlidingFilter
from edgeglow.scenes.mobjects.pictures.tiles import Tiles, even_cells, frame_of, one_above_other, signed_shades
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.digit_maps import DigitMaps
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import LABEL, SMALL, STILL, TextLine

BEFORE = 0.3  # opacity of the maps from which smaller ones were made
NEAR = 1.7  # zoom on the pixels of the network
FILTER_SHARE = 0.42  # width of the filter above a map, as a share of the map's width


class Convolution(Chapter):
    """The chapter on convolution: filters find strokes, and cells of deeper maps see more of the digit."""

    name = "convolution"
    subjects = ("digits",)  # an imported network has no convolutional network beside it
    opens = "digit"
    ends = "asleep"

    @classmethod
    def fits(cls, run: Run) -> str | None:
        return super().fits(run) or (None if run.convolution else "the run holds no convolutional network")

    def construct(self) -> None:
        self.look_inside()
        self.compare()
        self.apply_filter()
        self.slide()
        self.show_all()
        self.pool()
        if self.seen.is_deep:
            self.go_deeper()
        self.line_up()
        self.come_back()

    # -- setup --------------------------------------------------------------------------------------------

    def look_inside(self) -> None:
        """Compute the feature maps of the film's digit, and lay out the digit and the panel beside it."""
        assert self.run.convolution is not None
        digit = self.run.examples[self.cast.main]
        self.seen = DigitMaps(self.run.convolution, digit.pixels.reshape(self.picture_shape))
        if self.layout.name == "wide":
            self.picture, self.panel = self.stage.across(1.0, 1.75, gap=0.7)
        else:
            self.picture, self.panel = self.stage.down(1.0, 1.05, gap=0.25)

    # -- parts --------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Move the digit aside and show the filters of the first layer."""
        seen = self.seen
        self.filters = Tiles(
            (seen.side, seen.side), even_cells(self.panel, len(seen.shown), 1.0, 0.45), signed=True, theme=self.theme
        )
        self.filters.set_pictures(signed_shades(seen.network.filters[0][seen.shown, 0], seen.weight_scale))
        under = self.layout.pick(0.0, 0.45, 0.35)  # space below the digit for text
        place = Area(self.picture.left, self.picture.bottom + under, self.picture.right, self.picture.top)
        with self.beat("other", accuracy=seen.network.accuracy):
            rows, columns = self.picture_shape
            cell = 0.94 * min(place.width / columns, place.height / rows)
            self.play(self.plane.animate.scale(cell / self.plane.cell).move_to(place.center), run_time=1.4)
            self.plane.cell = cell
            self.play(FadeIn(self.filters, shift=0.2 * UP), run_time=1.0)

    def apply_filter(self) -> None:
        """Apply one filter to the digit: weights become products, products a sum, the sum a cell of the map."""
        seen = self.seen
        self.build_sliding()
        sliding, here = self.sliding, seen.places()[0]
        dark = np.zeros(seen.stages[1].shape[1:], dtype=bool)
        with self.beat("filter", side=seen.side):
            mine = self.filters.picture(seen.followed_place)
            self.add(mine)
            flight = MoveMarks(mine, sliding.filter.squares, lag=0.0, lift=0.0)
            self.play(FadeOut(self.filters), flight, FadeIn(self.bench_words[0]), run_time=1.0)
            self.remove(mine)
            lying = sliding.filter.squares.copy()
            target = lying.copy().scale(self.plane.cell / sliding.filter.cell).move_to(sliding.frame)
            self.add(sliding.filter, lying)
            self.play(MoveMarks(lying, target, lag=0.0, lift=0.0), run_time=1.0)
            self.play(Create(sliding.frame), run_time=0.4)
            self.play(lying.animate.set_values(sliding.products.squares.values), run_time=0.6)
            flight = MoveMarks(lying, sliding.products.squares.copy(), lag=0.0, lift=0.0)
            self.play(flight, FadeIn(self.bench_words[1]), run_time=1.1)
            self.remove(lying)
            self.add(sliding.products)
            self.play(FadeIn(sliding.written, sliding.map), Create(sliding.cell_frame), run_time=0.6)
            self.add(sliding)
            self.play(SlideFilter(sliding, here, here, dark), run_time=0.3)
            self.wait(0.4)

    def build_sliding(self) -> None:
        """Create the filter, its products, their sum and the map; it starts where its sum is largest."""
        share, gap = self.layout.pick(1.6, 1.0, 1.05), self.layout.pick(1.0, 0.6, 0.2)
        bench, on_map = self.panel.across(1.0, share, gap=gap)
        if self.layout.name == "square":
            upper, on_sum = bench.down(1.0, 0.35, gap=0.1)
            on_filter, on_products = upper.across(1.0, 1.0, gap=0.4)
        else:
            on_filter, on_products, on_sum = bench.down(1.0, 1.0, 0.42, gap=self.layout.pick(0.3, 0.2, 0.15))
        above = self.layout.pick(0.45, 0.32, 0.32)  # space above a picture for its label
        on_filter, on_products = (
            Area(area.left, area.bottom, area.right, area.top - above) for area in (on_filter, on_products)
        )
        areas = on_filter, on_products, on_map
        size = self.layout.pick(LABEL, SMALL, SMALL)
        self.sliding = SlidingFilter(
            self.seen.filtering, self.plane, areas, on_sum.center, self.label("bias"), size, self.theme
        )
        self.sliding.set_place(*self.seen.places()[0])
        self.bench_words = VGroup()
        for key, tiles in (("filter", self.sliding.filter), ("product", self.sliding.products)):
            word = self.theme.write(self.label(key), size, self.theme.muted)
            self.bench_words.add(word.next_to(tiles, UP, buff=0.1).set_z_index(STILL))
        if self.layout.name == "square":
            self.bench_words[0].align_to(self.bench_words[1], UP)

    def slide(self) -> None:
        """Slide the filter along one row, stopping where the sum is smallest, then over all other rows."""
        sliding, (row, column) = self.sliding, self.seen.places()[0]
        lit = np.zeros(self.seen.stages[1].shape[1:], dtype=bool)
        lit[row, column] = True
        least, end = self.seen.places()[-1][1], lit.shape[1] - 1
        with self.beat("slide"):
            self.play(SlideFilter(sliding, (row, column), (row, 0), lit), run_time=0.6)
            for start, stop, pause in ((0, least, 0.6), (least, end, 0.2)):
                along = SlideFilter(sliding, (row, start), (row, stop), lit, lights=True, rate_func=linear)
                self.play(along, run_time=0.2 + 1.8 * (stop - start) / max(end, 1))
                lit[row, start : stop + 1] = True
                self.wait(pause)
            bench = (sliding.products, sliding.written, self.bench_words, sliding.frame, sliding.cell_frame)
            self.play(FadeOut(*bench), run_time=0.4)
            self.add(sliding.filter, sliding.map)
            self.play(FillMap(sliding, lit), run_time=1.4)

    def show_all(self) -> None:
        """Move the map to those of the other filters, each below its filter."""
        seen, network = self.seen, self.seen.network
        shape = seen.stages[1].shape[1:]
        units = even_cells(self.panel, len(seen.shown), 1 / (shape[0] / shape[1] + 1.2 * FILTER_SHARE), 0.25)
        above, on_maps = zip(*(one_above_other(unit, FILTER_SHARE) for unit in units), strict=True)
        self.tiles = Tiles(shape, on_maps, theme=self.theme)
        filters = Tiles((seen.side, seen.side), above, signed=True, theme=self.theme)
        filters.set_pictures(signed_shades(network.filters[0][seen.shown, 0], seen.weight_scale))
        values = seen.lit(1, seen.shown)
        self.tiles.set_pictures(values)
        mine, its_filter = self.sliding.map.squares, self.sliding.filter.squares
        note = self.note_of(len(seen.shown), len(seen.stages[1]))
        truth = self.cast.truth(self.cast.main) or ""
        with self.beat("maps", "" if truth else "unnamed", filters=len(network.filters[0]), label=truth):
            self.play(
                MoveMarks(mine, self.tiles.picture(seen.followed_place), lag=0.0, lift=0.0),
                MoveMarks(its_filter, filters.picture(seen.followed_place), lag=0.0, lift=0.0),
                run_time=1.2,
            )
            self.tiles.set_pictures(np.where(seen.shown[:, None, None] == seen.followed, values, 0.0))
            self.play(FadeIn(filters, self.tiles, note), run_time=0.8)
            self.remove(self.sliding, self.sliding.map, self.sliding.filter, mine, its_filter)
            self.play(self.tiles.squares.animate.set_values(values.ravel()), run_time=1.4)
        self.beside_maps = (filters, note)

    def pool(self) -> None:
        """Apply max pooling: of every few cells only the brightest stays, and the maps shrink in place."""
        seen = self.seen
        smaller = self.tiles.of_shape(seen.stages[2].shape[1:]).set_pictures(seen.lit(2, seen.shown))
        before = self.tiles.squares.copy()
        before.set_z_index(before.z_index - 1)
        with self.beat("pool", size=POOL):
            near = self.look_at(self.tiles.block(seen.followed_place), margin=0.03)
            self.play(FadeOut(*self.beside_maps, run_time=0.4), near, run_time=1.2)
            self.add(before)
            pooled = self.tiles.pooled(smaller, POOL)
            shrink = MoveMarks(self.tiles.squares, pooled, lag=0.0, lift=0.0)
            self.play(shrink, before.animate.set_opacity(BEFORE), run_time=1.6)
            self.remove(self.tiles)
            self.add(smaller)
            self.play(self.look_home(), FadeOut(before), run_time=1.1)
            self.end_closeup()
        self.tiles = smaller
        self.leaving: list[Mobject] = [smaller]

    def go_deeper(self) -> None:
        """Apply the next layer's filters, each to all maps at once, to get the next layer's maps."""
        seen = self.seen
        moved, found = self.two_layers()
        values = seen.lit(3, seen.later)
        found.set_pictures(np.zeros_like(values))
        number, row, column = (int(index) for index in np.unravel_index(int(values.argmax()), values.shape))
        frames = VGroup(*(moved.frame(place, row, column, seen.side) for place in range(len(seen.shown))))
        target = found.frame(number, row, column)
        with self.beat("deeper", maps=len(seen.stages[3])):
            self.play(MoveMarks(self.tiles.squares, moved.squares, lag=0.0, lift=0.0), run_time=1.1)
            appear = LaggedStart(*(Create(frame) for frame in frames), lag_ratio=0.1)
            self.play(appear, FadeIn(found), run_time=1.1)
            self.play(Create(target), run_time=0.4)
            self.play(found.squares.animate.set_values(values.ravel()), run_time=1.2)
        self.leaving = [self.tiles, found, frames, target]

    def two_layers(self) -> tuple[Tiles, Tiles]:
        """Return the pooled maps and those of the next layer, side by side with equal cells."""
        seen = self.seen
        before, after = self.panel.across(1.0, 1.3, gap=self.layout.pick(0.7, 0.45, 0.25))
        old, new = seen.stages[2].shape[1:], seen.stages[3].shape[1:]
        old_places = even_cells(before, len(seen.shown), old[1] / old[0], 0.12)
        new_places = even_cells(after, len(seen.later), new[1] / new[0], 0.12)
        cell = min(old_places[0].width / old[1], new_places[0].width / new[1])
        moved = Tiles(old, old_places, cell=cell, theme=self.theme).set_pictures(seen.lit(2, seen.shown))
        return moved, Tiles(new, new_places, cell=cell, theme=self.theme)

    def line_up(self) -> None:
        """Show one map of every stage, and highlight in the digit the receptive field of one cell of each."""
        seen, fields = self.seen, self.seen.receptive_fields()
        self.line = FeatureMapRow(
            [seen.lit(stage, np.array([cell[0]]))[0] for stage, cell in enumerate(seen.chain, start=1)],
            self.panel,
            gap=self.layout.pick(0.45, 0.4, 0.25),
            theme=self.theme,
        )
        arrive = FadeIn(self.line, rate_func=squish_rate_func(smooth, 0.4, 1.0))
        cells = [tiles.frame(0, *cell[1:]) for tiles, cell in zip(self.line.tiles, seen.chain, strict=True)]
        pairs = [VGroup(cell, self.frame_on_digit(field)) for cell, field in zip(cells, fields, strict=True)]
        words = [self.size_of(field, pair[1]) for field, pair in zip(fields, pairs, strict=True)]
        self.marks = pairs[0]
        _, _, height, width = fields[-1]
        whole = "whole" if (height, width) == self.picture_shape else ""
        with self.beat("field", variant=whole, side=seen.side, height=height, width=width):
            self.play(FadeOut(*self.leaving), arrive, run_time=1.3)
            lit = self.plane.animate.set_values(seen.seen_alone(fields[0]))
            self.play(*(Create(mark) for mark in self.marks), FadeIn(words[0]), lit, run_time=0.7)
            for number in range(1, len(pairs)):
                self.wait(0.35)
                self.play(
                    Transform(self.marks, pairs[number]),
                    self.plane.animate.set_values(seen.seen_alone(fields[number])),
                    FadeOut(words[number - 1], rate_func=squish_rate_func(smooth, 0.0, 0.4)),
                    FadeIn(words[number], rate_func=squish_rate_func(smooth, 0.6, 1.0)),
                    run_time=0.7,
                )
            self.wait(0.6)
        self.marks.add(words[-1])

    def come_back(self) -> None:
        """Return to the film's network: first to its pixels, from which the camera draws back."""
        with self.beat("bridge"):
            whole = self.plane.animate.set_values(self.seen.image.ravel())
            self.play(FadeOut(self.line, self.marks), whole, run_time=0.8)
            grow = self.into_network(self.plane)
            self.play(grow, self.look_at(self.stage.near(self.diagram.inputs.get_center(), NEAR), run_time=2.0))
            self.play(self.look_home(), run_time=1.6)
            self.end_closeup()
        self.clear_caption()

    # -- helpers ------------------------------------------------------------------------------------------

    def size_of(self, field: tuple[int, int, int, int], frame: Rectangle) -> TextLine:
        """Write the size of a receptive field below the digit and its frame."""
        size = self.layout.pick(LABEL, SMALL, SMALL)
        word = self.theme.write(self.label("size", height=field[2], width=field[3]), size, self.theme.accent)
        return word.next_to(self.plane, DOWN, buff=0.12).set_x(frame.get_x()).set_z_index(STILL)

    def frame_on_digit(self, field: tuple[int, int, int, int]) -> Rectangle:
        """Return a frame around a rectangle of the digit's pixels."""
        (top, left, height, width), cell = field, self.plane.cell
        corner = self.plane.pixels.centers[0] + np.array([left - 0.5, 0.5 - top, 0.0]) * cell
        return frame_of(corner, width * cell, height * cell, self.theme)

    def note_of(self, shown: int, count: int) -> VGroup:
        """Return the note on how many of a layer's maps are shown; empty if all are."""
        if shown == count:
            return VGroup()
        text = self.script.label("network", "count", shown=shown, all=count)
        note = self.theme.write(text, SMALL, self.theme.muted)
        return VGroup(note.move_to([self.picture.x, self.plane.get_bottom()[1] - 0.2, 0])).set_z_index(STILL)
