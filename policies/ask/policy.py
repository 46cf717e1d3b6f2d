"""The policy itself: whether a question is due, the words that ask for it, and the record that it was put."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import msgspec

from adapters.ports import Cache, Person, Profile, User, UserStore, blocks
from policies.ask.due import DAY, askable, waits
from policies.ask.place import unfit
from policies.asked import event
from policies.base import Exchange, Policy
from policies.house import House
from policies.memories import addressed
from policies.rewards.spoken import QUESTIONS, found
from policies.sessions import of_person
from policies.tail import Tail

QUESTION = Tail("question", "put", "put_before", once=True, note="a wish of the operator for this one answer")
WORDS = (
    "Answer first, as you would without this. Then, unless it is out of place (the person is upset or in a hurry), end "
    "this one answer by asking, word for word and in one sentence of its own, what follows. Do not ask it later.\n"
)
SETTLES = 120.0
"""Seconds in which a question that was put behind one turn is put behind no other, though nobody knows yet whether its
answer will come."""


class Held(msgspec.Struct, array_like=True):
    """What was worked out last: for which turn, by which version of the profile, and why nothing is asked."""

    turn: str
    version: int
    why: str


@dataclass(frozen=True, slots=True)
class Ask(Policy):
    """Puts the question behind the person's turn; once the answer is out, it is recorded that it was put."""

    every_days: float
    after_turns: int
    users: UserStore
    sessions: Cache
    house: House | None = None
    gate: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def on_request(self, exchange: Exchange) -> None:
        note, found = exchange.receipt.note, await addressed(exchange, self.users)
        if isinstance(found, str):
            return note(found)
        user, person = found
        axis, why = await self._wanted(exchange, user, person)
        text = WORDS + QUESTIONS[axis].question if axis else ""
        # What is known of the person is not in it: a correction changes nothing of what was put.
        await QUESTION.add(exchange, self.sessions, Profile(epoch=person.profile.epoch), lambda _: text)
        if why or not {QUESTION.new, QUESTION.back}.intersection(exchange.receipt.reasons):
            note(why or "no_budget")

    async def _wanted(self, exchange: Exchange, user: User, person: Person) -> tuple[str | None, str]:
        """The axis to ask about now, or None and why."""
        if not exchange.learns:
            return None, "readonly"
        if exchange.caller.place:
            # Plain answers hold everywhere.
            return None, "at_a_place"
        why = waits(person, exchange.came, self.every_days, self.after_turns) or unfit(exchange.received)
        axes = () if why else askable(person)
        if not axes:
            return None, why or "nothing_left"
        key, profile = _key(user), person.profile
        if why := await self._held(key, exchange, profile):
            return None, why
        # Several at once get into each other's way, and into that of all who are served meanwhile.
        if self.gate.locked():
            return None, "busy"
        # Taken at once: another turn that comes meanwhile waits for what becomes of this one.
        await self._hold(key, Held(exchange.received.marks[-1], profile.version, ""), SETTLES)
        prior = await self.house.known(user.tenant) if self.house else {}
        # It needs numpy, which `build` imported.
        from policies.rewards.inquiring import inquired

        async with self.gate:
            # Some milliseconds, in which others are served.
            axis, why = await asyncio.to_thread(inquired, profile, axes, exchange.came, prior)
        if axis is None:
            await self._hold(key, Held("", profile.version, why), DAY)
        return axis, why

    async def _hold(self, key: str, held: Held, seconds: float) -> None:
        await self.sessions.set(key, msgspec.msgpack.encode(held), seconds)

    async def _held(self, key: str, exchange: Exchange, profile: Profile) -> str:
        """Why nothing is worked out anew: it was with the same profile, or another turn is just being asked."""
        kept = await self.sessions.get(key)
        held = msgspec.msgpack.decode(kept, type=Held) if kept else None
        if held is None or (held.why and held.version != profile.version):
            return ""
        return held.why or ("" if held.turn == exchange.received.marks[-1] else "asked_elsewhere")

    async def on_reply(self, exchange: Exchange) -> None:
        reply, user, note = exchange.reply, exchange.user, exchange.receipt.note
        axis = put(exchange)
        if axis is None or user is None or reply is None:
            return note("nothing_put")
        # Others need wait no longer: what was asked is recorded, or was not asked.
        seen = found(reply.text(exchange.received.format)) == axis
        if not (seen or (reply.ok and reply.complete)):
            await self.sessions.set(_key(user), b"", SETTLES)
            return note("no_answer")
        if (await self.users.load(user)).profile.paused:
            return note("paused")
        await self.users.append(user, [event(axis, time.time())])
        await self.sessions.set(_key(user), b"", SETTLES)
        note("asked" if seen else "not_seen")


def _key(user: User) -> str:
    return of_person(user.tenant, user.id) + "ask"


def put(exchange: Exchange) -> str | None:
    """The axis whose question stands behind the person's last turn as it went out."""
    added = exchange.request.last_user_text.removeprefix(exchange.received.last_user_text)
    return next((found(block.inner) for block in blocks(added) if block.name == QUESTION.name), None)
