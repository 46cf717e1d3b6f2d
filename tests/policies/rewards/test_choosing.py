"""Which of several answers somebody gets."""

from __future__ import annotations

import numpy as np

from policies.rewards.axes import AXES, features
from policies.rewards.choosing import chosen, of_samples, styled, worths
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


def test_floats_of_a_profile_choose() -> None:
    """The best text and the best style by what a profile holds; nothing where that is no distribution."""
    taste = Posterior(np.eye(len(AXES))[AXES.index("lists")] * 2.0, 0.01 * np.eye(len(AXES))).floats(AXES)
    found = worths(features(TEXTS), taste)
    assert found.index(max(found)) == 2
    found = styled([{}, {"length": 1.0}, {"lists": 1.0}], taste)
    assert found[0] == 0.0 and found.index(max(found)) == 2
    broken = taste | {"lists~lists": -1.0}
    assert worths(features(TEXTS), broken) == styled([{}], broken) == worths(features(TEXTS), {}) == []


def test_caution_counts_for_styles() -> None:
    """A style of which little is known is worth less than none."""
    unsure = Posterior(np.full(len(AXES), 0.1), np.eye(len(AXES))).floats(AXES)
    assert styled([{"length": 1.0}], unsure, 0.5)[0] < 0.0 < styled([{"length": 1.0}], unsure, 0.0)[0]


def test_styles_of_samples() -> None:
    """By axis, as they differ."""
    found = of_samples(TEXTS)
    assert found[0]["length"] > 0.0 > found[1]["length"] and found[2]["lists"] > 0.0
