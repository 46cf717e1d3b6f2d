"""The hook of `kind: write_back`: notes an answer that may join, before its last byte leaves; all else comes later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from adapters.ports import Profile, UserStore, strip_blocks
from adapters.ports.ledger import PREFIX, Candidates, Shown, Waiting
from adapters.ports.stops import stopped
from policies.approval import approval, disapproval
from policies.base import Exchange, Policy
from policies.citing import Cited, Sources, cited
from policies.questions.gate import query
from policies.rewards.spoken import found as put
from policies.write_back.candidate import Candidate, Decision
from policies.write_back.settings import LONGEST_ANSWER, LONGEST_QUESTION

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
    if not 0 < len(question) <= LONGEST_QUESTION or not 0 < len(answer) <= LONGEST_ANSWER:
        return "no_length"
    if not exchange.received.opens and query(turns) != question:
        return "leans_on_earlier"
    asks = "question_put" if put(answer) else None
    return asks or unsupported(cited(answer, sources.known)) or unseen(sources)


def unsupported(found: Cited) -> str | None:
    """Why what an answer cites cannot bear it out; what models wrote never does."""
    if found.fault or not found.citations:
        return found.fault or "nothing_cited"
    named = [each.source.source for each in found.citations]
    if not all(named):
        return "no_sources"
    return "cites_model" if any(each.startswith(PREFIX) for each in named) else None


def unseen(sources: Sources) -> str | None:
    """Why it cannot be told what steered the answer: of every passage of the turn must be known where it is."""
    shown = [sources.known[number] for number in sources.latest if number in sources.known]
    return None if all(each.source for each in shown) else "no_sources"


def asked(exchange: Exchange) -> str:
    """The question, without what was added to it."""
    return strip_blocks(exchange.received.last_user_text).strip()


def waiting(exchange: Exchange) -> Waiting:
    """The answer as it is kept: with what it cites and the other passages of its turn, any of which may have steered
    it; and nothing else of the conversation."""
    assert exchange.reply is not None and exchange.sources is not None
    answer = exchange.reply.text(exchange.received.format)
    known, latest = exchange.sources.known, exchange.sources.latest
    cites = dict.fromkeys(each.source.number for each in cited(answer, known).citations)
    every = [known[number] for number in dict.fromkeys((*cites, *latest)) if number in known]
    shown = tuple(Shown(each.number, each.source, each.id, each.digest, each.number in cites) for each in every)
    return Waiting(exchange.id, exchange.caller.tenant, asked(exchange), answer, shown, exchange.conversation,
                   exchange.came, exchange.user, approval(exchange.id), disapproval=disapproval(exchange.id))
