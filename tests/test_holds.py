"""Every beat ends with a moment in which nothing moves, and nothing jumps between two plays: from what is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from manim import tempconfig
from shot import picture_of
from stage import CHAPTERS, FPS, SETTINGS, fitting, run_called

from edgeglow.film.chapter_task import free_frames
from edgeglow.scenes.stage.chapter import Chapter

SIZES = {"16:9": (256, 144), "1:1": (160, 160), "9:16": (144, 256)}
SEEN = 90  # steps of 255 that a pixel must change by to be seen to jump; outlines drawn twice change by less
FEW = 16  # pixels that may: where a line ends, say
LEAST_STILL = 0.7 - 1 / FPS  # seconds, to the frame
RUNS = [("usual", "en", "16:9"), ("tiny", "ko", "9:16"), ("relu", "en", "1:1"), ("rows", "en", "16:9")]


@dataclass
class Watched:
    """What was seen of a chapter that was played."""

    still: dict[str, float] = field(default_factory=dict)  # seconds at the end of every beat
    jumps: list[str] = field(default_factory=list)  # between the end of a play and the beginning of the next


def watch(chapter: type[Chapter], run_name: str, lang: str, aspect: str) -> Watched:
    """Play a chapter; draw the end of every play, and the first frame of the next."""
    width, height = SIZES[aspect]
    watched = Watched()
    with tempconfig(SETTINGS | {"pixel_width": width, "pixel_height": height}):
        scene = chapter(run_called(run_name), lang, "dark")
        scene.renderer._original_skipping_status = True
        drawing = scene.renderer.update_frame
        scene.renderer.update_frame = lambda *args, **kwargs: None
        Watch(scene, drawing, watched)
        scene.render()
        free_frames(scene.renderer)
    return watched


class Watch:
    """Draws a scene where its plays begin and end, and notes for how long the picture has been the same.

    What differs between the end of a play and the first frame of the next appears, or vanishes, without a motion.
    """

    def __init__(self, scene: Any, drawing: Any, watched: Watched) -> None:
        self.scene, self.drawing, self.watched = scene, drawing, watched
        self.last: np.ndarray | None = None
        self.rest = 0
        self.ended: np.ndarray | None = None
        self.play, scene.play = scene.play, self.play_and_look
        self.begin, self.update = scene.begin_animations, scene.update_to_time
        scene.begin_animations, scene.update_to_time = self.begin_and_look, self.update_and_look
        scene.on_beat_end = self.end_beat

    def look(self) -> np.ndarray:
        picture = np.frombuffer(picture_of(self.scene, self.drawing), np.uint8)
        return picture.reshape(-1, 4)[:, :3].astype(int)

    def begin_and_look(self) -> None:
        """Draw the first frame of a play; a wait goes on being still if it shows what the play before ended with."""
        self.begin()
        for animation in self.scene.animations:
            animation.interpolate(0.0)
        first = self.look()
        if self.ended is not None:
            jumped = int((np.abs(first - self.ended).max(axis=1) > SEEN).sum())
            if jumped > FEW:
                kinds = ", ".join(map(str, self.scene.animations))
                after = next(reversed(self.watched.still), "the beginning")
                self.watched.jumps.append(f"after {after}: {jumped} pixels as {kinds} begins")
        change = 0 if self.last is None else np.abs(first - self.last).max(axis=1)
        if self.scene.is_current_animation_frozen_frame():  # it is drawn once, and never updated
            self.rest = self.scene._frames + (self.rest if not np.any(change) else 0)
        self.last = first

    def play_and_look(self, *args: Any, **kwargs: Any) -> None:
        self.play(*args, **kwargs)
        self.ended = self.look()

    def update_and_look(self, time: float) -> None:
        """Draw the last frame of a motion."""
        self.update(time)
        self.last, self.rest = self.look(), 0

    def end_beat(self, _: Chapter, beat: str) -> None:
        self.watched.still[beat] = self.rest / FPS


@pytest.mark.parametrize(("run_name", "lang", "aspect"), RUNS)
def test_every_beat_ends_with_a_moment_in_which_nothing_moves_and_nothing_jumps(
    run_name: str, lang: str, aspect: str
) -> None:
    short, jumps = [], []
    for name in fitting(run_name):
        watched = watch(CHAPTERS[name], run_name, lang, aspect)
        assert watched.still, name
        short += [f"{name}, {beat}: {held:.2f} s" for beat, held in watched.still.items() if held < LEAST_STILL]
        jumps += [f"{name}, {jump}" for jump in watched.jumps]
    assert not short, "\n".join(short)
    assert not jumps, "\n".join(jumps)
