"""Through the policy: what people without a history are given, in which order, and that it ends."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge, MemoryPeople
from adapters.ports import Caller, ChatRequest, Claim, Material, Passage, Person, Profile, Unavailable, User
from policies.aspects.mining import aspects_of
from policies.base import Adapters, Exchange
from policies.questions.factual import factual
from policies.retrieval import RetrievalConfig

ASKED = "What do guests of the Hotel Oakgate say about it?"
# No word but the name is in the question, and they are nearly of one length: what is relevant is so alike.
REVIEWS = {
    "rolls": "We had warm rolls and four kinds with jam.",
    "tram": "Some noise came in by night from trams nearby.",
    "desk": "A clerk at reception spoke to us in Dutch.",
    "bees": "Our garden table stood among roses and bees there.",
    "pool": "We found a heated pool open from May on.",
    "swim": "They close their pool for swimmers by eight sharp.",
}
ALICE = User("u_" + "a" * 32)


def likes(*values: str, events: float = 0.0, **more: bool) -> Profile:
    claims = tuple(Claim(value, "likes", value) for value in values)
    made = Profile(version=1, claims=claims, counts={"turns": events, "events": events})
    return replace(made, **more)  # type: ignore[arg-type]


@dataclass
class World:
    """The policy over ports in memory."""

    people: MemoryPeople = field(default_factory=MemoryPeople)
    knowledge: MemoryKnowledge = field(default_factory=MemoryKnowledge)
    sessions: MemoryCache = field(default_factory=MemoryCache)
    config: RetrievalConfig = field(default_factory=lambda: RetrievalConfig(stuff_max_tokens=0, when=(), top_k=3))

    async def fill(self, material: Material = "knowledge", tenant: str = "default") -> None:
        passages = {}
        for id, text in REVIEWS.items():
            made = Passage(id, tenant, id, "Hotel Oakgate", text, material=material,
                           aspects=aspects_of("Hotel Oakgate", text))  # fmt: skip
            passages[id] = [made]
        await self.knowledge.replace(tenant, passages, {})

    async def share(self, profile: Profile, tenant: str = "default", number: int = 10) -> None:
        shared = replace(profile, share=True, counts={"turns": 9.0})
        for place in range(number):
            await self.people.publish(User(f"u_{place:032x}", tenant), shared)

    async def ask(self, user: User | None = None, text: str = ASKED, tenant: str = "default") -> Exchange:
        people = self.people
        policy = self.config.build(Adapters(people, people, people, people, MemoryKeys(), MemoryCache(), self.sessions,
                                            self.knowledge))  # fmt: skip
        body = {"model": "m", "messages": [{"role": "user", "content": text}]}
        received = ChatRequest.parse(json.dumps(body).encode())
        exchange = Exchange("ex_1", Caller(tenant), received, received, user)
        work = policy.on_request(exchange)
        assert work is not None
        await work
        return exchange

    async def settled(self, tenant: str = "default") -> None:
        """Have people counted: a request begins it."""
        await self.ask(User("u_" + "9" * 32, tenant), tenant=tenant)
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))


def given(exchange: Exchange) -> list[str]:
    return [each["id"] for each in exchange.receipt.detail.get("passages", ())]


def seen(world: World, profile: Profile | None = None, **more: Any) -> list[str]:
    """What somebody is given, with this profile or unknown."""

    async def run() -> list[str]:
        await world.fill()
        if profile is not None:
            await world.people.publish(ALICE, profile)
        return given(await world.ask(ALICE, **more))

    return asyncio.run(run())


def test_what_people_share_comes_first_for_a_stranger() -> None:
    """As soon as enough of them have it; the receipt tells that passages moved, and not by what."""

    async def run() -> tuple[Exchange, Exchange]:
        world = World()
        await world.fill()
        before = await world.ask(ALICE)
        await world.share(likes("pools"))
        await world.settled()
        return before, await world.ask()

    before, after = asyncio.run(run())
    assert "pool" not in given(before)[:1] and given(after)[0] in ("pool", "swim")
    assert after.receipt.reasons == ["aspects", "retrieved"]
    assert after.receipt.detail["moved"] > 0 and after.receipt.detail.keys() == {*before.receipt.detail, "moved"}


def test_a_claim_of_their_own_is_enough() -> None:
    """And what they said and nobody learnt from yet; no profile of anybody else is read for it."""
    assert seen(World(), likes("a heated pool", events=1.0))[0] == "pool"
    assert seen(World(), likes("a garden", events=3.0))[0] == "bees"


def test_what_a_person_cares_for_is_in_no_receipt() -> None:
    """Not even where passages speak of it: what somebody needs is nobody's business."""

    async def run() -> Exchange:
        world = World()
        await world.fill()
        needs = replace(likes(events=1.0), claims=(Claim("c1", "needs", "a heated pool"),))
        await world.people.publish(ALICE, needs)
        return await world.ask(ALICE)

    exchange = asyncio.run(run())
    assert given(exchange)[0] == "pool" and exchange.receipt.reasons == ["aspects", "retrieved"]
    told = [value for key, value in exchange.receipt.detail.items() if key != "passages"]
    assert not any(word in json.dumps(told) for word in ("pool", "heat"))


@pytest.mark.parametrize("accounts", [1, 4, 40])
def test_accounts_that_said_nothing_learn_nothing(accounts: int) -> None:
    """Whether one more person shares the same changes neither order nor receipt for a stranger."""

    async def run(victim: bool) -> tuple[list[str], dict[str, Any]]:
        world = World()
        await world.fill()
        for number in range(accounts):
            await world.people.publish(User(f"u_5{number:031x}"), likes("pools", share=True))
        if victim:
            await world.share(likes("pools"), number=1)
        await world.settled()
        asked = await world.ask()
        return given(asked), {key: value for key, value in asked.receipt.detail.items() if key != "passages"}

    assert asyncio.run(run(True)) == asyncio.run(run(False))


@pytest.mark.parametrize("events", [5.0, 6.0, 90.0])
def test_it_ends_where_the_profile_is_grown(events: float) -> None:
    """Then passages, order and receipt are those of the plain search, byte for byte, whatever is known and shared."""

    async def run(weight: float) -> Exchange:
        world = World(config=RetrievalConfig(stuff_max_tokens=0, when=(), top_k=3, aspect_weight=weight))
        await world.fill()
        await world.share(likes("pool"))
        await world.settled()
        await world.people.publish(ALICE, likes("pool", "garden", events=events))
        return await world.ask(ALICE)

    on, off = asyncio.run(run(0.3)), asyncio.run(run(0.0))
    assert on.request.body() == off.request.body()
    assert (on.receipt.reasons, on.receipt.detail) == (off.receipt.reasons, off.receipt.detail)


def test_it_fades() -> None:
    """Less with every event, from the whole weight to nothing."""
    aspects = RetrievalConfig().build(_adapters()).finding.aspects  # type: ignore[attr-defined]
    people = MemoryPeople()

    async def run() -> list[float]:
        found = []
        for events in range(7):
            user = User(f"u_{events:032x}")
            await people.publish(user, likes(events=float(events)))
            found.append(aspects.fading(await people.load(user)))
        return found

    weights = asyncio.run(run())
    assert weights[0] == 0.3 and weights[5:] == [0.0, 0.0]
    assert weights[:6] == sorted(weights[:6], reverse=True) and len(set(weights[:6])) == 6


def _adapters() -> Adapters:
    people = MemoryPeople()
    return Adapters(people, people, people, people, MemoryKeys(), MemoryCache(), MemoryCache(), MemoryKnowledge())


def test_nothing_below_the_floor_comes_in() -> None:
    """However much it is what somebody cares for."""

    async def run() -> list[str]:
        world = World(config=RetrievalConfig(stuff_max_tokens=0, when=(), top_k=9))
        await world.fill()
        other = Passage("other", "", "other", "Hotel Elsewhere", "A pool, a heated pool, a pool.", aspects=("pool",))
        await world.knowledge.replace("default", {"other": [other]}, {})
        await world.people.publish(ALICE, likes("pool", events=1.0))
        return given(await world.ask(ALICE))

    found = asyncio.run(run())
    assert "other" not in found and found[0] in ("pool", "swim")


def test_a_question_of_fact_is_left_alone() -> None:
    """The answer is the same whoever asks."""
    asked = "When was the Oakgate founded?"
    assert factual(asked)
    found = seen(World(), likes("garden", "roses", events=1.0), text=asked)
    plain = World(config=RetrievalConfig(stuff_max_tokens=0, when=(), top_k=3, aspect_weight=0.0))
    assert found == seen(plain, text=asked) != []


def test_off() -> None:
    """With a weight of nothing, nobody is counted, and the order is that of the search."""
    world = World(config=RetrievalConfig(stuff_max_tokens=0, when=(), top_k=3, aspect_weight=0.0))
    assert seen(world, likes("pool", events=1.0)) == seen(World(), None)
    assert len(world.sessions) == 1, "what was given is remembered, and no counts are"


@pytest.mark.parametrize(("tenant", "first"), [("default", True), ("acme", False)])
def test_nothing_of_one_tenant_reaches_another(tenant: str, first: bool) -> None:
    """Not what its people share."""

    async def run() -> list[str]:
        world = World()
        for each in ("default", "acme"):
            await world.fill(tenant=each)
        await world.share(likes("pool"))
        for each in ("default", "acme"):
            await world.settled(each)
        return given(await world.ask(tenant=tenant))

    assert (asyncio.run(run())[0] in ("pool", "swim")) is first


@pytest.mark.parametrize(("events", "found"), [(0.0, 3), (4.0, 3), (5.0, 0)])
def test_experiences_are_for_who_is_new(events: float, found: int) -> None:
    """Others are given knowledge alone; in the block, an experience says that it is one."""

    async def run() -> Exchange:
        world = World()
        await world.fill("experiences")
        await world.people.publish(ALICE, likes(events=events))
        return await world.ask(ALICE)

    exchange = asyncio.run(run())
    assert len(given(exchange)) == found
    assert ("(experience, " in exchange.request.last_user_text) is bool(found)


class Away(MemoryPeople):
    """People that cannot be read."""

    async def load(self, user: User) -> Person:
        raise Unavailable("The people are away.")


def test_who_cannot_be_read_is_given_what_everybody_is() -> None:
    """A question for knowledge does not need them."""
    world = World(Away(), config=RetrievalConfig(stuff_max_tokens=0, when=("knowledge_query",), top_k=3))
    assert seen(world) == seen(World(config=RetrievalConfig(stuff_max_tokens=0, when=(), top_k=3, aspect_weight=0.0)))


def test_wrong_settings() -> None:
    """The weight has a bound, and nobody is found in a crowd of less than five."""
    for wrong in ({"aspect_weight": 0.31}, {"aspect_weight": -0.1}, {"least_people": 4}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            RetrievalConfig(**wrong)
