"""The bench of claims that choices bear, with few people."""

from __future__ import annotations

from bench.worded import claims


def test_coefficients_are_right_more_often_than_sums() -> None:
    """Which take what goes with a taste for it."""
    found = claims(20, 24)
    assert found["taste/worded_coefficients_right"] > found["taste/worded_sums_right"] + 0.2
    assert 0 < found["taste/worded_coefficients"] < found["taste/worded_sums"]
