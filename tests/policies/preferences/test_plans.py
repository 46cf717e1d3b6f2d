"""Plans: what a summary shows of a profile, and which candidates there are."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Claim, Election, Plan, Profile, Race
from policies.preferences.aspects import DEFAULT
from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.plans import frozen, planned, plans, shown, stated, widened

SHORT = "Use a sieve."
LONG = "Take the sieve that hangs beside the door and shake it gently until nothing more comes out."
DETAILED = Claim("detailed", "length", "detailed")
EMOJI = Claim("emoji", "emoji", "none", "inferred", 0.9)
LISTS = Claim("lists", "format", "bullet lists", "inferred", 0.9)
NUTS = Claim("nuts", "allergies", "nuts")
TEA = Claim("tea", "likes", "tea")
JAZZ = Claim("jazz", "mentioned", "jazz", "inferred", 0.3)
PROFILE = Profile(claims=(NUTS, DETAILED, EMOJI, TEA, JAZZ))


def ids(profile: Profile) -> set[str]:
    return {claim.id for claim in profile.claims}


def short(number: int) -> Choice:
    return Choice(f"c{number}", SHORT, LONG, Pair.of(SHORT, LONG), 0.8)


def test_all_is_the_profile_itself() -> None:
    """What is there, and what will be."""
    assert planned(PROFILE, Plan()) is PROFILE


def test_a_plan_leaves_out_what_it_names() -> None:
    """Not what the person locked since, and not what came later."""
    plan = Plan("p", ("tea", "detailed"))
    assert ids(planned(PROFILE, plan)) == {"nuts", "emoji", "jazz"}
    locked = replace(PROFILE, claims=(replace(TEA, locked=True), DETAILED, LISTS))
    assert ids(planned(locked, plan)) == {"tea", "lists"}


def test_what_is_inferred_later_waits_for_its_election() -> None:
    """A frozen plan takes in what the person says, and what is mentioned; not a new guess about answers."""
    plan = frozen(PROFILE, Plan())
    assert plan.keep == ("emoji",)
    later = replace(PROFILE, claims=(*PROFILE.claims, LISTS, replace(DETAILED, id="new", aspect="depth")))
    assert ids(planned(later, plan)) == ids(later) - {"lists"}


def test_what_holds_everywhere_is_shown_as_what_held_at_a_place() -> None:
    """Once a guess about a place is one about everywhere, it needs no election of its own; nor is it shown where plans
    left the other out, and nothing else follows."""
    there = Claim("there", "length", "short", "inferred", context="work")
    wide = replace(there, id="wide", context="")
    election = Election(frozen(Profile(claims=(there,)), Plan()), race=Race(Plan("stated", ("there",), ("there",))))
    before = Profile(claims=(there, EMOJI), election=election)
    after = replace(before, claims=(replace(there, superseded_by="outgrown"), EMOJI, wide, LISTS))
    found = widened(before, after)
    assert ids(shown(found)) == {"there", "wide"} and ids(shown(after)) == {"there"}
    both = ("there", "wide")
    assert found.election.race is not None and found.election.race.plan == Plan("stated", both, both)
    assert widened(before, replace(before, claims=(there, EMOJI, wide))).election == election, "the place has it still"


def test_an_untrusted_profile_shows_what_was_said() -> None:
    """Whatever was elected."""
    assert ids(stated(PROFILE)) == {"nuts", "detailed", "tea"}
    assert ids(shown(replace(PROFILE, election=Election(guarded="drifted")))) == {"nuts", "detailed", "tea"}
    assert ids(shown(replace(PROFILE, election=Election(Plan("p", ("tea",)))))) == {"nuts", "detailed", "emoji", "jazz"}


def test_candidates_leave_out_what_choices_speak_of() -> None:
    """Among them one without what they speak against; never what they say nothing of, or what hurts when missing."""
    found = {plan.name: plan for plan in plans(PROFILE, [short(number) for number in range(6)], DEFAULT)}
    assert found["harmless"].drop == found["person"].drop == ("detailed",)
    assert found["tight"].share == 0.5
    assert {id for plan in found.values() for id in plan.drop} == {"detailed"}
    named = Choice("c", "Tea with nuts.", "Water.", Pair.of("Tea with nuts.", "Water."), 0.8)
    found = {plan.name: plan for plan in plans(PROFILE, [named], DEFAULT)}
    assert "tea" in found["answers"].drop
    assert all("nuts" not in plan.drop for plan in found.values())


def test_candidates_take_in_what_came_since() -> None:
    """Each of it alone, all of it, or everything again; what serves goes on to leave out what it does."""
    serves = replace(frozen(PROFILE, Plan()), drop=("tea",))
    tone = Claim("tone", "tone", "formal", "inferred", 0.9)
    later = replace(PROFILE, claims=(*PROFILE.claims, LISTS, tone), election=Election(serves))
    found = {plan.name: plan for plan in plans(later, [], DEFAULT)}
    assert set(found) == {"tight", "with_format", "with_tone", "newer", "all"}
    assert (found["with_format"].keep, found["with_format"].drop) == (("emoji", "lists"), ("tea",))
    assert (found["newer"].keep, found["newer"].drop) == (("emoji", "lists", "tone"), ("tea",))
    assert (found["all"].keep, found["all"].drop) == (("emoji", "lists", "tone"), ())


def test_what_is_said_again_is_shown_again() -> None:
    """Whatever a plan left out before."""
    plan = Plan("p", ("tea", "jazz"), made=100.0)
    again = replace(PROFILE, claims=(replace(TEA, last=101.0), replace(JAZZ, last=101.0), replace(NUTS, last=99.0)))
    assert ids(planned(again, plan)) == {"tea", "nuts"}


def test_nothing_known_has_no_candidates_that_drop() -> None:
    """Only what is there can be left out."""
    assert [plan.drop for plan in plans(Profile(), [], DEFAULT)] == [()]
