"""What every chapter has: a run, a script, a theme, and beats."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from manim import DOWN, Animation, AnimationGroup, FadeIn, FadeOut, Group, Scene, VGroup, Wait, config

from model.defaults import DEFAULT_RUN, default_run
from model.errors import EdgeglowError
from model.run import Run
from scenes.fields import FieldCamera
from scenes.mobjects.caption import Caption
from scenes.mobjects.network_diagram import NetworkDiagram
from scenes.script import load_script
from scenes.stage.cast import Cast
from scenes.stage.theme import LABEL, SMALL, STAGE_TOP, STILL, THEMES, Theme

CAPTION_CHANGE = 0.5  # seconds


@dataclass(frozen=True)
class Cue:
    """A caption of the film: which beat, its words, and the frames it is told in, the last not included."""

    start_frame: int
    end_frame: int
    beat: str
    text: str


class Chapter(Scene):
    """A Manim scene that tells one chapter of the film from one run.

    Without arguments, so in Manim's own command line and in notebooks, the run is the file that
    ``$EDGEGLOW_RUN`` names (or the default run, trained if it is not there yet), the language
    ``$EDGEGLOW_LANG`` (English) and the theme ``$EDGEGLOW_THEME`` (dark). A subclass may set ``run_file``.
    """

    name: str  # the chapter's table in the script
    run_file: str | Path | None = None

    def __init__(
        self, run: Run | None = None, lang: str | None = None, theme: str | None = None, **kwargs: Any
    ) -> None:
        self.run = run or _run_of(str(self.run_file or os.environ.get("EDGEGLOW_RUN", "")))
        self.script = load_script(lang or os.environ.get("EDGEGLOW_LANG") or "en")
        self.theme = _theme_of(theme or os.environ.get("EDGEGLOW_THEME") or "dark")
        self.cast = Cast(self.run)
        self.cues: list[Cue] = []
        self.frame = 0
        self.on_beat_end: Callable[[Chapter, str], None] | None = None
        self._caption: Caption | None = None
        kwargs.setdefault("camera_class", FieldCamera)
        super().__init__(**kwargs)

    @property
    def title(self) -> str:
        return self.script.title(self.name)

    def setup(self) -> None:
        self.camera.background_color = self.theme.background

    # -- telling ------------------------------------------------------------------------------------------

    @contextmanager
    def beat(self, beat: str, variant: str = "", **facts: object) -> Iterator[float]:
        """Say one sentence, its placeholders filled from ``facts``, while the body shows it.

        Yields the seconds that its reader needs from now on. A body that is quicker is waited for.
        """
        text = self.script.line(self.name, beat, variant, **facts)
        lines = self.script.lines(text)
        start = self.frame
        self._say(Caption(lines, self.theme))
        reading = self.script.seconds(text)
        since = self.frame
        yield reading
        missing = reading - (self.frame - since) / config.frame_rate
        if missing * config.frame_rate >= 1:
            self.wait(missing)
        self.cues.append(Cue(start, self.frame, beat, " ".join(lines)))
        if self.on_beat_end is not None:
            self.on_beat_end(self, beat)

    def hush(self, *animations: Animation) -> None:
        """Take the caption away, while ``animations`` play."""
        if self._caption is not None:
            animations = (FadeOut(self._caption, run_time=CAPTION_CHANGE), *animations)
            self._caption = None
        if animations:
            self.play(*animations)

    def close(self) -> None:
        """Let everything go dark together, and keep the dark for a moment: the next chapter begins in it."""
        self._caption = None
        self.play(FadeOut(Group(*self.mobjects)), run_time=0.8)
        self.wait(0.2)

    def label(self, name: str, **facts: object) -> str:
        return self.script.label(self.name, name, **facts)

    def layer_names(self, diagram: NetworkDiagram) -> VGroup:
        """What stands above the layers of a diagram: first layer, hidden layers, last layer."""
        places = {"first": [diagram.inputs.get_x()], "last": [diagram.columns[-1].discs.get_x()]}
        hidden = [column.discs.get_x() for column in diagram.columns[:-1]]
        if hidden:
            places["hidden" if len(hidden) > 1 else "hidden_one"] = hidden
        names = VGroup()
        for name, where in places.items():
            text = self.theme.write(self.script.label("network", name), LABEL, self.theme.muted)
            text.move_to([float(np.mean(where)), STAGE_TOP - 0.1, 0])
            names.add(text)
        return names.set_z_index(STILL)

    def choice_notes(self, diagram: NetworkDiagram) -> VGroup:
        """Under every layer of which not all neurons are drawn how many are; and under these how they were chosen."""
        notes = VGroup()
        for column in diagram.columns:
            if len(column.indices) < column.size:
                words = self.script.label("network", "count", shown=len(column.indices), all=column.size)
                note = self.theme.write(words, SMALL, self.theme.muted)
                notes.add(note.next_to(column, DOWN, buff=0.1))
        if len(notes):
            reason = self.theme.write(self.script.label("network", "choice"), SMALL, self.theme.muted)
            reason.move_to([notes.get_x(), diagram.bottom - 0.2, 0])
            notes.add(reason)
        return notes.set_z_index(STILL)

    # -- whole frames -------------------------------------------------------------------------------------

    def get_run_time(self, animations: list[Animation]) -> float:
        """Seconds of a play, a whole number of frames, so that captions and clips never drift apart."""
        self._frames = max(1, round(super().get_run_time(animations) * config.frame_rate))
        # Manim counts the frames of a motion with arange and those of a still with int(): a little less than the
        # whole number gives the right count to the one, a little more to the other.
        held = len(animations) == 1 and isinstance(animations[0], Wait) and not self.should_update_mobjects()
        return (self._frames + (0.25 if held else -0.25)) / config.frame_rate

    def play(self, *args: Any, **kwargs: Any) -> None:
        super().play(*args, **kwargs)
        self.frame += self._frames

    def _say(self, caption: Caption) -> None:
        steps = [FadeIn(caption, run_time=CAPTION_CHANGE / 2)]
        if self._caption is not None:
            steps.insert(0, FadeOut(self._caption, run_time=CAPTION_CHANGE / 2))
        self._caption = caption
        self.play(AnimationGroup(*steps, lag_ratio=1.0))


def _run_of(path: str) -> Run:
    """The run in a file; the default one if none is named."""
    if not path and not DEFAULT_RUN.exists():
        return default_run()
    file = Path(path or DEFAULT_RUN)
    state = file.stat() if file.exists() else None
    return _loaded(file, state and (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=2)
def _loaded(file: Path, state: object) -> Run:
    """A run read once, as long as its file stays as it is: in a notebook it may be trained again."""
    return Run.load(file)


def _theme_of(name: str) -> Theme:
    if name not in THEMES:
        raise EdgeglowError(f"theme {name!r}: there is no such theme; choose one of {', '.join(THEMES)}")
    return THEMES[name]
