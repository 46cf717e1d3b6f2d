"""The weights of support are made of one half of the texts, the same ones every time."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from policies.write_back.support import NAMES
from policies.write_back.weights import WEIGHTS
from training.support import auc, fit, fitted, main, signs

THINGS = ("tower", "kettle", "lamp", "bridge", "radio", "tree", "wall", "door", "ship", "train", "house", "boat")
TEXT = "The {} was built of stone in the old town."
ROWS = [
    {"knowledge": TEXT.format(thing), "response": said.format(thing), "attributable": right}
    for thing in THINGS
    for said, right in (
        ("The {} was built of stone.", True), ("In the old town the {} was built.", True),
        ("I love every {} so much!", False), ("Do you like the {} ?", False),
        ("The {} fell into a lake of fire.", False),
    )
]  # fmt: skip


def test_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same rows give the same module, and what it holds tells both halves apart."""
    (tmp_path / "begin_wow").mkdir()
    with gzip.open(tmp_path / "begin_wow" / "items.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in ROWS)
    for name in ("a.py", "b.py"):
        assert main(["--data", str(tmp_path), "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.py").read_text() == (tmp_path / "b.py").read_text()
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("fitted on: ") and told[1].startswith("held out: ") and told[1].endswith("AUC 1.0000")
    made: dict[str, dict[str, float]] = {}
    exec((tmp_path / "a.py").read_text(), made)
    assert set(made["WEIGHTS"]) == set(WEIGHTS) == set(NAMES) and made["WEIGHTS"]["content"] > 0


def test_halves() -> None:
    """Each text is in one of them, in any case of its letters; both have a fair share."""
    sides = [fitted(f"text {number}") for number in range(400)]
    assert 160 < sum(sides) < 240 and fitted("Some Text") == fitted("some text")


def test_fit_finds_what_matters() -> None:
    """A sign that goes with the label gets weight, one that goes with nothing hardly any."""
    found = np.array([[float(number % 2), float(number % 3 == 0), 1.0] for number in range(60)])
    weights, bias = fit(found, found[:, 0] == 1)
    assert weights[0] > 2 and abs(weights[1]) < 0.5 and bias < 0


def test_auc() -> None:
    """Ties count half."""
    assert auc(np.array([0.1, 0.5, 0.5, 0.9]), np.array([False, False, True, True])) == 0.875
    assert signs(ROWS[:2]).shape == (2, len(NAMES))
