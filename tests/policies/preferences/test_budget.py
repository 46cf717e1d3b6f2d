"""Calls per person and day."""

from __future__ import annotations

from policies.preferences.budget import DAY, left, spent

NOON = 20_000.5 * DAY


def test_calls_count_by_the_day() -> None:
    """What was spent today is gone until tomorrow; all calls are summed."""
    counts = spent({"events": 3.0}, NOON, 4)
    assert (left({}, NOON, 5), left(counts, NOON, 5), left(counts, NOON, 3)) == (5, 1, 0)
    assert left(counts, NOON + DAY, 5) == 5
    later = spent(counts, NOON + DAY, 1)
    assert later == {"events": 3.0, "model.day": 20_001.0, "model.calls": 1.0, "model.total": 5.0}
