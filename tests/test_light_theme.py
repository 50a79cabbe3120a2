"""The light theme is ink on paper: what is more active has more contrast with the paper, and the words say so."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from layout import contrast
from manim import ManimColor
from stage import perform
from test_script import EXTREMES

from edgeglow.scenes.fields import PictureField, SquareField
from edgeglow.scenes.mobjects.charts.confusion_matrix import ConfusionMatrix
from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.input_plane import InputPlane, dark_behind
from edgeglow.scenes.mobjects.network.neuron_layer import NeuronLayer
from edgeglow.scenes.mobjects.network.single_neuron import SingleNeuron
from edgeglow.scenes.mobjects.pictures.gallery import Gallery
from edgeglow.scenes.mobjects.pictures.part_picture import PartPicture
from edgeglow.scenes.mobjects.pictures.tiles import Tiles
from edgeglow.scenes.script import FOLDER, LINES_PER_CAPTION, languages, load_script
from edgeglow.scenes.script.script_file import read_pages
from edgeglow.scenes.script.script_parts import placeholders, script_entries
from edgeglow.scenes.stage.evaluation_chapter import FAINT
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import THEMES, Theme

LIGHT = THEMES["light"]
ROOM = Area(-3.0, -3.0, 3.0, 3.0)
LITTLE, MUCH = 1.3, 7.0  # contrast with the background: of no activation, and of the highest
# What is not to be seen on paper: there is neither light nor a dark ground.
LIT = {
    "en": re.compile(r"\b(bright\w*|white|black|full light|the light|their light|stays dark)\b", re.IGNORECASE),
    "ko": re.compile("밝|어두|어둡|흰색|검은|하얀|까만|빛"),
}


def ends(field: SquareField | PictureField) -> list[ManimColor]:
    return [ManimColor(color) for color in (field.low, field.high)]


def fields(theme: Theme) -> dict[str, SquareField | PictureField]:
    """Everything that shows an activation or a pixel, by name."""
    one, image = np.arange(1), np.ones((2, 2))
    plane = InputPlane((2, 2), theme=theme)
    matrix = ConfusionMatrix(["a", "b"], rows="r", columns="c", most=(1, 1), area=ROOM, theme=theme)
    plot: SquareField = perform("Bias", "usual", theme=theme.name).chapter.plot.marks  # type: ignore[attr-defined]
    return {
        "neurons": NeuronLayer(1, one, 0.0, 1.0, -1.0, theme=theme).discs,
        "a neuron": SingleNeuron(np.zeros(3), 0.3, theme).squares,
        "pixels": plane.pixels,
        "named inputs": FeatureColumn(one, ["a"], np.ones(1), theme=theme).pixels,
        "a part": PartPicture(image, (0, 0, 2, 2), ROOM, theme).cells,
        "a gallery": Gallery(image[None], [["a"]], area=ROOM, theme=theme).pictures,
        "maps": Tiles((2, 2), [ROOM], theme=theme).squares,
        "the table": matrix.cells,
        "piled squares": plot,
    }


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_what_is_more_active_has_more_contrast_with_the_background(theme: Theme) -> None:
    for name, field in fields(theme).items():
        low, high = ends(field)
        seen = [contrast(low.interpolate(high, part), theme.background) for part in np.linspace(0, 1, 21)]
        assert all(one < other for one, other in pairwise(seen[1:])), name
        assert seen[0] < LITTLE and seen[0] < seen[3] and seen[-1] > MUCH, f"{name}: {seen[0]:.2f} to {seen[-1]:.2f}"
        if isinstance(field, SquareField) and any(field.negative != field.low):  # also the table's mistakes
            below = ManimColor(field.negative)
            seen = [contrast(low.interpolate(below, part), theme.background) for part in np.linspace(0, 1, 21)]
            assert all(one < other for one, other in pairwise(seen[1:])) and seen[-1] > 3.0, name


def test_weights_near_0_fade_into_the_paper() -> None:
    for hue in (LIGHT.positive, LIGHT.negative):
        seen = [contrast(LIGHT.dark.interpolate(hue, part), LIGHT.background) for part in np.linspace(0, 1, 21)]
        assert seen == sorted(seen) and seen[1] < 1.4


def test_the_ground_behind_a_close_up_is_the_paper() -> None:
    assert dark_behind(ROOM, LIGHT).get_fill_color() == LIGHT.background


def test_the_diagonal_stands_out_when_it_is_spoken_of() -> None:
    """A cell of it with half the most digits has 2.5 times the contrast that the most common mistake then has."""
    matrix = ConfusionMatrix(["a", "b"], rows="r", columns="c", most=(8, 2), area=ROOM, theme=LIGHT)
    fills = [ManimColor(fill.tolist()) for fill in matrix.set_counts(np.array([[4, 2], [0, 8]])).cells.fills()]
    faint = LIGHT.background.interpolate(fills[1], FAINT)
    half, mistake, most = (contrast(color, LIGHT.background) for color in (fills[0], faint, fills[3]))
    assert most > MUCH and half > 3.0 and half > 2.5 * mistake, f"{half:.2f}, {mistake:.2f}, {most:.2f}"


# -- the words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", languages())
def test_the_light_theme_speaks_of_ink(lang: str) -> None:
    pages = load_script(lang, theme="light").pages
    said = {key: text for key, text in script_entries(pages) if key[1:2] == ("beats",) and isinstance(text, str)}
    assert said and not [f"{'.'.join(key)}: {text}" for key, text in said.items() if LIT[lang].search(text)]


@pytest.mark.parametrize("lang", languages())
def test_its_sentences_replace_some_that_are_there_with_the_same_facts(lang: str) -> None:
    plain, own = load_script(lang), read_pages(FOLDER / "light" / f"{lang}.toml")
    known = dict(script_entries(plain.pages))
    for key, text in script_entries(own):
        assert key in known, f"{lang}: {key}"
        if key[1] == "beats" and isinstance(text, str):
            assert placeholders(text) == placeholders(str(known[key])), f"{lang}: {key}"
            assert text != known[key], f"{lang}: {key} says the same"
            filled = text.format_map(EXTREMES)
            assert len(plain.lines(filled)) <= LINES_PER_CAPTION


def test_a_film_in_light_colours_says_them() -> None:
    told = {theme: [cue.text for cue in perform("Pixels", "usual", theme=theme).cues] for theme in THEMES}
    assert "Black is 0." in told["dark"] and "No ink is 0." in told["light"]
