"""Made-up people with tastes in eight axes of answers, and how well few questions find out what they prefer.

As in the check of the research behind this: tastes are correlated (rank 3 and noise), answers noisy (Bradley-Terry),
questions come from a pool of 400 pairs, and what counts is on how many of 400 other pairs the side that a person truly
prefers is found. The learnt prior comes from 100 other people with 15 noisy answers each. The size of tastes was chosen
such that the way without a prior reproduces the figures known for it; the product's own were looked at after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policies.rewards.laplace import fitted
from policies.rewards.moments import Array, sigmoid, variances
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.prior import learnt, neutral
from policies.rewards.questions import Asked, Pool, ranked

AXES = tuple(f"axis{place}" for place in range(8))
RANK, SIZE, NOISE = 3, 0.8, 0.4
"""The deviation of the middle taste and of loadings, and of what is each person's own."""
PAIRS, OTHERS, GIVEN = 400, 100, 15
LOOKS = (0, 3, 5, 10)
"""After so many answers people are looked at."""
_NONE = Posterior.spread([1e3] * len(AXES))
"""As good as no prior: the likeliest taste, kept from running away."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How people depart from what is believed of them: the share of answers at random, how much products of axes count
    beside the axes, and the deviation by which each coefficient wanders from answer to answer."""

    random: float = 0.0
    products: float = 0.0
    drift: float = 0.0


KINDS = {"true": Kind(), "interactions": Kind(products=1.0), "drift": Kind(drift=0.15), "random": Kind(random=0.2)}


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of answers as their axes, both of shape (n, 8), in [-1, 1]."""

    first: Array
    second: Array

    @classmethod
    def drawn(cls, rng: np.random.Generator, number: int) -> Pairs:
        """Pairs of unrelated answers."""
        first, second = rng.uniform(-1.0, 1.0, (2, number, len(AXES)))
        return cls(first, second)

    @property
    def v(self) -> Array:
        """The differences, shape (n, 8)."""
        return self.first - self.second


@dataclass(slots=True, eq=False)
class Somebody:
    """A person: a taste of shape (8,), what products of axes are worth, shape (8, 8), and how they answer."""

    taste: Array
    products: Array
    kind: Kind

    def scores(self, pairs: Pairs) -> Array:
        """By how much they prefer the first of each pair, in log-odds."""
        extra = [((side @ self.products) * side).sum(axis=1) for side in (pairs.first, pairs.second)]
        found: Array = pairs.v @ self.taste + extra[0] - extra[1]
        return found

    def answer(self, pairs: Pairs, place: int, rng: np.random.Generator) -> Answer:
        """What they say of one pair; their taste may have moved after it."""
        one = Pairs(pairs.first[place : place + 1], pairs.second[place : place + 1])
        share = 0.5 if rng.random() < self.kind.random else float(sigmoid(self.scores(one)[0]))
        said = float(rng.random() < share)
        self.taste = self.taste + rng.normal(0.0, self.kind.drift, len(AXES))
        return Answer(one.v[0], said)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A population, the pairs to ask and to judge by, and the prior that other people's answers taught."""

    middle: Array
    loadings: Array
    pool: Pairs
    unseen: Pairs
    prior: Posterior

    @classmethod
    def drawn(cls, seed: int) -> World:
        """The world of a seed."""
        rng = np.random.default_rng(seed)
        middle, loadings = rng.normal(0.0, SIZE, len(AXES)), rng.normal(0.0, SIZE, (len(AXES), RANK))
        bare = cls(middle, loadings, Pairs.drawn(rng, PAIRS), Pairs.drawn(rng, PAIRS), neutral(AXES))
        others = []
        for _ in range(OTHERS):
            other, places = bare.somebody(rng), rng.choice(PAIRS, GIVEN, replace=False)
            others.append([other.answer(bare.pool, int(place), rng) for place in places])
        return cls(middle, loadings, bare.pool, bare.unseen, learnt(others, neutral(AXES)))

    def somebody(self, rng: np.random.Generator, kind: Kind = KINDS["true"]) -> Somebody:
        """A new person."""
        noise = rng.normal(0.0, NOISE, len(AXES))
        taste = self.middle + self.loadings @ rng.normal(size=RANK) + noise
        products = np.triu(rng.normal(0.0, kind.products / 2.0, (len(AXES), len(AXES))), 1)
        return Somebody(taste, products, kind)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was seen of one person after each of LOOKS: the share of unseen pairs on which the side that they truly
    prefer was found, and the share of coefficients inside their 80 % intervals."""

    agreement: Sequence[float]
    covered: Sequence[float]


def asked(world: World, person: Somebody, way: str, rng: np.random.Generator) -> Seen:
    """Ask somebody up to ten questions. `way` is "gain" or "random" with the learnt prior, "pref" (PReF as its authors
    coded it: no prior, the first at random, then the widest axis of the ellipsoid) or "bare" (no prior, random)."""
    informed = way in ("gain", "random")
    posterior = world.prior if informed else Posterior(rng.normal(size=len(AXES)), _NONE.cov)
    pool, taken, answers = Pool(world.pool.v, [str(place) for place in range(PAIRS)]), list[int](), list[Answer]()
    agreement, covered = [], []
    for number in range(LOOKS[-1] + 1):
        if number in LOOKS:
            truth = person.scores(world.unseen) > 0.0
            agreement.append(float(np.mean((world.unseen.v @ posterior.mean > 0.0) == truth)))
            low, high = posterior.intervals(0.8).T
            covered.append(float(np.mean((person.taste >= low) & (person.taste <= high))))
        if way == "gain":
            place = ranked(posterior, pool, Asked(taken))[0].pair
        elif way == "pref" and answers:
            place = _widest(posterior, answers, world.pool.v, taken)
        else:
            place = int(rng.choice(np.setdiff1d(np.arange(PAIRS), taken)))
        taken.append(place)
        answers.append(person.answer(world.pool, place, rng))
        posterior = posterior.updated(answers[-1]) if informed else fitted(_NONE, answers)
    return Seen(agreement, covered)


def _widest(posterior: Posterior, answers: Sequence[Answer], v: Array, taken: Sequence[int]) -> int:
    """PReF's choice: the pair on which the estimate is least sure, argmax s'(v)^2 v'M^-1 v with M the answers' sum."""
    given = np.array([each.v for each in answers])
    met, new = sigmoid(given @ posterior.mean), sigmoid(v @ posterior.mean)
    known = 0.001 * np.eye(v.shape[1]) + (given * (met * (1.0 - met))[:, None]).T @ given
    width = (new * (1.0 - new)) ** 2 * variances(np.linalg.inv(known), v)
    width[list(taken)] = -1.0
    return int(np.argmax(width))


def survey(worlds: Sequence[World], way: str, number: int, kind: Kind = KINDS["true"]) -> list[list[Seen]]:
    """So many new people of each world, asked in one way; the same people for every way."""
    found = []
    for place, world in enumerate(worlds):
        people = np.random.default_rng((place, 1))
        found.append([asked(world, world.somebody(people, kind), way, np.random.default_rng((place, 2, number)))
                      for number in range(number)])  # fmt: skip
    return found
