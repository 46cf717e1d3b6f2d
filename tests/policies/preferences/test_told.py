"""What a person corrected between two versions of what is said of answers."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Claim, Profile
from policies.preferences.book import OUTGROWN, RETRACTED
from policies.preferences.moving import corrected
from policies.preferences.told import corrections, locked, speaks, standing
from policies.rewards.taste import floats, of_kept

KNOWN = floats(of_kept({"length": 1.0, "length~": 0.2}))


def claim(value: str, kind: str = "inferred", id: str = "c1", aspect: str = "length") -> Claim:
    return Claim(id, aspect, value, kind)  # type: ignore[arg-type]


def test_what_is_inferred_is_no_correction() -> None:
    """Neither that it comes nor that it goes by itself; nor what is about the person."""
    none = Profile(version=1)
    some = Profile(version=2, claims=(claim("long"), claim("jazz", "explicit", "c2", "likes"),
                                      replace(claim("long", id="c3"), context="work")))  # fmt: skip
    gone = replace(some, claims=(replace(some.claims[0], superseded_by=RETRACTED), *some.claims[1:]))
    assert not corrections(none, some) and not corrections(some, none) and not corrections(some, gone)
    assert corrected(none, some) is some
    assert not speaks(claim("vegan", "explicit", "c4", "diet"))


def test_what_ended_long_ago_is_no_correction() -> None:
    """Taken back or outgrown before: what choices bear since stands, and nothing of it is disowned again."""
    old = tuple(replace(claim("long", kind, by), superseded_by=by)
                for kind, by in (("inferred", OUTGROWN), ("inferred", RETRACTED), ("explicit", RETRACTED)))  # fmt: skip
    before = Profile(version=1, claims=old, taste=KNOWN, counts={"choice.length+": 9.0})
    after = replace(before, claims=(*old, claim("long")))
    assert not corrections(before, after) and not corrections(after, replace(after, claims=old))
    outgrown = replace(after, claims=(*old, replace(claim("long"), superseded_by=OUTGROWN)))
    assert not corrections(after, outgrown)


def test_what_a_person_stands_by() -> None:
    """What they said and what they locked, where it holds; of these what no evidence may change."""
    said, fast = claim("short", "explicit"), replace(claim("headings", "inferred", "c2", "format"), locked=True)
    there = replace(claim("long", "explicit", "c3"), context="work")
    profile = Profile(version=1, claims=(said, fast, there, claim("none", "inferred", "c4", "emoji")))
    assert standing(profile, "") == [("length", "short"), ("format", "headings")]
    assert standing(profile, "work") == [("length", "long")] and locked(profile, "work") == []
    assert locked(profile, "") == [("format", "headings")]
