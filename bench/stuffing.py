"""What it costs to put in a whole corpus, and how much of it a provider's prompt cache keeps. No model, no network.

The chain of `preferences` and `retrieval` in this process, over corpora of about 2,000, 20,000 and 50,000 tokens.

tokens    of the block that is put in.
first_ms  milliseconds of the retrieval hook and of the request's bytes, median, where a conversation begins.
again_ms  likewise in a conversation that has the corpus. searched_ms: likewise of a search in the same corpus, over the
          port in memory (which reads every passage, and has no vectors).
read_ms   milliseconds to make the text after a change of the index, in the background.
kept      share of the previous request (tokens) that comes back unchanged and in front, over ten turns.
shared    share of the system text and the corpus (tokens) that a second person's first request has in front unchanged.
reads     share of that request that Anthropic's cache reads, by the documented rules (no mark of the client's).
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import FORMATS, Caller, ChatRequest, Evidence, Passage, User
from bench import conversations
from bench.cache import ROUTES, Route, tokens, unmarked
from bench.conversations import Step, requests
from policies.base import Adapters, Exchange, Receipt
from policies.preferences import PreferencesConfig
from policies.retrieval import RetrievalConfig
from policies.retrieval.corpora import whole
from proxy.chain import Chain
from tests.fakes.anthropic_cache import Cache

TENANT = "bench"
SIZES = {"2k": 8, "20k": 78, "50k": 196}
"""Documents of a corpus, by its size in tokens."""
TIMES = 60
END = ["<", "/", "rapport", "-", "corpus", ">"]
TASTES = ("I prefer short answers, and I am vegan.", "I like long answers with examples.")


class Bench(NamedTuple):
    """A chain over ports in memory, and people with a taste each."""

    chain: Chain
    people: Sequence[User]


def run(_data: Path | None = None) -> dict[str, float]:
    """The metrics `stuffing/NAME@SIZE`, and `stuffing/ROUTE/kept`, `shared` and `reads`, at 20,000 tokens."""
    return {name: round(figure, 4) for name, figure in asyncio.run(_run()).items()}


async def _run() -> dict[str, float]:
    metrics: dict[str, float] = {}
    for size, number in SIZES.items():
        metrics |= {f"stuffing/{name}@{size}": figure for name, figure in (await costs(number)).items()}
    for name, route in ROUTES.items():
        kept, shared, reads = await cached(route, SIZES["20k"])
        metrics |= {f"stuffing/{name}/kept": kept, f"stuffing/{name}/shared": shared}
        metrics |= {f"stuffing/{name}/reads": reads} if name == "messages" else {}
    return metrics


def corpus(number: int) -> list[Passage]:
    """So many passages, each about 255 tokens long."""
    found = list(conversations.documents())
    again = (found[at % len(found)] for at in range(number))
    return [Passage(f"p{at}", TENANT, f"{at}-{name}", name, text) for at, (name, text) in enumerate(again)]


async def _bench(number: int, stuff: bool = True) -> Bench:
    knowledge, people = MemoryKnowledge(), MemoryPeople()
    await knowledge.replace(TENANT, {each.source: [each] for each in corpus(number)}, {})
    users = [User(f"u_{at}") for at in range(len(TASTES))]
    for user, taste in zip(users, TASTES, strict=True):
        await people.append(user, [Evidence("e", "statement", taste, digest="d")])
    adapters = Adapters(people, people, people, people, MemoryKeys(), MemoryCache(), MemoryCache(), knowledge,
                        window=lambda model: 400_000)
    retrieval = RetrievalConfig(timeout=60, stuff_max_tokens=60_000 if stuff else 0)
    return Bench(Chain.build([PreferencesConfig(kind="preferences", timeout=60), retrieval], adapters), users)


async def costs(number: int) -> dict[str, float]:
    """Tokens and milliseconds of a corpus of so many passages."""
    talk = list(requests(conversations.chat(2)))
    bench = await _bench(number)
    first = [await _asked(bench, ROUTES["chat"], talk[0], f"c{at}") for at in range(TIMES)]
    again = [await _asked(bench, ROUTES["chat"], talk[1], f"c{at}") for at in range(TIMES)]
    plain = await _bench(number, stuff=False)
    searched = [await _asked(plain, ROUTES["chat"], talk[0], f"c{at}") for at in range(TIMES)]
    _expect("stuffed", first), _expect("stuffed_before", again), _expect("retrieved", searched)
    passages, taken = corpus(number), []
    for _ in range(5):
        began = time.perf_counter()
        made = whole(passages)
        taken.append(1000 * (time.perf_counter() - began))
    timed = {"first_ms": first, "again_ms": again, "searched_ms": searched}
    figures = {name: statistics.median(_ms(each) for each in found) for name, found in timed.items()}
    return {"tokens": made.given.tokens, **figures, "read_ms": statistics.median(taken)}


def _expect(reason: str, found: Sequence[Exchange]) -> None:
    """Raises RuntimeError where something else was done: the figures would mean nothing."""
    for each in found:
        if each.receipt.steps[-1].reasons != (reason,):
            raise RuntimeError(f"expected {reason}, and not {each.receipt.steps[-1].reasons}")


def _ms(exchange: Exchange) -> float:
    began = time.perf_counter()
    exchange.request.body()
    return exchange.receipt.steps[-1].ms + 1000 * (time.perf_counter() - began)


async def cached(route: Route, number: int) -> tuple[float, float, float]:
    """What is kept over a conversation, what a second person shares, and how much of that Anthropic's cache reads."""
    bench, cache = await _bench(number), Cache()
    previous: list[str] = []
    unchanged = before = 0
    opening: list[str] = []
    for sent in requests(conversations.chat(10)):
        exchange = await _asked(bench, route, sent, "ten")
        prompt = _prompt(exchange, route)
        unchanged, before = unchanged + _alike(previous, prompt), before + len(previous)
        opening, previous = opening or prompt, prompt
    first, second = [await _asked(bench, route, next(requests(conversations.chat(1))), "ten", who) for who in (0, 1)]
    end = next(at for at in range(len(opening)) if opening[at : at + len(END)] == END) + len(END)
    shared = min(end, _alike(opening, _prompt(second, route))) / end
    if route.fake != "anthropic":
        return unchanged / before, shared, 0.0
    cache.measure(json.loads(first.request.body()), True)
    counts = cache.measure(json.loads(second.request.body()), True)
    return unchanged / before, shared, counts.read / counts.size


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(bool, (a == b for a, b in zip(one, other, strict=False))))


def _prompt(exchange: Exchange, route: Route) -> list[str]:
    return tokens(json.loads(exchange.request.body()), route.parts)


async def _asked(bench: Bench, route: Route, steps: Sequence[Step], talk: str, person: int = 0) -> Exchange:
    """A request of the conversation `talk`, which the system text tells from others, without marks of the client's."""
    body = unmarked({**route.body(steps, f"({talk}) {conversations.SYSTEM}"), "model": "m"})
    format = next(format for format in FORMATS if route.path.endswith(format.path))
    received = ChatRequest.parse(json.dumps(body).encode(), format=format)
    exchange = Exchange("ex_bench", Caller(TENANT), received, received, bench.people[person],
                        receipt=Receipt(61_000, 90_000))
    await bench.chain.on_request(exchange)
    return exchange

