"""Ratings as choices: of answers to one question, those that a person rated higher over those that they rated lower.

What they are about is the same, so that it cancels out, and what is left is how the person likes answers. Two ratings
of opposite sign that come one by one are a choice; several answers that are rated at once are as many choices as it
takes to put them in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from adapters.ports import Cache, Evidence, EvidenceKind, MalformedRequest, User, UserStore
from policies.base import Exchange
from policies.history import digest
from policies.history.answers import LONGEST, key, recall
from policies.history.changes import visible, words
from policies.preferences.choices import RATED
from proxy.wire import HttpError

LATELY = 64
"""The person's ratings, the newest, among which the other one is looked for."""
FEWEST, MOST = 2, 8
"""Answers that are rated at once."""
KINDS: tuple[EvidenceKind, ...] = ("accepted", "rating")
NUMBER: dict[str, Any] = {"type": "number", "minimum": -1, "maximum": 1}
SCHEMA: dict[str, Any] = {"type": "array", "minItems": FEWEST, "maxItems": MOST, "items": {
    "type": "object", "additionalProperties": False, "required": ["text", "rating"],
    "properties": {"text": {"type": "string", "minLength": 1}, "rating": NUMBER}}}  # fmt: skip
"""Answers that are rated at once, as JSON Schema."""


class Rated(msgspec.Struct, forbid_unknown_fields=True):
    """One of several answers to a question, and its rating from -1 (bad) to 1 (good)."""

    text: str
    rating: float


class Asked(NamedTuple):
    """What a person asked: `question` tells it from all else that they asked, and holds no words; at `place` the
    answers to it are kept for a while."""

    question: str
    place: str

    @classmethod
    def of(cls, exchange: Exchange) -> Asked | None:
        """What is asked in an exchange; None where nobody known asks, or what they ask cannot be read. The same words
        after other turns are another question: "go on" asks for something else each time."""
        try:
            place = key(exchange, -1)
        except MalformedRequest:
            # An earlier response that was put in front; whoever reads its turns first finds out.
            return None
        if place is None or exchange.user is None:
            return None
        mark = exchange.received.marks[-1].encode()
        # Under the person's own id: what two people asked cannot be seen to be the same.
        return cls(blake2b(mark, digest_size=16, key=exchange.user.id.encode()[:64]).hexdigest(), place)


@dataclass(frozen=True, slots=True)
class Ratings:
    """Keeps with a rating what was rated, so that it can be held against another. `sessions` has the last answers."""

    users: UserStore
    sessions: Cache

    async def noted(
        self, asked: Asked, exchange: str, original: str, evidence: Sequence[Evidence]
    ) -> tuple[Evidence, ...]:
        """The evidence, a rating in it with the answer of the exchange (`original`, else as it is remembered), and as
        its digest those of the question and of the exchange. The answer is what a comment answers, and else the text,
        which is the assistant's."""
        text = (original or await self._remembered(asked, exchange))[:LONGEST]
        if not text.strip():
            return tuple(evidence)
        named = f"{asked.question}.{digest(exchange)[:8]}"
        return tuple(_noted(item, text, named) if item.kind in KINDS else item for item in evidence)

    async def paired(self, user: User, evidence: Sequence[Evidence]) -> int:
        """Record what a rating, once it is kept, says together with an earlier one; returns how many picks were new.
        Raises AdapterError."""
        rated = next((item for item in evidence if item.kind in KINDS and item.digest), None)
        if rated is None:
            return 0
        pick = told(await self.users.latest(user, KINDS, LATELY), rated.event)
        return await self.users.append(user, [pick]) if pick else 0

    async def _remembered(self, asked: Asked, exchange: str) -> str:
        known = await recall(self.sessions, asked.place)
        return next((answer.text for answer in known.newest if answer.about == exchange), "")


def told(ratings: Sequence[Evidence], event: str) -> Evidence | None:
    """The pick that one of these ratings (oldest first) tells together with those before it: of the other answers to
    its question at the same place the one rated last decides that was rated the other way. One each, so that n ratings
    tell of n - 1 pairs at most; what somebody said of the same answer earlier does not count any more."""
    place = next((at for at, item in enumerate(ratings) if item.event == event), None)
    if place is None:
        return None
    new, seen = ratings[place], _told_by(ratings[place])
    for item in reversed(ratings[:place]):
        about = item.digest.partition(".")[0], item.place
        if about != (new.digest.partition(".")[0], new.place) or not seen.isdisjoint(_told_by(item)):
            continue
        if item.kind != new.kind:
            better, worse = (new, item) if new.kind == "accepted" else (item, new)
            return replace(preferred(_answer(better), _answer(worse), new.time), place=new.place)
        seen |= _told_by(item)
    return None


def ranked(ratings: Sequence[Rated], about: str, event: str | None, now: float) -> Iterator[Evidence]:
    """The picks that answers rated at once tell of, n - 1 at most. `event` names them where it is there, else their
    texts do: what is sent twice is once."""
    for place, (better, worse) in enumerate(pairs([each.rating for each in ratings])):
        named = (about, event, str(place)) if event else ()
        yield preferred(ratings[better].text, ratings[worse].text, now, named)


def pairs(ratings: Sequence[float]) -> list[tuple[int, int]]:
    """Places of a better and a worse one, neighbours in the order of the ratings: n - 1 pairs of n, fewer only where
    all are equal.

    All n(n - 1)/2 would follow from these, and tell the same thing many times over. Everyone but the best stands below
    the nearest better one; of several best, each of the others stands above the nearest worse one.
    """
    order = sorted(range(len(ratings)), key=lambda at: -ratings[at])
    below = [(better[-1], at) for at in order if (better := [each for each in order if ratings[each] > ratings[at]])]
    best = len(order) - len(below)
    # The last of the best stands above the next one already.
    return [*((at, order[best]) for at in order[: best - 1] if below), *below]


def preferred(better: str, worse: str, now: float, named: tuple[str, ...] = ()) -> Evidence:
    """One answer picked over another, as evidence; the same two make the same event, unless it is `named`."""
    event = RATED + digest("rated", *(named or (better, worse)))
    return Evidence(event, "pick", better[:LONGEST], "assistant", worse[:LONGEST], time=now)


def checked(ratings: Sequence[Rated]) -> None:
    """Raises HttpError 400, naming the place, for ratings that make no sense."""
    if not FEWEST <= len(ratings) <= MOST:
        raise HttpError(400, f"Expected {FEWEST} to {MOST} answers to one question.", None, "ratings")
    for place, each in enumerate(ratings):
        if not each.text.strip():
            raise HttpError(400, "Expected a text that is not empty.", None, f"ratings[{place}].text")
        if not -1 <= each.rating <= 1:
            raise HttpError(400, "Expected a number from -1 (bad) to 1 (good).", None, f"ratings[{place}].rating")
        if each.text.strip()[:LONGEST] in [other.text.strip()[:LONGEST] for other in ratings[:place]]:
            raise HttpError(400, "Expected another answer than those before it.", None, f"ratings[{place}].text")


def _noted(item: Evidence, text: str, question: str) -> Evidence:
    if item.text:
        return replace(item, context=text, digest=question)
    return replace(item, text=text, author="assistant", digest=question)


def _answer(rating: Evidence) -> str:
    """The answer that was rated."""
    return rating.text if rating.author == "assistant" else rating.context


def _told_by(rating: Evidence) -> set[object]:
    """What tells the answer that was rated from others: its exchange, however much of it a client sent along, and its
    words, whatever marks are around them."""
    exchange = rating.digest.partition(".")[2]
    return {tuple(words(visible(_answer(rating)))), *filter(None, (exchange,))}
