"""What every chapter has: a run, a script, a theme, a layout, a camera, and beats."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from manim import UP, Animation, AnimationGroup, FadeIn, FadeOut, Group, Mobject, Rectangle, Wait, config

from model.defaults import DEFAULT_RUN, default_run
from model.errors import EdgeglowError
from model.run import Run
from scenes.fields import pin
from scenes.mobjects.caption import Caption
from scenes.motions.camera import CameraMove
from scenes.script import load_script
from scenes.stage.cast import MOST_SHOWN, Cast
from scenes.stage.layout import FRAME_HEIGHT, Area, layout_of
from scenes.stage.sets import Sets
from scenes.stage.theme import STILL, THEMES, Theme

CAPTION_CHANGE = 0.5  # seconds
STRIP_STEPS = 5  # so many times as high as its soft upper edge is that strip
OVER_ALL = 60  # z of the caption, and of the strip behind it, while the camera is close
SUBJECTS = {"digits": "handwritten digits", "pictures": "pictures", "rows": "rows of named numbers"}
MOST_IN_A_ROW = 10  # outputs of which names and numbers fit beside each other in a tall frame


@dataclass(frozen=True)
class Cue:
    """A caption of the film: which beat, its words, and the frames it is told in, the last not included."""

    start_frame: int
    end_frame: int
    beat: str
    text: str


class Chapter(Sets):
    """A Manim scene that tells one chapter of the film from one run.

    Without arguments, so in Manim's own command line and in notebooks, the run is the file that
    ``$EDGEGLOW_RUN`` names (or the default run, trained if it is not there yet), the language
    ``$EDGEGLOW_LANG`` (English) and the theme ``$EDGEGLOW_THEME`` (dark). A subclass may set ``run_file``.

    ``script`` is a file whose sentences are said instead of the installed ones; without ``captions`` nothing
    of what is said is written in the picture; ``voice`` says for how many seconds the recording of a beat
    lasts, by the beat's name.
    """

    name: ClassVar[str]  # the chapter's table in the script
    subjects: ClassVar[tuple[str, ...]] = (
        "digits",
        "pictures",
        "rows",
    )  # what networks read that it can show
    run_file: str | Path | None = None

    def __init__(
        self,
        run: Run | None = None,
        lang: str | None = None,
        theme: str | None = None,
        *,
        script: Path | None = None,
        captions: bool = True,
        voice: Mapping[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        self.run = run or _run_of(str(self.run_file or os.environ.get("EDGEGLOW_RUN", "")))
        words = load_script(lang or os.environ.get("EDGEGLOW_LANG") or "en", script)
        self.script = replace(words, subject=self.run.subject)
        self.theme = _theme_of(theme or os.environ.get("EDGEGLOW_THEME") or "dark")
        self.layout = layout_of(config.pixel_width, config.pixel_height)
        self.cast = Cast(self.run, MOST_IN_A_ROW if self.layout.is_tall else MOST_SHOWN)
        self.captions = captions
        self.voice = dict(voice or {})
        self.cues: list[Cue] = []
        self.frame = 0
        self.on_open: Callable[[Chapter], None] | None = None
        self.on_beat_end: Callable[[Chapter, str], None] | None = None
        self._caption: Caption | None = None
        self._strip: Mobject | None = None
        super().__init__(**kwargs)

    @classmethod
    def fits(cls, run: Run) -> str | None:
        """Why the chapter makes no sense for a run, in a sentence; None where it does."""
        if run.subject in cls.subjects:
            return None
        return f"it is about {SUBJECTS[cls.subjects[-1]]}, and this network reads {SUBJECTS[run.subject]}"

    @property
    def title(self) -> str:
        return self.script.title(self.name)

    def setup(self) -> None:
        self.camera.background_color = self.theme.background
        self.camera.set_home(self.layout.width, FRAME_HEIGHT)
        self.set_up(self.opens)
        if self.on_open is not None:
            self.on_open(self)

    # -- telling ------------------------------------------------------------------------------------------

    @contextmanager
    def beat(self, beat: str, variant: str = "", **facts: object) -> Iterator[float]:
        """Say one sentence, its placeholders filled from ``facts``, while the body shows it.

        Yields the seconds that its reader needs from now on. A body that is quicker is waited for.
        """
        text = self.script.line(self.name, beat, variant, **facts)
        lines = self._lines(text)
        start = self.frame
        self._say(Caption(lines, self.layout, self.theme))
        reading = max(self.script.seconds(text), self.voice.get(beat, 0.0))
        since = self.frame
        yield reading
        missing = reading - (self.frame - since) / config.frame_rate
        if missing * config.frame_rate >= 1:
            self.wait(missing)
        self.cues.append(Cue(start, self.frame, beat, " ".join(lines)))
        if self.on_beat_end is not None:
            self.on_beat_end(self, beat)

    def hush(self, *animations: Animation, **kwargs: Any) -> None:
        """Take the caption away, while ``animations`` play."""
        if self._caption is not None:
            animations = (FadeOut(self._caption, run_time=CAPTION_CHANGE), *animations)
            self._caption = None
        if animations:
            self.play(*animations, **kwargs)

    def close(self) -> None:
        """Let everything go dark together, and keep the dark for a moment."""
        self._caption = None
        self.play(FadeOut(Group(*self.mobjects)), run_time=0.8)
        self.wait(0.2)

    def label(self, name: str, **facts: object) -> str:
        return self.script.label(self.name, name, **facts)

    def _lines(self, text: str) -> list[str]:
        width = round(self.script.characters_per_line * self.layout.share)
        return self.script.lines(text, self.layout.lines, width)

    def _say(self, caption: Caption) -> None:
        """Change the caption; where none is to be seen, time passes as if there were one."""
        if not self.captions:
            self.wait(CAPTION_CHANGE)
            return
        pin(caption)
        if self._strip is not None:
            caption.set_z_index(OVER_ALL + 1)
        steps = [FadeIn(caption, run_time=CAPTION_CHANGE / 2)]
        if self._caption is not None:
            steps.insert(0, FadeOut(self._caption, run_time=CAPTION_CHANGE / 2))
        self._caption = caption
        self.play(AnimationGroup(*steps, lag_ratio=1.0))

    # -- the camera ---------------------------------------------------------------------------------------

    def look_at(self, target: Area | Mobject, margin: float = 0.0, **kwargs: Any) -> CameraMove:
        """The camera goes so close (or so far) that ``target`` fills the stage but for ``margin``, a part of it.

        Words and numbers keep their size in scene units: what is to be read up close is written small.
        """
        self._guard_caption()
        area = target if isinstance(target, Area) else _box(target)
        room = self.stage.inset(margin * self.stage.width, margin * self.stage.height)
        return CameraMove(self.camera.frame, area, room, FRAME_HEIGHT, **kwargs)

    def look_home(self, **kwargs: Any) -> CameraMove:
        """The camera goes back to where it sees the whole stage."""
        return CameraMove(self.camera.frame, self.stage, self.stage, FRAME_HEIGHT, **kwargs)

    @property
    def zoom(self) -> float:
        """How many times larger than at home things are seen now."""
        return self.camera.zoom

    def arrive_home(self) -> None:
        """After ``look_home`` has been played: the caption needs no strip of its own any more."""
        self.camera.set_home(self.layout.width, FRAME_HEIGHT)
        if self._strip is not None:
            self.remove(self._strip)
            self._strip = None
        if self._caption is not None:
            self._caption.set_z_index(STILL)

    def _guard_caption(self) -> None:
        """Lay a strip over what comes close, so that the caption's place stays the caption's."""
        if self._strip is None:
            box = self.layout.caption
            fade = (box.height + 0.1) / STRIP_STEPS
            strip = Rectangle(width=box.width + 0.1, height=box.height + 0.1 + fade, stroke_width=0)
            strip.set_fill([self.theme.background] * (STRIP_STEPS + 2), [1.0] * (STRIP_STEPS + 1) + [0.0])
            strip.set_sheen_direction(UP).move_to([box.x, box.y - 0.05 + fade / 2, 0])
            self._strip = pin(strip).set_z_index(OVER_ALL)
            self.add(self._strip)
        if self._caption is not None:
            self._caption.set_z_index(OVER_ALL + 1)

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


def _box(mobject: Mobject) -> Area:
    left, bottom = mobject.get_corner([-1, -1, 0])[:2]
    right, top = mobject.get_corner([1, 1, 0])[:2]
    return Area(float(left), float(bottom), float(right), float(top))


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
