"""What a person cares for is counted over what is known of them anyway."""

from dataclasses import replace

import pytest

from adapters.ports import Claim, Evidence, Profile
from policies.aspects.person import ANSWERS, MOST_READ, MOST_SEEN, TASTES, counted, share_of, shared
from policies.preferences.aspects import DEFAULT


def claim(value: str, aspect: str = "likes", **more: object) -> Claim:
    return replace(Claim(value, aspect, value), **more)  # type: ignore[arg-type]


def test_counts_over_claims() -> None:
    """As often as it was said, up to a bound, and as sure as it is."""
    profile = Profile(claims=(claim("quiet rooms", seen=2), claim("rooms with a view", confidence=0.5),
                              claim("jazz", seen=99)))  # fmt: skip
    assert counted(profile) == {"quiet": 2.0, "room": 2.5, "view": 0.5, "jaz": float(MOST_SEEN)}


@pytest.mark.parametrize("more", [{"superseded_by": "x"}, {"suppressed": True}])
def test_what_does_not_hold_or_is_not_to_be_mentioned(more: dict[str, object]) -> None:
    """Counts neither for the person nor among others."""
    profile = Profile(claims=(claim("jazz", **more),), share=True)
    assert counted(profile) == {} and shared(profile) == frozenset()


def test_how_answers_should_be_is_no_matter_of_passages() -> None:
    """All built-in aspects about answers are left out, and so is the name."""
    assert {aspect.name for aspect in DEFAULT.values() if aspect.about == "answers"} | {"name"} == ANSWERS
    assert all(counted(Profile(claims=(claim("short", name),))) == {} for name in ANSWERS)


def test_what_was_said_and_not_learnt_from_yet() -> None:
    """Counts too, once an event; what others wrote does not; and no more of it than so much is read."""
    pending = [Evidence("1", "statement", "A pool, a heated pool!"), Evidence("2", "pick", "A gym.", "assistant")]
    assert counted(Profile(), pending) == {"pool": 1.0, "heat": 1.0}
    long = [Evidence("1", "statement", "pool " * MOST_READ), Evidence("2", "statement", "gym")]
    assert counted(Profile(), long) == {"pool": 1.0}


def test_a_paused_person_has_no_counts() -> None:
    """Nothing of them is used, theirs or for others."""
    profile = Profile(claims=(claim("jazz"),), paused=True, share=True)
    assert counted(profile, [Evidence("1", "statement", "jazz")]) == {} and shared(profile) == frozenset()


def test_what_a_person_adds_to_others() -> None:
    """Each thing once and only if they agreed, and tastes alone: not how they live, with whom, where, with which
    illness, and no aspect that an operator adds."""
    others = [name for name in (*DEFAULT, "mood", "religion") if name not in TASTES | ANSWERS]
    claims = (claim("quiet rooms", seen=3), claim("rooms"), *(claim("Wuppertal", name) for name in others))
    assert shared(Profile(claims=claims, share=True)) == {"quiet", "room"}
    assert shared(Profile(claims=claims)) == frozenset()
    assert DEFAULT.keys() > TASTES and "wuppertal" in counted(Profile(claims=claims))


@pytest.mark.parametrize("value", ["gay bars", "HIV-positive", "going to church", "voting for Labour"])
def test_no_taste_that_tells_of_body_or_belief_is_shared(value: str) -> None:
    """Such a value is the person's own, whatever the claim is called."""
    profile = Profile(claims=(claim(value),), share=True)
    assert shared(profile) == frozenset() and counted(profile)


def test_what_is_written_by_hand_is_not_shared() -> None:
    """It may be anything, and nobody has seen it said."""
    assert shared(Profile(claims=(claim("jazz", locked=True), claim("tea")), share=True)) == {"tea"}


def test_smoothing() -> None:
    """Without counts it is the prior; with more of them, their own share."""
    assert share_of({}, "pool", 0.2, 5.0) == pytest.approx(0.2)
    assert share_of({"pool": 5.0}, "pool", 0.2, 5.0) == pytest.approx(0.6)
    assert share_of({"pool": 5.0}, "gym", 0.2, 5.0) == pytest.approx(0.1)
    assert share_of({"pool": 995.0}, "pool", 0.0, 5.0) == pytest.approx(0.995)
