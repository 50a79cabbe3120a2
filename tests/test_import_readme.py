"""The lines that the documentation gives for exporting networks are those that made the networks of the tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from edgeglow.command.import_network import import_
from edgeglow.model.importing import read_network

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "how-to" / "networks.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def script(name: str) -> str:
    return (ROOT / "tests" / "fixtures" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["make_torch.py", "make_keras.py"])
def test_callbacks_are_those_that_wrote_the_checkpoints(name: str) -> None:
    source = script(name)
    (callback,) = [
        ast.get_source_segment(source, node)
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == "SaveCheckpoints"
    ]
    assert callback in [block.rstrip() for block in BLOCKS]


def test_the_lines_for_scikit_learn_write_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (lines,) = [block for block in BLOCKS if "mlp.coefs_" in block]
    assert len(lines.strip().splitlines()) == 2
    about, save = ast.parse(lines).body
    exports = ast.parse(script("make_sklearn.py"))
    assert ast.dump(about) in [ast.dump(node) for node in ast.walk(exports) if isinstance(node, ast.Assign)]
    assert "*mlp.coefs_, *mlp.intercepts_, **about" in ast.unparse(save)
    assert "*mlp.coefs_, *mlp.intercepts_, **about" in ast.unparse(exports)

    numbers = np.random.default_rng(0)
    mlp = SimpleNamespace(
        activation="logistic",
        out_activation_="softmax",
        classes_=np.array(["a", "b", "c"], object),
        coefs_=[numbers.normal(size=(4, 5)), numbers.normal(size=(5, 3))],
        intercepts_=[numbers.normal(size=5), numbers.normal(size=3)],
    )
    monkeypatch.chdir(tmp_path)
    exec(lines, {"np": np, "mlp": mlp})
    stored = read_network(tmp_path / "my.npz")
    assert (stored.hidden, stored.output, stored.class_names) == ("sigmoid", "softmax", ("a", "b", "c"))
    np.testing.assert_allclose(stored.weights[1], mlp.coefs_[1].T, rtol=1e-6)


def test_every_option_of_import_is_told() -> None:
    options = {name for param in import_.params for name in param.opts if name.startswith("--")}
    assert not [name for name in options - {"--output"} if name not in PAGE]
