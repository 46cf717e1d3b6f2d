"""Answers on named and learnt axes at once."""

from __future__ import annotations

import numpy as np
import pytest

from policies.rewards.axes import AXES, FACTORS, features
from policies.rewards.directions import OVER, WIDEST, seen, together
from policies.rewards.factor_file import Learnt
from policies.rewards.posterior import Answer
from policies.rewards.taste import NEUTRAL, floats, of_kept

TEXTS = ["Yes.", "- one\n- two", "Yes, and for a number of reasons that take long to tell."]
VECTORS = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]


def test_directions_over_axes_and_vectors() -> None:
    """Each is an axis of its own, from the mean; what is known without them stays as it was."""
    rows = ((1.0, *[0.0] * (len(OVER) - 1), 0.0, 0.0), (*[0.0] * len(OVER), 3.0, 0.0))
    phi, bare = seen(TEXTS, [], Learnt(OVER, "e", 2, rows), VECTORS), features(TEXTS)
    first = AXES.index(FACTORS[0])
    assert (phi[:, :first] == bare[:, :first]).all() and not phi[:, first + 2 :].any()
    assert np.allclose(phi[:, first], bare[:, 0]) and np.allclose(phi[:, first + 1], [2.0, -1.0, -1.0])


def test_nothing_to_compare_is_nothing() -> None:
    """One answer, no directions, no vectors, or other ones."""
    learnt = Learnt(OVER, "e", 2, ((1.0,) * (len(OVER) + 2),))
    assert not seen(TEXTS[:1], [], learnt, VECTORS[:1]).any()
    assert (seen(TEXTS, [], None, VECTORS) == features(TEXTS)).all()
    for vectors in ([], VECTORS[:2], [[1.0]] * 3, [[1.0, float("inf")]] * 3):
        assert together(features(TEXTS), vectors, 2) is None
        assert (seen(TEXTS, [], learnt, vectors) == features(TEXTS)).all()


def test_a_judge_changes_no_learnt_axis() -> None:
    """Directions were learnt without one: they mean the same with it."""
    learnt, judged = Learnt(OVER, None, 0, ((1.0,) * len(OVER),)), [{"warmth": at} for at in (1.0, 0.0, -1.0)]
    one, other = (seen(TEXTS, scores, learnt, []) for scores in ([], judged))
    first = AXES.index(FACTORS[0])
    assert (one[:, first:] == other[:, first:]).all() and one[:, first].any()
    assert other[:, AXES.index("warmth")].any() and not one[:, AXES.index("warmth")].any()


@pytest.mark.parametrize(("size", "vectors"), [(1e308, VECTORS), (1.0, [[1e308, 0.0], [-1e308, 1.0], [0.0, 0.0]])])
def test_coefficients_stay_numbers(size: float, vectors: list[list[float]]) -> None:
    """However large the numbers of a file or of vectors are: nobody's taste is lost for them."""
    phi = seen(TEXTS, [], Learnt(OVER, "e", 2, ((size,) * (len(OVER) + 2),)), vectors)
    assert np.abs(phi).max() <= WIDEST
    taste = NEUTRAL
    for other in (1, 2, 1):
        taste = taste.updated(Answer(phi[0] - phi[other]))
    assert of_kept(floats(taste)) is not NEUTRAL
