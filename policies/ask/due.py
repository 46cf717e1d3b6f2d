"""Whether somebody may be asked now, and of which axes: everything that is known for free comes first."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.ports import Claim, Person
from policies.ask.place import HOW, LOOKED_AT
from policies.asked import MOST, NEVER, axes_of, ids_of, last_of
from policies.rewards.spoken import QUESTIONS, claim
from policies.rewards.words import MANY, sides

DAY = 86_400.0
BEHIND = 64
"""So many events of a person may wait to be learnt from that not all of them are seen."""


def waits(person: Person, now: float, every_days: float, after_turns: int) -> str:
    """Why a person is asked nothing at a time (in seconds since 1970), as a reason code; "" where they may be."""
    profile = person.profile
    if profile.election.guarded:
        return profile.election.guarded
    if profile.counts.get(NEVER):
        return "not_wanted"
    if len(ids_of(person)) >= MOST:
        return "enough"
    if person.said < after_turns:
        return "too_few_turns"
    if abs(now - last_of(person)) < every_days * DAY:
        return "asked_lately"
    # What was said of answers, or of being asked, and is not learnt yet.
    unread = (item.text[:LOOKED_AT] for item in person.pending if item.own)
    return "behind" if len(person.pending) >= BEHIND or any(map(HOW.search, unread)) else ""


def askable(person: Person) -> tuple[str, ...]:
    """The axes that a chat may ask about: none twice, none of which the person stated, locked or suppressed a claim,
    and none whose answer would take the place of such a claim."""
    told = [claim for claim in person.profile.claims if _stands(claim)]
    before = axes_of(ids_of(person))
    return tuple(axis for axis in QUESTIONS if axis not in before and not _told(axis, told))


def _stands(claim: Claim) -> bool:
    """Whether the person themselves said it, or that it is not to be mentioned."""
    return claim.suppressed or (claim.superseded_by is None and (claim.kind == "explicit" or claim.locked))


def _told(axis: str, told: Iterable[Claim]) -> bool:
    either = (claim(axis, 1), claim(axis, -1))
    aspect = either[0][0]
    return any(axis in sides(each.aspect, each.value) or (each.aspect, each.value) in either
               or (each.aspect == aspect and aspect not in MANY) for each in told)  # fmt: skip
