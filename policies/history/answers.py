"""What a person was answered lately, so that what they do with it can be told from their next request.

Kept in memory only, for an hour, under the person and the turns that it answers. Several answers to the same turns are
kept: clients ask again, and let people go back.
"""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from adapters.ports import Cache
from policies.base import Exchange
from policies.history.changes import visible, words
from policies.sessions import of_person

TTL = 3600.0
LONGEST = 20_000
"""Characters kept of an answer."""
MOST = 3
"""Answers to the same turns that are kept with their text; of 32 more it stays known that they were given."""
_MOST_KNOWN = 32
RETRY, AGAIN = 2.0, 600.0
"""Seconds behind an answer within which the same request is a retry of the network's, and beyond which it is a new
question and no "try again"."""
_RETRIES = "x-stainless-retry-count"


class Answer(msgspec.Struct, array_like=True):
    """An answer by the exchange that gave it. `text` is what was visible of it; `again`: the person had it made anew,
    after one that was complete; `done` is when it was, in seconds since 1970."""

    about: str
    text: str
    again: bool
    done: float


class Answers(msgspec.Struct, array_like=True):
    """The answers to the same turns, oldest first; of older ones digests of their words."""

    newest: list[Answer] = []
    older: list[str] = []


def key(exchange: Exchange, place: int) -> str | None:
    """Where the answers to the person's turn at `place` of all their turns (-1: the last) are kept."""
    marks = exchange.received.marks
    if exchange.user is None or len(marks) < -place:
        return None
    begin = of_person(exchange.caller.tenant, exchange.user.id)
    return f"{begin}answers/{exchange.conversation}/{marks[place]}"


async def recall(cache: Cache, key: str) -> Answers:
    """The answers that are known."""
    kept = await cache.get(key)
    return msgspec.msgpack.decode(kept, type=Answers) if kept else Answers()


async def keep(cache: Cache, exchange: Exchange, now: float) -> None:
    """Keep the answer of an exchange. Where it did not complete, or was too long to be seen, it is not known any more
    what the person has before them: then nothing stays known."""
    name, reply = key(exchange, -1), exchange.reply
    if name is None or reply is None:
        return
    if not reply.complete or reply.room < 0 or _goes_on(exchange):
        return await cache.set(name, b"", TTL)
    text = visible(reply.text(exchange.received.format))
    if not text or exchange.received.get("n") not in (None, 1):
        return
    answers = with_answer(await recall(cache, name), exchange, text, now)
    await cache.set(name, msgspec.msgpack.encode(answers), TTL)


def with_answer(known: Answers, exchange: Exchange, text: str, now: float) -> Answers:
    """The answers with one more, unless it is one of them."""
    text = text[:LONGEST]
    if any(text == answer.text for answer in known.newest):
        return known
    waited = exchange.came - known.newest[-1].done if known.newest else 0.0
    again = RETRY < waited < AGAIN and dict(exchange.received.headers).get(_RETRIES, "0") == "0"
    newest = [*known.newest, Answer(exchange.id, text, again, now)]
    older = [*known.older, *(digest_of(words(answer.text)) for answer in newest[:-MOST])]
    return Answers(newest[-MOST:], older[-_MOST_KNOWN:])


def digest_of(said: list[str]) -> str:
    """What tells words from others."""
    return blake2b(" ".join(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _goes_on(exchange: Exchange) -> bool:
    """Whether the model was to go on with an answer that was begun: what it said is not all of it."""
    turns = exchange.received.turns
    return bool(turns) and turns[-1].role == "assistant" and bool(turns[-1].text)
