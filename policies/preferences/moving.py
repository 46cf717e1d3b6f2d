"""What a person says of answers, as evidence on their coefficients (`policies.rewards.claims.told`).

A claim that they wrote, stated or locked puts its axis where the words say, whatever was known of it; later choices
count against it, unless it is locked. Once it is taken back, the axis is where the choices alone have it; but where
these bear the same claim, they are disowned with it, else it would come back at once: the axis is as open as for
anybody, and its sums begin anew. One that is only not to be mentioned changes nothing. So claims and coefficients stay
two views of one taste, and nothing that was said leaves a trace once it is taken back.

What is said of one place moves the taste there alone; what is said for everywhere also those of places, as far as
nothing else is said of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.ports import Claim, Election, Lens, Profile
from policies.preferences.book import OUTGROWN
from policies.preferences.choices import sum_of, tastes
from policies.preferences.told import (
    Corrections,
    axes_of,
    corrections,
    locked,
    speaks,
    standing,
    tastes_of,
    words_of,
)  # fmt: skip
from policies.preferences.voiced import SPOKEN, borne, contrary
from policies.rewards.places import CHOSEN, PLACES, known, of_place, serving
from policies.rewards.words import Named

if TYPE_CHECKING:
    from policies.rewards.taste import Taste


def corrected(before: Profile, after: Profile) -> Profile:
    """`after` with the coefficients and sums that what changed since `before` stands for."""
    found = corrections(before, after)
    return moved(after, found) if found else after


def forgotten(profile: Profile, claim: Claim) -> Profile:
    """The profile without what a claim about answers says, however it came to be known, and wherever else it is said.
    """
    named = (words_of(claim),)
    same = [each for each in profile.claims if each.superseded_by is None and each.aspect == claim.aspect
            and each.value.casefold() == claim.value.casefold()]  # fmt: skip
    places = {claim.context, *(each.context for each in same)}
    guess = named if claim.kind == "inferred" else ()
    found = Corrections((), named, named, guess)
    return moved(profile, dict.fromkeys(places, found), {each.id for each in same})


def disowned(profile: Profile, kept: Mapping[str, float]) -> dict[str, Corrections]:
    """What the choices in a profile bear, and the taste that was `kept` of the same choices elsewhere does not, by
    place: it was taken back there."""
    found = {place: _unlike(_chosen(profile.taste, place), _chosen(kept, place))
             for place in PLACES if known(of_place(kept, place))}  # fmt: skip
    return {place: Corrections((), named, (), named) for place, named in found.items() if named}


def _unlike(mine: Mapping[str, float], other: Mapping[str, float]) -> tuple[Named, ...]:
    """The claims that the one bears, if only just, and of whose side the other is not."""
    return tuple(named for named in borne(mine, SPOKEN)
                 if not any(other.get(axis, 0.0) * side > 0.0 for axis, side in axes_of(named).items()))  # fmt: skip


def _chosen(taste: Mapping[str, float], place: str) -> Mapping[str, float]:
    """What the choices at a place told, of the floats of a profile."""
    there = of_place(taste, place)
    return of_place(there, CHOSEN) or there


def moved(profile: Profile, found: Mapping[str, Corrections], less: Collection[str] = ()) -> Profile:
    """The profile after these corrections, by place; the claims with the ids `less` stand no more."""
    left = replace(profile, claims=tuple(claim for claim in profile.claims if claim.id not in less))
    whole, everywhere = tastes_of(left), found.get("", Corrections())
    held = standing(left, "")
    moving, gone = _moved(whole.everywhere, everywhere, held, tastes(profile.counts, ()))
    counts = _without(profile.counts, gone, "")
    places: dict[str, Taste] = {}
    for place, taste in whole.places.items():
        here, said = found.get(place, Corrections()), whole.words[place]
        general = Corrections(tuple(held)).beside(said).made
        # What holds everywhere holds here again where the contrary was taken back.
        back = {axis for named in here.ended for axis in axes_of(named)}
        again = tuple(named for named in general if not back.isdisjoint(axes_of(named)))
        both = Corrections(again).plus(everywhere.beside(said)).plus(here)
        # A place's taste began as the one for everywhere, and maybe with what of that is disowned now.
        begun = (each for each in gone if not contrary(each, _chosen(profile.taste, place)))
        sums = {*tastes(counts, (), place), *begun}
        places[place], here_too = _moved(taste, both, [*said, *general], sums)
        counts = _without(counts, here_too, place)
    kept = replace(whole, everywhere=moving, places=places).floats()
    claims, election = _agreeing(profile.claims, kept), _unfocused(profile.election, found.values())
    return replace(profile, taste=kept, counts=counts, claims=claims, election=election)


def fastened(profile: Profile) -> Profile:
    """The profile after choices, with what the person locked where it was: no evidence changes that."""
    fast = {place: locked(profile, place) for place in PLACES}
    if not any(fast.values()):
        return profile
    from policies.rewards.axes import AXES
    from policies.rewards.claims import told
    from policies.rewards.taste import NEUTRAL

    def held(taste: Taste, place: str) -> Taste:
        there = fast[place] if place else ()
        general = Corrections(tuple(fast[""])).beside(standing(profile, place) if place else ()).made
        named = (*there, *general)
        return replace(taste, serves=told(taste.serves, named, AXES, NEUTRAL)) if named else taste

    whole = tastes_of(profile)
    places = {place: held(taste, place) for place, taste in whole.places.items()}
    return replace(profile, taste=replace(whole, everywhere=held(whole.everywhere, ""), places=places).floats())


def _agreeing(claims: Sequence[Claim], taste: Mapping[str, float]) -> tuple[Claim, ...]:
    """The claims, of which no guess holds on to what coefficients say the contrary of now."""
    gone = {claim.id for claim in claims
            if claim.superseded_by is None and claim.kind == "inferred" and not claim.locked and speaks(claim)
            and contrary(words_of(claim), serving(taste, claim.context))}  # fmt: skip
    return tuple(replace(claim, superseded_by=OUTGROWN) if claim.id in gone else claim for claim in claims)


def _unfocused(election: Election, found: Iterable[Corrections]) -> Election:
    """The election without a lens that says of a corrected axis what the choices before it told."""
    axes = {axis for each in found for named in (*each.made, *each.ended) for axis in axes_of(named)}
    return election if axes.isdisjoint(election.lens.weights) else replace(election, lens=Lens(tried=election.choices))


def _moved(
    taste: Taste, found: Corrections, standing: Collection[Named], sums: Collection[Named]
) -> tuple[Taste, list[Named]]:
    """A taste after corrections, where these claims stand, and what of them choices had borne (as the `sums` do)."""
    from policies.rewards.axes import AXES
    from policies.rewards.claims import restored, told
    from policies.rewards.taste import NEUTRAL, Taste, floats

    if not found:
        return taste, []
    told_by = floats(taste.chosen)
    by_choice = borne(told_by)
    denied = [named for named in found.denied if named in by_choice or named in sums]
    denied += [named for named in found.refused if named not in denied and not contrary(named, told_by)]
    chosen = told(taste.chosen, (), AXES, NEUTRAL, denied)
    open_axes = {axis for named in found.ended for axis in axes_of(named)}
    held = {axis for named in standing for axis in axes_of(named)}
    serves = restored(taste.serves, chosen, AXES, open_axes - held) if standing or found.made else chosen
    serves = told(serves, found.made, AXES, NEUTRAL)
    return Taste(serves, chosen if standing or found.made else serves, taste.last), denied


def _without(counts: Mapping[str, float], disowned: Iterable[Named], place: str) -> dict[str, float]:
    gone = {sum_of(axis, side, place) for named in disowned for axis in axes_of(named) for side in "+-"}
    return {name: value for name, value in counts.items() if name not in gone}
