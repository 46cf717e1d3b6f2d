"""The bench of aspects, on a small world of reviews in memory."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import Passage
from bench.aspects import TENANT, cuisines, interval, lookups, mcnemar, measured, ndcg
from bench.reviews import world
from proxy.ingest import Writer


async def index(passages: tuple[Passage, ...]) -> MemoryKnowledge:
    knowledge = MemoryKnowledge()
    writer = Writer(knowledge, None, TENANT)
    await writer.add({each.source: [each] for each in passages})
    await writer.flush()
    return knowledge


def test_measured() -> None:
    """What a person said brings more of what they care for to the front, and a grown profile changes nothing."""

    async def run() -> dict[str, float]:
        made = world(5, 8, 16, 1)
        return await measured(await index(made.passages), None, made)

    metrics = asyncio.run(run())
    assert metrics["aspects/gain@3"] > 0.05
    grown = [value for name, value in metrics.items() if "grown" in name]
    assert grown == [0.0, 0.0, 0.0]
    assert 0 < metrics["aspects/plain"] < 1
    assert {"aspects/alone@0", "aspects/gain@0_low", "aspects/gain@1_high"} <= metrics.keys()


def test_lookups() -> None:
    """What is looked up is found as before."""
    passages = (Passage("a", "", "a", "Trains", "The railway reached the coast in 1874."),
                Passage("b", "", "b", "Bread", "Bakers let the dough rest overnight."))  # fmt: skip

    async def run() -> dict[str, float]:
        asked = [("When did the railway reach the coast?", "a"), ("How long does dough rest?", "b")]
        return await lookups(await index(passages), None, passages, asked)

    metrics = asyncio.run(run())
    assert metrics == {f"squad2/aspects_R@{top}_{name}": float(name == "p") for top in (1, 5)
                       for name in ("lost", "gained", "p")}  # fmt: skip


def test_cuisines(tmp_path: Path) -> None:
    """Of the cuisines that most others like, the share that the person likes; nothing without the set."""
    assert cuisines(tmp_path) == {}
    (tmp_path / "cuisine_ratings").mkdir()
    fit = {"fold": "fit", "eval_items": [], "ratings": {"Italy": 5, "Japan": 4, "Cuba": 1}}
    test = {"fold": "test", "eval_items": ["Cuba", "Italy", "Japan", "Chile"], "ratings": {"Italy": 5, "Cuba": 4}}
    rows = "\n".join(map(json.dumps, [*[fit] * 10, test]))
    (tmp_path / "cuisine_ratings" / "users.jsonl").write_text(rows)
    metrics = cuisines(tmp_path)
    assert metrics["cuisine_ratings/aspect_hit@2"] == 0.5 == metrics["cuisine_ratings/aspect_hit@2_random"]


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [(["a", "b"], {"a", "b"}, 1.0), (["x", "a"], {"a"}, 0.6309), ([], {"a"}, 0.0), (["x"], set(), 1.0),
     (["x", "x", "x", "x", "x", "a"], {"a"}, 0.0)],
)  # fmt: skip
def test_ndcg(found: list[str], wanted: set[str], expected: float) -> None:
    """Against values worked out by hand: what stands behind the fifth place counts nothing."""
    assert ndcg(found, wanted) == pytest.approx(expected, abs=1e-4)


def test_interval() -> None:
    """It holds the mean, and is narrow where all are alike."""
    made = interval("x", [0.0, 1.0] * 50)
    assert made["x"] == 0.5 and 0.35 < made["x_low"] < 0.5 < made["x_high"] < 0.65
    assert set(interval("x", [0.25] * 9).values()) == {0.25}


@pytest.mark.parametrize(("lost", "gained", "p"), [(0, 0, 1.0), (1, 1, 1.0), (1, 12, 0.00342), (5, 0, 0.0625)])
def test_mcnemar(lost: int, gained: int, p: float) -> None:
    """The exact test, against values worked out by hand."""
    assert mcnemar(lost, gained) == pytest.approx(p, rel=0.01)
