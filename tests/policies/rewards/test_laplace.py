"""Posteriors from all answers at once."""

from __future__ import annotations

import numpy as np
import pytest

from policies.rewards.laplace import Stack, fitted, together
from policies.rewards.moments import sigmoid
from policies.rewards.posterior import Answer, Posterior

PRIOR = Posterior(np.array([0.5, 0.0]), np.array([[1.0, 0.3], [0.3, 1.0]]))


def some(seed: int, number: int) -> list[Answer]:
    rng = np.random.default_rng(seed)
    return [Answer(rng.normal(size=2), float(rng.random() < 0.7), float(rng.uniform(0.2, 1))) for _ in range(number)]


def test_the_mode_is_one() -> None:
    """The slope of the posterior vanishes there; the order of answers does not count, and none is the prior."""
    answers = some(0, 12)
    found = fitted(PRIOR, answers)
    slope = np.linalg.inv(PRIOR.cov) @ (found.mean - PRIOR.mean)
    for each in answers:
        slope = slope + each.weight * (sigmoid(each.v @ found.mean) - each.value) * each.v
    assert np.abs(slope).max() < 1e-5
    assert np.allclose(fitted(PRIOR, answers[::-1]).mean, found.mean, atol=1e-6)
    assert fitted(PRIOR, []) is PRIOR


def test_people_do_not_touch_each_other() -> None:
    """Together is as each alone, however many answers they gave."""
    people = [some(1, 3), some(2, 20), some(3, 1)]
    means, covs = together(PRIOR, Stack.of(people))
    for place, answers in enumerate(people):
        alone = fitted(PRIOR, answers)
        assert np.allclose(means[place], alone.mean, atol=1e-6) and np.allclose(covs[place], alone.cov, atol=1e-6)


def test_separable_answers_under_a_wide_prior_converge() -> None:
    """Where undamped steps of Newton's method run away."""
    wide = Posterior.spread([1e4, 1e4])
    answers = [Answer(np.array([5.0, side])) for side in (-3.0, 1.0, 4.0)]
    found = fitted(wide, [*answers, Answer(np.array([-9.0, 1.0]), 0.0)])
    assert np.isfinite(found.mean).all() and found.mean[0] > 0


def test_ratings_and_choices_go_together() -> None:
    """Ratings alone give what one after another gives."""
    ratings = [Answer(np.array([1.0, -1.0]), 2.0, 4.0, True), Answer(np.array([0.0, 1.0]), -1.0, 1.0, True)]
    one = PRIOR.updated(ratings[0]).updated(ratings[1])
    assert np.allclose(fitted(PRIOR, ratings).mean, one.mean) and np.allclose(fitted(PRIOR, ratings).cov, one.cov)
    mixed = fitted(PRIOR, [*ratings, Answer(np.array([0.0, 1.0]))])
    assert mixed.mean[1] > one.mean[1]


def test_nobody_is_refused() -> None:
    """There is nothing to stack."""
    with pytest.raises(ValueError, match="no answers"):
        Stack.of([[], []])
