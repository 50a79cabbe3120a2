"""Chapter 6: a convolutional network, for comparison: small filters, the maps they make, and how far a cell sees."""

from __future__ import annotations

import numpy as np
from manim import (
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

from model.convolution_layout import POOL
from model.run import Run
from scenes.fields import SquareField
from scenes.mobjects.map_line import MapLine
from scenes.mobjects.sliding_filter import FillMap, SlideFilter, SlidingFilter
from scenes.mobjects.tiles import Tiles, even_cells, frame_of, one_above_other, shade
from scenes.motions.fly import FlySquares
from scenes.stage.chapter import Chapter
from scenes.stage.digit_maps import DigitMaps
from scenes.stage.layout import Area
from scenes.stage.theme import LABEL, SMALL, STILL

DIM = 0.25  # of its brightness keeps what a cell does not see
FILTER_SHARE = 0.42  # of a map's width is its filter, above it


class Convolution(Chapter):
    """Its first filters find edges; and the deeper a map, the more of the digit one of its cells sees."""

    name = "convolution"
    opens = "digit"
    ends = "asleep"

    @classmethod
    def fits(cls, run: Run) -> str | None:
        return None if run.convolution else "the run holds no convolutional network"

    def construct(self) -> None:
        self.look_inside()
        self.compare()
        self.lay_on()
        self.slide()
        self.show_all()
        self.pool()
        if self.seen.is_deep:
            self.go_deeper()
        self.line_up()
        self.see_part()
        self.come_back()

    # -- what the network says ----------------------------------------------------------------------------

    def look_inside(self) -> None:
        """The maps of the film's digit, and where the digit stands beside them."""
        assert self.run.convolution is not None
        digit = self.run.examples[self.cast.main]
        self.digit_name = self.run.class_names[digit.label]
        self.seen = DigitMaps(self.run.convolution, digit.pixels.reshape(self.run.image_shape))
        if self.layout.name == "wide":
            self.picture, self.panel = self.stage.across(1.0, 1.75, gap=0.7)
        else:
            self.picture, self.panel = self.stage.down(1.0, 1.05, gap=0.25)

    # -- acts ---------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """The digit steps aside for the filters, which are all that the first layer looks through."""
        seen = self.seen
        filters = Tiles(
            (seen.side, seen.side),
            even_cells(self.panel, len(seen.shown), 1.0, 0.45),
            signed=True,
            theme=self.theme,
        )
        filters.set_pictures(shade(seen.network.filters[0][seen.shown, 0], seen.weight_scale))
        with self.beat("other", accuracy=seen.network.accuracy):
            rows, columns = self.run.image_shape
            cell = 0.94 * min(self.picture.width / columns, self.picture.height / rows)
            self.play(
                self.plane.animate.scale(cell / self.plane.cell).move_to(self.picture.center), run_time=1.4
            )
            self.plane.cell = cell
            self.play(FadeIn(filters, shift=0.2 * UP), run_time=1.0)
        self.build_sliding()
        sliding = self.sliding
        with self.beat("filter", side=seen.side):
            mine = filters.picture(int(np.flatnonzero(seen.shown == seen.followed)[0]))
            self.add(mine)
            flight = FlySquares(mine, sliding.filter.squares, lag=0.0, lift=0.0)
            self.play(FadeOut(filters), flight, FadeIn(self.words[0]), run_time=1.2)
            self.remove(mine)
            lying = sliding.filter.squares.copy()
            target = lying.copy().scale(self.plane.cell / sliding.filter.cell).move_to(sliding.frame)
            self.add(sliding.filter, lying)
            self.play(FlySquares(lying, target, lag=0.2, lift=0.3), run_time=1.4)
            self.play(Create(sliding.frame), FadeOut(lying), run_time=0.6)

    def build_sliding(self) -> None:
        """The filter, the products below it, their sum, and the map beside them."""
        share, gap = self.layout.pick(1.6, 1.0, 1.05), self.layout.pick(1.0, 0.6, 0.2)
        bench, on_map = self.panel.across(1.0, share, gap=gap)
        on_filter, on_products, on_sum = bench.down(1.0, 1.0, 0.35, gap=0.1)
        above = self.layout.pick(0.45, 0.32, 0.32)  # a picture are its words
        on_filter, on_products = (
            Area(area.left, area.bottom, area.right, area.top - above) for area in (on_filter, on_products)
        )
        areas = (on_filter, on_products, on_map)
        self.sliding = SlidingFilter(self.seen.filtering, self.plane, areas, on_sum.center, self.theme)
        size = self.layout.pick(LABEL, SMALL, SMALL)
        self.words = VGroup()
        for key, tiles in (("filter", self.sliding.filter), ("product", self.sliding.products)):
            word = self.theme.write(self.label(key), size, self.theme.muted)
            self.words.add(word.next_to(tiles, UP, buff=0.1).set_z_index(STILL))

    def lay_on(self) -> None:
        """A few places one by one: pixels become products, the products a sum, the sum a cell."""
        sliding = self.sliding
        lit = np.zeros(self.seen.stages[1].shape[1:], dtype=bool)
        places = self.seen.places()
        with self.beat("step"):
            pixels = self.patch(*places[0])
            self.add(pixels)
            flight = FlySquares(pixels, sliding.products.squares.copy(), lag=0.5, lift=0.3)
            self.play(flight, FadeIn(self.words[1]), run_time=1.8)
            self.remove(pixels)
            self.add(sliding.products)
            self.play(FadeIn(sliding.number, sliding.map), run_time=0.6)
            self.play(Create(sliding.cell_frame), run_time=0.4)
            self.add(sliding)
            here = places[0]
            for place in places:
                self.play(SlideFilter(sliding, here, place, lit), run_time=0.3 if place == here else 0.7)
                lit[place], here = True, place
                self.wait(0.5)
        self.lit, self.place = lit, here

    def slide(self) -> None:
        """Along a whole row, slowly enough to be followed; then over all the rest."""
        sliding, row = self.sliding, self.place[0]
        start, end = (row, 0), (row, self.lit.shape[1] - 1)
        with self.beat("slide"):
            self.play(SlideFilter(sliding, self.place, start, self.lit), run_time=0.6)
            along = SlideFilter(sliding, start, end, self.lit, lights=True, rate_func=linear)
            self.play(along, run_time=2.6)
            self.lit[row] = True
            bench = (sliding.products, sliding.number, self.words, sliding.frame, sliding.cell_frame)
            self.play(FadeOut(*bench), run_time=0.5)
            self.add(sliding.filter, sliding.map)
            self.play(FillMap(sliding, self.lit), run_time=2.0)

    def show_all(self) -> None:
        """The map joins those of the other filters, each under its filter."""
        seen, network = self.seen, self.seen.network
        shape = seen.stages[1].shape[1:]
        units = even_cells(self.panel, len(seen.shown), 1 / (shape[0] / shape[1] + 1.2 * FILTER_SHARE), 0.25)
        above, on_maps = zip(*(one_above_other(unit, FILTER_SHARE) for unit in units), strict=True)
        self.tiles = Tiles(shape, on_maps, theme=self.theme)
        filters = Tiles((seen.side, seen.side), above, signed=True, theme=self.theme)
        filters.set_pictures(shade(network.filters[0][seen.shown, 0], seen.weight_scale))
        values = seen.lit(1, seen.shown)
        self.tiles.set_pictures(values)
        place = int(np.flatnonzero(seen.shown == seen.followed)[0])
        mine, its_filter = self.sliding.map.squares, self.sliding.filter.squares
        note = self.note_of(len(seen.shown), len(seen.stages[1]))
        with self.beat("maps", filters=len(network.filters[0]), label=self.digit_name):
            self.play(
                FlySquares(mine, self.tiles.picture(place), lag=0.0, lift=0.0),
                FlySquares(its_filter, filters.picture(place), lag=0.0, lift=0.0),
                run_time=1.2,
            )
            self.tiles.set_pictures(np.where(seen.shown[:, None, None] == seen.followed, values, 0.0))
            self.play(FadeIn(filters, self.tiles, note), run_time=0.8)
            self.remove(self.sliding, self.sliding.map, self.sliding.filter, mine, its_filter)
            self.play(self.tiles.squares.animate.set_values(values.ravel()), run_time=1.4)
        self.beside_maps = (filters, note)

    def pool(self) -> None:
        """Of every few cells the brightest stays: the maps shrink where they stand."""
        seen = self.seen
        smaller = self.tiles.of_shape(seen.stages[2].shape[1:]).set_pictures(seen.lit(2, seen.shown))
        with self.beat("pool", size=POOL):
            place = int(np.flatnonzero(seen.shown == seen.followed)[0])
            near = self.look_at(self.tiles.box(place), margin=0.08)
            self.play(FadeOut(*self.beside_maps, run_time=0.4), near, run_time=1.4)
            pooled = self.tiles.pooled(smaller, POOL)
            self.play(FlySquares(self.tiles.squares, pooled, lag=0.0, lift=0.0), run_time=2.0)
            self.remove(self.tiles)
            self.add(smaller)
            self.play(self.look_home(), run_time=1.2)
            self.arrive_home()
        self.tiles = smaller
        self.leaving: list[Mobject] = [smaller]

    def go_deeper(self) -> None:
        """Filters of the same size lie on all maps at once, and make the maps of the next layer."""
        seen = self.seen
        moved, found = self.two_layers()
        values = seen.lit(3, seen.later)
        found.set_pictures(np.zeros_like(values))
        number, row, column = (int(index) for index in np.unravel_index(int(values.argmax()), values.shape))
        frames = VGroup(*(moved.frame(place, row, column, seen.side) for place in range(len(seen.shown))))
        target = found.frame(number, row, column)
        with self.beat("deeper", maps=len(seen.stages[3])):
            self.play(FlySquares(self.tiles.squares, moved.squares, lag=0.0, lift=0.0), run_time=1.1)
            appear = LaggedStart(*(Create(frame) for frame in frames), lag_ratio=0.1)
            self.play(appear, FadeIn(found), run_time=1.1)
            self.play(Create(target), run_time=0.4)
            self.play(found.squares.animate.set_values(values.ravel()), run_time=1.2)
        self.leaving = [self.tiles, found, frames, target]

    def two_layers(self) -> tuple[Tiles, Tiles]:
        """The pooled maps and those of the next layer, beside each other, their cells equally large."""
        seen = self.seen
        before, after = self.panel.across(1.0, 1.3, gap=self.layout.pick(0.7, 0.45, 0.25))
        old, new = seen.stages[2].shape[1:], seen.stages[3].shape[1:]
        old_places = even_cells(before, len(seen.shown), old[1] / old[0], 0.12)
        new_places = even_cells(after, len(seen.later), new[1] / new[0], 0.12)
        cell = min(old_places[0].width / old[1], new_places[0].width / new[1])
        moved = Tiles(old, old_places, cell=cell, theme=self.theme).set_pictures(seen.lit(2, seen.shown))
        return moved, Tiles(new, new_places, cell=cell, theme=self.theme)

    def line_up(self) -> None:
        """One map of every stage; and for one cell of each, ever more of the digit that it sees."""
        seen, sights = self.seen, self.seen.sights()
        self.line = MapLine(
            [seen.lit(stage, np.array([cell[0]]))[0] for stage, cell in enumerate(seen.chain, start=1)],
            [self.label("size", height=height, width=width) for _, _, height, width in sights],
            self.panel,
            gap=self.layout.pick(0.45, 0.4, 0.12),
            size=self.layout.pick(LABEL, SMALL, SMALL),
            theme=self.theme,
        )
        arrive = FadeIn(self.line, rate_func=squish_rate_func(smooth, 0.4, 1.0))
        cells = [tiles.frame(0, *cell[1:]) for tiles, cell in zip(self.line.tiles, seen.chain, strict=True)]
        fields = [self.frame_on_digit(sight) for sight in sights]
        marks = VGroup(cells[0], fields[0])
        with self.beat("field"):
            self.play(FadeOut(*self.leaving), arrive, run_time=1.5)
            self.play(*(Create(mark) for mark in marks), FadeIn(self.line.words[0]), run_time=0.9)
            for cell, field, word in zip(cells[1:], fields[1:], self.line.words[1:], strict=True):
                self.wait(0.3)
                self.play(Transform(marks, VGroup(cell, field)), FadeIn(word), run_time=1.0)
        self.marks = marks

    def see_part(self) -> None:
        """What the last map's cell sees of the digit, alone."""
        top, left, height, width = self.seen.sights()[-1]
        image = DIM * self.seen.image
        here = (slice(top, top + height), slice(left, left + width))
        image[here] = self.seen.image[here]
        whole = "whole" if (height, width) == self.run.image_shape else ""
        with self.beat("parts", variant=whole, height=height, width=width):
            self.play(self.plane.animate.set_values(image.ravel()), run_time=1.2)

    def come_back(self) -> None:
        """Back to the network of the film."""
        with self.beat("bridge"):
            whole = self.plane.animate.set_values(self.seen.image.ravel())
            self.play(FadeOut(self.line, self.line.words, self.marks), whole, run_time=0.8)
            self.play(self.into_network(self.plane))
        self.hush()

    # -- helpers ------------------------------------------------------------------------------------------

    def patch(self, row: int, column: int) -> SquareField:
        """The pixels under the filter at a place, as squares of their own, over the picture."""
        side = self.seen.side
        down, across = (grid.ravel() for grid in np.mgrid[row : row + side, column : column + side])
        numbers = down * self.seen.image.shape[1] + across
        one = self.plane.pixels.copy()
        one.points = self.plane.pixels.marks[numbers].reshape(-1, 3).copy()
        one.values, one.opacities = one.values[numbers], one.opacities[numbers]
        return one.set_z_index(8)

    def frame_on_digit(self, sight: tuple[int, int, int, int]) -> Rectangle:
        """A frame around some pixels of the digit."""
        top, left, height, width = sight
        cell = self.plane.cell
        corner = self.plane.pixels.centers[0] + np.array([left - 0.5, 0.5 - top, 0.0]) * cell
        return frame_of(corner, width * cell, height * cell, self.theme)

    def note_of(self, shown: int, count: int) -> VGroup:
        """How many of a layer's maps are shown, where it is not all."""
        if shown == count:
            return VGroup()
        note = self.theme.write(
            self.script.label("network", "count", shown=shown, all=count), SMALL, self.theme.muted
        )
        return VGroup(note.move_to([self.picture.x, self.plane.get_bottom()[1] - 0.2, 0])).set_z_index(STILL)
