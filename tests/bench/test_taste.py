"""The bench of tastes, with few people."""

from __future__ import annotations

from bench.taste import aligned, covered, interval, known, round_trip, speed


def test_known() -> None:
    """Every way, kind and look has its figure, and the product's own beats those without a prior."""
    found = known((1,), 12)
    assert found["taste/agreement@3"] > found["taste/agreement@3_bare"]
    assert {"taste/drift/coverage80@10", "taste/drift/agreement@5", "taste/agreement@5_pref_low"} <= {*found}
    assert all(-0.2 <= value <= 1.2 for value in found.values())


def test_intervals_hold_what_they_promise() -> None:
    """At every look, as nearly as a few people and worlds can show."""
    found = covered((1, 2), 12)
    assert len(found) == 12
    for look in (0, 3, 5, 10):
        low, mean, high = (found[f"taste/coverage80@{look}{end}"] for end in ("_low", "", "_high"))
        assert low < mean < high and 0.65 < mean < 0.92


def test_claims_survive() -> None:
    """At least 95 of a hundred, and people have some."""
    found = round_trip(30)
    assert found["taste/round_trip"] >= 0.95 and found["taste/claims"] > 1


def test_favourites_are_found() -> None:
    """More often than without asking, and than by chance."""
    found = aligned((1,), 10)
    assert found["taste/aligned@5"] > max(found["taste/aligned@0"], 0.5)
    assert found["taste/aligned_sent"] == found["taste/aligned@5"]
    assert 0 <= found["taste/questions_patient"] <= 10


def test_intervals_hold_the_mean() -> None:
    """Wider where worlds differ than where people do."""
    same, apart = interval("a", [[0.0, 1.0] * 20] * 2), interval("a", [[0.0] * 40, [1.0] * 40])
    assert same["a"] == apart["a"] == 0.5
    assert apart["a_high"] - apart["a_low"] > same["a_high"] - same["a_low"] > 0


def test_speed_is_measured() -> None:
    """In milliseconds."""
    assert all(value > 0 for value in speed(60, 3).values())
