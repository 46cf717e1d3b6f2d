"""What 500 answers that joined the corpus do to finding what people wrote.

The answerable questions of SQuAD 2.0 at even places are asked and answered with the sentence of their paragraph that
holds the answer and its citation, 500 of them; they go the way of the policy, through the store of answers that wait,
the ledger and the index, with a check that only looks whether each sentence stands in its passage. Approved of, they
are active. Judged is on the questions at odd places, before and after, on what the retrieval policy puts in (`share`
0.3, `penalty` 0.2), of five passages (R) and of ten (MRR): one of a model is never the right one. Without a floor, and
with the default one (`@floor`), which leaves places.

squad2/R@1@before, R@5, MRR@10      and @after
squad2/R@1@unmixed, R@5, MRR@10     in one index, as if people had written them: what an index apart prevents
squad2/R@5_lost, R@5_gained, R@5_p  questions that one way alone has among five, and how likely luck is
squad2/MRR@10_lost, ...             likewise of the questions whose right paragraph has a worse or a better place
squad2/same                         share of the judged questions that are given the same of people's as before
squad2/write_backs                  how many became active
squad2/shown@floor                  share of the judged questions that are shown one
squad2/shown@floor,sentence         likewise one that has the right answer in it
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from adapters.lancedb import LanceKnowledge
from adapters.memory import MemoryCache, MemoryKeys
from adapters.ports import Caller, ChatRequest, Embedder, Passage
from adapters.ports.ledger import Mixing, Shown, Waiting
from adapters.sql import Database, SqlCandidates, SqlLedger, SqlOutbox, SqlPeople, SqlUsers
from adapters.static_embedder import StaticEmbedder
from bench.aspects import mcnemar
from bench.retrieval import FILES, TENANT, _load, _mrr, _recall
from policies.base import Adapters, Exchange
from policies.retrieval import Retrieval, RetrievalConfig
from policies.retrieval.finding import Asked
from policies.write_back import WriteBackConfig
from policies.write_back.candidate import Candidate, Claim, Decision
from proxy.ingest import Writer
from proxy.write_back import WriteBacks, opened

MANY, FEW, TOP = 500, 5, 10
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(])")
Rows = Sequence[Mapping[str, Any]]
Found = tuple[list[Passage], list[Passage]]


class Stands:
    """Accepts an answer if, but for its marks, it stands in the passage that it cites."""

    async def verify(self, candidate: Candidate) -> Decision:
        """The decision."""
        text, passage = candidate.answer.removesuffix(" [1]"), candidate.passages[1]
        if text not in passage.text:
            return Decision(False, "not_borne_out")
        return Decision(True, "accepted", (Claim(text, (1,), 1.0),), (passage,))


class World(NamedTuple):
    """An index, what fills it, and what works on answers."""

    database: Database
    knowledge: LanceKnowledge
    written: LanceKnowledge
    embedder: Embedder
    backs: WriteBacks
    policies: Mapping[bool, Retrieval]


def run(data: Path) -> dict[str, float]:
    """Metrics by name; none where the set is absent."""
    if not all((data / file).is_file() for file in FILES["squad2"]):
        return {}
    paragraphs, questions = (_load(data, file) for file in FILES["squad2"])
    return asyncio.run(_run(paragraphs, [each for each in questions if each["answerable"] is True]))


async def _run(paragraphs: Rows, questions: Rows) -> dict[str, float]:
    passages = [Passage(row["pid"], TENANT, row["pid"], row["title"], row["text"], digest=f"d{row['pid']}")
                for row in paragraphs]  # fmt: skip
    asked, judged = questions[::2], questions[1::2]
    golds = [{each["pid"]} for each in judged]
    with tempfile.TemporaryDirectory() as folder:
        world = _world(Path(folder))
        await _put(world, passages)
        before = [await _found(world, each["question"]) for each in judged]
        before_floor = [await _found(world, each["question"], True) for each in judged]
        active = await _write(world, {each.id: each for each in passages}, asked)
        await opened(world.written, TENANT)
        after = [await _found(world, each["question"]) for each in judged]
        after_floor = [await _found(world, each["question"], True) for each in judged]
        await _put(world, active)
        unmixed = [await _unmixed(world, each["question"]) for each in judged]
        await world.knowledge.close()
        await world.written.close()
        await world.database.close()
    metrics: dict[str, float] = {"squad2/write_backs": len(active)}
    for name, every in (
        ("before", before), ("after", after), ("unmixed", unmixed), ("before@floor", before_floor),
        ("after@floor", after_floor),
    ):  # fmt: skip
        few, many = ([_ids(each[place]) for each in every] for place in (0, 1))
        metrics |= {f"squad2/R@{k}@{name}": _recall(few, golds, k) for k in (1, 5)}
        metrics |= {} if name.endswith("@floor") else {f"squad2/MRR@10@{name}": _mrr(many, golds)}
    for name, one, other in (("same", before, after), ("same@floor", before_floor, after_floor)):
        metrics[f"squad2/{name}"] = sum(_people(a) == _people(b) for a, b in zip(one, other, strict=True)) / len(judged)
    written = [[one.text for one in few if one.origin == "model"] for few, _ in after_floor]
    metrics["squad2/shown@floor"] = sum(map(bool, written)) / len(judged)
    metrics["squad2/shown@floor,sentence"] = sum(
        any(each["answers"][0] in text for text in texts) for each, texts in zip(judged, written, strict=True)
    ) / len(judged)
    return metrics | _paired("R@5", before, after, golds) | _paired("MRR@10", before, after, golds) | {
        f"{name}@floor": value for name, value in _paired("R@5", before_floor, after_floor, golds).items()}  # fmt: skip


def _world(folder: Path) -> World:
    database, embedder, cache = Database(f"sqlite:///{folder / 'people.db'}"), StaticEmbedder(), MemoryCache()
    knowledge, written = (LanceKnowledge(str(folder / name), embedder.name, embedder.dimensions)
                          for name in ("index", "written"))  # fmt: skip
    people = SqlPeople(database)
    adapters = Adapters(SqlUsers(database), people, people, SqlOutbox(database), MemoryKeys(), cache, cache, knowledge,
                        embedder, candidates=SqlCandidates(database), ledger=SqlLedger(database),
                        mixing=Mixing(0.3, 0.2), written=written)
    config = WriteBackConfig(per_day=MANY)
    backs = WriteBacks(config.working(adapters, Stands()), knowledge, written, embedder, 60)
    return World(database, knowledge, written, embedder, backs,
                 {floor: _policy(adapters, floor) for floor in (False, True)})


def _policy(adapters: Adapters, floor: bool) -> Retrieval:
    settings = {"top_k": FEW} if floor else {"top_k": TOP, "min_coverage": 0.0}
    policy = RetrievalConfig.model_validate({"timeout": 60, "stuff_max_tokens": 0, **settings}).build(adapters)
    assert isinstance(policy, Retrieval)
    return policy


def sentence(text: str, answer: str) -> str:
    """The sentence of a text that holds an answer; "" where it goes over more than one."""
    return next((each for each in _SENTENCE.split(text) if answer in each), "")


async def _put(world: World, passages: Sequence[Passage]) -> None:
    """Passages come into the index of what people wrote."""
    writer = Writer(world.knowledge, world.embedder, TENANT)
    await writer.add({each.source: [each] for each in passages})
    await writer.flush()


async def _write(world: World, passages: Mapping[str, Passage], questions: Rows) -> list[Passage]:
    """The questions are answered, and approved of; what became active."""
    working = world.backs.working
    written = 0
    for place, each in enumerate(questions):
        passage = passages[each["pid"]]
        said = sentence(passage.text, each["answers"][0])
        if said and written < MANY:
            written += 1
            shown = (Shown(1, passage.source, passage.id, passage.digest),)
            waiting = Waiting(f"ex_{place}", TENANT, each["question"], f"{said} [1]", shown, f"talk {place}")
            await working.candidates.note(waiting, MANY)
            await working.ledger.judge(TENANT, waiting.id, None, True)
    while await world.backs.work():
        pass
    await world.backs.look()
    await world.backs.align()
    return [each.passage() for each in await working.ledger.entries(TENANT, ("active",))]


async def _found(world: World, text: str, floor: bool = False) -> Found:
    """What is put in for a question, best first, of five passages and, without the floor, of ten: these have no place
    left, so that the five are their first."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]}).encode()
    request = ChatRequest.parse(body)
    exchange = Exchange("ex_bench", Caller(TENANT), request, request)
    asked = Asked(text, (), None, asyncio.get_running_loop().time())
    found = [each.hit.passage for each in (await world.policies[floor].finding.find(exchange, asked)).new]
    return found[:FEW], found


async def _unmixed(world: World, text: str) -> Found:
    """What the index finds, whoever wrote it."""
    vector = (await world.embedder.embed([text]))[0]
    every = [hit.passage for hit in await world.knowledge.search(TENANT, text, vector, TOP)]
    return every[:FEW], every


def _people(found: Found) -> list[str]:
    return _ids([each for each in found[1] if each.origin == "human"])


def _ids(found: Sequence[Passage]) -> list[str]:
    return [each.id for each in found]


def _paired(name: str, before: Sequence[Found], after: Sequence[Found], golds: Sequence[set[str]]) -> dict[str, float]:
    """Of how many questions the right paragraph has a worse or a better place, among five in or out, and how likely
    luck gives so uneven a split (McNemar 1947, exact; for places that is the sign test)."""
    few = name == "R@5"

    def place(found: Found, gold: set[str]) -> int:
        ids = _ids(found[0] if few else found[1])
        at = next((at for at, id in enumerate(ids) if id in gold), TOP)
        return int(at >= FEW) if few else at

    pairs = [(place(one, gold), place(other, gold)) for one, other, gold in zip(before, after, golds, strict=True)]
    worse, better = sum(one < other for one, other in pairs), sum(other < one for one, other in pairs)
    return {f"squad2/{name}_lost": worse, f"squad2/{name}_gained": better,
            f"squad2/{name}_p": mcnemar(worse, better)}  # fmt: skip
