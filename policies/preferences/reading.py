"""The background model's part in learning: when it reads, how often, and what its failures cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog

from adapters.ports import (
    AdapterError,
    Claim,
    Evidence,
    Model,
    Pace,
    Profile,
    Timeout,
    Unavailable,
    User,
    UserStore,
)
from policies.preferences.aspects import Aspect
from policies.preferences.budget import DAY, left, spent
from policies.preferences.reader import Batch, Found, Turn, batch, parse, prompt
from policies.preferences.review import reviewed

log = structlog.get_logger("rapport")

PAGE = 64
AT_ONCE = 4
"""Calls that this process has open: whoever else has something to read comes again in `BUSY` seconds."""
BUSY = 5.0
ANSWER = 2000
"""Tokens of an answer."""
TRIES = 3
"""How often a prompt is tried that is refused or answered without sense, and a result published upon others'."""
REST, LONGEST_REST = 30.0, 3600.0


@dataclass(slots=True, eq=False)
class Reading:
    """Reads what people said with a model, after the rules did: in tasks of its own, so that a model that hangs keeps
    neither a request nor the learner waiting.

    What it has done stands in the profile's counts: `model.read` (the `seq` up to which was read), `model.day` and
    `model.calls` (calls on that day), `model.total`, `model.failed`, `model.tries` (in a row, for the same words), and
    `model.last` (seconds since 1970). After a failure of the service nobody's words are sent for a while.
    """

    model: Model
    users: UserStore
    aspects: Mapping[str, Aspect]
    pace: Pace
    running: dict[User, asyncio.Task[None]] = field(default_factory=dict)
    rest: float = 0.0
    rests_until: float = 0.0

    async def begin(self, user: User) -> float | None:
        """Begin to read what is due of a person; returns the seconds after which to ask again, None where nothing is
        left to read. Raises AdapterError."""
        if user in self.running:
            return self.pace.timeout
        rest = self.rests_until - time.monotonic()
        if rest > 0 or len(self.running) >= AT_ONCE:
            return max(rest, BUSY)
        profile = (await self.users.load(user)).profile
        events, unread = await self._unread(user, profile)
        if profile.paused or not unread.turns:
            return None
        delay = pause(profile, events, time.time(), self.pace)
        if delay > 0:
            return delay
        if user in self.running or len(self.running) >= AT_ONCE:
            return BUSY
        task = asyncio.create_task(self._read(user, profile, unread))
        self.running[user] = task
        task.add_done_callback(lambda done: self._ended(user, done))
        # Not before the call is over for sure: another process may take the job, and must not make the call again.
        return self.pace.timeout + 1.0

    async def _unread(self, user: User, profile: Profile) -> tuple[list[Evidence], Batch]:
        """The next events that the rules have read and the model has not, and what of them goes into one call."""
        after = int(profile.counts.get("model.read", 0.0))
        while True:
            events = await self._folded(user, profile, after)
            found = await asyncio.to_thread(batch, events, _live(profile), after)
            if found.turns or len(events) < PAGE:
                return events, found
            after = events[-1].seq

    async def _folded(self, user: User, profile: Profile, after: int) -> list[Evidence]:
        return [item for item in await self.users.since(user, after, PAGE) if item.seq <= profile.watermark]

    async def _read(self, user: User, profile: Profile, unread: Batch) -> None:
        """One call, and what comes of it."""
        found, reason = None, ""
        try:
            asked = prompt(unread.turns, _live(profile), self.aspects)
            found = await asyncio.to_thread(parse, await self.model.ask(asked, ANSWER, json=True))
            reason = "" if found is not None else "unreadable"
            self.rest = 0.0
        except (Timeout, Unavailable) as error:
            reason = "timeout" if isinstance(error, Timeout) else "unavailable"
            self.rest = min(LONGEST_REST, 2 * self.rest or REST)
            self.rests_until = time.monotonic() + self.rest
        except AdapterError:
            reason = "refused"
        if reason:
            log.warning("model_failed", reason=reason, turns=len(unread.turns))
        await self._keep(user, profile, unread, found, reason)

    async def _keep(self, user: User, asked: Profile, unread: Batch, found: list[Found] | None, reason: str) -> None:
        """Publish the outcome upon the newest version. What was erased, forgotten or paused meanwhile stays so."""
        for _ in range(TRIES):
            profile = (await self.users.load(user)).profile
            moved = profile.counts.get("model.read", 0.0) != asked.counts.get("model.read", 0.0)
            if profile.epoch != asked.epoch or profile.paused or moved:
                return
            events = await self._folded(user, profile, unread.after)
            turns = _still_said(unread.turns, events)
            order = {item.event: item.seq for item in events}
            made = await asyncio.to_thread(reviewed, profile, turns, found or (), self.aspects, order)
            counts = counted(made.counts, unread.upto, reason, time.time())
            if await self.users.publish(user, replace(made, version=profile.version + 1, counts=counts)):
                return

    def _ended(self, user: User, task: asyncio.Task[None]) -> None:
        del self.running[user]
        if not task.cancelled() and task.exception() is not None:
            log.warning("model_failed", reason=f"error:{type(task.exception()).__name__}")


def pause(profile: Profile, events: list[Evidence], now: float, pace: Pace) -> float:
    """Seconds to wait before a call: until the person is silent, and, the day's calls made, until the next day; 0 or
    less where it is due. `now` is in seconds since 1970."""
    if not left(profile.counts, now, pace.calls_per_day):
        return (now // DAY + 1) * DAY - now
    silent = now - events[-1].time
    # A full page is read at once, and what lies in the future was said by a clock that is wrong.
    return pace.settle - silent if len(events) < PAGE and silent >= 0 else 0.0


def counted(counts: Mapping[str, float], upto: int, reason: str, now: float) -> dict[str, float]:
    """The counts after a call; `reason` says why it failed, "" where it did not. Words that three times were refused,
    or answered without sense, are left out."""
    tries = counts.get("model.tries", 0.0) + (reason in ("unreadable", "refused"))
    read = not reason or tries >= TRIES
    return {
        **spent(counts, now, 1),
        "model.read": float(upto) if read else counts.get("model.read", 0.0),
        "model.failed": counts.get("model.failed", 0.0) + bool(reason),
        "model.tries": 0.0 if read else tries,
        "model.last": now,
    }


def _live(profile: Profile) -> list[Claim]:
    return [claim for claim in profile.claims if claim.superseded_by is None]


def _still_said(turns: tuple[Turn, ...], events: list[Evidence]) -> list[Turn]:
    """The turns, in their places, without the words that the person had forgotten since."""
    texts = {item.event: item.text for item in events}
    return [turn if texts.get(turn.item.event) == turn.item.text else turn._replace(words="") for turn in turns]
