"""How often a background model may be asked for a person: calls per day, counted in the profile's `counts`.

`model.day` and `model.calls` are the day (in days since 1970, UTC) and the calls made on it, `model.total` all of them.
Calls for a version of a profile that another worker's overtook are in no profile: `Calls` remembers them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.ports import Cache, User
from policies.sessions import calls_of

DAY = 86_400


def left(counts: Mapping[str, float], now: float, calls_per_day: int) -> int:
    """The calls that may still be made on the day of `now`, in seconds since 1970."""
    return max(0, calls_per_day - int(_today(counts, now)))


def spent(counts: Mapping[str, float], now: float, calls: int) -> dict[str, float]:
    """The counts after so many more calls."""
    return {
        **counts,
        "model.day": float(now // DAY),
        "model.calls": _today(counts, now) + calls,
        "model.total": counts.get("model.total", 0.0) + calls,
    }


def _today(counts: Mapping[str, float], now: float) -> float:
    return counts.get("model.calls", 0.0) if counts.get("model.day") == now // DAY else 0.0


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls that this process made for people today. They go with a person's erasure."""

    sessions: Cache

    async def known(self, user: User, counts: Mapping[str, float]) -> Mapping[str, float]:
        """The counts, with those of today's calls that they lack."""
        now = time.time()
        lacking = int(await self.sessions.get(_key(user, now)) or b"0") - int(_today(counts, now))
        return spent(counts, now, lacking) if lacking > 0 else counts

    async def made(self, user: User, counts: Mapping[str, float]) -> None:
        """Remember these counts' calls of today, if there are any."""
        now = time.time()
        if _today(counts, now):
            await self.sessions.set(_key(user, now), b"%d" % int(_today(counts, now)), DAY)


def _key(user: User, now: float) -> str:
    return calls_of(user.tenant, user.id) + f"model/{int(now // DAY)}"
