"""The base of all chapters: run, script, theme, layout, camera, and beats."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

from manim import UP, Animation, AnimationGroup, FadeIn, FadeOut, Group, Mobject, Rectangle, Wait, config

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run
from edgeglow.scenes.fields import pin
from edgeglow.scenes.mobjects.text.caption import Caption
from edgeglow.scenes.motions.camera import CameraMove
from edgeglow.scenes.script import load_script
from edgeglow.scenes.stage.chapter_inputs import DigitLabel, DigitSource, RunSource, find_run, short_errors_in_manim
from edgeglow.scenes.stage.chapter_selection import MOST_SHOWN, ChapterSelection
from edgeglow.scenes.stage.key_frames import KeyFrameScene
from edgeglow.scenes.stage.timed_caption import TimedCaption, python_numbers
from edgeglow.scenes.stage.transitions import play_transition
from edgeglow.scenes.style.layout import FRAME_HEIGHT, Area, layout_of
from edgeglow.scenes.style.theme import STILL, THEMES, Theme

CAPTION_CHANGE = 0.3  # seconds
HOLD = 0.7  # seconds without motion at the end of every beat
STRIP_STEPS = 5  # height of the strip behind the caption relative to its soft upper edge
OVER_ALL = 60  # z of the caption, and of the strip behind it, during close-ups
SUBJECTS = {"digits": "handwritten digits", "pictures": "pictures", "rows": "rows of named numbers"}
MOST_IN_A_ROW = 10  # outputs whose names and numbers fit side by side in a tall frame


class Chapter(KeyFrameScene):
    """A Manim scene that shows one chapter of the film for one run.

    ``run`` is a Run or its file. ``digit`` is a picture of a digit, as a file, an array or a Pillow image, or a
    list of these, and ``label`` is their class, or a list of classes: the chapter shows the first.

    Without arguments, as in Manim's own command line and in notebooks, the run is the file named by
    ``$EDGEGLOW_RUN`` (or the default run, which is trained if it does not exist), the digit the file
    ``$EDGEGLOW_DIGIT``, the language ``$EDGEGLOW_LANG`` (English) and the theme ``$EDGEGLOW_THEME`` (dark). A
    subclass may set ``run_file``, ``digit_file`` and ``digit_label`` to any value that ``run``, ``digit`` and
    ``label`` accept.

    ``script`` is a file with sentences that replace the installed ones; without ``captions`` no caption is
    drawn; ``voice`` maps the names of beats to the seconds of their recordings.

    Raises EdgeglowError when the run, a picture or the script cannot be read, or the chapter cannot show this run.
    """

    name: ClassVar[str]  # the chapter's table in the script
    also_says: ClassVar[tuple[str, ...]] = ()  # other chapters' tables with labels that it uses
    subjects: ClassVar[tuple[str, ...]] = (
        "digits",
        "pictures",
        "rows",
    )  # kinds of input of the networks that it can show
    run_file: RunSource | None = None
    digit_file: DigitSource | None = None
    digit_label: DigitLabel | None = None

    def __init__(
        self,
        run: RunSource | None = None,
        lang: str | None = None,
        theme: str | None = None,
        *,
        digit: DigitSource | None = None,
        label: DigitLabel | None = None,
        script: str | PathLike[str] | None = None,
        captions: bool = True,
        voice: Mapping[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        with short_errors_in_manim():
            # errors in words and colours are reported before a training, not after it
            self.theme = _theme_of(theme or os.environ.get("EDGEGLOW_THEME") or "dark")
            own = Path(script) if script else None
            words = load_script(lang or os.environ.get("EDGEGLOW_LANG") or "en", own, self.theme.name)
            self.run = self._given_run(run, digit, label)
        self.script = replace(words, subject=self.run.subject)
        self.layout = layout_of(config.pixel_width, config.pixel_height)
        self.cast = ChapterSelection(self.run, MOST_IN_A_ROW if self.layout.is_tall else MOST_SHOWN)
        self.captions = captions
        self.voice = dict(voice or {})
        self.cues: list[TimedCaption] = []
        self.cut_points: list[tuple[int, int]] = []  # numbers of plays and frames before each beat, as cut points
        self.frame = 0
        self.still = 0  # frames since the last motion
        self.on_open: Callable[[Chapter], None] | None = None
        self.on_beat_end: Callable[[Chapter, str], None] | None = None
        self._caption: Caption | None = None
        self._strip: Mobject | None = None
        super().__init__(**kwargs)

    def _given_run(self, run: RunSource | None, digit: DigitSource | None, label: DigitLabel | None) -> Run:
        """Return the run to show, from the arguments, the class attributes or the environment."""
        if run is None:
            run = self.run_file if self.run_file is not None else os.environ.get("EDGEGLOW_RUN")
        if digit is None:
            digit = self.digit_file if self.digit_file is not None else os.environ.get("EDGEGLOW_DIGIT") or None
        found = find_run(run, digit, self.digit_label if label is None else label)
        if reason := self.fits(found):
            raise EdgeglowError(f"{type(self).__name__} cannot be shown: {reason}")
        return found

    @classmethod
    def fits(cls, run: Run) -> str | None:
        """Return the reason why the chapter cannot show a run, as a sentence; None if it can."""
        if run.subject in cls.subjects:
            return None
        return f"it is about {SUBJECTS[cls.subjects[-1]]}, and this network reads {SUBJECTS[run.subject]}"

    @classmethod
    def opening(cls, run: Run) -> str:
        """Return the key frame at which the chapter starts for this run."""
        return cls.opens

    @classmethod
    def ending(cls, run: Run) -> str:
        """Return the key frame at which the chapter ends for this run."""
        return cls.ends

    @classmethod
    def before(cls, run: Run) -> str:
        """Return the key frame that the film of a run shows before this chapter.

        It is the end of the last chapter before it that fits the run. The first begins with its own opening, and so
        does a chapter that is not part of the film.
        """
        from edgeglow.scenes.chapters import FILM  # imported here because it imports every chapter

        ending = None
        for chapter in FILM:
            if chapter.name == cls.name:
                return ending or cls.opening(run)
            ending = ending if chapter.fits(run) else chapter.ending(run)
        return cls.opening(run)

    @property
    def title(self) -> str:
        return self.script.title(self.name)

    def setup(self) -> None:
        """Show the last key frame of the chapter before, and change it to this chapter's opening if needed."""
        if not config.disable_caching:
            # So that Manim's cache does not reuse a picture of another run.
            self.camera.shown_run = self.run.digest
        self.camera.background_color = self.theme.background
        self.camera.set_home(self.layout.width, FRAME_HEIGHT)
        before, opening = self.before(self.run), self.opening(self.run)
        self.set_up(before)
        if self.on_open is not None:
            self.on_open(self)
        play_transition(self, before, opening)

    # -- beats --------------------------------------------------------------------------------------------

    @contextmanager
    def beat(self, beat: str, variant: str = "", **facts: object) -> Iterator[float]:
        """Show the caption of one beat, its placeholders filled from ``facts``, while the body animates it.

        Yields the seconds that a reader needs from now on. If the body takes less, or ends in a motion, the scene
        waits.
        """
        text = self.script.line(self.name, beat, variant, **facts)
        lines = self._lines(text)
        start = self.frame
        self.cut_points.append((self.renderer.num_plays, start))
        self._say(Caption(lines, self.layout, self.theme))
        reading = max(self.script.seconds(text) - CAPTION_CHANGE / 3, self.voice.get(beat, 0.0))  # it was fading in
        since = self.frame
        yield reading
        taken, held = (self.frame - since) / config.frame_rate, self.still / config.frame_rate
        missing = max(reading - taken, HOLD - held)
        if missing * config.frame_rate >= 1:
            self.wait(missing)
        self.cues.append(TimedCaption(start, self.frame, beat, " ".join(lines), variant, python_numbers(facts)))
        if self.on_beat_end is not None:
            self.on_beat_end(self, beat)

    def clear_caption(self, *animations: Animation, **kwargs: Any) -> None:
        """Remove the caption while ``animations`` play."""
        if self._caption is not None:
            animations = (FadeOut(self._caption, run_time=CAPTION_CHANGE), *animations)
            self._caption = None
        if animations:
            self.play(*animations, **kwargs)

    def close(self) -> None:
        """Fade everything out, and keep the dark for a moment."""
        self._caption = None
        self.play(FadeOut(Group(*self.mobjects)), run_time=0.8)
        self.wait(0.2)

    def label(self, name: str, **facts: object) -> str:
        return self.script.label(self.name, name, **facts)

    def _lines(self, text: str) -> list[str]:
        width = round(self.script.characters_per_line * self.layout.share)
        return self.script.lines(text, self.layout.lines, width)

    def _say(self, caption: Caption) -> None:
        """Replace the caption; without captions, wait for the same time."""
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
        """Return the camera move after which ``target`` fills the stage, apart from ``margin``, a share of the stage.

        Words and numbers keep their size in scene units, so text for close-ups is written small.
        """
        self._add_caption_strip()
        area = target if isinstance(target, Area) else _box(target)
        room = self.stage.inset(margin * self.stage.width, margin * self.stage.height)
        return CameraMove(self.camera.frame, area, room, FRAME_HEIGHT, **kwargs)

    def look_home(self, **kwargs: Any) -> CameraMove:
        """Return the camera move back to the whole stage."""
        return CameraMove(self.camera.frame, self.stage, self.stage, FRAME_HEIGHT, **kwargs)

    @property
    def zoom(self) -> float:
        """Present magnification relative to the home position."""
        return self.camera.zoom

    def end_closeup(self) -> None:
        """Remove the strip behind the caption, after ``look_home`` has been played."""
        self.camera.set_home(self.layout.width, FRAME_HEIGHT)
        if self._strip is not None:
            self.remove(self._strip)
            self._strip = None
        if self._caption is not None:
            self._caption.set_z_index(STILL)

    def _add_caption_strip(self) -> None:
        """Add a strip behind the caption, so that enlarged mobjects do not cover it."""
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

    # -- frames -------------------------------------------------------------------------------------------

    def get_run_time(self, animations: list[Animation]) -> float:
        """Return the seconds of a play as a whole number of frames, so that captions and clips stay in sync."""
        self._frames = max(1, round(super().get_run_time(animations) * config.frame_rate))
        # Manim counts the frames of an animation with arange and those of a still with int(): a value slightly below
        # the whole number gives the right count for the first, one slightly above for the second.
        self._held = len(animations) == 1 and isinstance(animations[0], Wait) and not self.should_update_mobjects()
        return (self._frames + (0.25 if self._held else -0.25)) / config.frame_rate

    def render(self, *args: Any, **kwargs: Any) -> Any:
        with short_errors_in_manim():
            return super().render(*args, **kwargs)

    def play(self, *args: Any, **kwargs: Any) -> None:
        self.camera.layers.forget()  # drawing of a play must not depend on earlier plays
        super().play(*args, **kwargs)
        self.frame += self._frames
        self.still = self.still + self._frames if self._held else 0


def _box(mobject: Mobject) -> Area:
    left, bottom = mobject.get_corner([-1, -1, 0])[:2]
    right, top = mobject.get_corner([1, 1, 0])[:2]
    return Area(float(left), float(bottom), float(right), float(top))


def _theme_of(name: str) -> Theme:
    if name not in THEMES:
        raise EdgeglowError(f"theme {name!r}: there is no such theme; choose one of {', '.join(THEMES)}")
    return THEMES[name]
