"""The hooks of `kind: retrieval`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.ports import AdapterError, Block, Cache, count_tokens
from policies.base import Exchange, Policy
from policies.questions.gate import query
from policies.questions.needs import Need
from policies.replay import Given, kept, put_back, put_in, remember, spent
from policies.retrieval import citing
from policies.retrieval.deciding import Deciding, Needs
from policies.retrieval.finding import SHARE, Asked, Finding
from policies.retrieval.relational import NOTHING, Relational
from policies.retrieval.render import HEAD, UNCITED, render
from policies.retrieval.search import Scored, account
from policies.retrieval.settings import Settings
from policies.retrieval.standing import Standing, answering, row_of
from policies.retrieval.stuffing import Held, Stuffing
from policies.retrieval.written import rendered


@dataclass(frozen=True, slots=True)
class Retrieval(Policy):
    """Adds a block of passages to the last turn of the person, and the same bytes as before to the earlier ones."""

    only_notes = True
    settings: Settings
    sessions: Cache
    deciding: Deciding
    finding: Finding
    stuffing: Stuffing
    standing: Standing
    relational: Relational | None = None

    async def on_request(self, exchange: Exchange) -> None:
        """Decide, search or compute, keep what is good enough, and put it in; the receipt says why not."""
        async with asyncio.timeout(self.settings.timeout) as limit:
            await self._request(exchange, limit)

    async def _request(self, exchange: Exchange, limit: asyncio.Timeout) -> None:
        note = exchange.receipt.note
        names, past = await self.standing.past(exchange, self.sessions)
        held = await self.stuffing.again(exchange, citing.free(past))
        if exchange.received.last_user is None:
            self._tell(exchange, [held.given, *past, None])
            return None if held.given else note("no_user_turn")
        given = kept(exchange, [each if each and each.text else None for each in past])
        if back := put_back(exchange, given):
            note("replayed", replayed=spent(back), turns=len(back))
        if given[-1] is None:
            held, given[-1] = await self._fresh_or_none(exchange, given, held, limit)
            if given[-1] is not None:
                await remember(self.sessions, names[-1], given[-1])
        self._tell(exchange, [held.given, *past[:-1], given[-1]])
        if any(given):
            exchange.request = put_in(exchange.request, "sources", given)

    def _tell(self, exchange: Exchange, given: Sequence[Given | None]) -> None:
        """Say what the numbers of passages stand for."""
        if self.settings.citations != "none":
            exchange.sources = citing.known(given, self.settings.citations)

    async def on_reply(self, exchange: Exchange) -> None:
        """Note what the answer cites; what the backend did not take, it is not given again."""
        reply, sources = exchange.reply, exchange.sources
        if exchange.refused:
            return await self.stuffing.refuse(exchange)
        if reply is None or sources is None or not reply.ok or reply.room < 0:
            return exchange.receipt.note("citations_unread")
        reason, told = citing.account(reply.text(exchange.received.format), sources)
        exchange.receipt.note(reason, **told)

    async def _fresh_or_none(
        self, exchange: Exchange, given: Sequence[Given | None], held: Held, limit: asyncio.Timeout
    ) -> tuple[Held, Given | None]:
        """A fault of the index costs the new passages, but never those that must come back: only without any it is
        raised, so that the chain sees it."""
        try:
            return await self._fresh(exchange, given, held, limit)
        except (AdapterError, TimeoutError):
            if held.given is None and not any(given):
                raise
            exchange.receipt.note("knowledge_unavailable")
            return held, None

    async def _fresh(
        self, exchange: Exchange, given: Sequence[Given | None], held: Held, limit: asyncio.Timeout
    ) -> tuple[Held, Given | None]:
        """What the conversation holds, and what the last turn is given beside the earlier ones, if anything; notes why.
        """
        if answering(exchange):
            if held.given is None:
                exchange.receipt.note("tool_turn")
            return held, None
        if held.given and self.relational is None and not self.finding.more(exchange, held.given):
            return held, None
        text = query(exchange.received.turns)
        needs = await self.deciding.decide(exchange, text)
        answered = NOTHING
        if self.relational is not None:
            answered = await self.relational.compute(exchange, text, needs.search, limit)
        if answered.given is not None:
            return held, answered.given
        began = (limit.when() or asyncio.get_running_loop().time()) - self.settings.timeout
        asked = Asked(text, {id for each in given if each for id in each.ids}, None, began)
        held, found = await self._searched(exchange, asked, held, needs)
        return held, self.relational.said(exchange, answered.say, found) if self.relational and answered.say else found

    async def _searched(
        self, exchange: Exchange, asked: Asked, held: Held, needs: Needs
    ) -> tuple[Held, Given | None]:
        """The same, of what the index has."""
        note = exchange.receipt.note
        if held.given is None and needs.wanted:
            async with asyncio.timeout_at(asked.began + self.settings.timeout * SHARE):
                held = await self.stuffing.begin(exchange, held, bool(asked.seen), needs.whole.detail)
        if held.given is not None:
            return held, await self._beside(exchange, asked._replace(beside=True), held, needs)
        if needs.why:
            return held, note(needs.why, **needs.search.detail)
        found = await self.finding.find(exchange, asked._replace(person=await self.deciding.newcomer(exchange)))
        if not found.new:
            why = "already_given" if found.good else "nothing_above_floor" if found.all else "nothing_found"
            return held, note(why, **needs.search.detail, best=account(found.all[:1]))
        return held, self._rendered(exchange, found.new, needs.search, held.first)

    async def _beside(self, exchange: Exchange, asked: Asked, held: Held, needs: Needs) -> Given | None:
        """For who is new, the experiences that no corpus holds; a fault costs only them."""
        person = await self.deciding.newcomer(exchange)
        if needs.why or person is None or held.given is None or not self.finding.more(exchange, held.given):
            return None
        try:
            found = await self.finding.find(exchange, asked._replace(person=person))
        except (AdapterError, TimeoutError):
            exchange.receipt.note("knowledge_unavailable")
            return None
        return self._rendered(exchange, found.new, needs.search, held.first) if found.new else None

    def _rendered(self, exchange: Exchange, new: Sequence[Scored], need: Need, first: int) -> Given | None:
        room = min(self.settings.max_tokens, exchange.receipt.budget - exchange.receipt.tokens)
        head = UNCITED if self.settings.citations == "none" else HEAD
        text, used = rendered([each.hit for each in new], self.finding.adapters.mixing,
                              lambda hits: render(hits, room, first, head))
        if not used:
            exchange.receipt.note("no_budget", **need.detail)
            return None
        tokens = count_tokens(Block("sources", text, "tail").render())
        told = account([each for each in new if each.hit in used])
        exchange.receipt.note("retrieved", tokens, **need.detail, passages=told)
        ids, rows = tuple(hit.passage.id for hit in used), tuple(row_of(hit.passage) for hit in used)
        return Given(text, ids, tokens, citing.numbered(used, first), rows, exchange.came)
