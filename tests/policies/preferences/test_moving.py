"""What a person says of answers moves their coefficients, and their coefficients then say it; what is taken back leaves
no trace."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adapters.ports import Claim, Election, Lens, Profile
from policies.preferences.book import OUTGROWN, RETRACTED
from policies.preferences.edit import Change, Edit, edited
from policies.preferences.moving import corrected, disowned, fastened, forgotten, moved
from policies.preferences.told import Corrections, tastes_of
from policies.preferences.voiced import borne, borne_at
from policies.rewards.apart import Tastes
from policies.rewards.axes import AXES
from policies.rewards.places import CHOSEN, LEARNT_AT, of_place
from policies.rewards.posterior import Answer
from policies.rewards.taste import Taste, floats, of_kept

SHORT, LONG = ("length", "short"), ("length", "long")
LENGTH = AXES.index("length")
KNOWN = floats(of_kept({"length": 1.0, "length~": 0.2}))
GUESSED = floats(of_kept({"length": -0.3, "length~": 0.9, "lists": 0.2, "lists~": 1.0}))


def claim(value: str, kind: str = "inferred", id: str = "c1", aspect: str = "length") -> Claim:
    return Claim(id, aspect, value, kind)  # type: ignore[arg-type]


def by_hand(before: Profile, *changes: Change) -> Profile:
    return corrected(before, edited(before, Edit(list(changes)), "x", 5.0))


def ended(profile: Profile, id: str) -> Profile:
    """Taken back in words."""
    claims = (replace(each, superseded_by=RETRACTED) if each.id == id else each for each in profile.claims)
    return corrected(profile, replace(profile, claims=tuple(claims)))


def test_what_is_written_turns_the_coefficient() -> None:
    """Against all choices before it; what these told stays beside it, and so do their sums."""
    counts = {"choice.length+": 4.0, "choice.lists+": 2.0, "events": 6.0}
    before = Profile(version=1, claims=(claim("long"),), taste=KNOWN, counts=counts)
    after = by_hand(before, Change(aspect="length", value="short"))
    assert borne(KNOWN) == {LONG: 0.987} and SHORT in borne(after.taste)
    assert np.allclose(of_kept(of_place(after.taste, CHOSEN)).mean, of_kept(KNOWN).mean)
    assert after.counts.items() >= counts.items()


def test_a_lock_makes_sure() -> None:
    """Of what was only guessed."""
    before = Profile(version=1, claims=(claim("short"),), taste=GUESSED)
    assert SHORT not in borne(GUESSED)
    assert SHORT in borne(by_hand(before, Change(id="c1", locked=True)).taste)


@pytest.mark.parametrize("taste", [{}, GUESSED])
def test_what_is_taken_back_leaves_no_trace(taste: dict[str, float]) -> None:
    """However often it goes back and forth, the coefficients are then as choices alone have them, also those that were
    made meanwhile."""
    start = before = Profile(version=1, taste=taste)
    answer = Answer(np.eye(len(AXES))[LENGTH])
    for number, (aspect, value) in enumerate([("length", "short"), ("length", "long"), ("format", "bullet lists")]):
        said = replace(before, claims=(claim(value, "explicit", f"c{number}", aspect),))
        said = corrected(before, said)
        assert said.taste != before.taste
        chosen = Taste.of(said.taste).after([answer])
        before = ended(replace(said, taste=chosen.floats()), f"c{number}")
    plain = Taste.of(start.taste).after([answer] * 3)
    assert before.taste == pytest.approx(plain.floats(), abs=1e-4)


def test_one_of_two_is_taken_back() -> None:
    """The other one stands as it stood."""
    before = Profile(version=1, taste=GUESSED)
    both = corrected(before, replace(before, claims=(claim("short", "explicit"),
                                                    claim("bullet lists", "explicit", "c2", "format"))))  # fmt: skip
    one = ended(both, "c1")
    assert borne(both.taste).keys() == {SHORT, ("format", "bullet lists")}
    assert borne(one.taste).keys() == {("format", "bullet lists")}
    assert of_kept(one.taste).mean[LENGTH] == pytest.approx(-0.3, abs=1e-3)


def test_what_choices_bear_is_disowned_with_it() -> None:
    """Else it would come back at once: the coefficient is 0, as open as for anybody, and its sums begin anew; also
    where it was only guessed, and taken back in words, or forgotten."""
    counts = {"choice.length+": 9.0, "choice.lists+": 2.0}
    before = Profile(version=1, claims=(claim("long", "explicit"),), taste=KNOWN, counts=counts)
    inferred = replace(before, claims=(claim("long"),))
    for after in (ended(before, "c1"), ended(inferred, "c1"), forgotten(inferred, inferred.claims[0]),
                  forgotten(before, before.claims[0])):  # fmt: skip
        assert borne(after.taste) == {} and of_kept(after.taste).mean[LENGTH] == 0.0
        assert after.counts == {"choice.lists+": 2.0}
        assert of_kept(after.taste).deviations[LENGTH] > 1.0


def test_what_is_only_not_mentioned_changes_nothing() -> None:
    """Neither then nor when it is mentioned again."""
    before = Profile(version=1, claims=(claim("long"),), taste=KNOWN)
    hidden = by_hand(before, Change(id="c1", suppressed=True))
    assert hidden.taste == by_hand(hidden, Change(id="c1", suppressed=False)).taste == KNOWN


def test_no_guess_holds_on_to_the_contrary() -> None:
    """It ends with the correction that turned its coefficient; one that agrees, or that the person locked, stays."""
    locked = replace(claim("long", id="c3"), locked=True)
    guesses = claim("long"), claim("bullet lists", id="c2", aspect="format"), locked
    after = moved(Profile(version=1, claims=guesses, taste=KNOWN), {"": Corrections((SHORT,))})
    assert [each.superseded_by for each in after.claims] == [OUTGROWN, None, None]


def test_a_lens_says_nothing_of_what_was_corrected() -> None:
    """Whatever choices told of it before; another one may be made later."""
    election = Election(choices=30, lens=Lens("completeness over brevity", {"length": 2.0}, serves=True, tried=20))
    before = Profile(version=1, claims=(claim("long"),), taste=KNOWN, election=election)
    for after in (forgotten(before, before.claims[0]), by_hand(before, Change(aspect="length", value="short"))):
        assert after.election == replace(election, lens=Lens(tried=30))
    assert by_hand(before, Change(aspect="emoji", value="none")).election == election


def test_a_guess_is_refused_however_little_bears_it() -> None:
    """It may have been likelier once; what was said and is forgotten leaves choices as they are, where they bear
    nothing."""
    little = floats(of_kept({"length": 0.7, "length~": 0.3}))
    before = Profile(version=1, claims=(claim("long"),), taste=little)
    assert not borne(little) and borne(little, {LONG})
    assert ended(before, "c1").taste == forgotten(before, before.claims[0]).taste == {}
    said = replace(before, claims=(claim("long", "explicit"),), counts={"choice.length+": 0.8})
    for after in (forgotten(said, said.claims[0]), ended(said, "c1")):
        assert after.taste["length"] == pytest.approx(0.7) and after.counts == said.counts, "one choice bears no claim"


def test_what_was_refused_elsewhere() -> None:
    """By what is kept of the same choices: of another side, or open, at each place; nothing where nothing is kept."""
    mine = Profile(version=1, taste=Tastes().after("", [ONE] * 9).after("work", [ONE] * 9, 5.0).floats(),
                   counts={"taste.last.work": 5.0})  # fmt: skip
    assert not disowned(mine, mine.taste) and not disowned(mine, {})
    refused = Corrections((), (LONG,), (), (LONG,))
    assert disowned(mine, {**mine.taste, "length": 0.0}) == {"": refused}
    assert disowned(mine, {**mine.taste, "work/length": -1.0}) == {"work": refused}
    apart = {**mine.taste, "chosen/length": 1.0, "chosen/length~length": 1.0, "length": -2.0}
    assert not disowned(mine, apart), "what choices told stands beside a word to the contrary"
    assert at(moved(mine, disowned(mine, {**mine.taste, "length": 0.0})), "") == 0.0 < at(mine, "work")


def test_what_is_locked_is_outvoted_by_nothing() -> None:
    """Everywhere, and at places of which nothing else was said; what is only said is, by many choices."""
    said = Profile(version=1, claims=(claim("short", "explicit"),))
    fast = replace(said, claims=(replace(said.claims[0], locked=True),))
    against = Answer(np.eye(len(AXES))[LENGTH])
    for before in (said, fast):
        known = tastes_of(moved(before, {"": Corrections((SHORT,))}))
        for _ in range(60):
            known = known.after("", [against]).after("work", [against])
        after = fastened(replace(before, taste=known.floats(), counts={LEARNT_AT["work"]: 1.0}))
        for place in ("", "work"):
            mean = of_kept(of_place(after.taste, place)).mean[LENGTH]
            assert mean < -1.5 if before is fast else mean > -0.5
        assert fastened(after).taste == pytest.approx(after.taste, abs=1e-4)


def test_said_to_somebody_unknown() -> None:
    """It is a taste from the first word on."""
    after = moved(Profile(version=1), {"": Corrections((SHORT,))})
    assert SHORT in borne(after.taste) and of_kept(of_place(after.taste, CHOSEN)).mean[LENGTH] == 0.0


ONE = Answer(np.eye(len(AXES))[LENGTH])
APART = Tastes().after("", [ONE] * 2).after("work", [ONE] * 4, 5.0).after("home", [ONE], 6.0)
HELD = Profile(version=1, taste=APART.floats(), counts={"taste.last.work": 5.0, "taste.last.home": 6.0})


def at(profile: Profile, place: str) -> float:
    """The coefficient of length that serves there."""
    return float(tastes_of(profile).of_place(place).serves.mean[LENGTH])


def says(before: Profile, *claims: Claim) -> Profile:
    return corrected(before, replace(before, claims=claims))


def test_what_is_said_of_work_holds_at_work() -> None:
    """And nowhere else; taken back, or forgotten, it leaves no trace."""
    work = replace(claim("short", "explicit"), context="work")
    said = says(HELD, work)
    assert at(said, "work") < -1.5
    assert [at(said, place) for place in ("", "home")] == [at(HELD, place) for place in ("", "home")]
    for after in (ended(said, "c1"), says(said), forgotten(said, work)):
        assert after.taste == pytest.approx(HELD.taste, abs=1e-4) and after.counts == HELD.counts


def test_what_is_said_of_a_place_that_is_not_known() -> None:
    """It serves there at once, upon what is known for everywhere; taken back, the place is as unknown as before."""
    before = Profile(version=1, taste=KNOWN)
    said = says(before, replace(claim("short", "explicit"), context="home"))
    assert at(said, "home") < -1.5 < 0.5 < at(said, "") == at(said, "work")
    assert ended(said, "c1").taste == pytest.approx(before.taste, abs=1e-4)


def test_what_is_said_for_everywhere_holds_at_places() -> None:
    """Where nothing else was said, and until it is taken back; what was said of a place gives way to it again."""
    work = replace(claim("long", "explicit", "c2"), context="work")
    plain, general = says(HELD, work), claim("short", "explicit")
    both = says(plain, work, general)
    assert at(both, "work") == at(plain, "work") > 1.5
    assert at(both, "home") < -1.5 > at(both, "")
    assert ended(both, "c1").taste == pytest.approx(plain.taste, abs=1e-4)
    assert at(ended(both, "c2"), "work") < -1.5


def test_what_is_forgotten_comes_back_nowhere() -> None:
    """Also where choices at a place bear the same: their sums go, too."""
    counts = {**HELD.counts, "choice.length+": 5.0, "choice.work/length+": 5.0, "choice.work/lists+": 2.0}
    taste = Tastes().after("", [ONE] * 9).after("work", [ONE] * 9, 5.0).floats()
    before = Profile(version=1, claims=(claim("long"),), taste=taste, counts=counts)
    after = forgotten(before, before.claims[0])
    assert LONG in borne_at("work", before.counts, before.taste)
    assert LONG not in borne_at("work", after.counts, after.taste) | borne_at("", after.counts, after.taste)
    assert after.counts == {**HELD.counts, "choice.work/lists+": 2.0} and at(after, "work") == at(after, "") == 0.0


def test_what_a_place_began_with_is_forgotten_too() -> None:
    """It was learnt where it is forgotten; what the place's own choices say to the contrary stays."""
    for own, left in ((0, 0.0), (12, -1.0)):
        contrary = [Answer(-ONE.v)] * own
        taste = Tastes().after("", [ONE] * 9).after("work", [*contrary, Answer(np.eye(len(AXES))[1])], 5.0).floats()
        before = Profile(version=1, claims=(claim("long"),), taste=taste, counts={"taste.last.work": 5.0})
        after = forgotten(before, before.claims[0])
        assert at(after, "") == 0.0 and at(after, "work") <= left and (not own or after.taste["work/length"] < -0.5)


def test_a_guess_about_work_is_taken_back() -> None:
    """By hand or in words: what choices there bear is disowned there, and stands elsewhere."""
    counts = {**HELD.counts, "choices.work": 9.0, "choice.length+": 5.0}
    taste = Tastes().after("work", [ONE] * 9, 5.0).after("home", [ONE] * 9, 6.0).floats()
    guess = replace(claim("long"), context="work")
    after = ended(Profile(version=1, claims=(guess,), taste=taste, counts=counts), "c1")
    assert at(after, "work") == 0.0 and at(after, "home") > 0.5 and after.counts == counts
