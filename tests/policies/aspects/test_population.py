"""What people care for on the whole: only of who agreed, only of more than a few, and not for long."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from adapters.memory import MemoryCache, MemoryKeys, MemoryPeople
from adapters.ports import Claim, Profile, Unavailable, User
from policies.aspects.population import FRESH, LEAST, PEOPLE, STALE, Enough, Population, counts_of
from policies.sessions import of_house

CROWD = 2 * LEAST
"""People that are enough for any aspect."""


def user(number: int, tenant: str = "default") -> User:
    return User(f"u_{number:032x}", tenant)


def likes(*values: str, **more: object) -> Profile:
    made = tuple(Claim(value, "likes", value) for value in values)
    return replace(Profile(version=1, claims=made, share=True, counts={"turns": 9.0}), **more)  # type: ignore[arg-type]


@dataclass
class House:
    """The counts over people in memory, and a clock to turn."""

    people: MemoryPeople = field(default_factory=MemoryPeople)
    now: float = 1000.0
    least: int = LEAST

    def __post_init__(self) -> None:
        self.sessions = MemoryCache(clock=lambda: self.now)
        self.population = Population(self.people, self.sessions, MemoryKeys(), self.least, 5, lambda: self.now)

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


def test_an_aspect_needs_at_least_five_distinct_people() -> None:
    """Four are never enough, however often they say it, and ten always are."""
    few, crowd = [likes("a pool", "pools", "the pool")] * 4, [likes("jazz")] * CROWD
    for secret in range(50):
        assert counts_of([*few, *crowd], Enough(LEAST, b"%d" % secret)) == {"jaz": CROWD}


def test_how_many_are_enough_is_not_to_be_guessed() -> None:
    """Another number for each aspect and each secret, from `least` to twice that, and always the same one."""
    enough = Enough(LEAST, b"a secret")
    numbers = [enough.of(f"aspect{number}") for number in range(200)]
    assert set(numbers) == set(range(LEAST, CROWD + 1))
    assert numbers == [enough.of(f"aspect{number}") for number in range(200)]
    assert numbers != [Enough(LEAST, b"another").of(f"aspect{number}") for number in range(200)]


def test_four_accounts_of_ones_own_tell_nothing_of_a_fifth() -> None:
    """For most aspects nothing changes when the one person comes who is spied upon; nor do more accounts tell more of
    them than of anybody else."""
    stems = [f"aspect{number}" for number in range(400)]
    own = [likes(*stems)] * 4
    enough = Enough(LEAST, b"a secret")
    assert counts_of(own, enough) == {}
    told = len(counts_of([*own, likes(*stems)], enough)) / len(stems)
    assert 0.1 < told < 0.25


def test_who_said_nothing_does_not_count() -> None:
    """Accounts that have nothing but a profile are no people; own words of some events make one."""
    enough = Enough(LEAST, b"a secret", 5)
    assert counts_of([likes("jazz", counts={"turns": 4.0, "events": 99.0})] * CROWD, enough) == {}
    assert counts_of([likes("jazz", counts={"turns": 5.0})] * CROWD, enough) == {"jaz": CROWD}


def test_tenants_have_other_numbers() -> None:
    """What one of them finds out about its own says nothing about others."""

    async def run() -> bool:
        house, values = House(), tuple(f"aspect{number}" for number in range(60))
        for tenant in ("default", "acme"):
            await house.lives(7, likes(*values), first=100 if tenant == "acme" else 0, tenant=tenant)
        return set(await house.known()) != set(await house.known("acme"))

    assert asyncio.run(run())


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
        await house.lives(CROWD, likes("pool"), first=10)
        return await house.known()

    assert asyncio.run(run(1)) == {"pool": CROWD}
    assert asyncio.run(run(CROWD + 1)) == {}


def test_nothing_of_one_tenant_reaches_another() -> None:
    """Each has its own counts."""

    async def run() -> None:
        house = House()
        await house.lives(CROWD, likes("jazz"))
        await house.lives(3, likes("jazz", "chess"), tenant="acme")
        await house.lives(CROWD - 3, likes("chess"), first=10, tenant="acme")
        assert (await house.known(), await house.known("acme")) == ({"jaz": CROWD}, {"ches": CROWD})

    asyncio.run(run())


def test_a_request_does_not_wait() -> None:
    """The first one knows nothing; counting goes on beside it, once for many who ask at the same time."""

    async def run() -> None:
        house = House()
        await house.lives(CROWD, likes("jazz"))
        assert [await house.population.known("default") for _ in range(20)] == [{}] * 20
        assert len(asyncio.all_tasks()) == 2
        await house.settled()
        assert await house.population.known("default") == {"jaz": CROWD}

    asyncio.run(run())


def test_who_withdraws_is_out_at_the_next_computation() -> None:
    """Which a request begins after a minute; and what is older than five is not used at all."""

    async def run() -> None:
        house = House()
        enough = 0
        while not await house.known():
            await house.lives(1, likes("jazz"), first=enough)
            enough += 1
            house.now += FRESH + 1
        assert LEAST <= enough <= CROWD
        await house.people.forget(user(1))
        house.now += FRESH - 1
        assert await house.known() == {"jaz": enough}
        house.now += 2
        assert await house.known() == {}
        await house.lives(1, likes("jazz"), first=77)
        house.now += FRESH + 1
        assert await house.known() == {"jaz": enough}
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
        peers = Waiting([likes("jazz")] * CROWD, go)
        population = Population(peers, sessions, MemoryKeys())
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
        await house.lives(CROWD, likes("jazz", f"secret{number}"))
        await house.lives(1, likes("a thing of one person"), first=90)
        await house.known()
        return await house.sessions.get(of_house("default") + "aspects") or b""

    kept = asyncio.run(run())
    assert b"jaz" in kept and b"person" not in kept and b"u_" not in kept
