"""What tastes are like before a person has answered anything."""

from __future__ import annotations

import numpy as np

from policies.rewards.moments import sigmoid
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.prior import LEAST, Learning, heard, learnt, neutral

MIDDLE, COV = np.array([1.0, -0.5, 0.0]), np.array([[1.0, 0.8, 0.0], [0.8, 1.0, 0.0], [0.0, 0.0, 0.2]])
START = neutral(("a", "b", "c"))


def people(number: int, each: int = 25, seed: int = 0) -> list[list[Answer]]:
    rng, found = np.random.default_rng(seed), []
    for _ in range(number):
        taste = rng.multivariate_normal(MIDDLE, COV)
        directions = rng.uniform(-2, 2, (each, 3))
        found.append([Answer(v, float(rng.random() < sigmoid(v @ taste))) for v in directions])
    return found


def test_the_neutral_prior_knows_nothing() -> None:
    """Any choice is as likely as its opposite, and axes are unrelated."""
    assert START.chance(np.array([1.0, 2.0, -1.0])) == 0.5
    assert (START.cov == np.diag(np.diagonal(START.cov))).all()


def test_a_population_is_found() -> None:
    """Its mean, how far people lie apart on each axis, and which tastes go together."""
    found = learnt(people(300), START)
    assert np.abs(found.mean - MIDDLE).max() < 0.25
    assert np.abs(found.cov - COV).max() < 0.35
    assert found.cov[0, 1] > 0.4 and found.cov[2, 2] < 0.5


def test_too_few_people_teach_nothing() -> None:
    """Those without an answer do not count; none at all neither."""
    few = people(LEAST - 1, 4)
    assert learnt([*few, [], []], START) is START
    assert learnt([], START, Learning(least=0)) is START
    assert learnt(people(LEAST, 4), START) is not START


def test_few_people_are_drawn_to_the_start() -> None:
    """The stronger, the nearer."""
    some = people(25, 6, seed=3)
    loose, tight = (np.abs(learnt(some, START, Learning(strength=each)).mean).sum() for each in (1.0, 200.0))
    assert tight < loose / 2


def test_ratings_teach_too() -> None:
    """Exactly what they say, where there is little noise; answers may be of both kinds."""
    rng, every = np.random.default_rng(1), np.eye(3)
    rated = [[Answer(every[axis], float(taste[axis]), 1e4, rated=True) for axis in range(3)]
             for taste in rng.multivariate_normal(MIDDLE, COV, 400)]  # fmt: skip
    found = learnt(rated, START)
    assert np.abs(found.mean - MIDDLE).max() < 0.15 and np.abs(found.cov - COV).max() < 0.15
    mixed = learnt([[*given, Answer(np.array([0.0, 0.0, 1.0]))] for given in rated], Posterior(START.mean, START.cov))
    assert mixed.mean[2] > found.mean[2]


def test_what_was_heard_can_be_heard_again() -> None:
    """A posterior as ratings makes the same posterior of where it began; nothing heard is no rating."""
    start = Posterior.spread([1.0] * 3)
    posterior = start.updated(Answer(np.array([1.0, -1.0, 0.0]))).updated(Answer(np.array([0.0, 1.0, 1.0]), 0.0))
    again = start
    for answer in heard(posterior, start):
        again = again.updated(answer)
    assert np.allclose(again.mean, posterior.mean, atol=1e-3) and np.allclose(again.cov, posterior.cov, atol=1e-3)
    assert heard(start, start) == []
