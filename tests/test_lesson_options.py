"""What can be asked of a lesson: no WebM, a voice, how a platform scores it, and a port that is looked at first."""

from __future__ import annotations

import re
import socket
import zipfile
from dataclasses import replace
from pathlib import Path

import av
import pytest
from click.testing import CliRunner, Result
from lessons import orders_in
from small_lesson import BEATS, FPS, film
from sounds import listen, write_tone

import edgeglow.command.lesson
import edgeglow.render
from edgeglow.film.join import TitledClip as Joined
from edgeglow.film.join import join_clips
from edgeglow.film.narration import RATE, measured_recording
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.sound_track import PlacedRecording, SoundTrack
from edgeglow.lesson.clip_files import ClipSource, make_clip_files
from edgeglow.lesson.lesson_builder import make_lesson
from edgeglow.lesson.lesson_data import ClipFiles, Sentence
from edgeglow.lesson.scorm import MANIFEST, Scoring
from edgeglow.lesson.split_clip import SplitTask
from edgeglow.lesson.web_page import write_page

LATE = 0.1  # seconds that encoders may be late


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> ClipSource:
    """A clip of three seconds, of three beats; said are the first, for 0.4 s, and the third, for 0.5 s."""
    folder = tmp_path_factory.mktemp("film")
    film(folder / "clip.mp4")
    sentences = tuple(Sentence(start / FPS, end / FPS, beat, beat) for beat, (start, end) in BEATS.items())
    spots = (
        PlacedRecording(round(0.1 * RATE), measured_recording(write_tone(folder / "given.wav", 0.4))),
        PlacedRecording(round(2.0 * RATE), measured_recording(write_tone(folder / "end.wav", 0.5))),
    )
    said = {"en": sentences}
    return ClipSource(folder / "clip.mp4", "en", "a-clip", "A", "", FPS, sentences, said, sound=SoundTrack(spots))


def made(footage: ClipSource, folder: Path, *, webm: bool = True) -> ClipFiles:
    (folder / "pack").mkdir(exist_ok=True)
    with ProgressBar("") as bar:
        (media,) = make_clip_files(
            [footage], folder / "pack", jobs=1, cache=folder / "cache", is_fresh=False, bar=bar, webm=webm
        )
    return media


def test_what_is_said_is_heard_in_both_videos(footage: ClipSource, tmp_path: Path) -> None:
    media = made(footage, tmp_path)
    assert media.webm is not None
    for file, codec in ((media.mp4, "aac"), (media.webm, "opus")):
        heard = listen(tmp_path / "pack" / file.path)
        assert heard.codec == codec
        assert heard.begins == pytest.approx([0.1, 2.0], abs=LATE)
        assert heard.ends == pytest.approx([0.5, 2.5], abs=LATE)


def test_a_voice_makes_another_webm_and_silence_has_no_track(footage: ClipSource, tmp_path: Path) -> None:
    made(footage, tmp_path)
    media = made(replace(footage, sound=None), tmp_path)
    for file in (media.mp4, media.webm):
        assert file is not None
        with av.open(tmp_path / "pack" / file.path) as video:
            assert not video.streams.audio


def test_without_webm_all_else_is_the_same(footage: ClipSource, tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    both = made(footage, tmp_path / "with"), made(footage, tmp_path / "without", webm=False)
    assert both[1] == replace(both[0], webm=None)
    for place in (both[0].mp4, both[0].poster, both[0].loop, *both[0].stills):
        one, other = (tmp_path / name / "pack" / place.path for name in ("with", "without"))
        assert one.read_bytes() == other.read_bytes()
    assert not list((tmp_path / "without").rglob("*.webm"))


def test_each_slide_has_its_own_sound(footage: ClipSource, tmp_path: Path) -> None:
    voiced = tmp_path / "voiced.mp4"
    join_clips([Joined(footage.video, "")], voiced, title="", language="en", comment="", sound=footage.sound)
    targets = tuple(tmp_path / f"{beat}.mp4" for beat in BEATS)
    SplitTask(voiced, tuple(end / FPS for _, end in BEATS.values()), targets)(lambda frames: None)
    first, silent, last = targets
    for target, start, length in ((first, 0.1, 0.4), (last, 0.0, 0.5)):
        heard = listen(target)
        assert heard.begins == pytest.approx([start], abs=LATE)
        assert heard.ends == pytest.approx([start + length], abs=LATE)
    with av.open(silent) as video:
        assert max(abs(frame.to_ndarray()).max() for frame in video.decode(audio=0)) < 0.01


def test_a_lesson_of_one_chapter_with_all_of_it(tmp_path: Path) -> None:
    """Rendered: the beat waits for its recording, and the pages, the package and the slides follow."""
    order, _ = orders_in(tmp_path, ("Pixels",))
    write_tone(tmp_path / "voice" / "pixels" / "black.wav", 4.0)
    order = replace(order, voice=str(tmp_path / "voice"))
    with ProgressBar("") as bar:
        pack = make_lesson([order], bar, ("scorm", "slides"), webm=False, scoring=Scoring(75, by_chapter=True))
    (clip,) = pack.lesson.editions[0].clips
    beat = next(one for one in clip.sentences if one.beat == "black")
    assert beat.end - beat.start >= 4.0
    heard = listen(pack.folder / clip.media.mp4.path)
    assert beat.start <= heard.begins[0] and heard.ends[-1] <= beat.end + LATE
    assert heard.length == pytest.approx(clip.seconds, abs=LATE)
    assert ".webm" not in (pack.folder / "index.html").read_text(encoding="utf-8").replace("-transparent.webm", "")
    assert {one.kind for one in pack.made} == {"lesson", "clip", "scorm", "slides"}
    with zipfile.ZipFile(pack.made[1].path) as archive:
        assert "<adlcp:masteryscore>75<" in archive.read(MANIFEST).decode()
        assert "pixels.html" in archive.namelist()
    deck = (pack.made[2].path / "index.html").read_text(encoding="utf-8")
    assert "data-background-video=" in deck and "data-background-video-muted" not in deck


def test_a_page_without_webm_names_none(tmp_path: Path) -> None:
    from films import make_lesson_of_films

    lesson = make_lesson_of_films(tmp_path)
    editions = tuple(
        replace(edition, clips=tuple(replace(one, media=replace(one.media, webm=None)) for one in edition.clips))
        for edition in lesson.editions
    )
    write_page(replace(lesson, editions=editions), tmp_path)
    for page in tmp_path.rglob("*.html"):
        assert not re.search(r"\.webm|video/webm", page.read_text(encoding="utf-8")), page


# -- the command ----------------------------------------------------------------------------------------------


def call(*arguments: object) -> Result:
    return CliRunner().invoke(edgeglow.render.main, ["lesson", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--mastery", 70], "--mastery is for a SCORM package: add --also scorm"),
        (["--mastery", 0], "--mastery is for a SCORM package: add --also scorm"),
        (["--sco-per-chapter"], "--sco-per-chapter is for a SCORM package: add --also scorm"),
        (["--mastery", 101, "--also", "scorm"], "101"),
        (["--voice", "recordings"], "--voice is a folder of recordings in one language: say which"),
    ],
)
def test_what_does_not_go_together_is_told(arguments: list[object], words: str) -> None:
    done = call(*arguments)
    assert (done.exit_code, words in done.output) == (2, True), done.output


def test_a_port_in_use_is_told_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*anything: object, **more: object) -> None:
        raise AssertionError("a film was begun")

    monkeypatch.setattr(edgeglow.command.lesson, "request_from_options", never)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = call("--serve", "--port", port)
    assert (done.exit_code, f"port {port} of 127.0.0.1 is in use" in done.output) == (1, True), done.output


def test_what_is_asked_for_reaches_the_lesson(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: dict[str, object] = {}

    class Enough(Exception):
        pass

    def note(orders: object, bar: object, kinds: object, **rest: object) -> None:
        asked.update(rest)
        raise Enough

    monkeypatch.setattr("edgeglow.lesson.lesson_builder.make_lesson", note)
    (order, _) = orders_in(tmp_path)
    base = ("Pixels", "--run", order.source.run, "--media_dir", tmp_path, "--also", "scorm")
    assert isinstance(call(*base, "--no-webm", "--mastery", 0, "--sco-per-chapter").exception, Enough)
    assert asked == {"transparent": False, "webm": False, "scoring": Scoring(0, by_chapter=True)}
    assert isinstance(call(*base).exception, Enough)
    assert asked == {"transparent": False, "webm": True, "scoring": Scoring(60, by_chapter=False)}
