"""Who gets passages: requests through the retrieval policy, over a real index. Its settings are the default ones, but
that no corpus is put in whole (`stuff_max_tokens: 0`) and that it has a minute (`timeout: 60`).

Asked by somebody new, who is searched for whenever the wording does not speak against it; `@known`: by a person with
history. `@other_half`: the questions and rows at odd places; what the policy knows of corpora was chosen on the others.

squad2/answered         share of the answerable questions that get their paragraph
squad2/abstain_idle     share of the requests that need no knowledge (gate set) that get any: each is a mistake
squad2/abstain_foreign  likewise of the questions, each asked of the half of the articles that its own is not in
squad2/abstain_foreign_gate     likewise of the gate set's questions for knowledge, which is not in these articles
squad2/foreign_vetoed   share of the questions of `abstain_foreign` that the words of the corpus keep from a search
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from adapters.memory import MemoryCache, MemoryKeys, MemoryPeople
from adapters.ports import Caller, ChatRequest, Embedder, Evidence, Knowledge, User
from policies.base import Adapters, Exchange, Policy
from policies.receipt import Receipt
from policies.retrieval import RetrievalConfig

KNOWN = User("u_" + "b" * 32)
PATIENCE = 60
"""Seconds that a busy machine may take for a search, and for the words of an index to be known."""


class Asked(NamedTuple):
    """A text, whose passages it is asked of, the passage that answers it, where there is one, and whether it stands at
    an odd place of its file."""

    text: str
    tenant: str
    answer: str = ""
    odd: bool = False


class Sets(NamedTuple):
    """What is asked; `foreign` and `answered` are the same questions, of other passages."""

    answered: Sequence[Asked] = ()
    foreign: Sequence[Asked] = ()
    idle: Sequence[Asked] = ()
    gate: Sequence[Asked] = ()


async def measure(knowledge: Knowledge, embedder: Embedder | None, sets: Sets) -> dict[str, float]:
    """The metrics of these sets; a metric whose set is empty is left out."""
    for tenant in {asked.tenant for each in sets for asked in each}:
        await told(knowledge, tenant)
    policy = await built(knowledge, embedder)
    metrics = {}
    for name, asked, user in (
        ("answered", sets.answered, None), ("abstain_foreign", sets.foreign, None), ("abstain_idle", sets.idle, None),
        ("abstain_idle@known", sets.idle, KNOWN), ("abstain_foreign_gate", sets.gate, None),
    ):  # fmt: skip
        receipts = [await ask(policy, each, user) for each in asked]
        got = [_given(receipt) for receipt in receipts]
        flags = [each.answer in ids if each.answer else bool(ids) for each, ids in zip(asked, got, strict=True)]
        metrics |= _shares(name, asked, flags)
        if asked is sets.foreign:
            metrics |= _shares("foreign_vetoed", asked, ["foreign" in receipt.reasons for receipt in receipts])
    return metrics


async def told(knowledge: Knowledge, tenant: str) -> None:
    """Wait until the words of the tenant's passages are known."""
    async with asyncio.timeout(PATIENCE):
        while knowledge.terms(tenant) is None:
            await asyncio.sleep(0.02)


async def built(knowledge: Knowledge, embedder: Embedder | None = None) -> Policy:
    """The policy as it is configured by default, but patient and searching; of `KNOWN` enough is known."""
    people, cache = MemoryPeople(), Forgetful()
    await people.append(KNOWN, [Evidence(f"e{n}", "statement", f"text {n}", digest=f"d{n}") for n in range(9)])
    adapters = Adapters(people, people, people, people, MemoryKeys(), cache, cache, knowledge, embedder)
    return RetrievalConfig(timeout=PATIENCE, stuff_max_tokens=0).build(adapters)


class Forgetful(MemoryCache):
    """Remembers nothing, so that a text that is asked twice is answered twice."""

    async def get(self, key: str) -> bytes | None:
        """Nothing."""
        return None


async def ask(policy: Policy, asked: Asked, user: User | None = None) -> Receipt:
    """The receipt of a request of this text alone."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": asked.text}]}).encode()
    request = ChatRequest.parse(body)
    exchange = Exchange("ex_bench", Caller(asked.tenant), request, request, user)
    hook = policy.on_request(exchange)
    if hook is not None:
        await hook
    return exchange.receipt


def halves(questions: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> tuple[dict[str, str], list[Asked]]:
    """The side of each paragraph id, by its title, and each question as asked of the other side."""
    place = {title: number % 2 for number, title in enumerate(sorted(set(titles.values())))}
    sides = {pid: f"side{place[title]}" for pid, title in titles.items()}
    return sides, [
        Asked(each["question"], f"side{1 - place[titles[each['pid']]]}", odd=number % 2 == 1)
        for number, each in enumerate(questions)
    ]


def _given(receipt: Receipt) -> set[str]:
    return {each["id"] for each in receipt.detail.get("passages", ())}


def _shares(name: str, asked: Sequence[Asked], flags: Sequence[bool]) -> dict[str, float]:
    """Of all, and of those at odd places."""
    odd = [flag for each, flag in zip(asked, flags, strict=True) if each.odd]
    return {
        f"squad2/{name}{half}": sum(part) / len(part) for half, part in (("", flags), ("@other_half", odd)) if part
    }
