"""Which of several answers somebody gets."""

from __future__ import annotations

import numpy as np

from policies.rewards.axes import AXES, features
from policies.rewards.choosing import chosen
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.prior import neutral

TEXTS = ["It helps to clean it first, then to dry it, and to keep it dry. " * 6, "Clean it.", "- clean\n- dry\n- keep"]


def test_the_best_is_taken() -> None:
    """Somebody who kept choosing short answers gets the shortest; somebody who likes lists gets the list."""
    phi = features(TEXTS)
    for axis, side, best in (("length", -1.0, 1), ("lists", 1.0, 2)):
        posterior, v = neutral(AXES), np.zeros(len(AXES))
        v[AXES.index(axis)] = side
        for _ in range(5):
            posterior = posterior.updated(Answer(v))
        assert chosen(phi, posterior) == best


def test_the_first_where_nothing_is_known() -> None:
    """No posterior, no candidates, equal ones."""
    assert chosen(features(TEXTS), None) == 0
    assert chosen(np.zeros((0, 3)), neutral("abc")) == 0
    assert chosen(np.ones((4, 3)), neutral("abc")) == 0


def test_caution_avoids_a_guess() -> None:
    """A slightly better answer of which little is known loses against a safe one."""
    posterior = Posterior(np.array([0.6, 0.5]), np.diag([4.0, 0.01]))
    phi = np.eye(2)
    assert chosen(phi, posterior, caution=0.0) == 0
    assert chosen(phi, posterior, caution=0.5) == 1
