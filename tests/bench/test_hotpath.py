"""The paired bench of learning: every pair is measured, both halves over the same server."""

from __future__ import annotations

import pytest

from bench import hotpath


def test_pairs_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """With few people, turns and events; what is printed is a share of the other half of each pair."""
    for name, value in (("PEOPLE", 2), ("TURNS", 4), ("PAUSE", 0.1), ("EVENTS", 30)):
        monkeypatch.setattr(hotpath, name, value)
    found = hotpath.run()
    kinds = ("learning_over_readonly", "readonly_over_readonly", "events_30_over_1")
    assert set(found) == {f"hot_path/{what}/{kind}" for what in ("request_hooks", "whole_answer") for kind in kinds}
    assert all(0.05 < ratio < 20 for ratio in found.values())
