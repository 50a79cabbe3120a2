"""The small lesson with real media: videos of both formats, pictures, and captions in both languages."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image
from small_lesson import FPS, FRAMES, HEIGHT, WIDTH, level, make_small_lesson

from edgeglow.film.subtitle_files import ChapterCaptions, TimedCaption, webvtt
from edgeglow.lesson.lesson_data import Edition, Lesson, LessonClip
from edgeglow.scenes.script import load_script


def make_lesson_of_films(folder: Path) -> Lesson:
    """Return the small lesson with its texts, real pictures, WebM, and captions in both languages."""
    lesson = make_small_lesson(folder)
    return replace(lesson, editions=tuple(_edition(edition, folder) for edition in lesson.editions))


def _edition(edition: Edition, folder: Path) -> Edition:
    for clip in edition.clips:
        _fill(clip, folder)
    words = load_script(edition.language).pages["lesson"]["labels"]
    return replace(edition, words=words)


def _fill(clip: LessonClip, folder: Path) -> None:
    media = clip.media
    write_webm(folder / media.webm.path)
    grey = [Image.new("RGB", (WIDTH, HEIGHT), (level(number),) * 3) for number in (0, 8, 16, 24)]
    grey[0].save(folder / media.poster.path)
    grey[0].save(folder / media.loop.path, save_all=True, append_images=grey[1:], duration=200)
    for number, still in enumerate(media.stills):
        grey[number].save(folder / still.path)
    for captions in media.captions:
        said = clip.told[captions.language]
        cues = [TimedCaption(round(one.start * FPS), round(one.end * FPS), one.beat, one.text) for one in said]
        told = ChapterCaptions(clip.slug, FRAMES, tuple(cues))
        text = webvtt([told], FPS, captions.language)
        (folder / captions.vtt.path).write_text(text, encoding="utf-8")


def write_webm(path: Path, *, rate: int = FPS, count: int = FRAMES, step: int = 6) -> None:
    """Write ``count`` grey frames, each by ``step`` lighter than the one before."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx-vp9", rate=rate, options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, rate)
        for number in range(count):
            picture = np.full((HEIGHT, WIDTH, 3), level(number, step), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
