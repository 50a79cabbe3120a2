"""The files of clips: what they show is what was rendered, and they load as pages need it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from PIL import Image

from edgeglow.film.progress_bar import ProgressBar
from edgeglow.lesson.choose_poster import BeatSpan
from edgeglow.lesson.clip_files import ClipSource, make_clip_files
from edgeglow.lesson.lesson_data import ClipFiles, LessonFile, Sentence
from edgeglow.lesson.transcode import VP9, TranscodeTask, frame_image
from edgeglow.model.errors import EdgeglowError

RATE = 10
SIZE = 96, 64
MOVING, HELD = 30, 25  # frames of each beat: a square moves, then it rests
CLOCK = re.compile(r"(\d\d):(\d\d):(\d\d)\.(\d{3})")


def film(path: Path, beats: int = 3) -> None:
    """A square that moves to the right in every beat, and then stands still; dark at both ends."""
    with av.open(path, "w") as file:
        stream = file.add_stream("libx264", rate=RATE, options={"crf": "12", "g": "30"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number in range(beats * (MOVING + HELD)):
            beat, at = divmod(number, MOVING + HELD)
            picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
            left = min(at, MOVING) * 2
            picture[8 + 16 * beat : 20 + 16 * beat, left : left + 12] = (250, 200, 60)
            file.mux(stream.encode(VideoFrame.from_ndarray(picture, "rgb24")))
        file.mux(stream.encode(None))


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> ClipSource:
    video = tmp_path_factory.mktemp("film") / "clip.mp4"
    film(video)
    each = (MOVING + HELD) / RATE
    said = ["Left & right.", "A <second> one.", "Then,\nit ends."]
    sentences = tuple(Sentence(k * each, (k + 1) * each, f"beat{k}", text) for k, text in enumerate(said))
    other = tuple(replace(one, text=f"한국어 {k}") for k, one in enumerate(sentences))
    return ClipSource(
        video, "en", "a-clip", "A clip", "edgeglow, run 1", RATE, sentences, {"en": sentences, "ko": other}
    )


def made(footage: ClipSource, folder: Path, *, is_fresh: bool = False) -> ClipFiles:
    (folder / "pack").mkdir(exist_ok=True)
    with ProgressBar("") as bar:
        (media,) = make_clip_files(
            [footage], folder / "pack", jobs=1, cache=folder / "cache", is_fresh=is_fresh, bar=bar
        )
    return media


@pytest.fixture(scope="module")
def packed(footage: ClipSource, tmp_path_factory: pytest.TempPathFactory) -> tuple[ClipFiles, Path]:
    folder = tmp_path_factory.mktemp("made")
    return made(footage, folder), folder / "pack"


def frames(path: Path) -> list[np.ndarray]:
    with av.open(path) as video:
        return [np.asarray(frame_image(frame)).astype(int) for frame in video.decode(video=0)]


def boxes(path: Path) -> Iterator[str]:
    """The kinds of an MP4's boxes, in their order."""
    content, at = path.read_bytes(), 0
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        yield kind.decode()
        at += size or len(content)


def files_of(media: ClipFiles) -> list[LessonFile]:
    subtitles = [file for captions in media.captions for file in (captions.vtt, captions.srt)]
    return [media.mp4, media.webm, media.poster, media.loop, *media.stills, *subtitles]


def test_every_file_is_where_it_is_said_and_as_large(packed: tuple[ClipFiles, Path]) -> None:
    media, folder = packed
    told = {file.path.as_posix(): file.size for file in files_of(media)}
    there = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    assert told == there
    assert media.mp4.type == "video/mp4" and media.captions[0].vtt.type == "text/vtt"


def test_the_mp4_is_what_was_rendered_and_begins_to_play_at_once(
    packed: tuple[ClipFiles, Path], footage: ClipSource
) -> None:
    media, folder = packed
    kinds = list(boxes(folder / media.mp4.path))
    assert kinds.index("moov") < kinds.index("mdat")
    assert np.array_equal(frames(folder / media.mp4.path), frames(footage.video))
    with av.open(folder / media.mp4.path) as video:
        assert video.metadata["comment"] == "edgeglow, run 1" and video.metadata["title"] == "A clip"


def test_the_webm_shows_the_same_at_every_moment_and_holds_what_is_held(
    packed: tuple[ClipFiles, Path], footage: ClipSource
) -> None:
    media, folder = packed
    source = frames(footage.video)
    with av.open(folder / media.webm.path) as video:
        assert video.streams.video[0].codec_context.name == "libvpx-vp9" or "vp9" in str(
            video.streams.video[0].codec_context.name
        )
        shown = [
            (float(frame.time or 0), np.asarray(frame_image(frame)).astype(int)) for frame in video.decode(video=0)
        ]
    assert len(shown) < len(source) - 2 * HELD, "what is held is not encoded again and again"
    times = [time for time, _ in shown]
    assert max(np.diff(times)) <= 1.0 + 1e-3, "a player that seeks waits a second at most"
    assert times[-1] == pytest.approx((len(source) - 1) / RATE, abs=2e-3)
    for number, expected in enumerate(source):
        there = max(place for place, time in enumerate(times) if time <= number / RATE + 2e-3)
        assert np.abs(shown[there][1] - expected).mean() < 3.0, number


def test_stills_are_the_last_frames_of_their_beats(packed: tuple[ClipFiles, Path], footage: ClipSource) -> None:
    media, folder = packed
    source = frames(footage.video)
    assert [file.path.name for file in media.stills] == ["01-beat0.webp", "02-beat1.webp", "03-beat2.webp"]
    for sentence, file in zip(footage.sentences, media.stills, strict=True):
        still = np.asarray(Image.open(folder / file.path).convert("RGB")).astype(int)
        last = source[round(sentence.end * RATE) - 1]
        assert np.abs(still - last).mean() < 2.0
        assert np.abs(still - source[round(sentence.start * RATE)]).mean() > 2.0, "not its first"


def test_the_loop_moves_and_comes_to_rest_at_the_poster(packed: tuple[ClipFiles, Path]) -> None:
    media, folder = packed
    with Image.open(folder / media.loop.path) as loop:
        assert loop.format == "WEBP" and loop.is_animated and loop.info["loop"] == 0
        count, width = loop.n_frames, loop.width
        pictures = []
        for number in range(count):
            loop.seek(number)
            pictures.append(np.asarray(loop.convert("RGB").resize(SIZE)).astype(int))
    assert width == 480 and count > 10
    changes = [np.abs(one - other).mean() for one, other in pairwise(pictures)]
    assert np.median(changes) > 0.5, "it is the part in which something moves"
    poster = np.asarray(Image.open(folder / media.poster.path).convert("RGB")).astype(int)
    assert np.abs(poster - pictures[-1]).mean() < 6.0
    assert poster.max() > 150, "no dark frame"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_captions_are_valid_webvtt_at_the_times_of_the_clip(
    packed: tuple[ClipFiles, Path], footage: ClipSource, language: str
) -> None:
    media, folder = packed
    (captions,) = [one for one in media.captions if one.language == language]
    head, *blocks = (folder / captions.vtt.path).read_text(encoding="utf-8").strip().split("\n\n")
    assert head.splitlines()[0] == "WEBVTT"
    cues = [block.splitlines() for block in blocks if not block.startswith("NOTE")]
    assert len({name for name, *_ in cues}) == len(cues) == len(footage.sentences)
    for (_, times, *text), sentence in zip(cues, footage.told[language], strict=True):
        start, end = (_seconds(time) for time in times.split(" --> "))
        assert (start, end) == pytest.approx((sentence.start, sentence.end), abs=1e-3)
        assert start < end and text and not any("-->" in line for line in text)
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", "".join(text)), "what is no markup is escaped"
    srt = (folder / captions.srt.path).read_text(encoding="utf-8")
    assert [block.splitlines()[0] for block in srt.strip().split("\n\n")] == ["1", "2", "3"]


def _seconds(time: str) -> float:
    found = CLOCK.fullmatch(time)
    assert found, time
    hours, minutes, seconds, thousandths = map(int, found.groups())
    return 3600 * hours + 60 * minutes + seconds + thousandths / 1000


def test_what_was_made_before_is_not_made_again_and_is_the_same(
    footage: ClipSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(footage, tmp_path)
    before = {path: path.read_bytes() for path in (tmp_path / "pack").rglob("*") if path.is_file()}
    assert made(footage, tmp_path, is_fresh=True) == first
    assert {path: path.read_bytes() for path in before} == before, "made anew, it is the same"

    def no_work(*args: object) -> None:
        raise AssertionError("nothing is to be made")

    monkeypatch.setattr(
        "edgeglow.lesson.clip_files.WorkerPool.work", lambda self, tasks, report: iter([no_work()] if tasks else [])
    )
    assert made(footage, tmp_path) == first
    assert {path: path.read_bytes() for path in before} == before


def test_a_clip_without_words_has_its_files(footage: ClipSource, tmp_path: Path) -> None:
    silent = replace(footage, sentences=(), told={"en": ()})
    media = made(silent, tmp_path)
    assert media.stills == () and media.poster.size > 0 and media.loop.size > 0
    assert (tmp_path / "pack" / media.captions[0].vtt.path).read_text().startswith("WEBVTT")


def test_a_video_that_cannot_be_read_is_one_line(footage: ClipSource, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(footage.video.read_bytes()[:200])
    with pytest.raises(EdgeglowError, match=r"damaged\.mp4: cannot be read as a video; render it again") as caught:
        made(replace(footage, video=damaged), tmp_path)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "pack" / "clips").exists(), "nothing half-written"


def test_moments_are_whole_frames_and_settings_are_those_that_were_measured(tmp_path: Path) -> None:
    task = TranscodeTask(tmp_path / "x.mp4", tmp_path, (BeatSpan("a", 0, 9), BeatSpan("b", 10, 24)))
    assert task.length == 25 and task.name == "x"
    assert VP9["deadline"] == "realtime", "others take ten times as long"
