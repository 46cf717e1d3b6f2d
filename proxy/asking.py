"""Questions of taste, over HTTP and on the command line alike: what to ask somebody, their answer, what is known."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from adapters.ports import ConfigError, Evidence, Profile, User
from policies.asked import INDIFFERENT, MOST, asked_at, even_at, event_of
from policies.election import unproven
from policies.house import House
from policies.preferences.sums import ANSWERS, CHOICES_AT
from policies.preferences.told import tastes_of
from policies.preferences.voiced import borne
from policies.rewards.places import known, of_place, serving
from policies.sight import Sight
from proxy.bearing import bearing
from proxy.persons import Persons
from proxy.sight import lines_of

if TYPE_CHECKING:
    from policies.rewards.deck import Deck
    from policies.rewards.posterior import Posterior

_MOVED = 0.005
"""By how much a coefficient must differ to be told as changed."""
SHARE = 0.8
"""The probability that an interval holds."""


def deck_of(bank: str | None) -> Deck:
    """The questions of the bank in a file, or of the shipped one. Raises ConfigError."""
    from policies.rewards.deck import Deck

    return Deck.of(lines_of(bank), "taste.bank")


def verify_bank(bank: str | None) -> None:
    """That an own bank can be read, before it is asked from. Raises ConfigError."""
    if bank is not None:
        deck_of(bank)


@dataclass(slots=True)
class Asking:
    """Asks people. `bank` is the path of the questions, None for the shipped ones; nothing is asked where nothing
    `learns` from answers. Tastes begin from that of the `house`, and are told as far as they speak of the axes of this
    `sight`."""

    persons: Persons
    bank: str | None = None
    learns: bool = True
    house: House | None = None
    sight: Sight = field(default_factory=Sight)
    _deck: Deck | None = field(default=None, repr=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _turns: WeakValueDictionary[User, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    async def question(self, user: User, place: str = "") -> dict[str, Any]:
        """The one question that is worth most now about a place (`work`, `home`, "" for everywhere), or None and why.
        Raises AdapterError."""
        person = await self.persons.learner.caught_up(user)
        profile = self.sight.current(person.profile)
        tired = profile.counts.get(even_at(place), 0.0) >= INDIFFERENT
        if why := self._silent(profile, person.events) or ("indifferent" if tired else ""):
            return {"object": "rapport.question", "question": None, "reason": why}
        taste = partial(_asked_of, profile, await self._prior(user), place)
        asked, deck = asked_at(profile, place), await self._opened()
        id, why = await asyncio.to_thread(lambda: deck.following(taste(), asked))
        put = deck.put(id, user.id) if id is not None else None
        if put is None:
            return {"object": "rapport.question", "question": None, "reason": why}
        answers = [{"id": name, "text": text} for name, text in put.answers]
        return {"object": "rapport.question", "id": put.id, "prompt": put.prompt, "answers": answers,
                "asked": len(asked), "left_at_most": MOST - len(asked)}  # fmt: skip

    async def answer(self, user: User, id: str, chosen: str | None, place: str = "") -> dict[str, Any]:
        """Take an answer about a place in, and tell what it changed; the same question twice is once. Raises
        ConfigError naming `question` or `chosen`, and AdapterError."""
        put = (await self._opened()).put(id, user.id)
        if put is None:
            raise ConfigError("question", "there is none of this id; expected the `id` of GET .../question")
        texts = dict(put.answers)
        if chosen is not None and chosen not in texts:
            raise ConfigError("chosen", f"expected one of {', '.join(texts)}, or null for no preference")
        first = chosen or next(iter(texts))
        (second,) = texts.keys() - {first}
        item = Evidence(event_of(id, place), "pick" if chosen else "rating", texts[first], "assistant", texts[second],
                        time=time.time(), place=place)  # fmt: skip
        # One by one: each must see how many there were before it.
        async with self._turns.setdefault(user, asyncio.Lock()):
            return await self._taken(user, id, item)

    async def _taken(self, user: User, id: str, item: Evidence) -> dict[str, Any]:
        person, place = await self.persons.learner.caught_up(user), item.place
        before, new = person.profile, 0
        if not self._silent(before, person.events) and len(asked_at(before, place)) < MOST:
            new = await self.persons.users.append(User(user.id, user.tenant, person), [item])
        after = await self.persons.profile(user)
        prior = await self._prior(user)
        axes = await asyncio.to_thread(_changed, self.sight.current(before), self.sight.current(after), prior, place)
        held = {claim.id for claim in before.claims if claim.superseded_by is None}
        claims = [{"id": claim.id, "aspect": claim.aspect, "value": claim.value, "context": claim.context,
                   "confidence": claim.confidence} for claim in after.claims
                  if claim.superseded_by is None and claim.id not in held]  # fmt: skip
        return {"object": "rapport.answer", "question": id, "recorded": new, "claims": claims, "axes": axes,
                "asked": len(asked_at(after, place))}  # fmt: skip

    async def taste(self, user: User, place: str = "") -> dict[str, Any]:
        """What is known of a taste as it serves at a place: each axis with its interval and what bears it (`bearing`),
        from how much, whether it is the place's own (`apart`), and whether it serves."""
        profile = self.sight.current(await self.persons.profile(user))
        prior = await self._prior(user)
        why, axes = unproven(profile), await asyncio.to_thread(_axes, profile, prior, place)
        apart = bool(place) and known(of_place(profile.taste, place))
        # What serves there is then borne by what was chosen and said for everywhere.
        whence = place if apart else ""
        bears = await bearing(self.persons.users, self.sight, user, profile, whence)
        return {
            "object": "rapport.taste", "context": place, "apart": apart,
            "axes": [{**row, "evidence": bears[row["axis"]].row()} for row in axes],
            "said": [{"aspect": aspect, "value": value, "confidence": sure}
                     for (aspect, value), sure in borne(serving(profile.taste, place)).items()],
            **_told(profile, whence),
            "house": bool(prior), "serves": not why, "reason": why,
            "scores": {name: round(total, 4) for name, total in profile.election.tastes.items()},
        }  # fmt: skip

    async def _prior(self, user: User) -> Mapping[str, float]:
        """Where a taste begins, {} for the neutral prior."""
        return await self.house.prior(user.tenant) if self.house else {}

    async def _opened(self) -> Deck:
        async with self._opening:
            if self._deck is None:
                self._deck = await asyncio.to_thread(deck_of, self.bank)
            return self._deck

    def _silent(self, profile: Profile, events: int) -> str:
        """Why somebody is asked nothing at all; "" where they may be."""
        if not self.learns:
            return "not_learnt"
        if profile.paused:
            return "paused"
        return "erased" if profile.epoch and not events else ""


def _told(profile: Profile, place: str) -> dict[str, int]:
    """From how many choices a taste was learnt, and how many of them answered questions."""
    if not place:
        return {"choices": profile.election.choices, "answers": int(profile.counts.get(ANSWERS, 0))}
    choices = int(profile.counts.get(CHOICES_AT[place], 0))
    return {"choices": choices, "answers": len(asked_at(profile, place))}


def _now(profile: Profile, prior: Mapping[str, float], place: str) -> Posterior:
    """The posterior of a profile that serves at a place, as sure as it is now."""
    return tastes_of(profile).of_place(place).now(time.time(), prior)


def _asked_of(profile: Profile, prior: Mapping[str, float], place: str) -> Posterior:
    """The posterior by which a question about a place is chosen: of a place without choices the one that begins there,
    else whoever answered for everywhere could never be asked whether they are another at home."""
    now, tastes = time.time(), tastes_of(profile)
    return (tastes.next(place, now) if place else tastes.everywhere).now(now, prior)


def _axes(profile: Profile, prior: Mapping[str, float], place: str) -> list[dict[str, Any]]:
    """Each axis as it is known now; those without names only where anything is."""
    from policies.rewards.axes import AXES, FACTORS

    taste = _now(profile, prior, place)
    rows: Sequence[Any] = list(zip(AXES, taste.mean, taste.intervals(SHARE), strict=True))
    held = serving(profile.taste, place)
    shown = [row for row in rows if row[0] not in FACTORS or f"{row[0]}~{row[0]}" in held]
    return [{"axis": axis, "mean": round(float(mean), 3), "low": round(float(low), 3), "high": round(float(high), 3)}
            for axis, mean, (low, high) in shown]  # fmt: skip


def _changed(before: Profile, after: Profile, prior: Mapping[str, float], place: str) -> list[dict[str, Any]]:
    """The axes whose coefficients at a place moved, as they are now."""
    old = {row["axis"]: row["mean"] for row in _axes(before, prior, place)}
    return [row for row in _axes(after, prior, place) if abs(row["mean"] - old.get(row["axis"], 0.0)) > _MOVED]
