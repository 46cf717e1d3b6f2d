"""Answers on named and learnt axes at once."""

from __future__ import annotations

import numpy as np

from policies.rewards.axes import AXES, FACTORS, features
from policies.rewards.directions import SEEN, seen, together
from policies.rewards.factor_file import Learnt

TEXTS = ["Yes.", "- one\n- two", "Yes, and for a number of reasons that take long to tell."]
VECTORS = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]


def test_directions_over_axes_and_vectors() -> None:
    """Each is an axis of its own, from the mean; what is known without them stays as it was."""
    rows = ((1.0, *[0.0] * (len(SEEN) - 1), 0.0, 0.0), (*[0.0] * len(SEEN), 3.0, 0.0))
    phi, bare = seen(TEXTS, [], Learnt(SEEN, "e", 2, rows), VECTORS), features(TEXTS)
    first = AXES.index(FACTORS[0])
    assert (phi[:, :first] == bare[:, :first]).all() and not phi[:, first + 2 :].any()
    assert np.allclose(phi[:, first], bare[:, 0]) and np.allclose(phi[:, first + 1], [2.0, -1.0, -1.0])


def test_nothing_to_compare_is_nothing() -> None:
    """One answer, no directions, no vectors, or other ones."""
    learnt = Learnt(SEEN, "e", 2, ((1.0,) * (len(SEEN) + 2),))
    assert not seen(TEXTS[:1], [], learnt, VECTORS[:1]).any()
    assert (seen(TEXTS, [], None, VECTORS) == features(TEXTS)).all()
    for vectors in ([], VECTORS[:2], [[1.0]] * 3, [[1.0, float("inf")]] * 3):
        assert together(features(TEXTS), vectors, 2) is None
        assert (seen(TEXTS, [], learnt, vectors) == features(TEXTS)).all()
