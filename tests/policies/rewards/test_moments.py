"""The arithmetic of logistic answers, against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from policies.rewards.moments import after, chance, entropy, gain, sigmoid, variances


def brute(mean: float, spread: float, value: float, weight: float) -> tuple[float, float, float]:
    """Evidence, mean and variance on a fine grid."""
    z = np.linspace(mean - 12 * spread**0.5, mean + 12 * spread**0.5, 40001)
    prior = np.exp(-((z - mean) ** 2) / 2 / spread)
    told = prior * sigmoid(z) ** (weight * value) * sigmoid(-z) ** (weight * (1 - value))
    centre = float((told * z).sum() / told.sum())
    return float((prior * sigmoid(z)).sum() / prior.sum()), centre, float((told * (z - centre) ** 2).sum() / told.sum())


@pytest.mark.parametrize("mean", [-2.0, 0.0, 1.5])
@pytest.mark.parametrize("spread", [0.3, 2.0, 9.0])
@pytest.mark.parametrize(("value", "weight"), [(1.0, 1.0), (0.0, 1.0), (0.5, 1.0), (1.0, 0.5)])
def test_moments_are_right(mean: float, spread: float, value: float, weight: float) -> None:
    """For certain, uncertain and weak answers."""
    share, centre, left = brute(mean, spread, value, weight)
    at, rest = after(mean, spread, value, weight)
    assert float(at) == pytest.approx(centre, abs=0.01)
    assert float(rest) == pytest.approx(left, rel=0.02)
    assert float(chance(mean, spread)) == pytest.approx(share, abs=0.02)


def test_numbers_do_not_overflow() -> None:
    """Not even for scores nobody has."""
    assert sigmoid(1e9) == pytest.approx(1.0)
    assert 0.0 < sigmoid(-1e9) < 1e-12
    assert np.isfinite(entropy(np.array([0.0, 0.5, 1.0]))).all()


def test_gain_is_what_would_be_learnt() -> None:
    """Nothing of what is known, more of what is less known, least of a foregone answer, and less of a part."""
    assert gain(0.7, 0.0) == pytest.approx(0.0, abs=1e-6)
    assert 0 < gain(0.0, 0.5) < gain(0.0, 4.0) < np.log(2)
    assert gain(6.0, 1.0) < gain(0.0, 1.0)
    assert gain(0.0, 4.0, 4.0) == pytest.approx(0.0, abs=1e-6)
    assert 0 < gain(0.0, 4.0, 2.0) < gain(0.0, 4.0)


def test_variances_are_quadratic_forms() -> None:
    """One for each direction."""
    cov = np.array([[2.0, 1.0], [1.0, 3.0]])
    assert variances(cov, np.array([[1.0, 0.0], [1.0, -1.0]])).tolist() == [2.0, 3.0]
