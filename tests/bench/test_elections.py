"""The simulations: the same seeds give the same shares, and their shape is what it must be."""

from __future__ import annotations

from bench import elections


def test_luck_loses_and_merit_wins() -> None:
    """With few races each; a wrong id shows, and the right one mostly gives no alarm."""
    found = elections.run(seeds=(1,), runs=60)
    assert found == elections.run(seeds=(1,), runs=60)
    assert found["election/promoted@0.3"] == 0.0
    assert found["election/promoted@0.5"] < 0.15
    assert found["election/promoted@0.7"] > 0.8
    assert found["swap/detected@edits"] > 0.85
    assert all(found[f"swap/false_alarms@{kind}"] < found[f"swap/detected@{kind}"] for kind in elections.KINDS)
