"""Of what earlier turns were given only that is given again which is in the index as it was: what an operator removed
or corrected is never sent again, whatever that costs of a prompt cache."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from adapters.ports import AdapterError, Block, Cache, Filter, Knowledge, Passage, count_tokens
from adapters.ports.filters import matches
from policies.base import Exchange
from policies.replay import Given, Row, all_given, remember
from policies.retrieval.render import without
from policies.retrieval.written import present

RETRY = 30.0
"""Seconds within which a turn that nobody answered is given what it was given before: a client tried again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Asks `knowledge`, and `written` of what models wrote, for at most `seconds`. While it is away nothing leaves it.
    """

    knowledge: Knowledge
    filter: Filter | None
    head: str
    seconds: float
    written: Knowledge | None = None

    async def past(self, exchange: Exchange, sessions: Cache) -> tuple[list[str], list[Given | None]]:
        """The keys of the person's turns, and what of that which each was given is still there. The last one is asked
        anew, unless its answer is under way: perhaps another conversation began alike, and much is new since."""
        names, before = await all_given(exchange, sessions, "retrieval")
        past = await self.of(exchange.caller.tenant, before)
        if exchange.received.last_user is None or answering(exchange) or past[-1] is None:
            return names, past
        if past[-1] is not before[-1] or abs(exchange.came - past[-1].made) > RETRY:
            past[-1] = None
            await remember(sessions, names[-1], Given("", (), 0))
        return names, past

    async def of(self, tenant: str, past: Sequence[Given | None]) -> list[Given | None]:
        """`past` without the passages that are gone, changed, or outside the filter by now: one of which nothing is
        left has no text, and still its numbers."""
        named = {(row[0], id) for each in past if each for id, row in zip(each.ids, each.rows, strict=False)}
        if not named:
            return list(past)
        try:
            async with asyncio.timeout(self.seconds):
                found = await present(self.knowledge, self.written, tenant, named)
        except (AdapterError, TimeoutError):
            return list(past)
        there = {(each.id, row_of(each)): each for each in found if self._meant(each)}
        return [each and self._left(each, there) for each in past]

    def _meant(self, passage: Passage) -> bool:
        return self.filter is None or matches(self.filter, passage.attributes)

    def _left(self, given: Given, there: Mapping[tuple[str, Row], Passage]) -> Given:
        rows = [each for each in zip(given.ids, given.rows, strict=False) if each in there]
        if len(rows) == len(given.ids):
            return given
        stays = {id: there[id, row] for id, row in rows}
        numbered = {source.number: stays[source.id] for source in given.sources if source.id in stays}
        text = without(numbered, self.head) if numbered else ""
        tokens = count_tokens(Block("sources", text, "tail").render()) if text else 0
        return replace(given, text=text, ids=tuple(stays), tokens=tokens, rows=tuple(row for _, row in rows))


def answering(exchange: Exchange) -> bool:
    """Whether the last turn is not the person's: in a loop of tools, or where an answer is to be continued."""
    return exchange.received.turns[-1].role in ("tool", "function", "assistant")


def row_of(passage: Passage) -> Row:
    """What tells whether a passage is as it was."""
    shown = "\0".join((passage.material, passage.title, passage.text)).encode("utf-8", "replace")
    return passage.source, blake2b(shown, digest_size=8).hexdigest()
