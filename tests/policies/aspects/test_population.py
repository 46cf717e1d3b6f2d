"""What people care for on the whole: only of who agreed, only of at least five, and not for long."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from adapters.memory import MemoryCache, MemoryPeople
from adapters.ports import Claim, Profile, Unavailable, User
from policies.aspects.population import FRESH, LEAST, PEOPLE, STALE, Population, counts_of
from policies.sessions import of_house


def user(number: int, tenant: str = "default") -> User:
    return User(f"u_{number:032x}", tenant)


def likes(*values: str, **more: bool) -> Profile:
    made = tuple(Claim(value, "likes", value) for value in values)
    return replace(Profile(version=1, claims=made, share=True), **more)  # type: ignore[arg-type]


@dataclass
class House:
    """The counts over people in memory, and a clock to turn."""

    people: MemoryPeople = field(default_factory=MemoryPeople)
    now: float = 1000.0
    least: int = LEAST

    def __post_init__(self) -> None:
        self.sessions = MemoryCache(clock=lambda: self.now)
        self.population = Population(self.people, self.sessions, self.least, lambda: self.now)

    async def lives(self, count: int, profile: Profile, first: int = 0, tenant: str = "default") -> None:
        for number in range(first, first + count):
            assert await self.people.publish(user(number, tenant), profile)

    async def known(self, tenant: str = "default") -> Mapping[str, int]:
        """What is known once what runs beside a request is done."""
        await self.population.known(tenant)
        await self.settled()
        return await self.population.known(tenant)

    async def settled(self) -> None:
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))


def test_an_aspect_needs_five_distinct_people() -> None:
    """Four are not enough, however often they say it."""
    four, five = [likes("a pool", "pools", "the pool")] * 4, [likes("jazz")] * 5
    assert counts_of([*four, *five], LEAST) == {"jaz": 5}
    assert counts_of([*four, *five, likes("pool")], LEAST) == {"jaz": 5, "pool": 5}


def test_only_of_who_agreed() -> None:
    """Neither of those who did not, nor of who paused; nobody at all is nothing."""

    async def run() -> None:
        house = House()
        await house.lives(4, likes("jazz"))
        await house.lives(9, likes("jazz", share=False), first=10)
        await house.lives(9, likes("jazz", paused=True), first=20)
        assert await house.known() == {}
        assert await House().known() == {}

    asyncio.run(run())


def test_never_below_five() -> None:
    """Whatever was configured; a higher number holds."""

    async def run(least: int) -> Mapping[str, int]:
        house = House(least=least)
        await house.lives(4, likes("jazz"))
        await house.lives(6, likes("pool"), first=10)
        return await house.known()

    assert asyncio.run(run(1)) == {"pool": 6}
    assert asyncio.run(run(7)) == {}


def test_nothing_of_one_tenant_reaches_another() -> None:
    """Each has its own counts."""

    async def run() -> None:
        house = House()
        await house.lives(5, likes("jazz"))
        await house.lives(3, likes("jazz", "chess"), tenant="acme")
        await house.lives(2, likes("chess"), first=10, tenant="acme")
        assert (await house.known(), await house.known("acme")) == ({"jaz": 5}, {"ches": 5})

    asyncio.run(run())


def test_a_request_does_not_wait() -> None:
    """The first one knows nothing; counting goes on beside it, once for many who ask at the same time."""

    async def run() -> None:
        house = House()
        await house.lives(5, likes("jazz"))
        assert [await house.population.known("default") for _ in range(20)] == [{}] * 20
        assert len(asyncio.all_tasks()) == 2
        await house.settled()
        assert await house.population.known("default") == {"jaz": 5}

    asyncio.run(run())


def test_who_withdraws_is_out_at_the_next_computation() -> None:
    """Which a request begins after a minute; and what is older than five is not used at all."""

    async def run() -> None:
        house = House()
        await house.lives(5, likes("jazz"))
        assert await house.known() == {"jaz": 5}
        await house.people.forget(user(1))
        house.now += FRESH - 1
        assert await house.known() == {"jaz": 5}
        house.now += 2
        assert await house.known() == {}
        await house.lives(1, likes("jazz"), first=77)
        house.now += FRESH + 1
        assert await house.known() == {"jaz": 5}
        house.now += STALE + 1
        assert await house.population.known("default") == {}

    asyncio.run(run())


@dataclass
class Waiting:
    """People who are read while something else happens."""

    profiles: Sequence[Profile]
    go: asyncio.Event
    limit: int = 0

    async def others(self, user: User, limit: int) -> Sequence[Profile]:
        return ()

    async def sharing(self, tenant: str, limit: int) -> Sequence[Profile]:
        self.limit = limit
        await self.go.wait()
        return self.profiles


def test_a_withdrawal_while_people_are_counted() -> None:
    """What was read before it is not kept, and so many people are read at most."""

    async def run() -> None:
        sessions, go = MemoryCache(), asyncio.Event()
        peers = Waiting([likes("jazz")] * 5, go)
        population = Population(peers, sessions)
        await population.known("default")
        await asyncio.sleep(0)
        await sessions.drop(of_house("default"))
        go.set()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
        assert len(sessions) == 0 and peers.limit == PEOPLE

    asyncio.run(run())


class Broken(MemoryPeople):
    async def sharing(self, tenant: str, limit: int) -> Sequence[Profile]:
        raise Unavailable("The people are gone.")


def test_a_store_that_fails_costs_nothing() -> None:
    """Nobody's taste is known, and it is asked again some time later."""

    async def run() -> None:
        house = House(Broken())
        assert await house.known() == {}
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


@pytest.mark.parametrize("number", [0, 3])
def test_counts_are_counts(number: int) -> None:
    """No text, no id and no place of a claim is in what is kept."""

    async def run() -> bytes:
        house = House()
        await house.lives(5, likes("jazz", f"secret{number}"))
        await house.lives(1, likes("a thing of one person"), first=9)
        await house.known()
        return await house.sessions.get(of_house("default") + "aspects") or b""

    kept = asyncio.run(run())
    assert b"jaz" in kept and b"person" not in kept and b"u_" not in kept
