"""The work of a cluster: a real one of this machine, whose films are those that are made without it, to the bit."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask
import psutil
import pytest
import stand_ins
from casts import make_run
from distributed import LocalCluster, Nanny
from interrupts import PATIENCE

import edgeglow.film.cluster
import edgeglow.scenes.chapters
from edgeglow.film.chapter_task import ChapterResult
from edgeglow.film.cluster import DaskCluster
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.outputs import OutputFile
from edgeglow.film.pipeline import make_film, make_films, measure_film, render_stills
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.remote_task import RemoteResult, SentFile, sent_file
from edgeglow.film.request import FilmRequest
from edgeglow.film.settings import FilmSettings
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run

LOOK = FilmSettings(width=64, height=36, fps=5.0)


@pytest.fixture(scope="module")
def machines() -> Iterator[LocalCluster]:
    """Two workers, each a process with a nanny that starts it again, as ``dask worker`` starts them."""
    # the machine may be busy, and a worker that has been killed starts again
    patience = {f"distributed.comm.timeouts.{name}": f"{PATIENCE}s" for name in ("connect", "tcp")}
    with (
        dask.config.set(patience),
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True, silence_logs=50
        ) as cluster,
    ):
        cluster.wait_for_workers(2, timeout=PATIENCE)
        yield cluster


@pytest.fixture
def order(tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FilmRequest:
    return short_film(tiny_run, tmp_path, monkeypatch)


def short_film(run: Run, folder: Path, patch: pytest.MonkeyPatch) -> FilmRequest:
    patch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Slow))
    patch.setattr("edgeglow.film.pipeline.SLOW_IMPORT", "manim")
    run.save(folder / "tiny.npz")
    return FilmRequest((), LOOK, FilmInputs(folder / "tiny.npz"), folder / "here", jobs=1)


@pytest.fixture(scope="module")
def alone(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> OutputFile:
    """The film of ``order``, made without a cluster."""
    with pytest.MonkeyPatch.context() as patch:
        (made,) = make_film(short_film(tiny_run, tmp_path_factory.mktemp("alone"), patch), ProgressBar(""))
    return made


def by(machines: LocalCluster, order: FilmRequest) -> FilmRequest:
    """The same, to be done by the cluster, into another folder."""
    return replace(order, media=order.media.with_name("there"), cluster=machines.scheduler_address)


def bits(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Witness(ProgressBar):
    """Adds up what is told to be done, and does something as soon as rendering has begun."""

    def __init__(self, do: Callable[[], object] = lambda: None) -> None:
        super().__init__("")
        self._do: Callable[[], object] | None = do
        self._is_rendering = False
        self.done = self.total = 0.0

    def begin(self, text: str, total: float | None = None) -> None:
        self._is_rendering = text == "rendering"
        if self._is_rendering:
            self.total = total or 0.0

    def advance(self, amount: float) -> None:
        if self._is_rendering:
            self.done += amount
            do, self._do = self._do, None
            if do:
                do()


def test_the_film_is_the_same(machines: LocalCluster, order: FilmRequest, alone: OutputFile) -> None:
    witness = Witness()
    shared = make_film(by(machines, order), witness)
    assert [one.path.name for one in shared] == ["film-en.mp4"]
    assert bits(shared[0].path) == bits(alone.path)
    assert [one.cues for one in shared[0].results] == [one.cues for one in alone.results]
    assert witness.done == witness.total == 8 + 90
    again = make_film(by(machines, order), ProgressBar(""))
    assert again[0].kept == ("First", "Slow")


@pytest.mark.slow
def test_real_chapters_are_the_same(machines: LocalCluster, tmp_path: Path) -> None:
    make_run("tiny").save(tmp_path / "tiny.npz")
    order = FilmRequest(("Neurons", "Training"), LOOK, FilmInputs(tmp_path / "tiny.npz"), tmp_path / "here", jobs=2)
    languages = [order, replace(order, settings=replace(LOOK, language="ko"))]
    alone = make_films(languages, ProgressBar(""))
    shared = make_films([by(machines, one) for one in languages], ProgressBar(""))
    assert [one.path.name for one in shared] == [f"{n}-{k}.mp4" for k in ("en", "ko") for n in order.names]
    assert [bits(one.path) for one in shared] == [bits(one.path) for one in alone]


def workers_of(machines: LocalCluster) -> list[psutil.Process]:
    """The processes of the workers, not of those that watch over them."""
    nannies = [nanny for nanny in machines.workers.values() if isinstance(nanny, Nanny)]
    return [psutil.Process(nanny.pid) for nanny in nannies if nanny.pid]


def renderers_of(machines: LocalCluster) -> list[psutil.Process]:
    """The processes in which the workers render."""
    found = [child for worker in workers_of(machines) for child in worker.children(recursive=True)]
    return [child for child in found if "spawn_main" in " ".join(child.cmdline())]


def kill(processes: list[psutil.Process]) -> None:
    assert processes
    os.kill(processes[0].pid, signal.SIGKILL)


@pytest.mark.parametrize("who", [workers_of, renderers_of])
def test_what_is_lost_is_done_again(
    machines: LocalCluster, order: FilmRequest, alone: OutputFile, who: Callable[[LocalCluster], list[psutil.Process]]
) -> None:
    """A worker that is killed in the middle, or its process that renders, costs what it was at and nothing else."""
    witness = Witness(lambda: kill(who(machines)))
    shared = make_film(by(machines, order), witness)
    assert bits(shared[0].path) == bits(alone.path)
    assert witness.done == witness.total, "what is done twice counts once"
    machines.wait_for_workers(2, timeout=PATIENCE)


def test_stills_and_lengths(machines: LocalCluster, order: FilmRequest) -> None:
    alone, shared = render_stills(order, ProgressBar("")), render_stills(by(machines, order), ProgressBar(""))
    assert [bits(one.path) for one in shared] == [bits(one.path) for one in alone]
    measured = measure_film(by(machines, order), ProgressBar(""))
    assert [result.frames for result in measured] == [8, 90]


def test_nobody_is_left_behind(machines: LocalCluster, order: FilmRequest) -> None:
    make_film(by(machines, order), ProgressBar(""))
    assert not renderers_of(machines)


# -- what goes wrong --------------------------------------------------------------------------------------------


def test_a_chapter_that_fails(machines: LocalCluster, order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Broken))
    shared = by(machines, order)
    with pytest.raises(EdgeglowError, match=r"Broken: ZeroDivisionError: the third act.*in .*Broken-en.log") as told:
        make_film(shared, ProgressBar(""))
    assert "\n" not in str(told.value)
    assert "stand_ins.py" in (shared.media / "logs" / "Broken-en.log").read_text()


def test_messages_name_the_files_of_here(machines: LocalCluster, order: FilmRequest, tmp_path: Path) -> None:
    script = tmp_path / "mine.toml"
    script.write_text('[words]\ncomma = "; "\n')
    shared = replace(by(machines, order), settings=replace(LOOK, script=script))
    with DaskCluster(shared.cluster) as cluster:
        task = _task(shared)
        script.write_text('[words]\ncomma = ", and "\n')
        with pytest.raises(EdgeglowError, match="the script: changed while the film was being made"):
            list(cluster.work([task], lambda amount: None))
        shared.source.run.write_bytes(b"no run")
        with pytest.raises(EdgeglowError, match=r"tiny.npz") as told:
            list(cluster.work([replace(task, digests=None)], lambda amount: None))
        assert "dask" not in str(told.value), "not where the file lay there"


def _task(order: FilmRequest) -> Any:
    from edgeglow.film.chapter_task import MeasureTask
    from edgeglow.film.prepared_request import prepare_request
    from edgeglow.film.render_environment import code_version

    return prepare_request(order, order.media / "at work", code_version(), print).task(MeasureTask, 0)


def test_workers_that_would_draw_otherwise(
    machines: LocalCluster, order: FilmRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = edgeglow.film.cluster.environment_facts()
    monkeypatch.setattr(edgeglow.film.cluster, "environment_facts", lambda: here | {"cairo": "1.0"})
    with pytest.raises(EdgeglowError, match=r"its frames could differ: its cairo is missing, and here it is 1"):
        make_film(by(machines, order), ProgressBar(""))


def test_no_cluster_there(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgeglow.film.cluster, "PATIENCE", 1)
    with pytest.raises(EdgeglowError, match=r"tcp://127.0.0.1:9: no cluster answers there"):
        make_film(replace(order, cluster="tcp://127.0.0.1:9"), ProgressBar(""))
    assert not list(order.media.glob("*.mp4"))


def test_no_workers_there(order: FilmRequest) -> None:
    with (
        LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as machines,
        pytest.raises(EdgeglowError, match="has no workers; start some with: dask worker"),
    ):
        make_film(by(machines, order), ProgressBar(""))


def test_what_is_damaged_on_its_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "segment.mp4").write_bytes(b"frames")
    segment = sent_file(tmp_path / "segment.mp4", "First/segment.mp4")
    result = ChapterResult("First", "first", "", 8, ())
    assert RemoteResult(result, (segment,), 8).unpack(tmp_path / "home").files[0].read_bytes() == b"frames"
    damaged = SentFile(segment.name, b"frame", segment.digest)
    with pytest.raises(ValueError, match=r"First/segment.mp4 was damaged on its way"):
        RemoteResult(result, (damaged,), 8).unpack(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / "First" / "segment.mp4").exists()
