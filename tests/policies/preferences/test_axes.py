"""How two answers differ, and what claims say of it."""

from __future__ import annotations

import pytest

from adapters.ports import Claim
from policies.preferences.axes import Meaning, Pair, difference, meant

SHORT = "Use a sieve."
LONG = "Take the sieve that hangs beside the door and shake it gently until nothing more comes out."
LIST = "Do this:\n- take a sieve\n- shake it\n- wait"
STEPS = "Do this:\n1. take a sieve\n2. shake it\n3. wait"


def claim(aspect: str, value: str) -> Claim:
    return Claim("c", aspect, value)


def test_what_is_alike_is_left_out() -> None:
    """Two equal texts differ on nothing."""
    assert difference(LIST, LIST) == {}


@pytest.mark.parametrize(
    ("chosen", "rejected", "axis", "side"),
    [
        (SHORT, LONG, "length", -1),
        (LIST, LONG, "lists", 1),
        (STEPS, LIST, "numbered", 1),
        ("## Sieves\nShake it.", "Shake it.", "headings", 1),
        ("| a | b |\n| - | - |\n| 1 | 2 |", "a and b", "tables", 1),
        ("Shake it 🎉", "Shake it", "emoji", 1),
        ("```\nshake()\n```", "shake", "code", 1),
        ("Sieves, for example round ones.", "Sieves, round ones.", "examples", 1),
        ("Hey, yeah, that's gonna work!!", "It works.", "casual", 1),
        ("Dear Sir, please find it enclosed. Kind regards", "Here it is.", "formal", 1),
        ("A big red dog ran by. " * 10, "Considerable vermilion canines promenaded nearby. " * 10, "plain", 1),
        ("Der Hund ist nicht auf dem Tisch, und die Katze auch nicht.", "The dog is not on the table.", "in.German", 1),
    ],
)
def test_each_axis_is_read(chosen: str, rejected: str, axis: str, side: int) -> None:
    """In both directions, within [-1, 1]."""
    there, back = difference(chosen, rejected)[axis], difference(rejected, chosen)[axis]
    assert there * side > 0
    assert there == -back
    assert abs(there) <= 1


@pytest.mark.parametrize(
    ("aspect", "value", "expected"),
    [
        ("length", "short", {"length": -1}),
        ("length", "at most three sentences", {"length": -1}),
        ("format", "no bullet lists", {"lists": -1}),
        ("language", "German", {"in.German": 1}),
        ("likes", "hiking", {}),
        ("format", "no such thing", {}),
    ],
)
def test_claims_expect_sides(aspect: str, value: str, expected: dict[str, float]) -> None:
    """What is not about form expects nothing."""
    assert meant(claim(aspect, value)) == expected


def test_claims_speak_for_answers() -> None:
    """For what fits, against what does not; a liked thing that only one answer names, half as much."""
    pair = Pair.of("Go hiking.", LONG)
    assert pair.says(Meaning.of(claim("length", "short"))) == 1.0
    assert pair.says(Meaning.of(claim("length", "detailed"))) == -1.0
    assert pair.says(Meaning.of(claim("likes", "hiking"))) == 0.5
    assert pair.says(Meaning.of(claim("avoid", "hiking"))) == -0.5
    assert pair.says(Meaning.of(claim("location", "Bonn"))) == 0.0
    ended = Claim("d", "length", "detailed", superseded_by="c")
    assert pair.agreement(map(Meaning.of, [claim("length", "short"), claim("likes", "hiking"), ended])) == 1.5
