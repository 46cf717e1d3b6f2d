"""Readings are values."""

from __future__ import annotations

from policies.tables.reading import Noun, Where


def test_conditions_in_another_order_are_the_same() -> None:
    """Two readings that compute the same are equal."""
    one, other = Where("t", "a", "in", ("x",)), Where("t", "b", "null")
    assert Noun("t").where(one).where(other) == Noun("t").where(other, one)
