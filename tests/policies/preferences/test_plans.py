"""Plans: what a summary shows of a profile, and which candidates there are."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Claim, Election, Plan, Profile
from policies.preferences.aspects import DEFAULT
from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.plans import frozen, planned, plans, shown, stated

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


def test_an_untrusted_profile_shows_what_was_said() -> None:
    """Whatever was elected."""
    assert ids(stated(PROFILE)) == {"nuts", "detailed", "tea"}
    assert ids(shown(replace(PROFILE, election=Election(guarded="drifted")))) == {"nuts", "detailed", "tea"}
    assert ids(shown(replace(PROFILE, election=Election(Plan("p", ("tea",)))))) == {"nuts", "detailed", "emoji", "jazz"}


def test_candidates_differ_by_principle() -> None:
    """Among them one without what the choices speak against; what may hurt when missing stays in all of them."""
    found = {plan.name: plan for plan in plans(PROFILE, [short(number) for number in range(6)], DEFAULT)}
    assert {"all", "tight", "stated", "answers", "person", "harmless", "proven"} <= found.keys()
    assert found["harmless"].drop == ("detailed",)
    assert found["tight"].share == 0.5
    assert all("nuts" not in plan.drop for plan in found.values())
    assert set(found["person"].drop) == {"detailed", "emoji"}
    assert set(found["answers"].drop) == {"tea", "jazz"}
    assert found["proven"].drop == ("emoji", "jazz")


def test_nothing_known_has_no_candidates_that_drop() -> None:
    """Only what is there can be left out."""
    assert [plan.drop for plan in plans(Profile(), [], DEFAULT)] == [(), ()]
