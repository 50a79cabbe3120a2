"""Size of a lesson's clips, their similarity to the raw frames, and encoding time per frame.

python benchmarks/clips.py [--json] [--run RUN] [--seconds N] [CHAPTER ...]

Frames are taken from the renderer before any encoding, at 720p30. Quality is SSIM of the luma (Wang et al., 2004) in
windows of 7 pixels, averaged over the windows in which something is drawn, since the plain dark background would
raise the result of every setting. Time is CPU time of all threads, without that of reading the frames.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame
from scipy.ndimage import uniform_filter

from edgeglow.film.chapter_task import ChapterTask
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.settings import X264, X264_SMALL, FilmSettings
from edgeglow.lesson.choose_poster import luma_of
from edgeglow.lesson.transcode import VP9
from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.chapters import FILM

RUN = Path(__file__).parents[1] / "media" / "runs" / "default.npz"
CHAPTERS = ("PixelFlow", "Training", "Weights")  # those with the most thin lines
RATE, EVERY = 30, 45  # frames per second; one of EVERY frames is compared
WINDOW, DRAWN = 7, 20.0  # pixels; minimum variance of the luma of a window that is not empty
SVT_AV1 = {"preset": "12", "crf": "42", "svtav1-params": "lp=1"}
CANDIDATES = {
    "film: x264 crf 18": ("libx264", "mp4", X264),
    "clip: x264 as X264_SMALL": ("libx264", "mp4", X264_SMALL),
    "the same, tune=animation": ("libx264", "mp4", X264_SMALL | {"tune": "animation"}),
    "clip: VP9": ("libvpx-vp9", "webm", VP9),
    "VP9, deadline good": ("libvpx-vp9", "webm", VP9 | {"deadline": "good", "cpu-used": "5"}),
    "SVT-AV1, preset 12": ("libsvtav1", "webm", SVT_AV1),
}


LOSSLESS = ("libx264", {"preset": "ultrafast", "qp": "0"})


class Writer:
    """Video writer for frames that have their timestamps already."""

    def __init__(self, target: Path, codec: str, options: dict[str, str]) -> None:
        settings = FilmSettings()
        self._file = av.open(target, "w")
        stream: Any = self._file.add_stream(codec, rate=RATE, options=dict(options))
        stream.width, stream.height, stream.pix_fmt = settings.width, settings.height, "yuv420p"
        self._stream = stream

    def add(self, frame: VideoFrame) -> None:
        frame.pict_type = PictureType.NONE
        self._file.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._file.mux(self._stream.encode(None))
        self._file.close()


def frames_of(video: Path) -> Iterator[VideoFrame]:
    with av.open(video) as file:
        yield from file.decode(video=0)


def encode(raw: Path, target: Path, codec: str, options: dict[str, str]) -> None:
    writer = Writer(target, codec, options)
    for number, frame in enumerate(frames_of(raw)):
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        writer.add(frame)
    writer.close()


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of all threads that a call takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def drawn_ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Return the SSIM of two pictures, uint8 (height, width), over the windows in which ``one`` is not empty.

    Equal pictures have 1.
    """
    a, b = one.astype(np.float64), other.astype(np.float64)
    mean_a, mean_b = uniform_filter(a, WINDOW), uniform_filter(b, WINDOW)
    var_a, var_b = uniform_filter(a * a, WINDOW) - mean_a**2, uniform_filter(b * b, WINDOW) - mean_b**2
    shared = uniform_filter(a * b, WINDOW) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ssim = (2 * mean_a * mean_b + c1) * (2 * shared + c2)
    ssim /= (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
    drawn = var_a > DRAWN
    return float(ssim[drawn].mean()) if drawn.any() else 1.0


class _Enough(Exception):
    """Raised when enough frames were rendered."""


def keep_raw(job: ChapterTask, target: Path, most: int) -> int:
    """Play a chapter, save its first frames without loss, and return their number."""
    writer = Writer(target, *LOSSLESS)
    count = 0

    def take(pixels: np.ndarray, *, repeat: int = 1) -> None:
        nonlocal count
        for _ in range(repeat):
            if count >= most:
                raise _Enough
            frame = VideoFrame.from_ndarray(np.asarray(pixels)[..., :3].copy(), "rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts, frame.time_base = count, Fraction(1, RATE)
            writer.add(frame)
            count += 1

    with suppress(_Enough), job.staged() as stage:
        stage.scene.renderer.file_writer.write_frame = take
        stage.scene.render()
    writer.close()
    return count


def measure(chapter: type[Any], run: Path, seconds: int) -> Iterator[dict[str, Any]]:
    """Yield for each setting: megabytes a minute, milliseconds of CPU time per frame, mean and worst SSIM."""
    with tempfile.TemporaryDirectory() as name:
        raw = Path(name) / "raw.mp4"
        job = ChapterTask(chapter, FilmInputs(run), FilmSettings(captions="none"), Path(name))
        count = keep_raw(job, raw, seconds * RATE)
        reading = cpu_seconds(lambda: list(map(id, frames_of(raw))))
        for label, (codec, kind, options) in CANDIDATES.items():
            target = Path(name) / f"encoded.{kind}"
            taken = cpu_seconds(partial(encode, raw, target, codec, options)) - reading
            pairs = zip(frames_of(raw), frames_of(target), strict=True)
            ssims = [drawn_ssim(*map(luma_of, pair)) for number, pair in enumerate(pairs) if not number % EVERY]
            yield {
                "bench": "clips",
                "chapter": chapter.__name__,
                "setting": label,
                "megabytes_a_minute": round(target.stat().st_size / 1e6 / (count / RATE / 60), 2),
                "ms_a_frame": round(1000 * taken / count, 2),
                "ssim": round(float(np.mean(ssims)), 4),
                "worst_ssim": round(min(ssims), 4),
                "frames": count,
            }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--run", type=Path, default=RUN, help="the run to show (default: ./dev video's)")
    parser.add_argument("--seconds", type=int, default=60, help="of each chapter, at most")
    parser.add_argument("chapters", nargs="*", default=CHAPTERS, metavar="CHAPTER")
    options = parser.parse_args()
    if not options.run.is_file():
        parser.error(f"{options.run} is not there: train it first (./dev video train), or name one with --run")
    by_name = {chapter.__name__: chapter for chapter in FILM}
    if unknown := [name for name in options.chapters if name not in by_name]:
        parser.error(f"there is no chapter {unknown[0]}; there are: {', '.join(by_name)}")
    os.environ.setdefault("SVT_LOG", "1")  # do not print SVT-AV1's settings
    try:
        for name in options.chapters:
            tell(measure(by_name[name], options.run, options.seconds), as_json=options.json)
    except EdgeglowError as error:
        parser.error(str(error))


def tell(rows: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    for row in rows:
        if as_json:
            print(json.dumps(row), flush=True)
        else:
            print(
                f"{row['chapter']:12s} {row['setting']:26s} {row['megabytes_a_minute']:6.2f} MB a minute"
                f" {row['ms_a_frame']:6.1f} ms a frame   SSIM {row['ssim']:.4f}, worst {row['worst_ssim']:.4f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
