"""What is wrong in a file of jobs is told in one line, before anything is rendered."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_matrix import MEDIA, Ask, ask

from edgeglow.film.batch import read_batch
from edgeglow.model.errors import EdgeglowError

__all__ = ["ask"]  # a fixture


ANNA = 'run = "class/anna.npz"\n'


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ("runs = [", "(at end of document); mend the file, it must be TOML in UTF-8"),
        ('\nruns = "a" "b"', "(at line 2, column 12); mend the file"),
        (b'runs = ["\xff"]', "mend the file, it must be TOML in UTF-8"),
        ("a = " + "[" * 5000, "mend the file"),
        (f"seed = {'9' * 5000}", "mend the file"),
        (f"seed = 0x{'f' * 5000}", "seed: is a number without end, expected a whole number from 0 to 4294967295"),
        ('langauges = ["en"]', "there is no key \"langauges\"; did you mean languages"),
        ("zzz = 1", 'there is no key "zzz"; there are runs, languages, themes, '),
        ('job = "x"\n', 'there is no key "job"; did you mean jobs?'),
        ('runs = "class/*.npz"', 'runs: is "class/*.npz", expected a list; a single one is run'),
        ("runs = []", "runs: is empty, expected at least one; or leave it out"),
        ("runs = [7]", "runs: is 7, expected a text of one line, in quotes"),
        ('runs = ["a\\u0000b"]', "expected a text of one line"),
        ('run = ""', 'run: is "", expected a text of one line'),
        ('runs = ["clas/*.npz"]', "'clas/*.npz' matches no file in "),
        ('runs = ["class/zoe.npz"]', "zoe.npz: there is no such file; expected a run, or a network"),
        ('run = "class/*.npz"', "*.npz: there is no such file; expected a run"),
        (ANNA + 'runs = ["class/ben.npz"]', "there are both run and runs; expected one of the two"),
        (ANNA + 'aspect = "1:1"\nresolution = [64, 36]', "there are both aspect and resolution"),
        (ANNA + 'qualities = ["h", "x"]', 'qualities: is "x", expected one of l, m, h, p, k'),
        (ANNA + 'aspect = "4:3"', 'aspect: is "4:3", expected one of 16:9, 9:16, 1:1'),
        (ANNA + 'resolution = "1280,720"', "expected width and height in pixels, as [1280, 720]"),
        (ANNA + "resolution = [1280, 0]", "resolution: is [1280, 0], expected width and height"),
        (ANNA + "resolution = [63, 36]", "63x36: width and height of mp4 videos must be even"),
        (ANNA + "fps = true", "fps: is true, expected a number from 1 to 240"),
        (ANNA + "fps = nan", "fps: is NaN, expected a number from 1 to 240"),
        (ANNA + "fps = 2026-11-29", 'fps: is "2026-11-29", expected a number'),
        (ANNA + "seed = -1", "seed: is -1, expected a whole number from 0"),
        (ANNA + 'transparent = "yes"', 'transparent: is "yes", expected true or false'),
        (ANNA + 'transparent = true\nformats = ["webm", "mp4"]', "mp4 cannot be transparent"),
        (ANNA + 'format = "png"', "expected one of mp4, mov, webm, gif"),
        (ANNA + 'format = "gif"\nvoice = "espeak"', "gif has no sound"),
        (ANNA + 'captions = "big"', "expected one of burnt, sidecar, none"),
        (ANNA + 'chapters = "First"', 'chapters: is "First", expected a list of texts'),
        (ANNA + 'chapters = ["Frist"]', "there is no chapter 'Frist'; did you mean First"),
        (ANNA + 'theme = "pink"', "there is no theme 'pink'; choose one of dark, light"),
        (ANNA + 'labels = ["7"]', "there are more labels than digits"),
        (ANNA + 'script = "none.toml"', "none.toml: no such file or directory"),
        (ANNA + 'voice = "none"', "none: there is no such folder; expected a folder of recordings"),
        (ANNA + 'languages = ["en", "ko"]\nvoice = "v"', "voice: 'v' is in one language, but there are several"),
        (ANNA + 'languages = ["en", "ko"]\nscript = "s"', "script: 's' is in one language, but there are several"),
        (ANNA + 'languages = ["ko", "en"]\nvoice = "v-{language}"', "v-ko: there is no such folder; expected a"),
        (ANNA + 'activation = "relu"', "activation: is for networks that were trained elsewhere"),
        (ANNA + 'folder = "../x"', "folder: is ../x, expected one inside the folder of films"),
        (ANNA + 'folder = "/x"', "folder: is /x, expected one inside the folder of films"),
        (ANNA + 'folder = "a/Cache"', "but a folder 'Cache' holds other things; rename the network, or choose"),
        (ANNA + 'jobs = 4', "jobs: is 4, expected tables that begin with [[jobs]]"),
        (ANNA + "jobs = []", "jobs: is [], expected tables that begin with [[jobs]]"),
        (ANNA + "[jobs]\nseed = 1", "expected tables that begin with [[jobs]]"),
        (ANNA + "[[jobs]]\n[[jobs]]\nseeds = 1", 'job 2: there is no key "seeds"; did you mean seed?'),
        (ANNA + '[[jobs]]\nrun = "no.npz"', "job 1: "),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_a_line(ask: Ask, tmp_path: Path, jobs: str | bytes, message: str) -> None:
    with pytest.raises(EdgeglowError) as caught:
        ask(jobs)
    told = str(caught.value)
    assert told.startswith(f"{tmp_path / 'jobs.toml'}: ") and "\n" not in told
    assert message in told and len(told) < 420


def test_a_missing_file_of_jobs_is_told(tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match=r"jobs\.toml: no such file or directory; expected a file of jobs"):
        read_batch(tmp_path / "jobs.toml", MEDIA)
    with pytest.raises(EdgeglowError, match="is a folder; expected a file of jobs"):
        read_batch(tmp_path, MEDIA)


def test_a_mark_of_the_byte_order_is_passed_over(ask: Ask) -> None:
    assert len(ask(b"\xef\xbb\xbf" + ANNA.encode())) == 1


def test_there_is_no_default_run_to_train(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.film.batch_networks.default_path", lambda: tmp_path / "none.npz")
    with pytest.raises(EdgeglowError, match="names no runs, and there is no default run yet; train one first"):
        ask('language = "ko"')


def test_a_network_called_as_a_folder_beside_films_is_refused(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "class" / "anna.npz").rename(tmp_path / "class" / "Captions.npz")
    with pytest.raises(EdgeglowError, match="a folder 'Captions' holds other things; rename the network"):
        ask('runs = ["class/*.npz"]')


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (('run = "class/anna.npz"', 'run = "class/ben.npz"'), "film-en.mp4 would be made twice, with run "),
        ((ANNA, ANNA + 'captions = "none"'), "film-en.mp4 would be made twice, with captions burnt and none"),
        ((ANNA, ANNA + 'quality = "h"'), "with width 1280 and 1920; give one of the two another folder"),
        ((ANNA + 'format = "mov"', ANNA + "transparent = true"), "film-en.mov would be made twice, with transparent"),
        ((ANNA + 'format = "webm"', ANNA + "fps = 5"), "film-en.srt would be made twice, with fps 30.0 and 5.0"),
    ],
)  # fmt: skip
def test_two_films_in_one_place_are_refused(ask: Ask, tables: tuple[str, str], message: str) -> None:
    jobs = "".join(f"[[jobs]]\n{table}\n" for table in tables)
    with pytest.raises(EdgeglowError) as caught:
        ask(jobs)
    assert message in str(caught.value) and "job 2: " in str(caught.value)
    assert len(ask(f'{jobs}folder = "second"')) == 2
