"""From chapters to files: lengths, joints, chapter marks, and what is left when something goes wrong."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path

import av
import chores
import numpy as np
import pytest
import stand_ins
from manim._config.video_encoder import VideoEncoderSpec
from PIL import Image

import scenes
from lesson.bar import Bar
from lesson.crew import Crew, TaskError, told
from lesson.film import make_film, take_stills
from lesson.group import Mistake
from lesson.join import Clip, join
from lesson.look import Look
from lesson.order import Order, choose
from lesson.places import publish, workshop
from lesson.subtitles import Cue, Told, subrip, webvtt
from lesson.takes import Measure, Render, Stills
from lesson.writer import OneTakeEncoder
from model.errors import EdgeglowError
from model.run import Run

LOOK = Look(width=64, height=36, fps=5.0)


@pytest.fixture(scope="session")
def run_file(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "tiny.npz"
    tiny_run.save(path)
    return path


@pytest.fixture
def order(run_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """The film of the two stand-ins."""
    monkeypatch.setattr(scenes, "FILM", (stand_ins.First, stand_ins.Second))
    monkeypatch.setattr("lesson.film.SLOW_IMPORT", "manim")  # the real scenes take longer
    return Order((), LOOK, run_file, tmp_path / "my media", jobs=2)


def packets(path: Path) -> list[bytes]:
    with av.open(path) as film:
        return [bytes(packet) for packet in film.demux(video=0) if packet.dts is not None]


def make_clip(
    path: Path, shades: list[int], size: tuple[int, int] = (64, 36), fps: int = 5, pixels: str = "yuv420p"
) -> Clip:
    with av.open(path, "w") as clip:
        stream = clip.add_stream("libvpx-vp9" if path.suffix == ".webm" else "libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        for shade in shades:
            frame = av.VideoFrame.from_ndarray(
                np.full((size[1], size[0], 3), shade, np.uint8), format="rgb24"
            )
            clip.mux(stream.encode(frame))
        clip.mux(stream.encode())
    return Clip(path, path.stem.title())


# -- joining ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm"])
def test_joined_film_holds_every_frame_in_order_as_it_was_encoded(tmp_path: Path, kind: str) -> None:
    shades = [[30, 40, 50, 60, 70, 80, 90], [200, 190, 180], [20] * 11]
    clips = [make_clip(tmp_path / f"part{number}.{kind}", part) for number, part in enumerate(shades)]
    film = tmp_path / f"film.{kind}"
    assert join(clips, film, title="Nine", language="ko", comment="run 5a") == [7, 3, 11]
    assert packets(film) == [packet for clip in clips for packet in packets(clip.path)]
    with av.open(film) as joined:
        frames = [
            (round(frame.time * 5), frame.to_ndarray(format="gray").mean())
            for frame in joined.decode(video=0)
        ]
    assert [time for time, _ in frames] == list(range(21))
    assert [shade for _, shade in frames] == pytest.approx(list(chain(*shades)), abs=4)


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_joined_film_knows_its_chapters(tmp_path: Path, kind: str) -> None:
    clips = [
        make_clip(tmp_path / f"part{number}.{kind}", [50] * length) for number, length in enumerate((7, 4))
    ]
    film = tmp_path / f"film.{kind}"
    join(clips, film, title="Nine", language="ko", comment="run 5a")
    with av.open(film) as joined:
        marks = [
            (
                mark["metadata"]["title"],
                float(mark["start"] * mark["time_base"]),
                float(mark["end"] * mark["time_base"]),
            )
            for mark in joined.chapters()
        ]
        tags = {key.lower(): value for key, value in joined.metadata.items()}
        language = joined.streams.video[0].metadata["language"]
    assert marks == [("Part0", 0, 1.4), ("Part1", 1.4, 2.2)]
    assert (tags["title"], tags["comment"], language) == ("Nine", "run 5a", "kor")


def test_joined_film_stays_transparent(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "part.webm", [50] * 3, pixels="yuva420p")
    film = tmp_path / "film.webm"
    join([clip, clip], film, title="", language="en", comment="")
    with av.open(film) as joined:
        assert joined.streams.video[0].metadata["alpha_mode"] == "1"
        packets = [packet for packet in joined.demux(video=0) if packet.dts is not None]
    assert all(packet.has_sidedata("matroska_block_additional") for packet in packets)


def test_joined_film_can_play_while_it_loads(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    join([make_clip(tmp_path / "part.mp4", [9, 8, 7])], film, title="", language="en", comment="")
    content = film.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_clips_of_another_kind_are_not_joined(tmp_path: Path) -> None:
    clips = [make_clip(tmp_path / "a.mp4", [1, 2]), make_clip(tmp_path / "b.mp4", [1, 2], size=(32, 36))]
    with pytest.raises(EdgeglowError, match=r"b\.mp4: is h264 yuv420p 32x36 at 5 .* but a\.mp4 is .* 64x36"):
        join(clips, tmp_path / "film.mp4", title="", language="en", comment="")


# -- one chapter ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mp4", "webm", "mov", "gif"])
def test_measured_and_rendered_lengths_agree(run_file: Path, tmp_path: Path, kind: str) -> None:
    look = Look(width=64, height=36, fps=5.0, format=kind, transparent=kind == "mov")
    told: list[int] = []
    measured = Measure(stand_ins.Second, run_file, look, tmp_path)(told.append)
    assert not told
    take = Render(stand_ins.Second, run_file, look, tmp_path)(told.append)
    assert measured.frames == take.frames == sum(told) == 14
    assert measured.cues == take.cues
    with av.open(take.files[0]) as video:
        pictures = [frame.to_ndarray(format="rgba") for frame in video.decode(video=0)]
    assert len(pictures) >= 8 if kind == "gif" else len(pictures) == 14  # a GIF keeps a held frame once
    middle = [picture[18, 36].astype(int) for picture in pictures]
    assert middle[-1][2] > 150 > middle[-1][0], "the blue square has come"
    if look.transparent:
        assert [pictures[-1][2, 2, 3], pictures[-1][18, 40, 3]] == [0, 255]


def test_a_still_for_every_beat(run_file: Path, tmp_path: Path) -> None:
    take = Stills(stand_ins.First, run_file, Look(64, 36, 5.0, format="png"), tmp_path)(lambda frames: None)
    assert take.beats == ("appears", "rests")
    assert [file.name for file in take.files] == ["01-appears.png", "02-rests.png"]
    with Image.open(take.files[0]) as first, Image.open(take.files[1]) as second:
        assert first.convert("RGB").getpixel((29, 18))[0] > 200  # type: ignore[index]
        assert second.convert("RGB").getpixel((29, 18))[0] < 50, "it has moved on"  # type: ignore[index]


def test_colours_survive(run_file: Path, tmp_path: Path) -> None:
    take = Render(stand_ins.Second, run_file, LOOK, tmp_path)(lambda frames: None)
    with av.open(take.files[0]) as video:
        assert video.streams.video[0].codec_context.colorspace == 1, "BT.709, as HD players expect"
        *_, last = video.decode(video=0)
        shown = last.to_ndarray(format="rgb24")[18, 36].astype(int)
    assert shown == pytest.approx(np.array(stand_ins.BLUE.to_int_rgb()), abs=6)


# -- the film ---------------------------------------------------------------------------------------------


def test_film_is_whole(order: Order) -> None:
    with Bar("test") as bar:
        (film,) = make_film(order, bar)
    assert film.path == order.media / "film-en.mp4"
    assert [take.name for take in film.takes] == ["First", "Second"]
    assert film.frames == len(packets(film.path)) == 8 + 14
    with av.open(film.path) as video:
        assert [mark["metadata"]["title"] for mark in video.chapters()] == ["The first one", "The second one"]
        assert Run.load(order.run).digest in video.metadata["comment"]
    captions = (order.media / "captions" / "film-en.srt").read_text()
    assert "00:00:01,600 --> 00:00:03,000\nen words: appears" in captions
    assert sorted(path.name for path in order.media.iterdir()) == ["captions", "film-en.mp4"]


def test_chosen_chapters_are_clips(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = Order(
        ("second", "First"), Look(64, 36, 5.0, language="ko", theme="light"), order.run, order.media, 1
    )
    with Bar("test") as bar:
        products = make_film(chosen, bar)
    assert [product.path.name for product in products] == ["Second-ko-light.mp4", "First-ko-light.mp4"]
    assert [len(packets(product.path)) for product in products] == [14, 8]


def test_stills_come_with_a_sheet(order: Order) -> None:
    with Bar("test") as bar:
        products = take_stills(order, bar)
    assert [product.path.name for product in products] == ["First-en.png", "Second-en.png"]
    singles = order.media / "stills" / "First-en"
    assert sorted(path.name for path in singles.iterdir()) == ["01-appears.png", "02-rests.png"]
    with Image.open(products[0].path) as sheet:
        assert sheet.width > 2 * 640


def test_a_broken_chapter_is_told_and_leaves_the_old_film(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "FILM", (stand_ins.First, stand_ins.Broken))
    order.media.mkdir()
    (order.media / "film-en.mp4").write_text("the old film")
    message = r"^Broken: ZeroDivisionError: the third act\. The traceback is in .*Broken-en\.log$"
    with pytest.raises(EdgeglowError, match=message), Bar("test") as bar:
        make_film(order, bar)
    assert (order.media / "film-en.mp4").read_text() == "the old film"
    assert {path.name for path in order.media.iterdir()} == {"film-en.mp4", "logs"}
    assert 'raise ZeroDivisionError("the third act' in (order.media / "logs" / "Broken-en.log").read_text()


STOPPED = """
import sys, scenes, stand_ins, render, lesson.film
lesson.film.SLOW_IMPORT = "manim"
scenes.FILM = (stand_ins.First, stand_ins.Endless)
render.main(sys.argv[1:])
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopping_ends_everything_quickly(order: Order, sign: signal.Signals) -> None:
    order.media.mkdir()
    (order.media / "film-en.mp4").write_text("the old film")
    arguments = [
        "--run",
        str(order.run),
        "--media_dir",
        str(order.media),
        "-r",
        "64,36",
        "--fps",
        "5",
        "--jobs",
        "2",
    ]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    # A group of its own: then Ctrl-C can be sent as a terminal does, to the children as well.
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED, *arguments],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not list(order.media.glob(".rendering-*/Endless/videos")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    start = time.monotonic()
    (os.killpg if sign == signal.SIGINT else os.kill)(process.pid, sign)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - start < 5
    assert (process.returncode, errors.strip()) == (130, "render.py: stopped")
    assert [path.name for path in order.media.iterdir()] == ["film-en.mp4"]
    assert (order.media / "film-en.mp4").read_text() == "the old film"
    while _group_lives(process.pid):
        assert time.monotonic() - start < 10
        time.sleep(0.05)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


# -- its parts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message"),
    [("Frist", "did you mean First"), ("trian", "did you mean train"), ("xyzzy", "there are First, Second")],
)
def test_unknown_chapters_have_near_ones(name: str, message: str) -> None:
    with pytest.raises(Mistake, match=f"there is no chapter '{name}'; {message}"):
        choose((stand_ins.First, stand_ins.Second), [name])


def test_unknown_languages_and_themes_are_told(order: Order) -> None:
    for look, message in (
        (Look(language="xx"), "language 'xx'; choose one of en"),
        (Look(theme="pink"), "theme 'pink'"),
    ):
        with pytest.raises(Mistake, match=f"there is no {message}"):
            Order((), look, order.run, order.media, 1).chapters()


def test_crew_does_all_tasks_and_counts(tmp_path: Path) -> None:
    told: list[int] = []
    with Crew(2, tmp_path) as crew:
        results = dict(crew.work([chores.Square(number) for number in range(7)], told.append))
        assert results == {number: number**2 for number in range(7)}
        assert sum(told) == 21


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (ValueError("no negative numbers\nnot one"), TaskError, "^chore: ValueError: no negative numbers$"),
        (
            EdgeglowError("a sentence is missing; write it"),
            EdgeglowError,
            "^a sentence is missing; write it$",
        ),
        (OSError(errno.ENOSPC, "full"), EdgeglowError, "^no space left on device. Free it up"),
        (None, TaskError, "^chore: its process ended by signal 9; perhaps memory ran out: try --jobs 1$"),
    ],
)
def test_crew_tells_how_a_task_failed(
    tmp_path: Path, error: Exception | None, kind: type[Exception], message: str
) -> None:
    with Crew(1, tmp_path) as crew, pytest.raises(kind, match=message) as caught:
        list(crew.work([chores.Fail(error)], lambda amount: None))
    assert type(caught.value) is kind
    if isinstance(caught.value, TaskError) and error:
        assert "raise self.error" in caught.value.trace
        assert "so far so good" in caught.value.trace


def test_workshop_sweeps_up_after_killed_renders(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, running = tmp_path / f".rendering-{gone.pid}-x", tmp_path / f".rendering-{os.getpid()}-x"
    for folder in (left, running):
        (folder / "part").mkdir(parents=True)
    with workshop(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert not left.exists()
        assert running.exists()
    assert not folder.exists()


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("")
    with (
        pytest.raises(EdgeglowError, match=r"media: is a file, or lies in one; expected a folder"),
        workshop(tmp_path / "media"),
    ):
        pass


def test_a_folder_in_the_films_place_is_not_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    (tmp_path / "draft").write_text("")
    with pytest.raises(EdgeglowError, match=r"film\.mp4: is a folder"):
        publish(tmp_path / "draft", tmp_path / "film.mp4")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_found_under_what_manim_makes_of_it(
    run_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*, target: Path, spec: VideoEncoderSpec) -> OneTakeEncoder:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to("/dev/full")
        return OneTakeEncoder(target=target, spec=spec)

    monkeypatch.setattr("lesson.writer.OneTakeEncoder", full)
    with pytest.raises(RuntimeError) as caught:
        Render(stand_ins.Second, run_file, LOOK, tmp_path)(lambda frames: None)
    assert told(caught.value).message == "no space left on device. Free it up, or choose another --media_dir"


TOLD = [
    Told("flow", 60, (Cue(0, 30, "a", "One."), Cue(30, 60, "b", ""))),
    Told("net", 90, (Cue(45, 60, "c", "w < 0 & a > 0"), Cue(60, 90, "c", "둘."))),
]


def test_subtitles_count_frames() -> None:
    assert subrip(TOLD, 30) == (
        "1\n00:00:00,000 --> 00:00:01,000\nOne.\n\n"
        "2\n00:00:03,500 --> 00:00:04,000\nw < 0 & a > 0\n\n"
        "3\n00:00:04,000 --> 00:00:05,000\n둘.\n"
    )


def test_web_subtitles_name_their_beats() -> None:
    assert webvtt(TOLD, 30, "ko") == (
        "WEBVTT\n\nNOTE Language: ko\n\n"
        "flow/a\n00:00:00.000 --> 00:00:01.000\nOne.\n\n"
        "net/c\n00:00:03.500 --> 00:00:04.000\nw &lt; 0 &amp; a &gt; 0\n\n"
        "net/c 2\n00:00:04.000 --> 00:00:05.000\n둘.\n"
    )
