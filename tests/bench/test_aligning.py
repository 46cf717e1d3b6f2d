"""The bench's way through the policy itself."""

from __future__ import annotations

import numpy as np

from bench.aligning import delivered
from policies.rewards.axes import AXES
from policies.rewards.posterior import Posterior
from policies.rewards.prior import neutral
from tests.fakes.styled import TEXTS


def test_the_favourite_for_four_calls() -> None:
    """Of somebody who is known; the ordinary answer, for one call, where they answered too little to tell."""
    taste = np.zeros(len(AXES))
    taste[AXES.index("emoji")] = 3.0
    known = Posterior(taste, 0.01 * np.eye(len(AXES)))
    assert delivered([*TEXTS.values()], known, 5) == (TEXTS["friendly"], 4)
    assert delivered([*TEXTS.values()], known, 2) == (TEXTS["brief"], 1)
    assert delivered([*TEXTS.values()], neutral(AXES), 5)[1] == 4
