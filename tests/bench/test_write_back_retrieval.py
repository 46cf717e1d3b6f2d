"""The bench of what joined the corpus, on a few passages of our own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from adapters.ports import Passage
from bench.write_back_retrieval import _paired, run, sentence
from tests.bench.test_retrieval import PARAGRAPHS

QUESTIONS = [
    {"pid": "a", "question": "When did the railway reach the coast?", "answers": ["1874"], "answerable": True},
    {"pid": "a", "question": "When was the railway to the coast closed?", "answers": ["later"], "answerable": True},
    {"pid": "b", "question": "How long does the dough rest?", "answers": ["overnight"], "answerable": True},
    {"pid": "b", "question": "Where does the dough go?", "answers": ["oven"], "answerable": True},
]


def test_it_goes_all_the_way(tmp_path: Path) -> None:
    """Answers become active, and what people wrote is found as before."""
    assert run(tmp_path) == {}
    (tmp_path / "squad2").mkdir()
    texts = [{**row, "text": f"{row['text']} It rained on that day. Nobody knew why it did."} for row in PARAGRAPHS]
    for name, rows in (("paragraphs", texts), ("questions", QUESTIONS)):
        lines = "\n".join(map(json.dumps, rows)).encode()
        (tmp_path / "squad2" / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines))
    metrics = run(tmp_path)
    assert metrics["squad2/write_backs"] == 2
    assert metrics["squad2/R@1@before"] == metrics["squad2/R@1@after"] == 1.0
    assert metrics["squad2/R@5_p"] == 1.0
    assert metrics["squad2/same"] == metrics["squad2/same@floor"] == 1.0


def test_paired() -> None:
    """Worse places count as lost, better ones as gained; among five only in or out counts."""
    ids = [[Passage(str(number), "t", "s", "", "")] for number in range(9)]
    every = [each[0] for each in ids]
    other = [*every[1:], every[0]]
    golds = [{"0"}, {"8"}, {"5"}]
    found = _paired("MRR@10", [(every[:5], every)] * 3, [(other[:5], other)] * 3, golds)
    assert (found["squad2/MRR@10_lost"], found["squad2/MRR@10_gained"]) == (1, 2)
    few = _paired("R@5", [(every[:5], every)] * 3, [(other[:5], other)] * 3, golds)
    assert (few["squad2/R@5_lost"], few["squad2/R@5_gained"]) == (1, 1)


@pytest.mark.parametrize(
    ("answer", "found"), [("1874", "It came in 1874."), ("St. Ives", ""), ("gone", "It is gone."), ("no", "")]
)
def test_sentence(answer: str, found: str) -> None:
    """The sentence that holds an answer whole."""
    assert sentence("It came in 1874. From St. Ives it went. It is gone.", answer) == found
