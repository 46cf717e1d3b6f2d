"""Sessions and half-lives of claims, by the times of the events alone: the same evidence always gives the same claims.

Events of time 0 have no place in time: they begin no session, confirm for no date, and let nothing fade.
"""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Claim
from policies.preferences.aspects import Aspect

IDLE = 1800.0
"""Seconds without an event that end a session."""
DAY = 86_400.0
FADED_AWAY = 0.25
"""Confidence under which a fading claim ends."""
FADED = "faded"
"""`superseded_by` of a claim that was not confirmed for too long."""
NEWEST, BEGAN = "time", "session"
"""Names in a profile's `counts`: the time of the newest event, and the time at which its session began."""


def entered(counts: dict[str, float], time: float, imported: bool = False) -> bool:
    """Take an event's time in; whether claims may have faded: at a session's start, and with an event from before.

    An event from more than a day before the newest tells that the clock was ahead then, unless it was `imported`: the
    time goes back to it, or whatever is said from now on would be long past already.
    """
    newest = counts.get(NEWEST, 0.0)
    if 0.0 < time < newest - DAY and not imported:
        counts[NEWEST] = counts[BEGAN] = time
        return True
    if time <= newest:
        return 0.0 < time < newest - IDLE
    counts[NEWEST] = time
    if time - newest > IDLE:
        counts[BEGAN] = time
    return time - newest > IDLE


def met(claim: Claim, time: float, began: float) -> Claim:
    """A claim as an event of this time confirms it; in a session that `began` after it was last seen, in one more.

    An event from before the newest session tells when, and not in which session.
    """
    if time <= 0.0:
        return claim
    again = 0.0 < seen_last(claim) < began <= time
    first = min(claim.valid_from, time) if claim.valid_from else time
    return replace(claim, last=max(claim.last, time), valid_from=first, sessions=claim.sessions + again)


def seen_last(claim: Claim) -> float:
    """When a claim was last confirmed, in seconds since 1970, or 0; claims of earlier versions know only when first."""
    return max(claim.last, claim.valid_from)


def weight(claim: Claim, aspect: Aspect | None, now: float) -> float:
    """The confidence of a claim at the time `now` of the newest event: half of it after each half-life of its aspect,
    unless the person locked it."""
    since = seen_last(claim)
    if aspect is None or aspect.half_life is None or claim.locked or not since:
        return claim.confidence
    return float(claim.confidence * 0.5 ** (max(0.0, now - since) / DAY / aspect.half_life))
