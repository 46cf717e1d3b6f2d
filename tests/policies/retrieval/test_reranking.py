"""A reranker puts in order what the search found, and costs the search nothing where it cannot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.memory import MemoryKeys, MemoryReranker
from adapters.ports import Hit, Passage, Reranker, Unavailable
from policies.base import Adapters
from policies.retrieval import Retrieval, RetrievalConfig
from policies.retrieval.reranking import candidates, reordered
from policies.retrieval.search import Scored
from tests.policies.test_retrieval import ASKED, World, searching


class Given:
    """A reranker that says what it is told to, after a while, and keeps what it was asked."""

    def __init__(self, scores: Any = (), fault: Exception | None = None, delay: float = 0.0) -> None:
        self.scores = scores
        self.fault = fault
        self.delay = delay
        self.asked: list[tuple[str, Sequence[str]]] = []

    async def rank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        self.asked.append((question, texts))
        await asyncio.sleep(self.delay)
        if self.fault:
            raise self.fault
        found: Sequence[float] = self.scores(texts) if callable(self.scores) else self.scores
        return found


def scored(*names: str) -> list[Scored]:
    return [Scored(Hit(Passage(name, "t", name, name.upper(), f"text of {name}"), 1.0), 0.5) for name in names]


def order(reranker: Reranker | None, found: Sequence[Scored], seconds: float = 5.0) -> tuple[str, list[str]]:
    notes: list[str] = []

    async def go() -> list[Scored]:
        return await reordered(reranker, "q", found, asyncio.get_running_loop().time() + seconds, notes.append)

    return "".join(each.hit.passage.id for each in asyncio.run(go())), notes


@pytest.mark.parametrize(("wanted", "without", "reranked"), [(1, 1, 4), (5, 5, 20), (20, 20, 40), (50, 50, 50)])
def test_more_passages_are_looked_at(wanted: int, without: int, reranked: int) -> None:
    """Four for each one wanted and forty in all, but never fewer than are wanted; without a reranker no more."""
    assert candidates(wanted, None) == without
    assert candidates(wanted, MemoryReranker()) == reranked


def test_best_first() -> None:
    """By the reranker's scores, equal ones in the search's order; it is shown title and text."""
    reranker = Given([0.1, 0.9, 1, 0.1, 0])
    assert order(reranker, scored("a", "b", "c", "d", "e")) == ("cbade", [])
    assert reranker.asked[0][0] == "q" and reranker.asked[0][1][0] == "A\ntext of a"


@pytest.mark.parametrize("reranker", [
    Given(fault=Unavailable("gone")), Given(fault=TimeoutError()), Given([0.5]), Given([0.5, 0.4, 0.3, 0.2]), Given([]),
    Given([0.5, float("nan"), 0.1]), Given([0.5, float("inf"), 0.1]), Given([0.5, -0.1, 0.1]), Given([0.5, 1.1, 0.1]),
    Given([0.5, None, 0.1]), Given(["high", "low", "low"]), Given([0.1, 0.2, 0.3], delay=30.0),
])
def test_one_that_cannot(reranker: Given) -> None:
    """Whatever it fails by, nonsense included, the search's order stays, and the receipt is told."""
    found = scored("a", "b", "c")
    assert order(reranker, found, 0.05) == ("abc", ["reranker_unavailable"])
    assert len(reranker.asked) == 1


def test_nothing_to_order() -> None:
    """No reranker, no passage or a single one: nobody is asked."""
    reranker = Given([0.5])
    assert order(None, scored("a", "b")) == ("ab", [])
    assert order(reranker, scored("a")) == ("a", []) and order(reranker, []) == ("", [])
    assert reranker.asked == []


@dataclass
class Reranked(World):
    """The policy with a reranker."""

    reranker: Reranker | None = None

    def policy(self) -> Retrieval:
        people = self.people
        adapters = Adapters(people, people, people, people, MemoryKeys(), self.cache, self.sessions, self.knowledge,
                            reranker=self.reranker)  # fmt: skip
        policy = searching(self.config).build(adapters)
        assert isinstance(policy, Retrieval)
        return policy

    def with_leaves(self) -> Reranked:
        """Many passages that the search puts before the right one, which is the longest."""
        texts = {f"/s/{n}.md": f"Round {n}: how many weeks of parental leave do new parents take?" for n in range(6)}
        texts["/s/right.md"] = "Parental leave of new parents: sixteen in all. " + "It is paid by the office. " * 8
        passages = {s: [Passage(s, "default", s, "Leave", text)] for s, text in texts.items()}
        asyncio.run(self.knowledge.replace("default", passages, {}))
        return self


def by_length(texts: Sequence[str]) -> list[float]:
    return [min(1.0, len(text) / 1000) for text in texts]


def test_what_the_search_put_last_is_found() -> None:
    """One wanted passage is the reranker's first of four; its score is in the receipt, and none without a reranker."""
    config = RetrievalConfig(top_k=2)
    plain = Reranked(config=config).with_leaves().send(("user", ASKED))
    assert "rerank" not in plain.receipt.detail["passages"][0]
    assert "right.md" not in plain.request.last_user_text
    exchange = Reranked(config=config, reranker=Given(by_length)).with_leaves().send(("user", ASKED))
    assert "[1] Leave (right.md)" in exchange.request.last_user_text
    passages = exchange.receipt.detail["passages"]
    assert passages[0]["source"] == "right.md" and len(passages) == 2
    assert passages[0]["rerank"] > passages[1]["rerank"] > 0
    assert exchange.receipt.reasons == ["retrieved"]


def test_the_floor_decides_as_ever() -> None:
    """What a reranker puts first and no word of the question covers is not put in."""
    world = Reranked(config=RetrievalConfig(top_k=5), reranker=Given(by_length)).with_leaves()
    far = Passage("far", "default", "/s/far.md", "Trains", "Trains leave for the coast at noon. " * 12)
    asyncio.run(world.knowledge.replace("default", {"/s/far.md": [far]}, {}))
    exchange = world.send(("user", ASKED))
    assert "(right.md)" in exchange.request.last_user_text and "(far.md)" not in exchange.request.last_user_text


def test_words_alone_as_a_reranker() -> None:
    """The one in memory serves the policy as any other."""
    exchange = Reranked(reranker=MemoryReranker()).fill().with_leaves().send(("user", ASKED))
    ranks = [each["rerank"] for each in exchange.receipt.detail["passages"]]
    assert ranks == sorted(ranks, reverse=True) and ranks[0] > 0.5


def test_a_slow_reranker_costs_no_passages() -> None:
    """It is left before the policy's time is over: passages come in the search's order, with the reason."""
    world = Reranked(config=RetrievalConfig(timeout=0.6), reranker=Given(by_length, delay=30.0)).with_leaves()
    began = time.monotonic()
    exchange = world.send(("user", ASKED))
    assert time.monotonic() - began < 10
    assert exchange.receipt.reasons == ["reranker_unavailable", "retrieved"]
    assert all("rerank" not in each for each in exchange.receipt.detail["passages"])


def test_a_failing_reranker_leaves_what_comes_back() -> None:
    """Earlier turns keep their bytes, and the new turn gets its passages in the search's order."""
    reranker = Given(by_length)
    world = Reranked(config=RetrievalConfig(top_k=1), reranker=reranker).with_leaves()
    first = world.send(("user", ASKED))
    reranker.fault = Unavailable("gone")
    second = world.send(("user", ASKED), ("assistant", "Sixteen."), ("user", "How many weeks is parental leave?"))
    assert second.request.items[0] == first.request.items[0]
    assert second.receipt.reasons == ["replayed", "reranker_unavailable", "retrieved"]
