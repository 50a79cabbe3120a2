"""Recordings: which are found, what is wrong with them, and when they are heard in the film."""

from __future__ import annotations

import json
import os
import stat
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import av
import pytest
import stand_ins
from sounds import listen, write_tone
from test_cli import TINY, call

import edgeglow.scenes.chapters
import edgeglow.scenes.script
from edgeglow.film.narration import RATE, Narration, Recording, find_recordings, measured_recording
from edgeglow.film.sound_track import LEAD_IN, place_recordings
from edgeglow.film.subtitle_files import ChapterCaptions, TimedCaption
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run
from edgeglow.scenes.script import Script, load_script

FPS = 5  # of TINY
FRAME = 1 / FPS
SCRIPT = """
[words]
characters_per_second = 10
characters_per_line = 20
[first]
title = "The first one"
[first.beats]
appears = "It comes."
rests = "It rests."
rests-relu = "It rests."
[second]
title = "The second one"
[second.beats]
appears = "It comes."
rests = "It rests."
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """The script of the stand-ins."""
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "en.toml").write_text(SCRIPT)
    monkeypatch.setattr(edgeglow.scenes.script, "FOLDER", folder)
    monkeypatch.setenv("STAND_INS_WORDS", str(folder))  # for the workers
    return load_script("en")


@pytest.fixture
def film(script: Script, tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Calls the command line for the film of the stand-ins; returns the lines it answers."""
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Second))
    monkeypatch.setattr("edgeglow.film.pipeline.SLOW_IMPORT", "manim")
    tiny_run.save(tmp_path / "tiny.npz")

    def make(*args: object, code: int = 0) -> list[str]:
        done = call(*args, "--run", tmp_path / "tiny.npz", "--media_dir", tmp_path / "media", *TINY)
        assert done.exit_code == code, done.output
        return done.output.strip().splitlines()

    return make


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """One beat is longer than it was, one shorter; two have none."""
    write_tone(tmp_path / "voice" / "first" / "rests.wav", 1.31, rate=22_050)
    write_tone(tmp_path / "voice" / "second" / "appears.mp3", 0.5, rate=44_100, channels=2)
    return tmp_path / "voice"


# -- finding --------------------------------------------------------------------------------------------------


def test_recordings_of_every_kind_are_measured(script: Script, tmp_path: Path) -> None:
    kinds = {"first/appears.wav": 0.5, "first/rests.m4a": 0.75, "second/appears.ogg": 1.0, "second/rests.flac": 0.25}
    for name, seconds in kinds.items():
        write_tone(tmp_path / "voice" / name, seconds, rate=48_000 if ".ogg" in name else 44_100)
    (tmp_path / "voice" / ".DS_Store").write_text("")
    (tmp_path / "voice" / "sheet.md").write_text("")
    voice = find_recordings(tmp_path / "voice", script)
    assert voice.seconds("first") == pytest.approx({"appears": 0.5, "rests": 0.75}, abs=0.03)
    assert voice.seconds("second") == pytest.approx({"appears": 1.0, "rests": 0.25}, abs=0.03)
    assert voice.seconds("third") == {} and voice.of("second", "sits") is None


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["frist/appears.wav"], r"voice/frist: there is no such chapter; did you mean first\?"),
        (["first/apears.wav"], r"voice/first/apears\.wav: first has no such beat; did you mean appears\?"),
        (["first/rests-relu.wav"], r"rests-relu\.wav: first has no such beat; did you mean rests\?"),
        (["first/rests.wav", "first/rests.mp3"], r"first: rests\.mp3 and rests\.wav are both of the beat rests;"),
        (["rests.wav"], r"voice/rests\.wav: lies beside the chapters' folders; expected pixel_flow/given\.wav"),
        (["first/rests.doc"], r"voice/first/rests\.doc: is no recording; expected a file in \.wav, \.mp3, "),
        ([], r"voice: holds no recording; expected at least one, as pixel_flow/given\.wav in it"),
    ],
)  # fmt: skip
def test_what_belongs_to_no_beat_is_told(script: Script, tmp_path: Path, files: list[str], message: str) -> None:
    (tmp_path / "voice").mkdir()
    for name in files:
        path = tmp_path / "voice" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"not read") if path.suffix == ".doc" else write_tone(path, 0.1)
    with pytest.raises(EdgeglowError, match=message) as caught:
        find_recordings(tmp_path / "voice", script)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_none_is_told(script: Script, tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match="voice: there is no such folder; expected a folder of recordings"):
        find_recordings(tmp_path / "voice", script)
    (tmp_path / "voice").write_text("")
    with pytest.raises(EdgeglowError, match="voice: is a file; expected a folder of recordings"):
        find_recordings(tmp_path / "voice", script)


def test_broken_recordings_are_named(tmp_path: Path) -> None:
    (tmp_path / "noise.wav").write_bytes(b"RIFF and nothing that follows")
    with wave.open(str(tmp_path / "empty.wav"), "wb") as empty:
        empty.setnchannels(1)
        empty.setsampwidth(2)
        empty.setframerate(RATE)
    with av.open(tmp_path / "silent.m4a", "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        file.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        file.mux(stream.encode())
    for name, reason in (("noise.wav", ""), ("empty.wav", "it is empty"), ("silent.m4a", "it has no sound")):
        with pytest.raises(EdgeglowError, match=rf"{name}: cannot be read as sound: {reason}.*; record or export"):
            measured_recording(tmp_path / name)


# -- placing --------------------------------------------------------------------------------------------------


def test_a_voice_begins_a_moment_after_its_beat_where_there_is_room() -> None:
    def recording(seconds: float) -> Recording:
        return Recording(Path("x"), round(seconds * RATE))

    voice = Narration({"flow": {"a": recording(1.0), "b": recording(0.95)}, "net": {"a": recording(1.2)}})
    chapters = [
        ChapterCaptions(
            "flow",
            100,
            (
                TimedCaption(10, 50, "a", "One."),
                TimedCaption(60, 80, "b", "Two."),
                TimedCaption(80, 100, "c", "Three."),
            ),
        ),
        ChapterCaptions("net", 50, (TimedCaption(20, 40, "a", "Four."),)),
    ]
    starts = [spot.start / RATE for spot in place_recordings(chapters, voice, 20)]
    assert starts == pytest.approx([0.5 + LEAD_IN, 3.0 + 0.05, 5.0 + 1.0], abs=1e-4)


# -- hearing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "codec"), [("mp4", "aac"), ("webm", "opus")])
def test_every_voice_is_heard_in_its_beat(
    film: Callable[..., list[str]], recordings: Path, tmp_path: Path, kind: str, codec: str
) -> None:
    film("--voice", recordings, "--format", kind)
    path = tmp_path / "media" / f"film-en.{kind}"
    with av.open(path) as video:
        frames = sum(1 for _ in video.decode(video=0))
    # four frames, then seven for the 1.31 seconds; then the second chapter's two times seven
    assert frames == 4 + 7 + 14
    heard = listen(path)
    assert heard.codec == codec
    assert heard.length == pytest.approx(frames / FPS, abs=FRAME / 2)
    begins = [4 / FPS + (7 / FPS - 1.31), 11 / FPS + LEAD_IN]
    assert heard.begins == pytest.approx(begins, abs=0.03)
    assert heard.ends == pytest.approx([begins[0] + 1.31, begins[1] + 0.5], abs=0.06)
    if kind == "mp4":
        content = path.read_bytes()
        assert 0 < content.index(b"moov") < content.index(b"mdat"), "it plays while it loads"


def test_a_clip_has_its_own_voice(film: Callable[..., list[str]], recordings: Path, tmp_path: Path) -> None:
    film("second", "--voice", recordings)
    heard = listen(tmp_path / "media" / "Second-en.mp4")
    assert heard.begins == pytest.approx([LEAD_IN], abs=0.03)
    assert heard.length == pytest.approx(14 / FPS, abs=FRAME / 2)


def test_a_clip_without_a_recording_stays_silent(
    film: Callable[..., list[str]], recordings: Path, tmp_path: Path
) -> None:
    (recordings / "first" / "rests.wav").unlink()
    (recordings / "first").rmdir()
    film("first", "second", "--voice", recordings)
    assert listen(tmp_path / "media" / "Second-en.mp4").begins == pytest.approx([LEAD_IN], abs=0.03)
    with av.open(tmp_path / "media" / "First-en.mp4") as clip:
        assert sum(1 for _ in clip.decode(video=0)) == 8
    with av.open(tmp_path / "media" / "First-en.mp4") as clip:
        heard = [float(abs(frame.to_ndarray()).max()) for frame in clip.decode(audio=0)]
    assert heard and max(heard) < 1e-3


def test_a_film_without_voice_has_no_sound(film: Callable[..., list[str]], tmp_path: Path) -> None:
    film()
    with av.open(tmp_path / "media" / "film-en.mp4") as video:
        assert not video.streams.audio


def test_lengths_are_listed_with_their_voice(film: Callable[..., list[str]], recordings: Path) -> None:
    rows = json.loads("".join(film("list", "--json", "--voice", recordings)))
    assert [row["frames"] for row in rows] == [4 + 7, 14]


@pytest.mark.parametrize("args", [("--format", "gif"), ("-s",)])
def test_pictures_have_no_voice(film: Callable[..., list[str]], recordings: Path, args: tuple[str, ...]) -> None:
    told = film("--voice", recordings, *args, code=2)
    assert "has no sound: leave out --voice, or use --format mp4, mov or webm" in told[-1]


def test_a_wrong_recording_ends_with_a_line_and_leaves_the_old_film(
    film: Callable[..., list[str]], recordings: Path, tmp_path: Path
) -> None:
    (recordings / "second" / "rests.wav").write_bytes(b"no sound at all")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "film-en.mp4").write_text("the old film")
    (line,) = film("--voice", recordings, code=1)
    assert "second/rests.wav: cannot be read as sound: " in line
    assert [path.name for path in (tmp_path / "media").iterdir()] == ["film-en.mp4"]
    assert (tmp_path / "media" / "film-en.mp4").read_text() == "the old film"


# -- speaking -------------------------------------------------------------------------------------------------

SPEAKER = """#!{python}
import json, sys
sys.path[:0] = {path!r}
from pathlib import Path
from sounds import write_tone
text = sys.stdin.buffer.read().decode()
with open({log!r}, "a") as log:
    log.write(json.dumps([sys.argv[sys.argv.index("-v") + 1], text]) + "\\n")
if {fails}:
    sys.exit("Error: The specified voice does not exist.")
write_tone(Path(sys.argv[sys.argv.index("-w") + 1]), 1.5 if "appears" in text else 0.4, rate=22050)
"""


def install_speaker(folder: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> Path:
    """Something that stands in for espeak-ng; returns where it writes down what it was asked to say."""
    log = folder / "said.jsonl"
    program = folder / "bin" / "espeak-ng"
    program.parent.mkdir()
    path = [str(Path(__file__).parent), *sys.path]
    program.write_text(SPEAKER.format(python=sys.executable, path=path, log=str(log), fails=fails))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return log


@pytest.mark.skipif(os.name == "nt", reason="an executable script")
def test_a_draft_is_spoken_in_the_films_language(
    film: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = install_speaker(tmp_path, monkeypatch)
    film("--voice", "espeak")
    said = [json.loads(line) for line in log.read_text().splitlines()]
    assert said == [["en", "en words: appears"], ["en", "en words: rests"]] * 2
    path = tmp_path / "media" / "film-en.mp4"
    heard = listen(path)
    # 1.5 seconds need eight frames; the beats at rest keep their four, and seven
    begins = [0 + 0.1, 8 / FPS + LEAD_IN, 12 / FPS + 0.1, 20 / FPS + LEAD_IN]
    assert heard.begins == pytest.approx(begins, abs=0.03)
    assert heard.length == pytest.approx((8 + 4 + 8 + 7) / FPS, abs=FRAME / 2)
    assert sorted(path.name for path in (tmp_path / "media").iterdir()) == ["cache", "captions", "film-en.mp4"]


@pytest.mark.skipif(os.name == "nt", reason="an executable script")
def test_a_speaker_that_fails_is_told(
    film: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_speaker(tmp_path, monkeypatch, fails=True)
    (line,) = film("--voice", "espeak", code=1)
    assert (
        "espeak-ng: could not say 'en words: appears' in en: Error: The specified voice does not exist.; try it"
        in line
    )
    assert [path.name for path in (tmp_path / "media").iterdir()] == ["cache"]


def test_without_a_speaker_it_is_told_how_to_get_one(
    film: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (line,) = film("--voice", "espeak", code=1)
    assert "--voice espeak: espeak-ng is not installed; install it (Debian, Ubuntu: apt-get install" in line
