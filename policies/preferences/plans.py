"""Plans of a summary: which claims it shows and in how much room. Candidates of an election differ in nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import compress

from adapters.ports import Claim, Election, Plan, Profile
from policies.election import chance
from policies.preferences.ages import NEWEST
from policies.preferences.aspects import DEFAULT, Aspect
from policies.preferences.axes import Meaning
from policies.preferences.choices import Choice, speaking

KEPT = frozenset(("name", "language", "allergies", "diet", "avoid", "needs", "rule"))
"""Aspects whose explicit claims every plan shows: leaving one out can hurt, and choices hardly speak of them."""
_MOST_ADDED = 4
_LEAST = 1e-9


def planned(profile: Profile, plan: Plan) -> Profile:
    """The profile as a plan shows it. What the person locked, or said since (also what they said again), every plan
    shows; what was inferred since of their taste in answers must be elected first."""
    if not plan.drop and plan.keep is None:
        return profile
    claims = tuple(claim for claim in profile.claims if claim.locked or _in(claim, plan))
    return replace(profile, claims=claims)


def _in(claim: Claim, plan: Plan) -> bool:
    if claim.kind == "explicit" and claim.last > plan.made > 0.0:
        return True
    return claim.id not in plan.drop and (plan.keep is None or not styled(claim) or claim.id in plan.keep)


def styled(claim: Claim) -> bool:
    """Whether a claim is an inferred one about answers."""
    return claim.kind == "inferred" and claim.aspect in DEFAULT and DEFAULT[claim.aspect].about == "answers"


def frozen(profile: Profile, plan: Plan) -> Plan:
    """The plan with the inferred claims that it shows now, and none that come later."""
    live = planned(profile, plan).claims
    return replace(plan, keep=tuple(claim.id for claim in live if claim.superseded_by is None and styled(claim)))


def widened(before: Profile, after: Profile) -> Profile:
    """The profile `after` guesses were made anew, where one that held at a place now holds everywhere: plans take it as
    they took the other, or it would be gone until it is elected once more."""
    live = {claim.id: claim for claim in after.claims if claim.superseded_by is None}
    wide = {(claim.aspect, claim.value): id for id, claim in live.items() if styled(claim) and not claim.context}
    election = after.election
    for old in before.claims:
        new = wide.get((old.aspect, old.value))
        if new and old.superseded_by is None and old.context and styled(old) and old.id not in live:
            election = election.taking(old.id, new)
    return replace(after, election=election)


def stated(profile: Profile) -> Profile:
    """The profile without what was inferred."""
    return replace(profile, claims=tuple(claim for claim in profile.claims if claim.kind == "explicit"))


def shown(profile: Profile) -> Profile:
    """What may be injected of a profile: what its election lets through, while it is trusted; else what was said."""
    election: Election = profile.election
    return stated(profile) if election.guarded else planned(profile, election.incumbent)


def present(profile: Profile, place: str) -> Profile:
    """A profile as it holds at a place, of which nothing more need be said then."""
    if not place:
        return profile
    live = [claim for claim in profile.claims if claim.superseded_by is None]
    return replace(profile, claims=tuple(replace(claim, context="") for claim in compress(live, speaking(live, place))))


def plans(profile: Profile, fit: Sequence[Choice], aspects: Mapping[str, Aspect]) -> list[Plan]:
    """The candidates for a profile: those that only leave out more than what serves, and those that only take in more.

    `fit` are the choices that one may look at for it. A claim of which they say nothing is never left out: that would
    always be cheaper, and never proven.
    """
    serves, now = profile.election.incumbent, profile.counts.get(NEWEST, 0.0)
    live = [claim for claim in profile.claims if claim.superseded_by is None and claim.aspect in aspects]
    base = replace(serves if serves.keep is not None else frozen(profile, serves), made=now)
    found = [replace(base, name="tight", share=0.5)]
    for name, goes in _principles(live, fit, aspects):
        drop = tuple(claim.id for claim in live if goes(claim) and _may_go(claim))
        if set(drop) - set(serves.drop):
            found.append(replace(base, name=name, drop=tuple(dict.fromkeys((*serves.drop, *drop)))))
    return [*found, *_wider(profile, base)]


def _wider(profile: Profile, base: Plan) -> Iterator[Plan]:
    """With one more of what was inferred since, with all of it, and with everything."""
    every = frozen(profile, Plan()).keep or ()
    newer = [id for id in every if id not in (base.keep or ())]
    for id in newer[-_MOST_ADDED:]:
        yield replace(base, name=f"with_{_aspect(profile, id)}", keep=(*(base.keep or ()), id))
    if len(newer) > 1:
        yield replace(base, name="newer", keep=every)
    if base.drop:
        yield replace(base, name="all", keep=every, drop=())


def _aspect(profile: Profile, id: str) -> str:
    return next(claim.aspect for claim in profile.claims if claim.id == id)


def _principles(
    live: Sequence[Claim], fit: Sequence[Choice], aspects: Mapping[str, Aspect]
) -> Iterator[tuple[str, Callable[[Claim], bool]]]:
    """By name, what a plan leaves out, of that of which the choices say something."""
    recent = {claim.id for claim in live[len(live) // 2 :]}
    helps = useful(live, fit)
    yield "stated", lambda claim: claim.id in helps and claim.kind == "inferred"
    yield "answers", lambda claim: claim.id in helps and aspects[claim.aspect].about == "person"
    yield "person", lambda claim: claim.id in helps and aspects[claim.aspect].about == "answers"
    yield "recent", lambda claim: claim.id in helps and claim.id not in recent
    yield "harmless", lambda claim: helps.get(claim.id, 0.0) < 0.0
    yield "proven", lambda claim: claim.id in helps and claim.kind == "inferred" and helps[claim.id] <= 0.0


def useful(live: Sequence[Claim], fit: Sequence[Choice]) -> dict[str, float]:
    """By claim, how much worse the choices are predicted without it, in nats: leave one out. Those that say nothing of
    any choice are not in it."""
    meanings = [(claim, Meaning.of(claim)) for claim in live]
    heard = [speaking(live, choice.place) for choice in fit]
    whole = [(choice, choice.pair.agreement(meaning for (_, meaning), speaks in zip(meanings, told, strict=True)
                                            if speaks)) for choice, told in zip(fit, heard, strict=True)]  # fmt: skip
    found: dict[str, float] = {}
    for place, (claim, meaning) in enumerate(meanings):
        gains = [choice.weight * (_log(total) - _log(total - says))
                 for (choice, total), told in zip(whole, heard, strict=True)
                 if told[place] and abs(says := choice.pair.says(meaning)) > _LEAST]  # fmt: skip
        if gains:
            found[claim.id] = sum(gains)
    return found


def _log(agreement: float) -> float:
    return math.log(chance(agreement))


def _may_go(claim: Claim) -> bool:
    return not claim.locked and (claim.kind == "inferred" or claim.aspect not in KEPT)
