"""Made-up answers: each switch shows on its axis."""

from __future__ import annotations

import random

import pytest

from bench.styles import FACTS, STYLES, SWITCHES, mixtures, rewritings, written
from policies.rewards.axes import TEXT, features, read

SIDES = {"long": ("length", 1), "hard": ("plain", -1), "preamble": ("directness", -1)}


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_moves_its_axis(switch: str) -> None:
    """In its direction."""
    axis, side = SIDES.get(switch, (switch, 1))
    assert side * (read(written(FACTS, {switch}))[axis] - read(written(FACTS, ()))[axis]) > 0


def test_styles_are_far_apart() -> None:
    """The four rewritings differ on all axes together, and by something in every pair."""
    phi = features(list(rewritings(random.Random(0)).values()), TEXT)
    assert phi.shape == (len(STYLES), len(TEXT))
    assert (abs(phi).max(axis=0) > 0.2).all()
    assert len(set(mixtures(random.Random(0)).values())) == 4
