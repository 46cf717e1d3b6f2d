"""The retrieval bench, on a few passages of our own."""

import gzip
import json
from pathlib import Path

import pytest

from bench.retrieval import _paired, run
from bench.reviews import world

PARAGRAPHS = [
    {"pid": "a", "title": "Trains", "text": "The railway reached the coast in 1874 and was closed a century later."},
    {"pid": "b", "title": "Bread", "text": "Bakers let the dough rest overnight before it goes into the oven."},
]
QUESTIONS = [
    {"qid": "1", "pid": "a", "question": "When did the railway reach the coast?", "answerable": True},
    {"qid": "2", "pid": "b", "question": "How long does dough rest?", "answerable": True},
    {"qid": "3", "pid": "b", "question": "Who owns the oven?", "answerable": False},
]


def test_both_ways_are_measured(tmp_path: Path) -> None:
    """Every figure comes with the embedded embedder and by full text alone; sets that are absent are left out."""
    (tmp_path / "squad2").mkdir()
    for name, rows in (("paragraphs", PARAGRAPHS), ("questions", QUESTIONS)):
        lines = "\n".join(map(json.dumps, rows)).encode()
        (tmp_path / "squad2" / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines))
    metrics = run(tmp_path, world(1, 6, 2, 1))
    assert metrics["squad2/R@1"] == metrics["squad2/R@1@text"] == metrics["squad2/MRR@10"] == 1.0
    assert metrics["squad2/R@5_p"] == 1.0
    assert not [name for name in metrics if name.startswith(("limit_small", "cuisine_ratings"))]
    assert metrics["squad2/aspects_R@5_lost"] == metrics["aspects/gain@grown"] == 0.0


@pytest.mark.parametrize(("gained", "lost", "p"), [(0, 0, 1.0), (1, 1, 1.0), (12, 1, 0.00342), (5, 0, 0.0625)])
def test_paired(gained: int, lost: int, p: float) -> None:
    """McNemar's exact test, against values worked out by hand: questions that both ways find count for neither."""
    right, wrong = ["x"], ["y"]
    before = [right] * 7 + [wrong] * gained + [right] * lost
    after = [right] * 7 + [right] * gained + [wrong] * lost
    found = _paired(before, after, [{"x"}] * len(before))
    assert (found["squad2/R@5_gained"], found["squad2/R@5_lost"]) == (gained, lost)
    assert found["squad2/R@5_p"] == pytest.approx(p, rel=0.01)
