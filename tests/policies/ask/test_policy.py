"""The hooks: for whom, in which formats, and what is recorded when."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import (
    CHAT,
    MESSAGES,
    RESPONSES,
    Caller,
    ChatRequest,
    Election,
    Format,
    Person,
    Profile,
    Reply,
    User,
    blocks,
)
from policies.ask import AskConfig
from policies.ask.policy import put
from policies.base import Adapters, Exchange, Policy
from policies.rewards.axes import AXES
from policies.rewards.spoken import QUESTIONS

SAID = Profile(version=1, counts={"turns": 5.0, "events": 5.0})
BEFORE = [("user", "Hello!"), ("assistant", "Hello.")]
SQUEAK = [*BEFORE, ("user", "My saddle squeaks.")]
ASKED = json.dumps({"choices": [{"message": {"content": f"Oil it. {QUESTIONS['length'].question}"}}]}).encode()
GOOD = Reply(200, body=b"{}", complete=True)


@dataclass
class World:
    """The policy over ports in memory, and a person; nobody where `profile` is None."""

    profile: Profile | None = SAID
    people: MemoryPeople = field(default_factory=MemoryPeople)
    sessions: MemoryCache = field(default_factory=MemoryCache)
    name: str = "a"
    came: float = 1_790_000_000.0

    def run(self, turns: list[tuple[str, str]] = SQUEAK, reply: Reply | None = None, format: Format = CHAT,
            **more: Any) -> Exchange:  # fmt: skip
        """An exchange after both hooks; the second one only with a reply."""
        exchange, policy = self.exchange(turns, format, **more), self.policy()

        async def both() -> None:
            await policy.on_request(exchange)  # type: ignore[misc]
            if reply is not None:
                exchange.reply = reply
                await policy.on_reply(exchange)  # type: ignore[misc]

        asyncio.run(both())
        return exchange

    def exchange(self, turns: list[tuple[str, str]] = SQUEAK, format: Format = CHAT, **more: Any) -> Exchange:
        """The same before them."""
        said = [{"role": role, "content": text} for role, text in turns]
        given = {name: more.pop(name) for name in ("learns", "caller") if name in more}
        body = {"model": "m", "input" if format is RESPONSES else "messages": said, **more}
        received = ChatRequest.parse(json.dumps(body).encode(), format=format)
        user = User("u_" + self.name * 32, known=Person(self.profile)) if self.profile else None
        return Exchange("ex_1", given.get("caller", Caller()), received, received, user, came=self.came,
                        learns=given.get("learns", True))  # fmt: skip

    def policy(self) -> Policy:
        """The policy over these ports."""
        return AskConfig().build(Adapters(self.people, self.people, self.people, self.people, MemoryKeys(),
                                          MemoryCache(), self.sessions, MemoryKnowledge()))  # fmt: skip

    def recorded(self) -> list[str]:
        """The events of the person."""
        found = asyncio.run(self.people.load(User("u_" + self.name * 32)))
        return [item.event for item in found.pending]


@pytest.mark.parametrize("format", [CHAT, RESPONSES, MESSAGES])
def test_put_and_recorded(format: Format) -> None:
    """Behind the last turn, marked as the operator's wish; recorded once the answer is out."""
    world = World()
    exchange = world.run(format=format, reply=GOOD)
    (block,) = blocks(exchange.request.last_user_text)
    assert block.name == "question" and block.inner.strip().endswith(QUESTIONS["length"].question)
    assert 'note="a wish of the operator for this one answer"' in exchange.request.last_user_text
    assert exchange.receipt.reasons == ["put", "not_seen"] and world.recorded() == ["asking-length"]
    assert 40 < exchange.receipt.tokens < 110


@pytest.mark.parametrize(("reply", "reason"), [
    (Reply(200, body=b"{}"), "no_answer"),
    (Reply(200, body=ASKED), "asked"),
    (Reply(500, body=b"{}", complete=True), "no_answer"),
    (Reply(200, body=ASKED, complete=True), "asked"),
])
def test_what_became_of_it(reply: Reply, reason: str) -> None:
    """An answer that broke off before it, or never came, put nothing; one with the question in it did."""
    world = World()
    assert world.run(reply=reply).receipt.reasons == ["put", reason]
    assert world.recorded() == (["asking-length"] if reason == "asked" else [])


@pytest.mark.parametrize(("profile", "reason"), [
    (None, "no_identity"), (replace(SAID, paused=True), "paused"), (Profile(), "too_few_turns"),
    (replace(SAID, election=Election(guarded="indistinct")), "indistinct"),
])
def test_who_is_asked_nothing(profile: Profile | None, reason: str) -> None:
    """Nobody known, people who paused, newcomers, profiles in doubt: the request leaves as it came."""
    exchange = World(profile).run(reply=GOOD)
    assert exchange.request is exchange.received and exchange.receipt.reasons == [reason, "nothing_put"]


def test_where_there_is_no_room_for_it() -> None:
    """Without a budget there is no question; nor beside a client's own memory, nor for readers."""
    world = World()
    long = World()
    assert world.run(learns=False).receipt.reasons == ["readonly"]
    memory = [("system", "User Context:\n- likes jazz"), *SQUEAK]
    assert world.run(memory).receipt.reasons == ["client_memory"]
    exchange = long.run(tools=[{"type": "function", "function": {"name": "f"}}])
    assert exchange.receipt.reasons == ["tools"] and exchange.request is exchange.received


def test_nothing_is_worked_out_twice() -> None:
    """Who is known well enough is silently left alone, until something new is learnt."""
    sure = {f"{axis}~{axis}": 0.05 for axis in AXES} | dict.fromkeys(AXES, 0.3)
    world = World(replace(SAID, taste=sure))
    assert world.run().receipt.reasons == world.run().receipt.reasons
    assert world.run().receipt.reasons[0] in ("tells_little", "changes_nothing")
    world.profile = replace(SAID, version=2)
    assert world.run().receipt.reasons == ["put"]


def test_one_conversation_at_a_time() -> None:
    """While an answer may still come, no other conversation of theirs is asked; others' are."""
    world = World()
    assert world.run(caller=Caller(conversation="one")).receipt.reasons == ["put"]
    elsewhere = [*BEFORE, ("user", "My lamp is broken.")]
    assert world.run(elsewhere, caller=Caller(conversation="two")).receipt.reasons == ["asked_elsewhere"]
    assert world.run(caller=Caller(conversation="one")).receipt.reasons == ["put_before"]
    other = World(sessions=world.sessions, name="b")
    assert other.run(elsewhere, caller=Caller(conversation="two")).receipt.reasons == ["put"]


def test_only_what_was_added_is_a_question() -> None:
    """Not what a person quotes, nor a block that they write themselves."""
    block = f'<rapport-question note="x">\n{QUESTIONS["code"].question}\n</rapport-question>'
    exchange = World(Profile()).run([*BEFORE, ("user", f"What is this? {block}")], reply=GOOD)
    assert put(exchange) is None and exchange.receipt.reasons == ["too_few_turns", "nothing_put"]


def test_not_where_the_app_names_a_place() -> None:
    """What is answered holds everywhere."""
    assert World().run(caller=Caller(place="work")).receipt.reasons == ["at_a_place"]


def test_one_is_worked_out_at_a_time() -> None:
    """Whoever comes meanwhile does not wait for it, and is asked another time."""
    world, names = World(), "abcdef"
    policy, exchanges = world.policy(), [replace(world, name=name).exchange() for name in names]

    async def all_of_them() -> None:
        await asyncio.gather(*(policy.on_request(each) for each in exchanges))  # type: ignore[misc]

    asyncio.run(all_of_them())
    assert [each.receipt.reasons for each in exchanges] == [["put"], *[["busy"]] * 5]
    assert replace(world, name="b").run().receipt.reasons == ["put"]
