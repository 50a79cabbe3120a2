"""What keeps the film true: no chance, no clock, whole frames; and its files short."""

from __future__ import annotations

import ast
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import av
import numpy as np
import pytest
from casts import make_run
from manim import config, tempconfig
from stage import CHAPTERS, SETTINGS, play

from edgeglow.scenes.chapters import FILM
from edgeglow.scenes.style.theme import text_curves

ROOT = Path(__file__).resolve().parent.parent
MODEL = sorted((ROOT / "model").rglob("*.py"))
SCENES = sorted((ROOT / "scenes").rglob("*.py"))
OTHERS = [path for room in ("film", "lesson", "command") for path in sorted((ROOT / room).rglob("*.py"))]
PROGRAM = [ROOT / "__init__.py", ROOT / "render.py", *MODEL, *SCENES, *OTHERS]
# What draws by chance, or by the time of day
CHANCE = re.compile(r"(^|\.)(random|secrets|uuid|time|datetime|shuffle|default_rng|urandom)(\.|$)|random_|_random")


def names_in(source: str) -> Iterator[tuple[int, str]]:
    """Every module imported, every name taken from one, and every dotted name used, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)
        elif isinstance(node, ast.Attribute | ast.Name):
            yield node.lineno, ast.unparse(node)


def chances(source: str) -> list[tuple[int, str]]:
    return [(line, name) for line, name in names_in(source) if CHANCE.search(name)]


# -- nothing by chance ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SCENES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_drawn_by_chance(path: Path) -> None:
    assert not chances(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from random import gauss",
        "import numpy as np\nnp.random.normal()",
        "from numpy.random import default_rng",
        "rng = numpy.random.default_rng(0)",
        "import uuid",
        "from time import time",
        "from manim import random_color",
        "manim.random_bright_color()",
        "import manim\nmanim.utils.color.random_color()",
    ],
)
def test_chance_would_be_found(source: str) -> None:
    assert chances(source)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_drawn_the_same_twice(chapter: str) -> None:
    """To the last bit, whatever state the generators of chance are in."""
    pictures = []
    for seed in (1, 2):
        random.seed(seed)
        np.random.seed(seed)
        played = play(CHAPTERS[chapter], make_run("tiny"), draw=True, pixel_width=320, pixel_height=180)
        pictures.append([shot.picture for shot in played.shots])
    assert pictures[0] == pictures[1]
    assert len(set(pictures[0])) == len(pictures[0]), "two beats end with the same picture, or nothing is drawn"


# -- files ----------------------------------------------------------------------------------------------------


def test_the_house_shows_the_film_in_its_running_order() -> None:
    """Beside the chapters there are only rooms; every chapter's file is in the film, in its place."""
    files = sorted(path.stem for path in (ROOT / "scenes").glob("*.py") if path.stem not in ("__init__", "chapters"))
    assert files == [chapter.__module__.rpartition(".")[2] for chapter in FILM]
    for number, (file, chapter) in enumerate(zip(files, FILM, strict=True), start=1):
        assert file == f"ch{number:02d}_{chapter.name}"


@pytest.mark.parametrize("path", PROGRAM, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def unbounded_caches(source: str) -> set[str]:
    """Functions of a file that take something, and keep an answer to everything they were ever given."""
    return {
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and ast.unparse(node.args)
        and {"cache", "functools.cache", "lru_cache(maxsize=None)", "lru_cache(None)"}
        & set(map(ast.unparse, node.decorator_list))
    }


def test_caches_do_not_grow_with_all_that_is_ever_shown() -> None:
    """But for that of letters, whose keys are few."""
    found = {name for path in PROGRAM for name in unbounded_caches(path.read_text(encoding="utf-8"))}
    assert found == {"_glyph"}


# -- whole frames ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("chapter", "rate"), list(zip(CHAPTERS, cycle((5, 7, 12)), strict=False)))
def test_a_chapter_counts_the_frames_that_are_written(chapter: str, rate: int, tmp_path: Path) -> None:
    """At the end of every beat, and of the file; a play that draws nothing counts the same."""
    run = make_run("tiny")
    ends: list[tuple[int, int]] = []
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": rate, "dry_run": False}
    with tempconfig(SETTINGS | small | {"media_dir": str(tmp_path)}):
        scene = CHAPTERS[chapter](run)
        writer, written = scene.renderer.file_writer, [0]
        write = writer.write_frame

        def count(pixels: np.ndarray, *, repeat: int = 1) -> None:
            written[0] += repeat
            write(pixels, repeat=repeat)

        writer.write_frame = count
        scene.on_beat_end = lambda told, _: ends.append((told.frame, written[0]))
        scene.render()
    assert all(counted == drawn for counted, drawn in ends), ends
    assert [cue.end_frame for cue in scene.cues] == [drawn for _, drawn in ends]
    (film,) = [path for path in tmp_path.rglob("*.mp4") if "partial_movie_files" not in path.parts]
    with av.open(str(film)) as container:
        assert sum(1 for _ in container.decode(video=0)) == scene.frame == written[0]
    measured = play(CHAPTERS[chapter], run, frame_rate=rate)
    assert measured.cues == scene.cues and measured.chapter.frame == scene.frame


def test_words_have_the_same_shape_in_a_frame_of_any_size(tmp_path: Path) -> None:
    """Manim breaks text at the frame's width in pixels, and keeps what came of it in a cache."""
    shapes = []
    for width in (3840, 64):
        size = {"pixel_width": width, "pixel_height": width * 9 // 16}
        with tempconfig(SETTINGS | size | {"media_dir": str(tmp_path / f"{width}")}):
            shapes.append(text_curves.__wrapped__("A caption as long as any that there is")[1])
    np.testing.assert_array_equal(*shapes)


# -- every chapter, as Manim plays it -------------------------------------------------------------------------


def test_the_film_is_made_of_chapters_with_names_of_their_own() -> None:
    assert len({chapter.name for chapter in FILM}) == len(FILM) == len(CHAPTERS) == 12


def test_playing_leaves_manims_settings_as_they_were() -> None:
    before = (config.pixel_width, config.frame_rate, config.media_dir, config.dry_run)
    play(CHAPTERS["Neurons"], make_run("contrary"))
    assert (config.pixel_width, config.frame_rate, config.media_dir, config.dry_run) == before


@pytest.mark.slow
def test_manims_own_command_line_plays_a_chapter(tmp_path: Path) -> None:
    make_run("contrary").save(tmp_path / "run.npz")
    words = [sys.executable, "-m", "manim", "-ql", "--dry_run", "--fps", "1", "--media_dir", str(tmp_path)]
    found = subprocess.run(
        [*words, str(ROOT / "scenes" / "ch04_pixel_flow.py"), "PixelFlow"],
        cwd=tmp_path,
        env=os.environ | {"EDGEGLOW_RUN": str(tmp_path / "run.npz"), "EDGEGLOW_LANG": "ko"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert not list(tmp_path.rglob("*.mp4"))
