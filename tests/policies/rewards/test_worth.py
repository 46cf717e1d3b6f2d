"""What the answer to a question is worth before it is given."""

from __future__ import annotations

import numpy as np
import pytest

from policies.rewards.moments import variances
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.worth import beside, better, flips, outcomes, removed

PRIOR = Posterior(np.array([0.2, 0.0]), np.array([[1.0, 0.5], [0.5, 1.0]]))
V = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, -0.5]])
DECISION = np.array([[1.0, 0.0], [-1.0, 0.0]])


def test_outcomes_are_what_updates_make() -> None:
    """For both answers, with chances that sum to 1."""
    (first, yes), (second, no) = outcomes(PRIOR, V)
    assert np.allclose(first + second, 1.0)
    for place, v in enumerate(V):
        assert np.allclose(yes[place], PRIOR.updated(Answer(v)).mean)
        assert np.allclose(no[place], PRIOR.updated(Answer(v, 0.0)).mean)


def test_only_what_may_turn_a_decision_is_worth_anything_to_it() -> None:
    """A question that has nothing to do with it, or cannot outweigh what is known, flips nothing."""
    apart = Posterior(PRIOR.mean, np.eye(2))
    turned = flips(apart, V, [DECISION])
    assert turned.shape == (3, 1)
    assert turned[0, 0] == pytest.approx(1 - apart.chance(V[0])) and turned[1, 0] == 0
    gains = better(apart, V, [DECISION])
    assert gains[0] > 0.05 and gains[1] == pytest.approx(0.0, abs=0.02)
    sure = Posterior(np.array([9.0, 0.0]), np.eye(2))
    assert not flips(sure, V, [DECISION]).any()


def test_what_stays_beside_the_decisions() -> None:
    """All of what is unrelated, nothing of what they are about, part of what goes along."""
    spread = variances(PRIOR.cov, V)
    found = beside(PRIOR, V, [DECISION], spread)
    assert found[0] == pytest.approx(0.0, abs=1e-9)
    assert found[1] == pytest.approx(4 * (1 - 0.25))
    assert beside(PRIOR, V, [], spread) == 0.0


def test_ratings_take_off_variance() -> None:
    """As much as the update does, whatever is answered."""
    targets, noise = np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([0.5, 0.5, 0.5])
    told = removed(PRIOR, V, noise, targets)
    for place, v in enumerate(V):
        after = PRIOR.updated(Answer(v, 7.0, 2.0, rated=True))
        off = variances(PRIOR.cov, targets).sum() - variances(after.cov, targets).sum()
        assert told[place] == pytest.approx(off)
