"""The bench of write-back counts what its description says, and skips what is not there."""

import gzip
import json
from pathlib import Path

import pytest

from bench.write_back import attribution, auc, balanced, hallucination, low, rate, run, share, threshold
from training.support import fitted

TEXT = "The castle was built of stone by the sea in 1903."


def test_scores() -> None:
    """Area with ties as halves, the threshold that accepts a share, and Wilson's interval."""
    right = [True, True, False, False]
    assert auc([3, 1, 1, 0], right) == 0.875 and auc([], []) == 0.0
    assert threshold([4, 3, 2, 1], [True] * 4, 0.5) == 3 and threshold([4, 3, 2, 1], [True] * 4, 1.0) == 1
    assert balanced([1, 1, 0, 0] * 10, right * 10) == 1.0 and balanced([1] * 40, right * 10) == 0.5
    assert low(0.5, 100) == pytest.approx(0.4038, abs=1e-3) and low(1.0, 38) == pytest.approx(0.9082, abs=1e-3)
    assert low(0.0, 0) == 0.0


def test_rates() -> None:
    """Support, and the verdict of the product as shipped; the share of words is that of the response's."""
    assert rate("The castle was built of stone.", TEXT)[1] and not rate("The castle was built in 1904.", TEXT)[1]
    assert share("castle made of stone", TEXT) == pytest.approx(2 / 3) and share("", TEXT) == 0.0


def test_attribution() -> None:
    """All rows, and those of texts that nothing was fitted on by themselves."""
    texts = [f"{TEXT} It has {number} rooms." for number in range(2, 22)]
    rows = [
        {"knowledge": text, "response": said, "attributable": right}
        for text in texts
        for said, right in (("The castle was built of stone.", True), ("I love the sea and stone!", False))
    ]
    held = [text for text in texts if not fitted(text)]
    assert 0 < len(held) < len(texts)
    found = attribution(rows)
    assert found["begin_wow/auc"] == found["begin_wow/auc@held_out"] == found["begin_wow/precision"] == 1.0
    assert found["begin_wow/accept"] == 1.0 and found["begin_wow/false_accept"] == 0.0
    assert found["begin_wow/auc@lexical"] == 1.0 and attribution(rows[:1]) == {}


def test_hallucination() -> None:
    """Pairs of about the same length are compared by themselves."""
    row = {"knowledge": TEXT, "right_answer": "by the sea", 
           "hallucinated": ["in Rome", "It stands in the hills near Rome."]}  # fmt: skip
    found = hallucination([row] * 8)
    assert found["halueval_qa/matched"] == 1.0 and found["halueval_qa/matched_pairs"] == 8
    assert found["halueval_qa/auc"] == 1.0 and found["halueval_qa/accept_wrong"] == 0.0
    assert found["halueval_qa/auc@length"] == 0.5


def test_run(tmp_path: Path) -> None:
    """Of sets that are absent there is nothing; what needs no data is always told."""
    metrics = run(tmp_path)
    assert {name.split("/")[0] for name in metrics} == {"write_back"}
    assert metrics["write_back/refusals"] == metrics["write_back/attacks"] == metrics["write_back/no_verifier"] == 0
    assert metrics["write_back/good"] == 1.0 and metrics["write_back/refusals_of"] >= 200
    (tmp_path / "begin_wow").mkdir()
    rows = [{"knowledge": TEXT, "response": said, "attributable": said == TEXT} for said in (TEXT, "I love it!")]
    with gzip.open(tmp_path / "begin_wow" / "items.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    assert run(tmp_path)["begin_wow/auc"] == 1.0
