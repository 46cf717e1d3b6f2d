"""Whether a candidate may become a claim: by its aspect, by the list of values, and by what the value tells of."""

from dataclasses import replace

import pytest

from policies.preferences.admit import admitted, alike, permitted, spelt
from policies.preferences.aspects import DEFAULT, Said

TEAM = replace(DEFAULT["likes"], name="team", label="Team", values=("Blue", "Red Bulls", "no team"))
STRICT = replace(TEAM, strict=True)


@pytest.mark.parametrize(("value", "kept", "strictly"), [
    ("blue", "Blue", "Blue"), ("the red bull", "Red Bulls", "Red Bulls"), ("green", "green", None),
    ("no blue", "no blue", None), ("No team", "No team", None), ("no teams", "no team", "no team"),
])
def test_a_list_of_values(value: str, kept: str, strictly: str | None) -> None:
    """It prefers its own spelling; a strict one takes nothing else, and a denial is another value."""
    assert spelt(TEAM, value) == kept
    assert spelt(STRICT, value) == strictly


def test_a_denial_is_not_what_it_denies() -> None:
    """Though their words that matter are the same."""
    assert alike("bullet lists", "Bullet list") and not alike("bullet lists", "no bullet lists")


@pytest.mark.parametrize(("aspect", "value", "said", "inferred"), [
    ("likes", "jazz", True, True), ("likes", "gay bars", False, False), ("needs", "asthma", True, False),
    ("needs", "a lift", True, False), ("allergies", "nuts", True, False), ("diet", "diabetic", True, False),
    ("diet", "union member", False, False), ("needs", "criminal record", False, False),
    ("mentioned", "diabetes", False, False), ("goals", "managing diabetes", False, False),
    ("occupation", "cancer nurse", True, True), ("tone", "formal", True, True),
])
def test_what_tells_of_something_protected(aspect: str, value: str, said: bool, inferred: bool) -> None:
    """Is kept where it was stated for the answer's sake, and nobody's allergies, diet or needs are guessed at all."""
    assert permitted(DEFAULT[aspect], value, explicit=True) is said
    assert permitted(DEFAULT[aspect], value, explicit=False) is inferred


def test_the_operator_may_allow_it() -> None:
    """For all that a value tells of, or not at all."""
    allowed = replace(DEFAULT["likes"], allows=frozenset(("sexuality",)))
    assert permitted(allowed, "gay bars", explicit=False)
    assert not permitted(allowed, "gay Muslim", explicit=True)


def test_what_is_admitted() -> None:
    """Unknown aspects never; by hand anything of a known one that its list holds."""
    aspects = {"team": STRICT, "likes": DEFAULT["likes"]}
    assert admitted(Said("team", "blue"), aspects) == Said("team", "Blue")
    assert admitted(Said("team", "green"), aspects, by_hand=True) is None
    assert admitted(Said("mood", "good"), aspects, by_hand=True) is None
    assert admitted(Said("likes", "gay bars"), aspects) is None
    said = Said("likes", "gay bars", context="home")
    assert admitted(said, aspects, by_hand=True) is said
