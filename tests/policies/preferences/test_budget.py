"""Calls per person and day."""

from __future__ import annotations

import asyncio
import time

from adapters.memory.cache import MemoryCache
from adapters.ports import User
from policies.preferences.budget import DAY, Calls, left, spent

NOON = 20_000.5 * DAY


def test_calls_count_by_the_day() -> None:
    """What was spent today is gone until tomorrow; all calls are summed."""
    counts = spent({"events": 3.0}, NOON, 4)
    assert (left({}, NOON, 5), left(counts, NOON, 5), left(counts, NOON, 3)) == (5, 1, 0)
    assert left(counts, NOON + DAY, 5) == 5
    later = spent(counts, NOON + DAY, 1)
    assert later == {"events": 3.0, "model.day": 20_001.0, "model.calls": 1.0, "model.total": 5.0}


def test_calls_that_no_profile_holds_are_remembered() -> None:
    """Beside those of the profile, by person, until tomorrow."""
    ann, ben = User("u_" + "a" * 32), User("u_" + "b" * 32)
    calls, now = Calls(MemoryCache()), time.time()

    async def run() -> None:
        await calls.made(ann, spent({}, now, 3))
        assert left(await calls.known(ann, {"events": 1.0}), now, 5) == 2
        assert left(await calls.known(ann, spent({}, now, 4)), now, 5) == 1
        assert await calls.known(ben, {"events": 1.0}) == {"events": 1.0}

    asyncio.run(run())
