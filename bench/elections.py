"""Simulated elections and swapped ids: how often luck wins, how soon merit does, how soon a wrong id shows.

Nothing here has a model: planted candidates of known accuracy run against rivals through the product's own election,
and people with planted tastes make choices that go through the product's own coefficients and guard. `SEEDS` are fixed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.ports import Election, Plan
from policies.election import CANDIDATE, INCUMBENT, NONE, advance, chance, set_up, verdict
from policies.preferences.axes import Pair
from policies.preferences.choices import AXES, Choice
from policies.preferences.coefficients import answers, directions
from policies.preferences.elect import NEAREST
from policies.preferences.near import WINDOW, watched
from policies.rewards.moments import Array
from policies.rewards.posterior import Posterior
from policies.rewards.taste import NEUTRAL

SEEDS = range(10)
ACCURACIES = (0.3, 0.5, 0.7, 0.75, 0.8)
RUNS = 400
"""Races per seed and accuracy."""
LOOKS = {False: 80, True: 400}
"""Choices that a race may take: to win by merit, and to win by luck at any time."""
RIVALS: Mapping[str, float] = {INCUMBENT: 0.5, NEAREST: 0.5}
"""How often each rival is right that speaks at every choice."""
PEOPLE, HISTORY, TASTES = 20, 40, 8


def run(seeds: Sequence[int] = SEEDS, runs: int = RUNS) -> dict[str, float]:
    """The metrics `election/promoted@ACCURACY`, `swap/detected@KIND` and `swap/false_alarms@KIND`, each a share."""
    found = {}
    for accuracy in ACCURACIES:
        wins = [_promoted(accuracy, random.Random(f"{seed}/{accuracy}/{number}"))
                for seed in seeds for number in range(runs)]  # fmt: skip
        found[f"election/promoted@{accuracy:g}"] = sum(wins) / len(wins)
    for kind, habits in KINDS.items():
        worlds = [_swaps(habits, random.Random(f"{seed}/{kind}")) for seed in seeds]
        swapped = [hit for world in worlds for hit in world[0]]
        same = [hit for world in worlds for hit in world[1]]
        found[f"swap/detected@{kind}"] = sum(swapped) / len(swapped)
        found[f"swap/false_alarms@{kind}"] = sum(same) / len(same)
    newcomers = [_newcomer(random.Random(f"{seed}/{number}")) for seed in seeds for number in range(PEOPLE)]
    found["swap/newcomers_doubted"] = sum(newcomers) / len(newcomers)
    return {name: round(value, 4) for name, value in found.items()}


def _promoted(accuracy: float, rng: random.Random) -> bool:
    """Whether a candidate that is right so often wins its race, looked at after every choice."""
    race = set_up(Plan("planted"), (NONE, *RIVALS))
    for _ in range(LOOKS[accuracy <= 0.5]):
        right = {CANDIDATE: accuracy, **RIVALS}
        said = {name: chance(1.0 if rng.random() < often else -1.0) for name, often in right.items()}
        race = advance(race, {NONE: 0.5, **said}, CANDIDATE, 1.0)
        if verdict(race) != "runs":
            return verdict(race) == "wins"
    return False


@dataclass(frozen=True, slots=True)
class Habits:
    """How simulated people choose: the share of edits among choices, how many axes are at stake in one, and how
    faithful they are to their taste (the log-odds of one axis)."""

    edits: float
    axes: int
    faith: float


KINDS = {
    "edits": Habits(1.0, 8, 3.0),
    "edits_of_less": Habits(1.0, 4, 3.0),
    "mixed": Habits(0.5, 8, 1.5),
    "picks": Habits(0.0, 8, 1.5),
}
Taste = Mapping[str, float]


@dataclass(slots=True)
class _Person:
    """What the product knows of somebody."""

    taste: Posterior
    election: Election
    recent: list[Array]

    def take(self, choice: Choice, others: Sequence[Posterior]) -> bool:
        """Learn from a choice made under this id; whether the guard is on after it."""
        self.recent = [*self.recent, directions(choice)][-WINDOW:]
        counted = replace(self.election, choices=self.election.choices + 1)
        self.election = watched(counted, self.taste, self.recent, others, None)
        for answer in answers(choice, self.recent[-1]):
            self.taste = self.taste.updated(answer)
        return bool(self.election.guarded)


def _swaps(habits: Habits, rng: random.Random) -> tuple[list[bool], list[bool]]:
    """For each id of one house, whether the guard saw within `WINDOW` choices that somebody else chooses under it, and
    whether it thought so where nobody does."""
    tastes = [{axis: rng.choice((-1.0, 1.0)) for axis in rng.sample(AXES, TASTES)} for _ in range(PEOPLE)]
    known = [_known(taste, habits, rng) for taste in tastes]
    swapped, same = [], []
    for own in range(PEOPLE):
        others = [each.taste for place, each in enumerate(known) if place != own]
        for actor, found in ((own ^ 1, swapped), (own, same)):
            person = replace(known[own])
            found.append(any([person.take(_choice(tastes[actor], habits, rng), others) for _ in range(WINDOW)]))
    return swapped, same


def _newcomer(rng: random.Random) -> bool:
    """Whether somebody new to a house that shares one taste, and has it too, is doubted after `HISTORY` picks."""
    shared, habits = dict.fromkeys(AXES, 1.0), KINDS["picks"]
    others = [_known(shared, habits, rng).taste for _ in range(4)]
    person = _Person(NEUTRAL, Election(), [])
    return [person.take(_choice(shared, habits, rng), others) for _ in range(HISTORY)][-1]


def _known(taste: Taste, habits: Habits, rng: random.Random) -> _Person:
    person = _Person(NEUTRAL, Election(), [])
    for _ in range(HISTORY):
        person.take(_choice(taste, habits, rng), ())
    person.election = replace(person.election, guarded="")
    return person


def _choice(taste: Taste, habits: Habits, rng: random.Random) -> Choice:
    """A pick between two answers that differ on some axes, or an edit that brings some axes to the person's taste."""
    axes = rng.sample(AXES, habits.axes)
    if rng.random() >= habits.edits:
        differing = {axis: rng.choice((-1.0, 1.0)) for axis in axes}
        liked = sum(taste.get(axis, 0.0) * side for axis, side in differing.items())
        turned = 1.0 if rng.random() < _odds(habits.faith * liked) else -1.0
        return _made({axis: turned * side for axis, side in differing.items()}, False)
    differing = {}
    while not differing:
        for axis in axes:
            wanted = taste.get(axis, 0.0) * (1.0 if rng.random() < _odds(2 * habits.faith) else -1.0)
            if wanted and wanted != rng.choice((-1.0, 1.0)):
                differing[axis] = wanted
        axes = rng.sample(AXES, habits.axes)
    return _made(differing, True)


def _odds(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-score))


def _made(differing: Mapping[str, float], edited: bool) -> Choice:
    return Choice("", "", "", Pair(differing, frozenset(), frozenset()), 1.0 if edited else 0.8, edited)
