"""From rendered chapters to the pack: what is in it, how it is made again, and the command that makes it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from lessons import CHAPTERS, LOOK, orders_in, packed_once
from PIL import Image

from edgeglow.film.progress_bar import ProgressBar
from edgeglow.lesson.lesson_builder import FinishedLesson, make_lesson
from edgeglow.lesson.printed import printed_lesson
from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.script import load_script
from edgeglow.scenes.style.theme import THEMES

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> FinishedLesson:
    return packed_once(tmp_path_factory)


def test_every_chapter_is_there_in_every_language(pack: FinishedLesson) -> None:
    assert pack.lesson.languages == ("en", "ko")
    for edition in pack.lesson.editions:
        assert [clip.name for clip in edition.clips] == list(CHAPTERS)
        script = load_script(edition.language)
        assert edition.title == script.title("lesson") and edition.called == script.pages["words"]["language"]
        for clip in edition.clips:
            with av.open(pack.folder / clip.media.mp4.path) as video:
                frames = sum(packet.dts is not None for packet in video.demux(video=0))
            assert clip.seconds == pytest.approx(frames / LOOK.fps)
            assert clip.title and clip.claim and clip.description and clip.questions
            assert len(clip.media.stills) == len(clip.sentences)
            assert 0 < clip.sentences[-1].end <= clip.seconds


def test_what_is_said_is_told_in_the_other_language_at_the_same_times(pack: FinishedLesson) -> None:
    english, korean = pack.lesson.editions
    for one, other in zip(english.clips, korean.clips, strict=True):
        assert list(one.told) == ["en", "ko"] and list(other.told) == ["ko", "en"]
        assert one.told["en"] == one.sentences and other.told["ko"] == other.sentences
        assert [sentence.text for sentence in one.told["ko"]] == [sentence.text for sentence in other.sentences]
        assert [sentence.start for sentence in one.told["ko"]] == [sentence.start for sentence in one.sentences]
        assert [captions.language for captions in one.media.captions] == ["en", "ko"]


def test_questions_come_when_their_beat_has_ended_and_are_the_same_in_all_languages(pack: FinishedLesson) -> None:
    for editions in zip(*(edition.clips for edition in pack.lesson.editions), strict=True):
        asked = [[(one.beat, one.right, len(one.choices)) for one in clip.questions] for clip in editions]
        assert asked[0] == asked[1] != []
        for clip in editions:
            ends = {sentence.beat: sentence.end for sentence in clip.sentences}
            assert [one.at for one in clip.questions] == [ends[one.beat] for one in clip.questions]


def test_a_second_lesson_renders_nothing_and_is_the_same(tmp_path: Path) -> None:
    orders = orders_in(tmp_path, ("Pixels",))
    with ProgressBar("") as bar:
        first = make_lesson(orders, bar, ("zip", "worksheet"))
    before = {
        path: path.read_bytes()
        for path in (tmp_path / "media").rglob("*")
        if path.is_file() and "cache" not in path.parts
    }
    with pytest.MonkeyPatch.context() as patch, ProgressBar("") as bar:
        patch.setattr("edgeglow.film.pipeline.WorkerPool.work", _no_work)
        again = make_lesson(orders, bar, ("zip", "worksheet"))
    assert again == first
    assert {path: path.read_bytes() for path in before} == before
    assert {made.kind for made in first.made} == {"lesson", "zip", "worksheet", "clip"}
    assert first.made[0].size == sum(path.stat().st_size for path in first.folder.rglob("*") if path.is_file())


def _no_work(self: object, tasks: list[object], report: object) -> object:
    assert not tasks, "nothing is to be done again"
    return iter(())


def test_what_is_printed_is_ink_on_paper_in_the_words_for_it(pack: FinishedLesson, tmp_path: Path) -> None:
    (order, _) = orders_in(tmp_path, ("Pixels",))
    english = pack.lesson.editions[0]
    lesson = replace(pack.lesson, editions=(replace(english, clips=english.clips[:1]),))
    with ProgressBar("") as bar:
        (clip,) = printed_lesson(lesson, [order], tmp_path / "printed", bar).editions[0].clips
    said, paper = [one.text for one in clip.sentences], np.array(THEMES["light"].background.to_int_rgb())
    assert [one.beat for one in clip.sentences] == [one.beat for one in lesson.editions[0].clips[0].sentences]
    assert "No ink is 0." in said and "Black is 0." not in said and len(clip.media.stills) == len(said)
    assert {one.answer for one in clip.questions} > {"Almost full of ink"}
    for still in clip.media.stills:
        picture = np.asarray(Image.open(still.path).convert("RGB"), dtype=int)
        assert abs(picture[-1, 0] - paper).max() <= 2, still.path


def test_a_clip_without_background_is_made_on_request(tmp_path: Path) -> None:
    (order, _) = orders_in(tmp_path, ("Pixels",))
    with ProgressBar("") as bar:
        pack = make_lesson([order], bar, transparent=True)
    clear = pack.lesson.editions[0].clips[0].media.transparent
    assert clear is not None and clear.path.name == "pixels-transparent.webm"
    with av.open(pack.folder / clear.path) as video:
        assert video.streams.video[0].metadata.get("alpha_mode") == "1"
    assert "pixels-transparent.webm" in (pack.folder / "index.html").read_text(encoding="utf-8")


def test_lessons_of_another_look_lie_beside_the_usual_one(tmp_path: Path) -> None:
    (order, _) = orders_in(tmp_path, ("Pixels",))
    with ProgressBar("") as bar:
        light = make_lesson([replace(order, settings=replace(order.settings, theme="light"))], bar)
    assert light.folder.name == "lesson-light"


def test_a_claim_that_cannot_be_filled_is_told_before_anything_is_rendered(tmp_path: Path) -> None:
    (order, _) = orders_in(tmp_path, ("Pixels",))
    own = tmp_path / "mine.toml"
    own.write_text('[pixels]\nclaim = "It has {wheels} wheels."\n', encoding="utf-8")
    with (
        ProgressBar("") as bar,
        pytest.raises(EdgeglowError, match=r"mine\.toml: pixels\.claim: placeholder 'wheels'"),
    ):
        make_lesson([replace(order, settings=replace(order.settings, script=own))], bar)
    assert not (tmp_path / "media").exists()


def test_what_is_no_lesson_is_not_thrown_away(tmp_path: Path) -> None:
    (order, _) = orders_in(tmp_path, ("Pixels",))
    own = order.media / "lesson" / "notes.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    with ProgressBar("") as bar, pytest.raises(EdgeglowError, match="lesson: holds something else than a lesson"):
        make_lesson([order], bar)
    assert own.read_text() == "mine"


# -- the command ---------------------------------------------------------------------------------------------


def render(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "render.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_makes_it_and_tells_how_large_it_is(tmp_path: Path) -> None:
    (order, _) = orders_in(tmp_path, ("Pixels",))
    small = ("-r", "160,90", "--fps", 5, "--media_dir", tmp_path / "media")
    done = render(
        "lesson", "pixels", "--run", order.source.run, *small, "--lang", "ko", "--also", "one-file", "--json"
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["kind"] for row in rows] == ["lesson", "one-file", "clip", "clip"]
    assert all(Path(row["file"]).exists() and row["bytes"] > 0 for row in rows)
    page = (tmp_path / "media" / "lesson.html").read_text(encoding="utf-8")
    assert '<html lang="ko"' in page and "한국어" in page


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--lang", "xx"], 2, "there is no language 'xx'; choose one of en, ko"),
        (["--script", "mine.toml"], 2, "--script holds the sentences of one language"),
        (["--port", "8000"], 2, "--port is where --serve shows the lesson"),
        (["Pixel"], 2, "there is no chapter 'Pixel'; did you mean"),
        (["--also", "pdf"], 2, "'pdf' is not one of"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], code: int, words: str, tmp_path: Path) -> None:
    orders_in(tmp_path)
    done = render("lesson", *arguments, "--run", tmp_path / "usual.npz", "--media_dir", tmp_path / "media")
    assert done.returncode == code and words in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "media").exists()
