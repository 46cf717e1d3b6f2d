"""A taste as a distribution, brought up to date answer by answer."""

from __future__ import annotations

import json

import numpy as np
import pytest

from policies.rewards.moments import sigmoid
from policies.rewards.posterior import HALF_LIFE, Answer, Posterior, of_floats

AXES = ("length", "lists", "code")
PRIOR = Posterior.spread([1.0, 1.0, 2.0])


def along(*amounts: float) -> np.ndarray:
    return np.array(amounts)


def test_an_answer_moves_its_axes() -> None:
    """Towards what was preferred, less the more certain one was; the others stay where nothing links them."""
    after = PRIOR.updated(Answer(along(1.0, 0.0, -1.0)))
    assert after.mean[0] > 0 > after.mean[2] and after.mean[1] == 0.0
    assert after.deviations[0] < 1.0 and after.deviations[1] == 1.0
    again = after.updated(Answer(along(1.0, 0.0, -1.0)))
    assert 0 < again.mean[0] - after.mean[0] < after.mean[0]


def test_weak_answers_and_ties_move_less() -> None:
    """A tie draws back to the middle; an answer that weighs or says nothing changes nothing."""
    full, weak = (PRIOR.updated(Answer(along(1, 0, 0), weight=each)) for each in (1.0, 0.3))
    assert 0 < weak.mean[0] < full.mean[0]
    assert abs(full.updated(Answer(along(1, 0, 0), 0.5)).mean[0]) < full.mean[0]
    assert PRIOR.updated(Answer(along(1, 0, 0), weight=0.0)) is PRIOR
    assert PRIOR.updated(Answer(along(0, 0, 0))) is PRIOR


def test_ratings_are_taken_in_exactly() -> None:
    """As the normal distribution that they and the prior make."""
    after = PRIOR.updated(Answer(along(0, 0, 1), 3.0, weight=2.0, rated=True))
    assert after.mean[2] == pytest.approx(3.0 * 2.0 / (2.0 + 0.5))
    assert after.cov[2, 2] == pytest.approx(1.0 / (2.0 + 0.5))


def test_it_finds_a_taste_and_knows_how_well() -> None:
    """After many noisy answers of a person, near the truth; most intervals hold it; it stays a distribution."""
    rng, taste, posterior = np.random.default_rng(0), along(1.0, -0.5, 2.0), PRIOR
    for _ in range(400):
        v = rng.uniform(-2.0, 2.0, 3)
        posterior = posterior.updated(Answer(v, float(rng.random() < sigmoid(v @ taste))))
    assert np.abs(posterior.mean - taste).max() < 0.4
    low, high = posterior.intervals(0.99).T
    assert ((low < taste) & (taste < high)).all()
    assert np.linalg.eigvalsh(posterior.cov)[0] > 0
    assert posterior.chance(along(2, 0, 0)) > 0.75
    assert posterior.chance(along(0, 0, -2)) < 0.25
    assert posterior.chance(np.zeros((4, 3))).tolist() == [0.5] * 4


def test_answers_that_can_be_told_apart_without_error_do_not_run_away() -> None:
    """A hundred times the same answer."""
    posterior = Posterior.spread([100.0])
    for _ in range(100):
        posterior = posterior.updated(Answer(along(1.0)))
    assert 3.0 < posterior.mean[0] < 60.0 and 0 < posterior.cov[0, 0] < 100.0


def test_time_makes_less_sure() -> None:
    """Half of what was learnt of the spread is lost in a half-life, all in the end; the mean stays."""
    after = PRIOR.updated(Answer(along(1, 0, 0)))
    later, in_the_end = after.inflated(HALF_LIFE, PRIOR), after.inflated(1e6, PRIOR)
    assert later.cov[0, 0] == pytest.approx((after.cov[0, 0] + 1.0) / 2)
    assert in_the_end.cov[0, 0] == pytest.approx(1.0)
    assert (later.mean == after.mean).all()
    assert (after.inflated(0.0, PRIOR).cov == after.cov).all()


def test_floats_keep_all_of_it() -> None:
    """Through JSON and back, in another order of the axes too; plain numbers with names."""
    after = PRIOR.updated(Answer(along(1.0, 0.5, -1.0)))
    held = json.loads(json.dumps(after.floats(AXES)))
    assert len(held) == 3 + 6
    back = of_floats(held, AXES, PRIOR)
    assert np.allclose(back.mean, after.mean) and np.allclose(back.cov, after.cov)
    turned = of_floats(held, AXES[::-1], Posterior.spread([2.0, 1.0, 1.0]))
    assert np.allclose(turned.cov, after.cov[::-1, ::-1])


def test_new_axes_start_from_the_prior_and_bad_numbers_are_not_believed() -> None:
    """An axis that the numbers do not know; a covariance that is none; what is no number."""
    held = Posterior(along(1.0), np.array([[0.5]])).floats(AXES[:1])
    wider = of_floats(held, AXES, PRIOR)
    assert wider.mean.tolist() == [1.0, 0.0, 0.0] and wider.deviations[2] == PRIOR.deviations[2]
    assert of_floats({**PRIOR.floats(AXES), "length~lists": 9.0}, AXES, PRIOR) is PRIOR
    assert of_floats({**PRIOR.floats(AXES), "length": float("nan")}, AXES, PRIOR) is PRIOR


def test_a_posterior_moves_to_another_prior() -> None:
    """With ratings alone it is what it had been under that one; back again it is as before."""
    start, other = Posterior.spread([1.0, 1.0]), Posterior(np.array([0.5, -1.0]), np.array([[0.5, 0.2], [0.2, 0.8]]))
    answers = [Answer(np.array([1.0, 0.5]), 0.7, 2.0, rated=True), Answer(np.array([0.0, 1.0]), -1.0, 1.0, rated=True)]
    here, there = start, other
    for answer in answers:
        here, there = here.updated(answer), there.updated(answer)
    moved = here.under(start, other)
    assert np.allclose(moved.mean, there.mean) and np.allclose(moved.cov, there.cov)
    back = moved.under(other, start)
    assert np.allclose(back.mean, here.mean) and np.allclose(back.cov, here.cov)
    assert here.under(start, start) is here
