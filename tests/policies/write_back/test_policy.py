"""Which answers are noted, at once and with a code; in what shape; and what of them nobody keeps."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import MESSAGES, Caller, ChatRequest, ConfigError, Format, Profile, Reply, User
from adapters.ports.formats import CHAT
from adapters.ports.ledger import Shown, Waiting
from adapters.sql import Database, SqlCandidates, SqlUsers
from policies.approval import approval, disapproval
from policies.base import Adapters, Exchange
from policies.citing import Source, Sources
from policies.rewards.spoken import QUESTIONS
from policies.write_back import WriteBack, WriteBackConfig
from policies.write_back.settings import LONGEST_ANSWER, LONGEST_QUESTION, NEEDED

ANN = User("u_" + "a" * 32, "acme")
QUESTION = "How long is the parental leave?"
ANSWER = "It is sixteen weeks [1], paid in full [2][1]."
KNOWN = {
    1: Source(1, "p1", "leave.md", "Leave", "leave.md", "/srv/leave.md", "d1"),
    2: Source(2, "p2", "pay.md", "Pay", "pay.md", "/srv/pay.md", "d2"),
    3: Source(3, "p3", "x.md", "X", "x.md", "/srv/x.md", "d3"),
    4: Source(4, "wb_1", "leave.md", "Leave", "leave.md", "write-back/wb_1", "wb_1"),
    5: Source(5, "p5", "y.md", "Y", "y.md"),
}


@dataclass
class Talk:
    """One exchange, and what may be odd about it."""

    turns: list[tuple[str, Any]] = field(default_factory=lambda: [("user", QUESTION)])
    answer: str = ANSWER
    format: Format = CHAT
    reason: str = "stop"
    more: dict[str, Any] = field(default_factory=dict)
    exchange: dict[str, Any] = field(default_factory=dict)

    def made(self) -> Exchange:
        body = {"model": "m", "messages": [{"role": role, "content": said} for role, said in self.turns]}
        received = ChatRequest.parse(json.dumps(body).encode(), format=self.format)
        message = {"role": "assistant", "content": self.answer, **self.more}
        whole: dict[str, Any] = {"choices": [{"index": 0, "message": message, "finish_reason": self.reason}]}
        if self.format is MESSAGES:
            whole = {"content": [{"type": "text", "text": self.answer}], "stop_reason": self.reason}
        reply = Reply(200, body=json.dumps(whole).encode(), complete=True)
        given = {"user": ANN, "reply": reply, "sources": Sources(KNOWN), "came": 7.0, **self.exchange}
        return Exchange("ex_1", Caller("acme", conversation="talk"), received, received, **given)


def noted(path: Path, talk: Talk, profile: Profile | None = None) -> tuple[list[str], list[Waiting]]:
    """The codes of the receipt, and what waits then."""

    async def main() -> tuple[list[str], list[Waiting]]:
        database = Database(f"sqlite:///{path / 'people.db'}")
        users, candidates = SqlUsers(database), SqlCandidates(database)
        exchange = talk.made()
        if profile is not None and exchange.user is not None:
            await users.publish(exchange.user, profile)
        await WriteBack(candidates, users).on_reply(exchange)
        found = list(await candidates.claim(9, 60.0))
        await database.close()
        return exchange.receipt.reasons, found

    return asyncio.run(main())


def test_what_is_kept(tmp_path: Path) -> None:
    """Question and answer, each passage that is cited once, who and when; nothing else of the conversation."""
    reasons, found = noted(tmp_path, Talk())
    assert reasons == ["noted"]
    shown = (Shown(1, "/srv/leave.md", "p1", "d1"), Shown(2, "/srv/pay.md", "p2", "d2"))
    conversation = Talk().made().conversation
    assert found == [Waiting("ex_1", "acme", QUESTION, ANSWER, shown, conversation, 7.0, ANN, approval("ex_1"),
                             disapproval=disapproval("ex_1"))]


def test_what_steered_it_is_kept(tmp_path: Path) -> None:
    """Every passage of the turn, also those that are not cited; of the conversation's others only those that are."""
    sources = Sources(KNOWN, (2, 3, 4))
    reasons, (found,) = noted(tmp_path, Talk(exchange={"sources": sources}))
    assert reasons == ["noted"]
    assert [(each.number, each.cited) for each in found.shown] == [(1, True), (2, True), (3, False), (4, False)]
    unseen = Talk(exchange={"sources": Sources(KNOWN, (2, 5))})
    assert noted(tmp_path / "b", unseen) == (["no_sources"], [])


def test_nobody(tmp_path: Path) -> None:
    """An answer to nobody known is noted as nobody's."""
    reasons, found = noted(tmp_path, Talk(exchange={"user": None}))
    assert reasons == ["noted"]
    assert found[0].user is None


EARLIER = [("user", "Hello!"), ("assistant", "Hi."), ("user", QUESTION)]
LEANS = [("user", QUESTION), ("assistant", "Sixteen weeks."), ("user", "And who pays for it?")]


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (Talk(EARLIER), "noted"), (Talk(LEANS), "leans_on_earlier"), (Talk(answer="Sixteen weeks."), "nothing_cited"),
        (Talk(answer="Sixteen weeks [9]."), "nothing_cited"), (Talk(answer="Sixteen [1], or so [4]."), "cites_model"),
        (Talk(answer="Sixteen weeks [5]."), "no_sources"), (Talk(reason="length"), "not_finished"),
        (Talk(more={"tool_calls": [{"id": "c"}]}), "not_finished"), (Talk(answer=""), "no_length"),
        (Talk(answer=ANSWER + "x" * LONGEST_ANSWER), "no_length"),
        (Talk([("user", "w" * (LONGEST_QUESTION + 1))]), "no_length"),
        (Talk(exchange={"sources": None}), "no_sources"), (Talk(exchange={"refused": True}), "no_sources"),
        (Talk(exchange={"reply": None}), "not_finished"), (Talk([("user", "### Task:\nA title?")]), "no_question"),
        (Talk([("user", QUESTION), ("assistant", "Let me see:")]), "no_question"),
        (Talk(answer=f"{ANSWER} {QUESTIONS['length'].question}"), "question_put"),
        (Talk(format=MESSAGES, reason="end_turn"), "noted"), (Talk(format=MESSAGES, reason="refusal"), "not_finished"),
    ],
)  # fmt: skip
def test_eligible(tmp_path: Path, talk: Talk, code: str) -> None:
    """What may join at all is noted; of all else there is a code in the receipt, and nothing in the store."""
    reasons, found = noted(tmp_path, talk)
    assert reasons == [code]
    assert bool(found) == (code == "noted")


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("complete", [True, False])
def test_half_answers(tmp_path: Path, status: int, complete: bool) -> None:
    """A stream that broke, or a fault of the backend, is no answer."""
    whole = Talk().made().reply
    assert whole is not None
    reply = replace(whole, status=status, complete=complete)
    reasons, _ = noted(tmp_path, Talk(exchange={"reply": reply}))
    assert reasons == (["noted"] if status == 200 and complete else ["not_finished"])


def test_paused(tmp_path: Path) -> None:
    """Of a person who paused nothing is noted, also where they did while this was answered."""
    assert noted(tmp_path, Talk(), Profile(version=1, paused=True)) == (["paused"], [])


def test_it_needs_a_store() -> None:
    """Without one the start fails, and says so."""
    people, cache = MemoryPeople(), MemoryCache()
    adapters = Adapters(people, people, people, people, MemoryKeys(), cache, cache, MemoryKnowledge())
    with pytest.raises(ConfigError, match="store of people"):
        WriteBackConfig().build(adapters)
    with pytest.raises(ConfigError, match="store of people"):
        WriteBackConfig().working(adapters, None)


@pytest.mark.parametrize(
    ("chosen", "checks", "promotes"),
    [
        ("auto", (), "approval"), ("auto", ("entailment",), "both"), ("auto", ("judge",), "both"),
        ("approval", ("judge",), "approval"), ("second", ("judge",), "second"),
    ],
)  # fmt: skip
def test_what_promotes(chosen: Any, checks: tuple[str, ...], promotes: str) -> None:
    """Where rules alone check the answers an approval, by default; where a model does, a second one, too."""
    assert WriteBackConfig(promote=chosen, checks=(*NEEDED, *checks)).promotes == promotes


@pytest.mark.parametrize("chosen", ["second", "both"])
def test_rules_alone_promote_nothing(chosen: Any) -> None:
    """Whoever asks for it is told what it needs, at the start."""
    people, cache = MemoryPeople(), MemoryCache()
    adapters = Adapters(people, people, people, people, MemoryKeys(), cache, cache, MemoryKnowledge())
    with pytest.raises(ConfigError, match=r"promote: .*needs entailment or judge among the checks"):
        WriteBackConfig(promote=chosen).build(adapters)
