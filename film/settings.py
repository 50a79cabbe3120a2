"""Settings of a film: size, frame rate, format, language, theme, captions."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

# Manim's qualities, by the letter of its option -q: width, height, frames per second
QUALITIES = {
    "l": (854, 480, 15.0),
    "m": (1280, 720, 30.0),
    "h": (1920, 1080, 60.0),
    "p": (2560, 1440, 60.0),
    "k": (3840, 2160, 60.0),
}
FORMATS = ("mp4", "mov", "webm", "gif", "png")
ASPECTS = ("16:9", "9:16", "1:1")
CAPTIONS = ("burnt", "sidecar", "none")
LARGEST = 16384  # pixels; limit of x264
LARGEST_SEED = 2**32 - 1  # limit of NumPy
RATES = (1, 240)  # minimum and maximum frames per second
THEMES = ("dark", "light")
WORDS = Path(__file__).resolve().parents[1] / "scenes" / "script"
QUEUE_BYTES = 64_000_000  # limit for the frames that wait for the encoder
FRAME_HEIGHT = 8.0  # in Manim's units, for all aspects; the width follows from the aspect

# On frames of the film at 720p, a frame takes 14 ms at veryfast, 27 at x264's default, 8 at ultrafast (1.6 times the
# size); crf 18 keeps fine edges. Each worker uses a whole core, so more threads would only wait for each other.
X264 = {"preset": "veryfast", "crf": "18", "threads": "1"}
# For web pages, where clips load while they play: at 720p under 6 MB a minute, without visible damage to thin lines
# (measured by benchmarks/clips.py).
X264_SMALL = {"preset": "veryfast", "crf": "23", "maxrate": "1100k", "bufsize": "2200k", "threads": "1"}
VP9 = {"deadline": "good", "cpu-used": "5", "row-mt": "1", "b": "0", "crf": "30", "threads": "1"}


@dataclass(frozen=True)
class FilmSettings:
    """Settings that decide how every frame looks, except run and chapter.

    ``width`` and ``height`` are in pixels. ``script`` is a file of sentences that replace the installed ones.
    ``captions`` is "burnt" (in the picture), "sidecar" (in files beside the video) or "none". ``is_small`` encodes
    for quick loading.
    """

    width: int = 1280
    height: int = 720
    fps: float = 30.0
    format: str = "mp4"
    transparent: bool = False
    language: str = "en"
    theme: str = "dark"
    seed: int | None = None
    script: Path | None = None
    captions: str = "burnt"
    is_small: bool = False

    def __str__(self) -> str:
        return f"{self.width}x{self.height} at {self.fps:g} frames a second"

    @property
    def aspect(self) -> str:
        """Aspect ratio in the form of a file name, as 9x16, also where whole pixels only approximate it."""
        for wide, high in ((16, 9), (9, 16)):
            if abs(high * self.width - wide * self.height) < 16:
                return f"{wide}x{high}"
        common = gcd(self.width, self.height)
        return f"{self.width // common}x{self.height // common}"

    @property
    def is_video(self) -> bool:
        return self.format != "png"

    @property
    def has_half_colour(self) -> bool:
        """Whether four pixels share one colour value, so that width and height must be even."""
        return self.is_video and not (self.transparent and self.format != "webm")

    def manim(self, folder: str) -> dict[str, Any]:
        """Return Manim's config for these settings, with all files below ``folder``."""
        return {
            "pixel_width": self.width,
            "pixel_height": self.height,
            "frame_height": FRAME_HEIGHT,
            "frame_width": FRAME_HEIGHT * self.width / self.height,
            "frame_rate": int(self.fps) if self.fps == int(self.fps) else self.fps,
            "format": self.format,
            "transparent": self.transparent,
            "seed": self.seed,
            "media_dir": folder,
            "video_codec": "auto",
            "pixel_format": "auto",
            "video_encoder_options": self._encoder(),
            "encoder_queue_size": min(max(QUEUE_BYTES // (4 * self.width * self.height), 2), 8),
            "disable_caching": True,
            "from_animation_number": 0,
            "upto_animation_number": -1,
            "save_sections": False,
            "dry_run": False,
            "preview": False,
            "live_preview": False,
            "progress_bar": "none",
            "notify_outdated_version": False,
        }

    def _encoder(self) -> dict[str, str]:
        if self.format == "webm":
            return VP9
        if self.transparent or not self.is_video:
            return {}  # QuickTime Animation codec: lossless, without options
        return deterministic_x264(X264_SMALL if self.is_small else X264)


def installed_languages() -> tuple[str, ...]:
    """Return the codes of the languages, English first, without importing their texts."""
    return tuple(sorted((file.stem for file in WORDS.glob("*.toml")), key=lambda code: (code != "en", code)))


def is_frame_rate(value: float) -> bool:
    """Return whether a frame rate is within RATES and a whole number of thousandths, as encoders need."""
    return RATES[0] <= value <= RATES[-1] and abs(value * 1_000 - round(value * 1_000)) < 1e-6


def deterministic_x264(options: dict[str, str]) -> dict[str, str]:
    """Return x264's options, extended so that the same frames always give the same file.

    x264's AVX-512 code depends on the contents of unused memory, so two renders may differ by a level or two in a few
    pixels (core 165, B-frames with mbtree). Without that code, which saves 8% of the time, they do not.
    """
    from llvmlite.binding import get_host_cpu_features  # works on all platforms

    if get_host_cpu_features().get("avx512f"):
        return options | {"x264-params": "asm=avx2,fma3,bmi2,lzcnt"}
    return options


def frame_size(quality: str, aspect: str) -> tuple[int, int]:
    """Return width and height in pixels: the quality's height is the length of the shorter side."""
    width, height, _ = QUALITIES[quality]
    return {"16:9": (width, height), "9:16": (height, width), "1:1": (height, height)}[aspect]
