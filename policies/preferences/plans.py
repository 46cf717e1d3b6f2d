"""Plans of a summary: which claims it shows and in how much room. Candidates of an election differ in nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from adapters.ports import Claim, Election, Plan, Profile
from policies.election import chance
from policies.preferences.aspects import DEFAULT, Aspect
from policies.preferences.choices import Choice

KEPT = frozenset(("name", "language", "allergies", "diet", "avoid", "needs", "rule"))
"""Aspects whose explicit claims every plan shows: leaving one out can hurt, and choices hardly speak of them."""
_PASSING = ("wants", "occasion", "mentioned")
_LEAST = 1e-9


def planned(profile: Profile, plan: Plan) -> Profile:
    """The profile as a plan shows it. What the person locked, or said since, every plan shows; what was inferred since
    of their taste in answers must be elected first."""
    if not plan.drop and plan.keep is None:
        return profile
    claims = tuple(claim for claim in profile.claims if claim.locked or _in(claim, plan))
    return replace(profile, claims=claims)


def _in(claim: Claim, plan: Plan) -> bool:
    return claim.id not in plan.drop and (plan.keep is None or not styled(claim) or claim.id in plan.keep)


def styled(claim: Claim) -> bool:
    """Whether a claim is an inferred one about answers."""
    return claim.kind == "inferred" and claim.aspect in DEFAULT and DEFAULT[claim.aspect].about == "answers"


def frozen(profile: Profile, plan: Plan) -> Plan:
    """The plan with the inferred claims that it shows now, and none that come later."""
    live = planned(profile, plan).claims
    return replace(plan, keep=tuple(claim.id for claim in live if claim.superseded_by is None and styled(claim)))


def stated(profile: Profile) -> Profile:
    """The profile without what was inferred."""
    return replace(profile, claims=tuple(claim for claim in profile.claims if claim.kind == "explicit"))


def shown(profile: Profile) -> Profile:
    """What may be injected of a profile: what its election lets through, while it is trusted; else what was said."""
    election: Election = profile.election
    return stated(profile) if election.guarded else planned(profile, election.incumbent)


def plans(profile: Profile, fit: Sequence[Choice], aspects: Mapping[str, Aspect]) -> list[Plan]:
    """The candidates for a profile, by different principles; `fit` are the choices that one may look at for it."""
    live = [claim for claim in profile.claims if claim.superseded_by is None and claim.aspect in aspects]
    every = frozen(profile, Plan())
    found = [every, replace(every, name="tight", share=0.5)]
    for name, goes in _principles(live, fit, aspects):
        drop = tuple(claim.id for claim in live if goes(claim) and _may_go(claim))
        if drop:
            found.append(replace(every, name=name, drop=drop))
    return found


def _principles(
    live: Sequence[Claim], fit: Sequence[Choice], aspects: Mapping[str, Aspect]
) -> Iterator[tuple[str, Callable[[Claim], bool]]]:
    """By name, what a plan leaves out."""
    recent = {claim.id for claim in live[len(live) // 2 :]}
    helps = useful(live, fit)
    yield "stated", lambda claim: claim.kind == "inferred"
    yield "answers", lambda claim: aspects[claim.aspect].about == "person"
    yield "person", lambda claim: aspects[claim.aspect].about == "answers"
    yield "lasting", lambda claim: claim.aspect in _PASSING
    yield "recent", lambda claim: claim.id not in recent
    yield "harmless", lambda claim: helps.get(claim.id, 0.0) < 0.0
    yield "proven", lambda claim: claim.kind == "inferred" and helps.get(claim.id, 0.0) <= 0.0


def useful(live: Sequence[Claim], fit: Sequence[Choice]) -> dict[str, float]:
    """By claim, how much worse the choices are predicted without it, in nats: leave one out. Those that say nothing of
    any choice are not in it."""
    whole = [(choice, choice.pair.agreement(live)) for choice in fit]
    found: dict[str, float] = {}
    for claim in live:
        gains = [choice.weight * (_log(total) - _log(total - says)) for choice, total in whole
                 if abs(says := choice.pair.says(claim)) > _LEAST]  # fmt: skip
        if gains:
            found[claim.id] = sum(gains)
    return found


def _log(agreement: float) -> float:
    return math.log(chance(agreement))


def _may_go(claim: Claim) -> bool:
    return not claim.locked and (claim.kind == "inferred" or claim.aspect not in KEPT)
