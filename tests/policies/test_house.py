"""The prior of a house: of enough people who share, kept for a while, and made anew when one of them withdraws."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adapters.memory import MemoryCache
from adapters.ports import Profile, Unavailable, User
from policies.house import House, pooled
from policies.rewards.axes import AXES
from policies.rewards.posterior import Answer
from policies.rewards.prior import LEAST
from policies.rewards.taste import NEUTRAL, floats, of_kept
from policies.sessions import of_house

LENGTH, LISTS = AXES.index("length"), AXES.index("lists")


def person(number: int) -> Profile:
    """Somebody who likes short answers with lists, more or less."""
    rng, taste = np.random.default_rng(number), NEUTRAL
    for _ in range(12):
        v = np.zeros(len(AXES))
        v[[LENGTH, LISTS]] = rng.choice((-1.0, 1.0), 2)
        side = 1.0 if v[LISTS] - v[LENGTH] + rng.normal() > 0 else 0.0
        taste = taste.updated(Answer(v, side))
    return Profile(version=1, taste=floats(taste), share=True)


@dataclass
class Sharing:
    """People who share; counts how often they are read."""

    people: Sequence[Profile]
    asked: int = 0
    away: bool = False

    async def others(self, user: User, limit: int) -> Sequence[Profile]:
        return ()

    async def sharing(self, tenant: str, limit: int) -> Sequence[Profile]:
        self.asked += 1
        if self.away:
            raise Unavailable("away")
        return self.people


class Slow(Sharing):
    """They are read, and it takes a while."""

    def __init__(self, people: Sequence[Profile]) -> None:
        super().__init__(people)
        self.began, self.goes_on = asyncio.Event(), asyncio.Event()

    async def sharing(self, tenant: str, limit: int) -> Sequence[Profile]:
        self.began.set()
        await self.goes_on.wait()
        return self.people


def test_a_prior_is_learnt_of_enough_people() -> None:
    """It leans as they do, and knows what goes together; too few people tell nothing."""
    people = [person(number) for number in range(LEAST)]
    found = of_kept(pooled(people))
    assert found.mean[LENGTH] < -0.3 and found.mean[LISTS] > 0.3
    assert abs(found.mean[AXES.index("emoji")]) < 0.1
    assert pooled(people[:-1]) == {}
    assert pooled([*people[:-1], Profile(), Profile(taste={"warmth": 1.0})]) == {}, "nobody who told nothing counts"


def test_one_person_does_not_show() -> None:
    """Whoever is the last one needed moves the prior by little."""
    people = [person(number) for number in range(LEAST + 20)]
    odd = Profile(taste={"length": 6.0, "length~": 0.05})
    with_odd, without = (of_kept(pooled([*people, last])) for last in (odd, person(99)))
    assert abs(with_odd.mean[LENGTH] - without.mean[LENGTH]) < 0.35


def test_it_is_made_once_an_hour() -> None:
    """Or when somebody withdraws; where people cannot be read it is the neutral one, and asked for again."""
    peers, sessions = Sharing([person(number) for number in range(LEAST)]), MemoryCache()
    house = House(peers, sessions, True)

    async def work() -> None:
        first = await house.prior("default")
        assert first == await house.prior("default") and peers.asked == 1
        await sessions.drop(of_house("default"))
        peers.people = peers.people[1:]
        assert await house.prior("default") == {} and peers.asked == 2
        peers.away = True
        await sessions.drop(of_house("default"))
        assert await house.prior("default") == {} and await house.prior("default") == {}
        assert peers.asked == 4

    asyncio.run(work())


def test_who_withdraws_while_it_is_made_is_not_in_it() -> None:
    """Whoever makes it anew meanwhile does not let the older one in; requests read what is there, and make none."""
    sessions, people = MemoryCache(), [person(number) for number in range(LEAST)]

    async def work() -> None:
        slow = Slow(people)
        first = asyncio.create_task(House(slow, sessions, True).prior("default"))
        await slow.began.wait()
        await sessions.drop(of_house("default"))
        house = House(Sharing(people[1:]), sessions, True)
        assert await house.known("default") == {} == await house.prior("default")
        slow.goes_on.set()
        assert await first
        assert await house.known("default") == {}
        await sessions.drop(of_house("default"))
        other = House(Sharing(people), sessions, True)
        assert await other.prior("default") == await other.known("default") != {}
        assert await House(Sharing(people), sessions).known("default") == {}

    asyncio.run(work())
