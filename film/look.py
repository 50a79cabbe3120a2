"""How a film is to look: size, speed, format, language, theme, captions."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

# Manim's own qualities, by the letter of its -q: width, height, frames a second
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
LARGEST = 16384  # pixels; what x264 takes
LARGEST_SEED = 2**32 - 1  # what NumPy takes
RATES = (1, 240)  # the fewest and the most frames a second
THEMES = ("dark", "light")
WORDS = Path(__file__).resolve().parent.parent / "scenes" / "script"
QUEUE_BYTES = 64_000_000  # of frames that wait for the encoder
FRAME_HEIGHT = 8.0  # of every picture, in Manim's units; its width follows from its shape

# On frames of the film at 720p, a frame takes 14 ms at veryfast, 27 at x264's default, 8 at ultrafast (1.6 times the
# size); crf 18 keeps fine edges. Each worker fills a core, so more threads would only wait for each other.
X264 = {"preset": "veryfast", "crf": "18", "threads": "1"}
# For pages, where clips load while they play: at 720p under 6 MB a minute, and no thin line is visibly damaged
# (measured by benchmarks/clips.py).
X264_SMALL = {"preset": "veryfast", "crf": "23", "maxrate": "1100k", "bufsize": "2200k", "threads": "1"}
VP9 = {"deadline": "good", "cpu-used": "5", "row-mt": "1", "b": "0", "crf": "30", "threads": "1"}


@dataclass(frozen=True)
class Look:
    """Everything that decides a frame, but for run and chapter. ``width`` and ``height`` in pixels.

    ``script`` is a file of sentences to say instead of the installed ones; ``captions`` says where what is
    said is written: burnt into the picture, in files beside it (sidecar), or nowhere (none). With ``is_small`` the
    file is to load quickly.
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
        """The picture's shape, as a file name can hold it: 9x16, also where whole pixels only come near."""
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
        """Are four pixels stored with one colour? Then width and height must be even."""
        return self.is_video and not (self.transparent and self.format != "webm")

    def manim(self, folder: str) -> dict[str, Any]:
        """What Manim's config must say so that this look comes out, and its files go to ``folder``."""
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
            return {}  # QuickTime animation: lossless, nothing to choose
        return steady(X264_SMALL if self.is_small else X264)


def languages() -> tuple[str, ...]:
    """The codes of the languages there are, English first, without importing all that is said in them."""
    return tuple(sorted((file.stem for file in WORDS.glob("*.toml")), key=lambda code: (code != "en", code)))


def is_rate(value: float) -> bool:
    """Whether encoders can count so many frames a second: in thousandths, and within bounds."""
    return RATES[0] <= value <= RATES[-1] and abs(value * 1_000 - round(value * 1_000)) < 1e-6


def steady(options: dict[str, str]) -> dict[str, str]:
    """x264's options, such that the same frames always make the same file.

    Its AVX-512 code weighs blocks by what happens to lie in memory, so that two renders may differ by a level or two
    in a few pixels (core 165, B-frames with mbtree). Without that code, which saves 8% of the time, they do not.
    """
    from llvmlite.binding import get_host_cpu_features  # knows x86 from others, on every system

    if get_host_cpu_features().get("avx512f"):
        return options | {"x264-params": "asm=avx2,fma3,bmi2,lzcnt"}
    return options


def size_of(quality: str, aspect: str) -> tuple[int, int]:
    """Width and height in pixels: the quality's height is the short side, whatever the shape."""
    width, height, _ = QUALITIES[quality]
    return {"16:9": (width, height), "9:16": (height, width), "1:1": (height, height)}[aspect]
