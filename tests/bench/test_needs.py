"""The bench of the retrieval gate sends requests through the policy and scores what the policy did."""

from typing import Any

import pytest

from bench.needs import auc, run, scores


def row(text: str, needed: int | None, source: str, relational: int | None = 0) -> dict[str, Any]:
    return {"text": text, "needs_knowledge": needed, "relational": relational, "source": source}


ROWS = [
    row("Who was the first woman in space?", 1, "facts"),
    row("How was your day?", 0, "talk/one"),
    row("How do I descale the machine?", 1, "facts"),
    row("Set an alarm for six in the morning", 0, "talk/two"),
    row("How many flights does each airline have?", None, "tables", 1),
    row("Nothing to score", None, "tables", None),
]


def test_through_the_policy() -> None:
    """Requests that are plain come out right, for either label; what the gate takes is measured."""
    metrics = run(ROWS)
    names = ("pooled", "worst_source", "facts", "talk", "auc")
    assert {metrics[f"gate/needs_knowledge/{name}"] for name in names} == {1}
    assert metrics["gate/relational/tables"] == 1
    assert 0 < metrics["gate/latency/p50_us"] <= metrics["gate/latency/p99_us"]
    assert {"gate/needs_knowledge/rules_pooled", "gate/needs_knowledge/weights_worst_source",
            "gate/needs_knowledge/odd_pooled"} <= set(metrics)  # fmt: skip


def test_scores() -> None:
    """Parts of a source count together; a source with both labels is balanced; rows without the label are left out."""
    rows = [row("", 1, "a"), row("", 0, "a"), row("", 0, "a"), row("", 1, "b/x"), row("", 1, "b/y"), row("", None, "c")]
    assert scores("needs_knowledge", rows, [True, True, False, False, True, True]) == {
        "gate/needs_knowledge/a": 0.75, "gate/needs_knowledge/b": 0.5, "gate/needs_knowledge/pooled": 0.5833,
        "gate/needs_knowledge/worst_source": 0.5,
    }  # fmt: skip
    assert scores("needs_knowledge", [row("", None, "c")], [True]) == {}


def test_auc() -> None:
    """Ties count half; where the rules decided alone, what they decided counts."""
    rows = [row("", 1, "a"), row("", 1, "a"), row("", 0, "a"), row("", 0, "a")]
    details = [{"probability": 0.9, "searched": True}, {"probability": 0.4, "searched": False},
               {"probability": 0.4, "searched": False}, {"searched": False}]  # fmt: skip
    assert auc(rows, details) == pytest.approx(0.875)
