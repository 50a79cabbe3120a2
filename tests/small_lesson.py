"""A lesson of two short clips in two languages, whose frames encode their numbers; made without rendering."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path, PurePosixPath

import av
import numpy as np

from edgeglow.lesson.lesson_data import (
    CaptionFiles,
    ClipFiles,
    Edition,
    KeyNumber,
    Lesson,
    LessonClip,
    LessonFile,
    Question,
    Sentence,
)

FPS = 10
WIDTH, HEIGHT = 160, 90
BEATS = {"given": (0, 7), "shift": (9, 20), "end": (20, 26)}  # the first frame of each, and the frame after its last
FRAMES = 30  # four of them after the last beat
SAID = {
    "en": {"given": "This is <b> & w.", "shift": "A bias shifts.", "end": "So it ends."},
    "ko": {"given": "이것은 <b>와 w입니다.", "shift": "편향은 옮깁니다.", "end": "끝납니다."},
}
TITLES = {
    "en": {"lesson": "A neural network & its lesson", "pixels": "Pixels", "bias": "Bias"},
    "ko": {"lesson": "신경망 수업", "pixels": "픽셀", "bias": "편향"},
}
ASKED = {
    "en": ("How many pixels?", ("10", "16", "784"), "28 × 28 are 784."),
    "ko": ("픽셀은 몇 개입니까?", ("10개", "16개", "784개"), "28 × 28은 784입니다."),
}
SLUGS = ("pixels", "bias")


def make_small_lesson(folder: Path, *, asks: bool = True) -> Lesson:
    """Return the lesson, with its files written into the folder, and two questions in each clip, or none."""
    editions = [
        Edition(
            language,
            {"en": "English", "ko": "한국어"}[language],
            TITLES[language]["lesson"],
            tuple(_clip(folder, slug, language, asks) for slug in SLUGS),
            (KeyNumber("Accuracy", "92.5%"),),
            {},
        )
        for language in SAID
    ]
    return Lesson("0123456789abcdef", tuple(editions))


def level(frame: int, step: int = 6) -> int:
    """Return the brightness of a frame, from 0 to 255, different for each frame."""
    return 30 + step * frame


def _clip(folder: Path, slug: str, language: str, asks: bool) -> LessonClip:
    told = {
        one: tuple(Sentence(start / FPS, end / FPS, beat, SAID[one][beat]) for beat, (start, end) in BEATS.items())
        for one in SAID
    }
    ask, choices, why = ASKED[language]
    questions = tuple(
        Question(beat, BEATS[beat][1] / FPS, f"{ask} ({slug}/{beat})", choices, 2, why) for beat in ("given", "end")
    )
    return LessonClip(
        slug.title(),
        slug,
        language,
        TITLES[language][slug],
        f"{TITLES[language][slug]}.",
        "Grey, and lighter.",
        FRAMES / FPS,
        WIDTH,
        HEIGHT,
        told[language],
        told,
        questions if asks else (),
        _media(folder, slug, language),
        f"read {slug}",
        f"What is to be known of {slug}.",
    )


def _media(folder: Path, slug: str, language: str) -> ClipFiles:
    def write(end: str, content: bytes | None, kind: str) -> LessonFile:
        path = PurePosixPath("clips", language, f"{slug}{end}")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            film(folder / path)
        else:
            (folder / path).write_bytes(content)
        return LessonFile(path, (folder / path).stat().st_size, kind)

    captions = tuple(
        CaptionFiles(
            one, write(f".{one}.vtt", b"WEBVTT\n", "text/vtt"), write(f".{one}.srt", b"1\n", "application/x-subrip")
        )
        for one in SAID
    )
    stills = [write(f"/{number:02d}-{beat}.webp", b"webp", "image/webp") for number, beat in enumerate(BEATS, 1)]
    return ClipFiles(
        write(".mp4", None, "video/mp4"),
        write(".webm", b"webm", "video/webm"),
        write(".jpg", b"jpeg", "image/jpeg"),
        write("-loop.webp", b"loop", "image/webp"),
        tuple(stills),
        captions,
    )


def film(path: Path) -> None:
    """Write grey frames, each with its own brightness, as H.264."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "12"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(np.full((HEIGHT, WIDTH, 3), level(number), np.uint8), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
