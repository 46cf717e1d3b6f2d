"""The hooks of `kind: retrieval`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.ports import AdapterError, Block, Cache, count_tokens
from policies.base import Exchange, Policy
from policies.questions.gate import query
from policies.questions.needs import Need
from policies.replay import Given, all_given, kept, put_back, put_in, remember, spent
from policies.retrieval import citing
from policies.retrieval.deciding import Deciding
from policies.retrieval.finding import SHARE, Finding
from policies.retrieval.render import HEAD, UNCITED, render
from policies.retrieval.search import Scored, account
from policies.retrieval.settings import Settings
from policies.retrieval.stuffing import Stuffing


@dataclass(frozen=True, slots=True)
class Retrieval(Policy):
    """Adds a block of passages to the last turn of the person, and the same bytes as before to the earlier ones."""

    only_notes = True
    settings: Settings
    sessions: Cache
    deciding: Deciding
    finding: Finding
    stuffing: Stuffing

    async def on_request(self, exchange: Exchange) -> None:
        """Decide, search, keep what is good enough, and put it in; the receipt says why not."""
        note = exchange.receipt.note
        stuffed = await self.stuffing.again(exchange)
        if exchange.received.last_user is None:
            self._tell(exchange, [await self.stuffing.shown(exchange), None])
            return None if stuffed else note("no_user_turn")
        names, past = await all_given(exchange, self.sessions, "retrieval")
        given, first = kept(exchange, past), citing.free(past)
        if back := put_back(exchange, given):
            note("replayed", replayed=spent(back), turns=len(back))
        if given[-1] is None and not stuffed:
            given[-1] = await self._fresh_or_none(exchange, given, first)
            if given[-1] is not None:
                await remember(self.sessions, names[-1], given[-1])
        self._tell(exchange, [await self.stuffing.shown(exchange), *past[:-1], given[-1]])
        if any(given):
            exchange.request = put_in(exchange.request, "sources", given)

    def _tell(self, exchange: Exchange, given: Sequence[Given | None]) -> None:
        """Say what the numbers of passages stand for."""
        if self.settings.citations != "none":
            exchange.sources = citing.known(given, self.settings.citations)

    async def on_reply(self, exchange: Exchange) -> None:
        """Note what the answer cites."""
        reply, sources = exchange.reply, exchange.sources
        if reply is None or sources is None or not reply.ok or reply.room < 0:
            return exchange.receipt.note("citations_unread")
        reason, told = citing.account(reply.text(exchange.received.format), sources)
        exchange.receipt.note(reason, **told)

    async def _fresh_or_none(self, exchange: Exchange, given: Sequence[Given | None], first: int) -> Given | None:
        """A fault of the index costs the new passages, but never those that must come back: only without any it is
        raised, so that the chain sees it."""
        try:
            return await self._fresh(exchange, given, first)
        except (AdapterError, TimeoutError):
            if not any(given):
                raise
            exchange.receipt.note("knowledge_unavailable")
            return None

    async def _fresh(self, exchange: Exchange, given: Sequence[Given | None], first: int) -> Given | None:
        """What the last turn is given beside the earlier ones, if anything, numbered from `first` on; notes why."""
        turns, note, began = exchange.received.turns, exchange.receipt.note, asyncio.get_running_loop().time()
        if turns[-1].role in ("tool", "function", "assistant"):
            return note("tool_turn")
        asked = query(turns)
        need = self.deciding.need(exchange, asked)
        if need.decision == "no" or not await self.deciding.wanted(exchange, need):
            return note(need.reason if need.decision == "no" else "not_needed", **need.detail)
        async with asyncio.timeout_at(began + self.settings.timeout * SHARE):
            if await self.stuffing.begin(exchange, any(given), need.detail):
                return None
        seen = {id for each in given if each for id in each.ids}
        person = await self.deciding.newcomer(exchange)
        found = await self.finding.find(exchange, asked, seen, person, began)
        if not found.new:
            why = "already_given" if found.good else "nothing_above_floor" if found.all else "nothing_found"
            return note(why, **need.detail, best=account(found.all[:1]))
        return self._rendered(exchange, found.new, need, first)

    def _rendered(self, exchange: Exchange, new: Sequence[Scored], need: Need, first: int) -> Given | None:
        room = min(self.settings.max_tokens, exchange.receipt.budget)
        head = UNCITED if self.settings.citations == "none" else HEAD
        text, used = render([each.hit for each in new], room, first, head)
        if not used:
            exchange.receipt.note("no_budget", **need.detail)
            return None
        tokens = count_tokens(Block("sources", text, "tail").render())
        told = account([each for each in new if each.hit in used])
        exchange.receipt.note("retrieved", tokens, **need.detail, passages=told)
        return Given(text, tuple(hit.passage.id for hit in used), tokens, citing.numbered(used, first))
