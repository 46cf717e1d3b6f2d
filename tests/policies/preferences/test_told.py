"""What a person says of answers moves their coefficients, and their coefficients then say it."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Claim, Profile
from policies.preferences.book import RETRACTED
from policies.preferences.coefficients import AXES, of_kept
from policies.preferences.edit import Change, Edit, edited
from policies.preferences.told import corrected, corrections, moved, speaks
from policies.preferences.voiced import borne

SHORT, LONG = ("length", "short"), ("length", "long")
KNOWN = of_kept({"length": 1.0, "length~": 0.2}).floats(AXES)


def claim(value: str, kind: str = "inferred", id: str = "c1", aspect: str = "length") -> Claim:
    return Claim(id, aspect, value, kind)  # type: ignore[arg-type]


def by_hand(before: Profile, *changes: Change) -> Profile:
    return corrected(before, edited(before, Edit(list(changes)), "x", 5.0), {})


def test_what_is_written_turns_the_coefficient() -> None:
    """Against all choices before it; the sums of choices begin anew, those of other axes stay."""
    counts = {"choice.length+": 4.0, "choice.lists+": 2.0, "events": 6.0}
    before = Profile(version=1, claims=(claim("long"),), taste=KNOWN, counts=counts)
    after = by_hand(before, Change(aspect="length", value="short"))
    assert borne(KNOWN) == {LONG: 0.987} and SHORT in borne(after.taste)
    assert "choice.length+" not in after.counts and after.counts["choice.lists+"] == 2.0
    assert after.counts["events"] == 6.0


def test_a_lock_makes_sure() -> None:
    """Of what was only guessed."""
    guessed = of_kept({"length": -0.3, "length~": 0.9}).floats(AXES)
    before = Profile(version=1, claims=(claim("short"),), taste=guessed)
    assert SHORT not in borne(guessed)
    assert SHORT in borne(by_hand(before, Change(id="c1", locked=True)).taste)


def test_what_is_taken_back_is_open_again() -> None:
    """The coefficient is 0, as open as for anybody; what is only not to be mentioned, and is again, changes nothing."""
    before = Profile(version=1, claims=(claim("long"),), taste=KNOWN)
    hidden = by_hand(before, Change(id="c1", suppressed=True))
    assert hidden.taste == by_hand(hidden, Change(id="c1", suppressed=False)).taste == KNOWN
    said = replace(before, claims=(claim("long", "explicit"),))
    ended = replace(said, claims=(replace(said.claims[0], superseded_by=RETRACTED),))
    assert corrections(said, ended) == ([], [LONG])
    assert borne(corrected(said, ended, {}).taste) == {}


def test_what_is_inferred_is_no_correction() -> None:
    """Neither that it comes nor that it goes; nor what is about the person, or holds at work alone."""
    none = Profile(version=1)
    some = Profile(version=2, claims=(claim("long"), claim("jazz", "explicit", "c2", "likes"),
                                      replace(claim("short", "explicit", "c3"), context="work")))  # fmt: skip
    assert corrections(none, some) == corrections(some, none) == ([], [])
    assert corrected(none, some, {}) is some
    assert not speaks(claim("vegan", "explicit", "c4", "diet"))


def test_said_to_somebody_unknown() -> None:
    """It is a taste from the first word on, also under the prior of a house that thinks otherwise."""
    house = of_kept({"length": 0.8, "length~": 0.4}).floats(AXES)
    after = moved(Profile(version=1), [SHORT], [], house)
    assert SHORT in borne(after.taste)
    assert of_kept(after.taste, "own").mean[AXES.index("length")] < -1.0
