"""A network from elsewhere in a run's place: on the command line, in chapters, and in what is watched."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import stand_ins
from bringing import NETWORKS, call, listing, network_in, without_mnist
from PIL import Image, ImageDraw

import edgeglow.scenes.chapters
from edgeglow.command.request_options import files_to_watch
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.import_run import ImportOptions
from edgeglow.model.importing.importer import import_and_save, import_network, needs_import
from edgeglow.model.importing.load_run import file_state
from edgeglow.model.picture.read_picture import read_picture
from edgeglow.model.run.run import Run
from edgeglow.scenes.chapters import PixelFlow

TINY = ("-r", "64,36", "--fps", "5", "--jobs", "1")

__all__ = ["without_mnist"]  # a fixture of all tests here


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs go that nobody names a place for."""
    folder = tmp_path / "media"
    monkeypatch.setattr("edgeglow.model.importing.importer.media_folder", lambda: folder)
    return folder


# -- the digits it is tested on -------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [8, 20, 34])
def test_digits_are_made_to_fit_in_the_way_it_reads_best(side: int, tmp_path: Path) -> None:
    """A network that answers by where there is ink, and never in the margin."""
    weights = np.zeros((10, side * side), np.float32)
    weights[:, : side * 2] = np.random.default_rng(0).normal(size=(10, side * 2))
    np.savez(tmp_path / "net.npz", W1=weights, b1=np.zeros(10))
    found = import_network(tmp_path / "net.npz", data="strokes")
    (told,) = [remark for remark in found.remarks if "made to fit" in remark]
    read = [float(number) for number in re.findall(r"([\d.]+)%", told)]
    assert len(read) == 2 and found.run.accuracy == pytest.approx(max(read) / 100, abs=0.001)
    assert found.run.image_shape == (side, side)
    images = found.run.test_digits.images
    assert images.min() == 0 and images.max() > 0.9


# -- a film of it ---------------------------------------------------------------------------------------------


def test_foreign_files_are_told_from_runs(tmp_path: Path, saved: Path) -> None:
    assert not needs_import(saved) and not needs_import(tmp_path / "nowhere.pt")
    assert needs_import(tmp_path) and needs_import(NETWORKS / "state_dict.pt") and needs_import(NETWORKS / "mlp.npz")
    (tmp_path / "cut.npz").write_bytes(saved.read_bytes()[:4000])
    assert not needs_import(tmp_path / "cut.npz")  # a run that was damaged: it is said how to mend it
    done = call("info", tmp_path / "cut.npz")
    assert done.exit_code == 1 and "retrain it, or import the weights again" in done.stderr


def test_a_network_is_shown_where_a_run_is(tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Second))
    monkeypatch.setattr("edgeglow.film.pipeline.SLOW_IMPORT", "manim")
    network = network_in(tmp_path, "state_dict.pt")
    args = ("film", "--run", network, "--activation", "relu", "--media_dir", tmp_path / "films", *TINY)
    first = call(*args)
    assert first.exit_code == 0, first.output
    assert "The file ends in the weighted sums of its last layer" in first.stderr
    (file,) = (media / "runs" / "imported").iterdir()
    written = file.stat().st_mtime_ns
    again = call(*args)
    assert "2 of 2 chapters were there already" in again.stderr
    assert file.stat().st_mtime_ns == written
    shutil.copy(NETWORKS / "old_format.pt", network)  # the same weights in another format: the same run
    assert "2 of 2 chapters were there already" in call(*args).stderr
    assert json.loads(call("info", network, "--activation", "relu", "--json").stdout)["run"] == str(file)


def test_a_digit_is_read_by_a_network_from_elsewhere(tmp_path: Path, media: Path) -> None:
    picture = Image.new("L", (200, 200), "white")
    ImageDraw.Draw(picture).line(((100, 30), (100, 170)), fill="black", width=20)
    picture.save(tmp_path / "one.png")
    network = network_in(tmp_path)
    done = call("digit", tmp_path / "one.png", "--run", network, "-o", tmp_path / "sheet.png", "--json")
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)
    pixels = read_picture(tmp_path / "one.png", (7, 7)).pixels.reshape(1, -1)
    answers = import_network(network).run.network().activations(pixels)[-1][0]
    np.testing.assert_allclose(list(told["answers"].values()), answers, atol=1e-6)


def test_two_networks_of_one_name_have_a_place_each(tmp_path: Path, media: Path) -> None:
    places = set()
    for folder, name in (("a", "sequential.keras"), ("b", "functional.keras")):
        (tmp_path / folder).mkdir()
        shutil.copy(NETWORKS / name, tmp_path / folder / "model.keras")
        place, adoption = import_and_save(tmp_path / folder / "model.keras")
        assert Run.load(place).digest == adoption.run.digest
        places.add(place)
    assert len(places) == 2


def test_another_network_in_the_same_file_is_another_run(tmp_path: Path, media: Path) -> None:
    network = network_in(tmp_path)
    place, first = import_and_save(network)
    shutil.copy(NETWORKS / "functional.keras", network)
    same, second = import_and_save(network)
    assert place == same and Run.load(place).digest == second.run.digest != first.run.digest


def test_options_beyond_the_activation_are_for_import(tmp_path: Path, media: Path) -> None:
    for command in ("list", "script", "stills", "film"):
        done = call(command, "--run", NETWORKS / "two.npz")
        assert done.exit_code == 1 and len(done.stderr.splitlines()) == 1
        assert f"render.py import {NETWORKS / 'two.npz'} -o RUN" in done.stderr
    done = call("info", NETWORKS / "state_dict.pt")
    assert "say which with --activation" in done.stderr and "import" not in done.stderr
    for args in (("list",), ("info", tmp_path / "run.npz")):
        if "info" in args:
            import_network(NETWORKS / "sequential.keras").run.save(tmp_path / "run.npz")
        done = call(*args, "--activation", "relu")
        assert done.exit_code == 2 and "--activation is for networks that were trained elsewhere" in done.stderr
    assert listing(tmp_path) == ["run.npz"]


def test_a_chapter_takes_a_network_from_elsewhere(tmp_path: Path) -> None:
    network = network_in(tmp_path)
    first = PixelFlow(run=network).run
    assert first.imported is not None and first.imported.file == network.name
    assert first.digest == import_network(network).run.digest
    shutil.copy(NETWORKS / "functional.keras", network)
    assert PixelFlow(run=str(network)).run.digest != first.digest
    with pytest.raises(EdgeglowError, match=r"say which with --activation .* \(an option of: render.py import "):
        PixelFlow(run=NETWORKS / "state_dict.pt")
    assert listing(tmp_path) == [network.name]


def test_what_is_told_of_a_network_is_the_same_everywhere() -> None:
    options = ImportOptions(activation="relu")
    one, other = (import_network(NETWORKS / name, options) for name in ("state_dict.pt", "old_format.pt"))
    assert one.remarks == other.remarks and one.run.accuracy == other.run.accuracy


# -- watched --------------------------------------------------------------------------------------------------


def test_a_folder_is_another_when_a_checkpoint_comes_or_changes(tmp_path: Path) -> None:
    for number in (0, 1):
        shutil.copy(NETWORKS / "sequential.keras", tmp_path / f"epoch_{number}.keras")
    options = {"run_path": tmp_path, "language": "en", "script": None, "digits": ()}
    assert tmp_path in files_to_watch(options)
    states = [file_state(tmp_path), file_state(tmp_path)]
    assert states[0] == states[1] is not None
    shutil.copy(NETWORKS / "functional.keras", tmp_path / "epoch_2.keras")
    states.append(file_state(tmp_path))
    os.utime(tmp_path / "epoch_0.keras", ns=(0, 2 * 10**18))
    states.append(file_state(tmp_path))
    (tmp_path / "epoch_1.keras").write_bytes(b"")
    states.append(file_state(tmp_path))
    assert len(set(states[1:])) == 4
    assert file_state(tmp_path / "nowhere") is None
