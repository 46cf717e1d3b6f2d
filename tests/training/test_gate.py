"""Weights are learnt from labelled requests, the same ones every time, and from nothing that is evaluated."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from policies.questions.classifier import FILE, read
from policies.questions.grams import tokens
from training.gate import calibrated, fit, kept, made, main, sparse

ROWS = [
    {"text": f"{start} {thing}?", "label": label, "source": source}
    for start, label, sources in (
        ("what is the height of", "knowledge", ("one", "two")),
        ("please put on the", "none", ("three", "four")),
        ("how many different rows are there for each", "relational", ("five", "six")),
    )
    for source in sources
    for thing in ("tower", "kettle", "lamp", "bridge", "radio", "tree", "wall", "door", "ship", "train")
]


def test_made_again(tmp_path: Path) -> None:
    """The same rows give the same bytes, and the classifier that reads them has learnt what they show."""
    with gzip.open(tmp_path / "gate.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in ROWS)
    for name in ("a.bin", "b.bin"):
        assert main(["--data", str(tmp_path), "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()
    learnt = read(tmp_path / "a.bin")
    assert (learnt.score(tokens("what is the height of the house?")) or 0) > 0
    assert (learnt.score(tokens("please put on the fan")) or 0) < 0
    assert (learnt.relational(tokens("how many different rows are there for each house")) or 0) > 0.5
    assert (learnt.relational(tokens("what is the height of the house")) or 1) < 0.5


def test_look_ups_teach_nothing_of_rows() -> None:
    """What some sources call relational reads as a question for one fact, and is not learnt."""
    look_ups = [{**row, "label": "relational", "source": "wikisql"} for row in ROWS if row["label"] == "none"]
    heads = [json.loads(made(rows)[0].partition(b"\n")[0]) for rows in (ROWS, [*ROWS, *look_ups])]
    assert [heads[0][name] == heads[1][name] for name in ("rows_bias", "signs", "bias")] == [True, True, False]


def test_what_is_evaluated_is_left_out() -> None:
    """Neither sources that are evaluated nor texts, however they are written, are trained on."""
    rows = [{"text": "What is it?", "source": "one"}, {"text": "Who is it?", "source": "clinc150"},
            {"text": "where IS it", "source": "two"}]  # fmt: skip
    assert kept(rows, [{"text": "Where is it?"}]) == rows[:1]


def test_fit() -> None:
    """A feature that only the one side has gets its sign; a row of weight 0 teaches nothing."""
    rows = sparse([[0], [0, 1], [2], [2, 1], [1]], 3, scaled=True)
    weights = fit(rows, np.array([True, True, False, False, True]), np.array([1.0, 1, 1, 1, 0]))
    assert weights[0] > 1
    assert weights[2] < -1
    assert abs(weights[1]) < 0.1


def test_calibrated() -> None:
    """Odds that claim more than they are right are made smaller."""
    right = np.array([True] * 7 + [False] * 3)
    assert calibrated(np.full(10, 3.0), right, np.ones(10)) == pytest.approx(np.log(7 / 3) / 3, abs=0.01)


def test_the_shipped_file_was_made_here() -> None:
    """What is shipped tells what it was made of."""
    head = json.loads(FILE.read_bytes().partition(b"\n")[0])
    assert head["rows"] > 20_000
