"""What was injected into a turn is put back into it, byte for byte, when the turn comes back as history.

A provider caches the longest unchanged prefix of a prompt; a past turn that reads otherwise than last time costs that
cache. A turn is known by the person and a hash of the conversation up to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.ports import Block, Cache, ChatRequest
from adapters.ports.text import NOTE
from policies.base import Exchange
from policies.citing import Source
from policies.sessions import of_person

TTL = 3600.0
"""Seconds without use after which a conversation's injections are forgotten."""
Row = tuple[str, str]
"""Of a passage: its source, and a digest of all that was shown of it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a turn was given: the text of the block, the ids of what is in it, its tokens as rendered, and what the
    numbers in it stand for, also of what is no longer in it. `rows` are those of the ids, `made` is when (since 1970).
    """

    text: str
    ids: tuple[str, ...]
    tokens: int
    sources: tuple[Source, ...] = ()
    rows: tuple[Row, ...] = ()
    made: float = 0.0


def keys(exchange: Exchange, policy: str) -> list[str]:
    """One key per turn of the person: whose it is, the policy's name, and the turn's mark."""
    owner = exchange.user.id if exchange.user else "anonymous"
    begin = of_person(exchange.caller.tenant, owner)
    return [f"{begin}{policy}/{mark}" for mark in exchange.received.marks]


async def recall(cache: Cache, key: str) -> Given | None:
    """What this turn was given before, if it is remembered; it stays remembered for another `TTL`."""
    value = await cache.get(key)
    if value is None:
        return None
    await cache.set(key, value, TTL)
    text, ids, tokens, sources, rows, made = json.loads(value)
    named = tuple((source, digest) for source, digest in rows)
    return Given(text, tuple(ids), tokens, tuple(Source(*each) for each in sources), named, made)


async def given_before(
    exchange: Exchange, cache: Cache, policy: str, every: int = 1
) -> tuple[list[str], list[Given | None]]:
    """The keys of the person's turns (one at least), and what each was given before, as far as the budget goes. Of a
    policy that gives something to `every` so-manieth turn only, no other is looked up."""
    names, past = await all_given(exchange, cache, policy, every)
    return names, kept(exchange, past)


async def all_given(
    exchange: Exchange, cache: Cache, policy: str, every: int = 1
) -> tuple[list[str], list[Given | None]]:
    """The same, also of what is left out by now: earlier answers may speak of it."""
    names = keys(exchange, policy)
    return names, [None if place % every else await recall(cache, name) for place, name in enumerate(names, 1)]


def kept(exchange: Exchange, past: Sequence[Given | None]) -> list[Given | None]:
    """`past` as far as the budget goes, what this policy put back before taken off.

    In a tool loop the last turn has its block already. It stays in any case, and does not count for what the earlier
    ones keep: the same turn must leave in the same bytes.
    """
    # What only the backend keeps is there already, with what it was given.
    away, receipt = len(exchange.received.continued.marks), exchange.receipt
    return [*past[:away], *window(past[away:-1], receipt.replay_budget - receipt.replayed), past[-1]]


async def remember(cache: Cache, key: str, given: Given) -> None:
    """Keep what a turn is given."""
    parts = [given.text, given.ids, given.tokens, given.sources, given.rows, given.made]
    value = json.dumps(parts, ensure_ascii=False)
    await cache.set(key, value.encode(), TTL)


def window(past: Sequence[Given | None], room: int) -> list[Given | None]:
    """`past` without its oldest where all of it is more than `room` tokens.

    They go several at a time, until half the room is free, so that the start of a long conversation changes rarely and
    not with every turn; the newest stays as long as it fits by itself. Only `past` decides: no state to lose.
    """
    tokens = [each.tokens if each else 0 for each in past]
    start = total = 0
    for place, more in enumerate(tokens):
        total += more
        if total <= room:
            continue
        while start <= place and (total > room or (total > room // 2 and start < place)):
            total -= tokens[start]
            start += 1
    return [each if place >= start else None for place, each in enumerate(past)]


def put_back(exchange: Exchange, given: Sequence[Given | None]) -> list[Given]:
    """Those of them that this request must bring along again."""
    return [each for each in given[len(exchange.received.continued.marks) :] if each is not None]


def spent(given: Sequence[Given]) -> int:
    """The tokens that these blocks take."""
    return sum(each.tokens for each in given)


def put_in(request: ChatRequest, name: str, given: Sequence[Given | None], note: str = NOTE) -> ChatRequest:
    """The request with each turn of the person given its block of this name, marked so. Other policies may have put
    messages between."""
    places = [turn.index for turn in request.turns if turn.role == "user" and turn.index >= 0]
    here = zip(places, given[len(request.continued.marks) :], strict=False)
    return request.with_tails({place: Block(name, each.text, "tail", note) for place, each in here if each is not None})
