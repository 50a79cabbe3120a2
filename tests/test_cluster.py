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

import film.cluster
import scenes
from film.bar import Bar
from film.cluster import Cluster
from film.look import Look
from film.order import Order
from film.parcels import Contents, Delivery, contents_of
from film.products import Product
from film.studio import make_film, make_films, measure_film, take_stills
from film.takes import Take
from model.errors import EdgeglowError
from model.run import Run

LOOK = Look(width=64, height=36, fps=5.0)


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
def order(tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    return short_film(tiny_run, tmp_path, monkeypatch)


def short_film(run: Run, folder: Path, patch: pytest.MonkeyPatch) -> Order:
    patch.setattr(scenes, "FILM", (stand_ins.First, stand_ins.Slow))
    patch.setattr("film.studio.SLOW_IMPORT", "manim")
    run.save(folder / "tiny.npz")
    return Order((), LOOK, folder / "tiny.npz", folder / "here", jobs=1)


@pytest.fixture(scope="module")
def alone(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Product:
    """The film of ``order``, made without a cluster."""
    with pytest.MonkeyPatch.context() as patch:
        (made,) = make_film(short_film(tiny_run, tmp_path_factory.mktemp("alone"), patch), Bar(""))
    return made


def by(machines: LocalCluster, order: Order) -> Order:
    """The same, to be done by the cluster, into another folder."""
    return replace(order, media=order.media.with_name("there"), cluster=machines.scheduler_address)


def bits(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Witness(Bar):
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


def test_the_film_is_the_same(machines: LocalCluster, order: Order, alone: Product) -> None:
    witness = Witness()
    shared = make_film(by(machines, order), witness)
    assert [one.path.name for one in shared] == ["film-en.mp4"]
    assert bits(shared[0].path) == bits(alone.path)
    assert [one.cues for one in shared[0].takes] == [one.cues for one in alone.takes]
    assert witness.done == witness.total == 8 + 90
    again = make_film(by(machines, order), Bar(""))
    assert again[0].kept == ("First", "Slow")


@pytest.mark.slow
def test_real_chapters_are_the_same(machines: LocalCluster, tmp_path: Path) -> None:
    make_run("tiny").save(tmp_path / "tiny.npz")
    order = Order(("Neurons", "Training"), LOOK, tmp_path / "tiny.npz", tmp_path / "here", jobs=2)
    languages = [order, replace(order, look=replace(LOOK, language="ko"))]
    alone = make_films(languages, Bar(""))
    shared = make_films([by(machines, one) for one in languages], Bar(""))
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
    machines: LocalCluster, order: Order, alone: Product, who: Callable[[LocalCluster], list[psutil.Process]]
) -> None:
    """A worker that is killed in the middle, or its process that renders, costs what it was at and nothing else."""
    witness = Witness(lambda: kill(who(machines)))
    shared = make_film(by(machines, order), witness)
    assert bits(shared[0].path) == bits(alone.path)
    assert witness.done == witness.total, "what is done twice counts once"
    machines.wait_for_workers(2, timeout=PATIENCE)


def test_stills_and_lengths(machines: LocalCluster, order: Order) -> None:
    alone, shared = take_stills(order, Bar("")), take_stills(by(machines, order), Bar(""))
    assert [bits(one.path) for one in shared] == [bits(one.path) for one in alone]
    measured = measure_film(by(machines, order), Bar(""))
    assert [take.frames for take in measured] == [8, 90]


def test_nobody_is_left_behind(machines: LocalCluster, order: Order) -> None:
    make_film(by(machines, order), Bar(""))
    assert not renderers_of(machines)


# -- what goes wrong --------------------------------------------------------------------------------------------


def test_a_chapter_that_fails(machines: LocalCluster, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "FILM", (stand_ins.First, stand_ins.Broken))
    shared = by(machines, order)
    with pytest.raises(
        EdgeglowError, match=r"Broken: ZeroDivisionError: the third act.*in .*Broken-en.log"
    ) as told:
        make_film(shared, Bar(""))
    assert "\n" not in str(told.value)
    assert "stand_ins.py" in (shared.media / "logs" / "Broken-en.log").read_text()


def test_messages_name_the_files_of_here(machines: LocalCluster, order: Order, tmp_path: Path) -> None:
    script = tmp_path / "mine.toml"
    script.write_text('[words]\ncomma = "; "\n')
    shared = replace(by(machines, order), look=replace(LOOK, script=script))
    with Cluster(shared.cluster) as cluster:
        task = _task(shared)
        script.write_text('[words]\ncomma = ", and "\n')
        with pytest.raises(EdgeglowError, match="the script: changed while the film was being made"):
            list(cluster.work([task], lambda amount: None))
        shared.run.write_bytes(b"no run")
        with pytest.raises(EdgeglowError, match=r"tiny.npz") as told:
            list(cluster.work([replace(task, basis=None)], lambda amount: None))
        assert "dask" not in str(told.value), "not where the file lay there"


def _task(order: Order) -> Any:
    from film.production import begin
    from film.takes import Measure
    from film.version import rooms_version

    return begin(order, order.media / "at work", rooms_version(), print).task(Measure, 0)


def test_workers_that_would_draw_otherwise(
    machines: LocalCluster, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = film.cluster.likeness()
    monkeypatch.setattr(film.cluster, "likeness", lambda: here | {"cairo": "1.0"})
    with pytest.raises(
        EdgeglowError, match=r"its frames could differ: its cairo is missing, and here it is 1"
    ):
        make_film(by(machines, order), Bar(""))


def test_no_cluster_there(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film.cluster, "PATIENCE", 1)
    with pytest.raises(EdgeglowError, match=r"tcp://127.0.0.1:9: no cluster answers there"):
        make_film(replace(order, cluster="tcp://127.0.0.1:9"), Bar(""))
    assert not list(order.media.glob("*.mp4"))


def test_no_workers_there(order: Order) -> None:
    with (
        LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as machines,
        pytest.raises(EdgeglowError, match="has no workers; start some with: dask worker"),
    ):
        make_film(by(machines, order), Bar(""))


def test_what_is_damaged_on_its_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "piece.mp4").write_bytes(b"frames")
    piece = contents_of(tmp_path / "piece.mp4", "First/piece.mp4")
    take = Take("First", "first", "", 8, ())
    assert Delivery(take, (piece,), 8).unpack(tmp_path / "home").files[0].read_bytes() == b"frames"
    damaged = Contents(piece.name, b"frame", piece.digest)
    with pytest.raises(ValueError, match=r"First/piece.mp4 was damaged on its way"):
        Delivery(take, (damaged,), 8).unpack(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / "First" / "piece.mp4").exists()
