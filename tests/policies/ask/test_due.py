"""Who is asked something now, and of which axes."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.ports import Claim, Election, Evidence, Person, Profile
from policies.ask.due import BEHIND, DAY, askable, waits
from policies.asked import LAST, NEVER, event
from policies.rewards.spoken import QUESTIONS

NOW = 1_790_000_000.0
WEEK = 7 * DAY
TURNS = {"turns": 5.0, "events": 5.0}


def why(*pending: Evidence, counts: dict[str, float] | None = None, **profile: Any) -> str:
    return waits(Person(Profile(counts=TURNS | (counts or {}), **profile), pending), NOW, 7.0, 5)


def statement(text: str, id: str = "e1") -> Evidence:
    return Evidence(id, "statement", text, time=NOW)


@pytest.mark.parametrize(("counts", "pending", "reason"), [
    ({}, (), ""), ({"turns": 4.0}, (), "too_few_turns"), ({"turns": 4.0}, (statement("Hi."),), ""),
    ({NEVER: 1.0}, (), "not_wanted"), ({LAST: NOW - WEEK - 1}, (), ""), ({LAST: NOW - WEEK + 1}, (), "asked_lately"),
    ({}, (event("length", NOW - 5),), "asked_lately"), ({}, (event("length", NOW - WEEK - 1),), ""),
    ({}, (Evidence("question-q01.0.1", "pick", "a", "assistant", "b", time=NOW),), "asked_lately"),
    ({f"asked.q{at}.0.1": float(at) for at in range(9)}, (), ""),
    ({f"asked.q{at}.0.1": float(at) for at in range(10)}, (), "enough"),
    ({f"asked.q{at}.0.1": float(at) for at in range(9)}, (event("length", 5.0),), "enough"),
    ({}, (statement("Keep it short, please."),), "behind"), ({}, (statement("Stop asking me things."),), "behind"),
    ({}, tuple(statement("Hi.", f"e{at}") for at in range(BEHIND)), "behind"),
])
def test_bounds(counts: dict[str, float], pending: tuple[Evidence, ...], reason: str) -> None:
    """Days between two, turns before the first, ten in all, no more where none are wanted; also by what is not learnt
    yet."""
    assert why(*pending, counts=counts) == reason


def test_a_profile_in_doubt() -> None:
    """Whoever this is may be somebody else."""
    assert why(election=Election(guarded="drifted")) == "drifted"


def axes(*claims: Claim, counts: dict[str, float] | None = None, pending: tuple[Evidence, ...] = ()) -> set[str]:
    """The axes that are not asked of."""
    return set(QUESTIONS) - set(askable(Person(Profile(claims=claims, counts=counts or {}), pending)))


@pytest.mark.parametrize(("claim", "left_out"), [
    (Claim("c", "length", "short"), {"length"}), (Claim("c", "length", "at most three sentences"), {"length"}),
    (Claim("c", "length", "short", "inferred"), set()), (Claim("c", "length", "short", superseded_by="d"), set()),
    (Claim("c", "length", "short", "inferred", locked=True), {"length"}),
    (Claim("c", "length", "short", "inferred", suppressed=True), {"length"}),
    (Claim("c", "length", "short", "inferred", suppressed=True, superseded_by="d"), {"length"}),
    (Claim("c", "format", "no tables"), {"tables"}), (Claim("c", "rule", "no hedging"), {"hedging"}),
    (Claim("c", "rule", "always cite sources"), set()), (Claim("c", "depth", "step by step"), {"plain", "depth"}),
    (Claim("c", "tone", "formal", context="work"), {"formality", "warmth", "humour", "person"}),
    (Claim("c", "likes", "jazz"), set()),
])
def test_what_a_person_said_is_not_asked(claim: Claim, left_out: set[str]) -> None:
    """Nor what they locked or will not have mentioned, nor what would take its place; what was inferred may be."""
    assert axes(claim) == left_out


def test_none_twice() -> None:
    """Also where nobody has learnt yet that it was put; questions of the bank are others."""
    assert axes(counts={"asked.chat.emoji": 1.0, "asked.q01.0.1": 2.0}, pending=(event("code", 5.0),)) == {
        "emoji", "code"}  # fmt: skip
