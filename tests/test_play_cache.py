"""Manim's play cache sees all that fields show, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from drawn import grid, lines, play_hashes
from manim import UP


def play_twice(value: float):
    """A construct with two plays; the second begins where ``value`` says."""

    def construct(scene):
        scene.add(field := lines(), squares := grid())
        scene.play(field.animate.shift(UP), scene.camera.frame.animate.scale(0.9), run_time=0.5)
        squares.set_values(np.full(20, value))
        scene.play(squares.animate.shift(UP), field.animate.set_values(field.values * value), run_time=0.5)

    return construct


def test_play_cache_tells_values_apart():
    one, again, other = (play_hashes(play_twice(value)) for value in (0.5, 0.5, 0.25))
    assert one == again and len(one) == 2
    assert one[0] == other[0] and one[1] != other[1]


def test_play_cache_knows_nothing_of_what_was_drawn_before():
    whole = play_hashes(play_twice(0.5))
    later = play_hashes(play_twice(0.5), from_animation_number=1)
    assert later[0] is None and later[1] == whole[1]


def test_play_cache_is_the_same_in_another_process():
    script = "import drawn, test_play_cache as t; print(*drawn.play_hashes(t.play_twice(0.5)))"
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": f"{here}{os.pathsep}{here.parent}"}
    found = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert found == play_hashes(play_twice(0.5))
