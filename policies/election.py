"""The election: what a person is given must have predicted their own later choices better than what it replaces.

PLUS (arXiv 2507.13579) trains a summariser by whether its summary helps to predict a person's choices. Without
training, the same reward, the log-probability of a choice under a summary, selects among summaries. Each candidate
runs against its rivals on choices that arrive after it was set up; the product of likelihood ratios against a rival is
an e-value: where the rival is right, it passes 20 with a chance of at most 5 %, whenever one looks (Ville's
inequality). So nothing wins by luck that is looked at often enough, and nothing by being the best of many on the past.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from adapters.ports import Election, Plan, Profile, Race

NONE, INCUMBENT, CANDIDATE, BEFORE = "none", "incumbent", "candidate", "before"
"""Contenders: a coin, what serves, what runs against it, and what it replaced."""
OWN, HOUSE = "own", "house"
"""Whose coefficients predict a choice, in `Election.tastes`: the person's own, and those pooled over people."""
AHEAD, LEAST_CHOICES, LEAST_ANSWERS = 1.0, 5, 3
"""Nats by which own coefficients must be ahead over so many choices, or so many questions that were answered."""
WINS = math.log(20.0)
MOST_CHOICES = 200
"""Choices after which a race that nobody won is over."""
TELLING, PARTED = 20, 1.0
"""After so many choices a candidate must have parted from what serves by so many nats in all, or never will."""
MOST_LOST = 12
STRENGTH, FARTHEST = 0.75, 2.0
"""How sure agreement makes: one claim that holds for one of two answers says .68, two and more say .82."""
Verdict = Literal["runs", "wins", "loses"]


def chance(agreement: float) -> float:
    """The chance that is given to the answer for which claims speak by `agreement` (a sum of [-1, 1] per claim).

    Deliberately cautious, and never surer than .82: who predicts 70 % of the choices right with it gains by every one.
    """
    return 1.0 / (1.0 + math.exp(-STRENGTH * max(-FARTHEST, min(FARTHEST, agreement))))


def advance(race: Race, chances: Mapping[str, float], contender: str, weight: float) -> Race:
    """The race after one more choice: `chances` of what was chosen by contender, its plan being the one of this name.

    A rival that there was none of this time is as good as a coin. A weight in (0, 1] keeps the e-value's bound: the
    mean of a power below 1 is at most the power of the mean.
    """
    rivals = {name: total + weight * math.log(chances.get(name, 0.5)) for name, total in race.rivals.items()}
    own = weight * math.log(chances[contender])
    parted = race.parted + abs(own - weight * math.log(chances.get(INCUMBENT, 0.5)))
    return replace(race, choices=race.choices + 1, own=race.own + own, parted=parted, rivals=rivals)


def verdict(race: Race) -> Verdict:
    """Whether the plan is ahead of every rival by a factor of 20; behind a coin by as much, out of time or the same as
    what serves as far as choices tell; or runs."""
    if lead(race) >= WINS:
        return "wins"
    if race.choices >= TELLING and race.parted < PARTED:
        return "loses"
    behind = race.own - race.rivals.get(NONE, max(race.rivals.values())) <= -WINS
    return "loses" if behind or race.choices >= MOST_CHOICES else "runs"


def lead(race: Race) -> float:
    """The logarithm of the smallest e-value, in nats."""
    return race.own - max(race.rivals.values())


def set_up(plan: Plan, rivals: Iterable[str]) -> Race:
    """A new race of a plan against rivals by name."""
    return Race(plan, rivals=dict.fromkeys(rivals, 0.0))


def decided(election: Election) -> Election:
    """The election with what its races decided: a promotion, a candidate that lost, or a way back."""
    race, watch = election.race, election.watch
    if watch is not None and verdict(watch) == "wins":
        lost = (*election.lost, mark(election.incumbent))[-MOST_LOST:]
        return replace(election, incumbent=watch.plan, before=None, watch=None, race=None, lost=lost,
                       outcome=f"rolled_back:{election.incumbent.name}")  # fmt: skip
    if watch is not None and verdict(watch) == "loses":
        election = replace(election, watch=None, before=None)
    result = verdict(race) if race is not None else "runs"
    if race is not None and result == "wins":
        back = set_up(election.incumbent, (INCUMBENT,))
        return replace(election, incumbent=race.plan, before=election.incumbent, watch=back, race=None,
                       outcome=f"promoted:{race.plan.name}")  # fmt: skip
    if race is not None and result == "loses":
        lost = (*election.lost, mark(race.plan))[-MOST_LOST:]
        return replace(election, race=None, lost=lost, outcome=f"lost:{race.plan.name}")
    return election


def mark(plan: Plan) -> str:
    """What tells a plan from others, also of the same name."""
    return f"{plan.name}:{hashlib.sha256(repr((plan.drop, plan.keep, plan.share)).encode()).hexdigest()[:8]}"


def unproven(profile: Profile) -> str:
    """Why a person's own coefficients may not choose for them: "paused", what the guard says, "too_few_choices",
    "no_better"; "" where they may.

    They must have predicted the person's choices better than the pooled ones (where there were any) and than a coin,
    each before it was learnt; or the person answered questions, and they do not do worse.
    """
    election, tastes = profile.election, profile.election.tastes
    if profile.paused or election.guarded:
        return "paused" if profile.paused else election.guarded
    ahead = tastes.get(OWN, 0.0) - max(tastes.get(NONE, 0.0), tastes.get(HOUSE, tastes.get(NONE, 0.0)))
    if not {OWN, NONE} <= tastes.keys():
        return "too_few_choices"
    if min(profile.counts.get("answers", 0.0), election.choices) >= LEAST_ANSWERS:  # no preference is no choice
        return "no_better" if ahead <= -AHEAD else ""
    if election.choices < LEAST_CHOICES:
        return "too_few_choices"
    return "" if ahead >= AHEAD else "no_better"
