"""Retrieval quality without a language model: recall over two public sets through the LanceDB adapter, and the floor.

`squad2`: paragraphs of SQuAD 2.0 development articles (title and text), asked the questions that are known to be
answerable. `limit_small`: LIMIT (Weller et al., arXiv 2508.21038), two relevant documents a question, where single
vectors fail. Full text alone, no embedder.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.lancedb import LanceKnowledge
from adapters.ports import Passage
from policies.questions.gate import judge
from policies.retrieval import RetrievalConfig
from policies.retrieval.search import above, search

TENANT = "bench"
TOP = 10
FILES = {
    "squad2": ("squad2/paragraphs.jsonl.gz", "squad2/questions.jsonl.gz"),
    "limit_small": ("limit_small/docs.jsonl", "limit_small/queries.jsonl"),
    "gate": ("gate/requests.jsonl.gz",),
}


def run(data: Path) -> dict[str, float]:
    """Metrics by name, such as `squad2/R@5`; a set whose files are absent under `data` is left out."""
    return asyncio.run(_run(data))


async def _run(data: Path) -> dict[str, float]:
    metrics: dict[str, float] = {}
    if _present(data, "squad2"):
        metrics |= await _squad(data)
    if _present(data, "limit_small"):
        metrics |= await _limit(data)
    return metrics


def _present(data: Path, name: str) -> bool:
    return all((data / file).is_file() for file in FILES[name])


def _load(data: Path, file: str) -> list[dict[str, Any]]:
    path = data / file
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


async def _indexed(folder: str, passages: Sequence[Passage]) -> LanceKnowledge:
    knowledge = LanceKnowledge(folder)
    await knowledge.replace(TENANT, {each.source: [each] for each in passages}, {})
    return knowledge


async def _squad(data: Path) -> dict[str, float]:
    paragraphs, questions = (_load(data, file) for file in FILES["squad2"])
    questions = [question for question in questions if question["answerable"] is True]
    passages = [Passage(row["pid"], TENANT, row["pid"], row["title"], row["text"]) for row in paragraphs]
    with tempfile.TemporaryDirectory() as folder:
        knowledge = await _indexed(folder, passages)
        ranks = [await _ranking(knowledge, question["question"]) for question in questions]
        golds = [{question["pid"]} for question in questions]
        metrics = {f"squad2/R@{k}": _recall(ranks, golds, k) for k in (1, 5, 10)}
        metrics["squad2/MRR@10"] = _mrr(ranks, golds)
        # The floor was chosen on the questions at even places: these are the others.
        kept = [question["pid"] in await _kept(knowledge, question["question"]) for question in questions[1::2]]
        metrics["squad2/floor_kept"] = _share(kept)
        if _present(data, "gate"):
            metrics |= await _noise(knowledge, _load(data, FILES["gate"][0]))
        await knowledge.close()
    with tempfile.TemporaryDirectory() as folder:
        metrics |= await _absent(folder, passages, questions[1::2])
    return metrics


async def _noise(knowledge: LanceKnowledge, requests: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Requests that no paragraph can help with: how many get passages from the floor alone, and behind the gate."""
    idle = [row["text"] for row in requests if row["needs_knowledge"] == 0]
    passed = [bool(await _kept(knowledge, text)) for text in idle]
    gated = [hit and judge(text).decision != "no" for hit, text in zip(passed, idle, strict=True)]
    return {"squad2/floor_noise": _share(passed), "squad2/gated_noise": _share(gated)}


async def _absent(folder: str, passages: Sequence[Passage], questions: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Every question against an index without its own article, as one of two halves of the articles."""
    titles = sorted({passage.title for passage in passages})
    half = {title: place % 2 for place, title in enumerate(titles)}
    title_of = {passage.id: passage.title for passage in passages}
    knowledge = LanceKnowledge(folder)
    for side in (0, 1):
        there = {each.source: [each] for each in passages if half[each.title] == side}
        await knowledge.replace(f"side{side}", there, {})
    passed = []
    for question in questions:
        other = f"side{1 - half[title_of[question['pid']]]}"
        passed.append(bool(await _kept(knowledge, question["question"], other)))
    await knowledge.close()
    return {"squad2/floor_absent": _share(passed)}


async def _limit(data: Path) -> dict[str, float]:
    docs, queries = (_load(data, file) for file in FILES["limit_small"])
    with tempfile.TemporaryDirectory() as folder:
        knowledge = await _indexed(folder, [Passage(d["doc"], TENANT, d["doc"], d["doc"], d["text"]) for d in docs])
        ranks = [await _ranking(knowledge, query["text"]) for query in queries]
        await knowledge.close()
    golds = [set(query["gold"]) for query in queries]
    return {f"limit_small/R@{k}": _recall(ranks, golds, k) for k in (2, 5, 10)}


async def _ranking(knowledge: LanceKnowledge, text: str) -> list[str]:
    return [hit.passage.id for hit in await knowledge.search(TENANT, text, None, TOP)]


async def _kept(knowledge: LanceKnowledge, text: str, tenant: str = TENANT) -> set[str]:
    """The passages that the policy would put in with its default settings, the gate and the budget aside."""
    config = RetrievalConfig()
    found = await search(knowledge, tenant, text, None, config.top_k)
    return {each.hit.passage.id for each in above(found, config.min_coverage, config.min_similarity)}


def _recall(ranks: Sequence[Sequence[str]], golds: Sequence[set[str]], k: int) -> float:
    """Mean share of the right passages among the first `k`."""
    return sum(len(gold & set(rank[:k])) / len(gold) for rank, gold in zip(ranks, golds, strict=True)) / len(golds)


def _mrr(ranks: Sequence[Sequence[str]], golds: Sequence[set[str]]) -> float:
    places = ((at for at, id in enumerate(rank, 1) if id in gold) for rank, gold in zip(ranks, golds, strict=True))
    return sum(1 / at for place in places if (at := next(place, 0))) / len(golds)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)
