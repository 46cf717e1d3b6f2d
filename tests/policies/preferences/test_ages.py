"""Sessions and half-lives follow the times of the events, never a clock."""

from dataclasses import replace

import pytest

from adapters.ports import Claim
from policies.preferences.ages import DAY, IDLE, entered, met, weight
from policies.preferences.aspects import DEFAULT

WANT = Claim("a", "wants", "a bike", confidence=0.6, valid_from=1000.0, last=2000.0)


@pytest.mark.parametrize(("times", "begun"), [
    ([5000.0], [True]), ([5000.0, 5000.0 + IDLE], [True, False]), ([5000.0, 5001.0 + IDLE], [True, True]),
    ([5000.0, 6000.0, 7000.0, 8000.0], [True, False, False, False]), ([0.0, 5000.0, 0.0], [False, True, False]),
    ([50_000.0, 49_999.0, 10.0], [True, False, True]),
])
def test_a_session_ends_after_half_an_hour(times: list[float], begun: list[bool]) -> None:
    """Without an event; those of no time are in none, and one from long before begins none but asks what has faded."""
    counts: dict[str, float] = {}
    assert [entered(counts, time) for time in times] == begun
    assert counts.get("time", 0.0) == max(times)


def test_an_event_from_before_leaves_the_session_alone() -> None:
    """It tells when something was said, not in which session."""
    counts = {"time": 50_000.0, "session": 49_000.0}
    entered(counts, 10.0)
    assert counts == {"time": 50_000.0, "session": 49_000.0}


def test_a_clock_that_was_ahead_is_set_back() -> None:
    """By the first event of more than a day before, in a session of its own; what was imported is no such event."""
    counts = {"time": 4.1e9, "session": 4.1e9}
    assert entered(counts, 50_000.0, imported=True) and counts == {"time": 4.1e9, "session": 4.1e9}
    assert entered(counts, 50_000.0) and counts == {"time": 50_000.0, "session": 50_000.0}
    assert not entered(counts, 50_001.0) and counts == {"time": 50_001.0, "session": 50_000.0}
    assert not entered(counts, 0.0) and counts["time"] == 50_001.0


@pytest.mark.parametrize(("time", "began", "changed"), [
    (3000.0, 500.0, {"last": 3000.0}), (9000.0, 9000.0, {"last": 9000.0, "sessions": 2}), (0.0, 9000.0, {}),
    (500.0, 9000.0, {"valid_from": 500.0}),
])
def test_what_confirms_a_claim(time: float, began: float, changed: dict[str, float]) -> None:
    """Moves the time it was last seen, and counts a session that began after that."""
    assert met(WANT, time, began) == replace(WANT, **changed)  # type: ignore[arg-type]


def test_claims_of_earlier_versions_have_only_their_start() -> None:
    """Which counts as the last time; without any time no session is counted."""
    assert met(replace(WANT, last=0.0), 9000.0, 9000.0).sessions == 2
    bare = met(replace(WANT, last=0.0, valid_from=0.0), 9000.0, 9000.0)
    assert (bare.sessions, bare.valid_from, bare.last) == (1, 9000.0, 9000.0)


def test_confidence_halves_with_each_half_life() -> None:
    """From when it was last confirmed; not of what lasts, was locked, or has no time."""
    month = 2000.0 + 30 * DAY
    assert weight(WANT, DEFAULT["wants"], 2000.0) == weight(WANT, DEFAULT["wants"], 0.0) == 0.6
    assert weight(WANT, DEFAULT["wants"], month) == pytest.approx(0.3)
    assert weight(WANT, DEFAULT["likes"], month) == weight(WANT, None, month) == 0.6
    assert weight(replace(WANT, locked=True), DEFAULT["wants"], month) == 0.6
    assert weight(replace(WANT, valid_from=0.0, last=0.0), DEFAULT["wants"], month) == 0.6
