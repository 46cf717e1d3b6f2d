"""The hook of `kind: write_back`: notes an answer that may join, before its last byte leaves; all else comes later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from adapters.ports import Profile, UserStore, strip_blocks
from adapters.ports.ledger import PREFIX, Candidates, Shown, Waiting
from adapters.ports.stops import stopped
from policies.approval import approval
from policies.base import Exchange, Policy
from policies.citing import Cited, Source, cited
from policies.questions.gate import query
from policies.write_back.candidate import Candidate, Decision

LONGEST_QUESTION, LONGEST = 2000, 8000
"""Characters of a question and of an answer beyond which nothing is noted: no check reads so much."""
MOST = 1000
"""Answers of a tenant that wait at a time."""


class Verifies(Protocol):
    """Decides whether an answer may join the corpus."""

    async def verify(self, candidate: Candidate) -> Decision:
        """The decision. Whatever it raises, nothing is written."""


@dataclass(frozen=True, slots=True)
class WriteBack(Policy):
    """Notes answers; the receipt has a code for why not."""

    candidates: Candidates
    users: UserStore

    async def on_reply(self, exchange: Exchange) -> None:
        """Keep the answer for the background where it may join at all."""
        why = unfit(exchange)
        if why is None and await self._paused(exchange):
            why = "paused"
        if why is not None:
            return exchange.receipt.note(why)
        kept = await self.candidates.note(waiting(exchange), MOST)
        exchange.receipt.note("noted" if kept else "not_noted")

    async def _paused(self, exchange: Exchange) -> bool:
        """Whether the person paused, also while this was answered."""
        user = exchange.user
        if user is None:
            return False
        began = user.known.profile if user.known else Profile()
        return began.paused or (await self.users.load(user)).profile.paused


def unfit(exchange: Exchange) -> str | None:
    """Why an answer cannot join, by what can be told at once; None where it may."""
    turns, reply, sources = exchange.received.turns, exchange.reply, exchange.sources
    if sources is None or exchange.refused:
        return "no_sources"
    if reply is None or not reply.ok or not reply.complete or not stopped(reply):
        return "not_finished"
    if exchange.received.housekeeping or turns[-1].role != "user":
        return "no_question"
    question, answer = asked(exchange), reply.text(exchange.received.format)
    if not 0 < len(question) <= LONGEST_QUESTION or not 0 < len(answer) <= LONGEST:
        return "no_length"
    if not exchange.received.opens and query(turns) != question:
        return "leans_on_earlier"
    return unsupported(cited(answer, sources.known))


def unsupported(found: Cited) -> str | None:
    """Why what an answer cites cannot bear it out; what models wrote never does."""
    if found.fault or not found.citations:
        return found.fault or "nothing_cited"
    named = [each.source.source for each in found.citations]
    if not all(named):
        return "no_sources"
    return "cites_model" if any(each.startswith(PREFIX) for each in named) else None


def asked(exchange: Exchange) -> str:
    """The question, without what was added to it."""
    return strip_blocks(exchange.received.last_user_text).strip()


def waiting(exchange: Exchange) -> Waiting:
    """The answer as it is kept: with what it cites, and nothing else of the conversation."""
    assert exchange.reply is not None and exchange.sources is not None
    answer = exchange.reply.text(exchange.received.format)
    sources: dict[int, Source] = {each.source.number: each.source for each in
                                  cited(answer, exchange.sources.known).citations}  # fmt: skip
    shown = tuple(Shown(number, each.source, each.id, each.digest) for number, each in sources.items())
    return Waiting(exchange.id, exchange.caller.tenant, asked(exchange), answer, shown, exchange.conversation,
                   exchange.came, exchange.user, approval(exchange.id))
