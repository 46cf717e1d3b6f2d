"""Retrieval quality without a language model: recall over two public sets through ingest and LanceDB, and who gets any.

`squad2`: paragraphs of SQuAD 2.0 development articles (title and text), asked the questions that are known to be
answerable. `limit_small`: LIMIT (Weller et al., arXiv 2508.21038), two relevant documents a question, where single
vectors fail. Both with the embedded embedder, as shipped, and (`@text`) by full text alone. `squad2/R@5_gained` and
`_lost` count the questions of which only the one, or only the other, has the paragraph among five; `_p` is the exact
two-sided McNemar test over them. `@other_half`: the questions at odd places; weights were chosen on the others.
`squad2/question_us`: microseconds for the vector of a question, median. `squad2/answered` and `squad2/abstain_...`: who
gets passages (`abstain`).
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from adapters.lancedb import LanceKnowledge
from adapters.ports import Embedder, Passage
from adapters.static_embedder import StaticEmbedder
from bench import aspects
from bench.abstain import Asked, Sets, halves, measure
from bench.reviews import World
from proxy.ingest import Writer

TENANT = "bench"
TOP = 10
FILES = {
    "squad2": ("squad2/paragraphs.jsonl.gz", "squad2/questions.jsonl.gz"),
    "limit_small": ("limit_small/docs.jsonl", "limit_small/queries.jsonl"),
    "gate": ("gate/requests.jsonl.gz",),
}
Metrics = dict[str, float]
STATIC = StaticEmbedder()
EMBEDDERS: dict[str, Embedder | None] = {"": STATIC, "@text": None}
"""What a metric's name ends with, and the embedder that it was measured with."""


class Index(NamedTuple):
    """An index to ask, and what makes vectors for it."""

    knowledge: LanceKnowledge
    embedder: Embedder | None


def run(data: Path, made: World | None = None) -> dict[str, float]:
    """Metrics by name, such as `squad2/R@5`; a set whose files are absent is left out. Beside them those of
    `aspects`, over reviews that are made up (`made`, else its own)."""
    return asyncio.run(_run(data, made or aspects.sample()))


async def _run(data: Path, made: World) -> dict[str, float]:
    metrics = aspects.cuisines(data)
    async with _indexed({TENANT: made.passages}, STATIC) as index:
        metrics |= await aspects.measured(index.knowledge, index.embedder, made)
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


@contextlib.asynccontextmanager
async def _indexed(passages: Mapping[str, Sequence[Passage]], embedder: Embedder | None) -> AsyncIterator[Index]:
    """An index of passages by tenant, brought in as `rapport ingest` does it."""
    name, dimensions = (embedder.name, embedder.dimensions) if embedder else (None, None)
    with tempfile.TemporaryDirectory() as folder:
        knowledge = LanceKnowledge(folder, name, dimensions)
        for tenant, own in passages.items():
            writer = Writer(knowledge, embedder, tenant)
            await writer.add({each.source: [each] for each in own})
            await writer.flush()
        yield Index(knowledge, embedder)
        await knowledge.close()


async def _squad(data: Path) -> dict[str, float]:
    paragraphs, questions = (_load(data, file) for file in FILES["squad2"])
    questions = [question for question in questions if question["answerable"] is True]
    passages = [Passage(row["pid"], TENANT, row["pid"], row["title"], row["text"]) for row in paragraphs]
    golds = [{question["pid"]} for question in questions]
    titles = {row["pid"]: row["title"] for row in paragraphs}
    sides, foreign = halves(questions, titles)
    apart = {side: [each for each in passages if sides[each.id] == side] for side in sorted(set(sides.values()))}
    answered = [Asked(each["question"], TENANT, each["pid"], place % 2 == 1) for place, each in enumerate(questions)]
    idle, gate = _gate(data)
    metrics: dict[str, float] = {}
    found = {}
    for name, embedder in EMBEDDERS.items():
        async with _indexed({TENANT: passages}, embedder) as index:
            found[name] = ranks = [await _ranking(index, question["question"]) for question in questions]
            metrics |= {f"squad2/R@{k}{name}": _recall(ranks, golds, k) for k in (1, 5, 10)}
            metrics[f"squad2/R@5@other_half{name}"] = _recall(ranks[1::2], golds[1::2], 5)
            metrics[f"squad2/MRR@10{name}"] = _mrr(ranks, golds)
            shares = await measure(index.knowledge, embedder, Sets(answered=answered, idle=idle, gate=gate))
            if embedder is not None:
                looked = [(question["question"], question["pid"]) for question in questions]
                metrics |= await aspects.lookups(index.knowledge, embedder, passages, looked)
        async with _indexed(apart, embedder) as index:
            shares |= await measure(index.knowledge, embedder, Sets(foreign=foreign))
        metrics |= {f"{metric}{name}": share for metric, share in shares.items()}
    metrics["squad2/question_us"] = await _microseconds([question["question"] for question in questions])
    return metrics | _paired(found["@text"], found[""], golds)


def _gate(data: Path) -> tuple[list[Asked], list[Asked]]:
    """The requests that need no knowledge and those that do, where the gate set is there."""
    rows = _load(data, FILES["gate"][0]) if _present(data, "gate") else []
    idle, needed = ([Asked(row["text"], TENANT, odd=place % 2 == 1) for place, row in enumerate(rows)
                     if row["needs_knowledge"] == label] for label in (0, 1))  # fmt: skip
    return idle, needed


async def _microseconds(texts: Sequence[str]) -> float:
    """What the vector of a text takes the embedded embedder, median; the table is open by then."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        await STATIC.embed([text])
        taken.append(time.perf_counter() - began)
    return 1e6 * statistics.median(taken)


def _paired(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]], golds: Sequence[set[str]]) -> Metrics:
    """Of how many questions one way alone has the paragraph among five, and how likely luck gives so uneven a split
    (McNemar 1947, exact)."""
    hits = [(bool(gold & set(one[:5])), bool(gold & set(two[:5])))
            for one, two, gold in zip(before, after, golds, strict=True)]  # fmt: skip
    lost, gained = hits.count((True, False)), hits.count((False, True))
    return {"squad2/R@5_gained": gained, "squad2/R@5_lost": lost, "squad2/R@5_p": aspects.mcnemar(lost, gained)}


async def _limit(data: Path) -> dict[str, float]:
    docs, queries = (_load(data, file) for file in FILES["limit_small"])
    passages = [Passage(d["doc"], TENANT, d["doc"], d["doc"], d["text"]) for d in docs]
    golds = [set(query["gold"]) for query in queries]
    metrics = {}
    for name, embedder in EMBEDDERS.items():
        async with _indexed({TENANT: passages}, embedder) as index:
            ranks = [await _ranking(index, query["text"]) for query in queries]
        metrics |= {f"limit_small/R@{k}{name}": _recall(ranks, golds, k) for k in (2, 5, 10)}
    return metrics


async def _vector(index: Index, text: str) -> Sequence[float] | None:
    return (await index.embedder.embed([text]))[0] if index.embedder else None


async def _ranking(index: Index, text: str) -> list[str]:
    found = await index.knowledge.search(TENANT, text, await _vector(index, text), TOP)
    return [hit.passage.id for hit in found]


def _recall(ranks: Sequence[Sequence[str]], golds: Sequence[set[str]], k: int) -> float:
    """Mean share of the right passages among the first `k`."""
    return sum(len(gold & set(rank[:k])) / len(gold) for rank, gold in zip(ranks, golds, strict=True)) / len(golds)


def _mrr(ranks: Sequence[Sequence[str]], golds: Sequence[set[str]]) -> float:
    places = ((at for at, id in enumerate(rank, 1) if id in gold) for rank, gold in zip(ranks, golds, strict=True))
    return sum(1 / at for place in places if (at := next(place, 0))) / len(golds)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)
