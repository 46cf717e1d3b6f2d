"""What a person says of answers by word or by hand, as evidence on their coefficients (`policies.rewards.claims.told`).

A claim that they wrote, stated or locked puts its axis where the words say, whatever was known of it. Once it is taken
back, the axis is where the choices alone have it; but where these bear the same claim, they are disowned with it, else
it would come back at once: the axis is as open as for anybody, and its sums begin anew. One that is only not to be
mentioned changes nothing. So claims and coefficients stay two views of one taste, and nothing that was said leaves a
trace once it is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from adapters.ports import Claim, Profile
from policies.preferences.book import RETRACTED
from policies.preferences.choices import tastes
from policies.preferences.sums import LEARNT
from policies.preferences.voiced import SPOKEN, agreeing, borne
from policies.rewards.words import sides

Named = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Corrections:
    """Claims about answers that a person `made`, that they took back (`ended`), and of these such as no choice may
    bring back (`denied`)."""

    made: tuple[Named, ...] = ()
    ended: tuple[Named, ...] = ()
    denied: tuple[Named, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.made or self.ended)


def speaks(claim: Claim) -> bool:
    """Whether a claim is about an axis of answers, everywhere."""
    named = (claim.aspect, claim.value)
    return not claim.context and claim.aspect != "language" and (named in SPOKEN or bool(sides(*named)))


def corrections(before: Profile, after: Profile) -> Corrections:
    """What a person corrected between two versions."""
    old, new = _standing(before), _standing(after)
    taken = {claim.id for claim in after.claims if claim.superseded_by == RETRACTED}
    gone = [_named(claim) for id, claim in old.items() if id not in new]
    guessed = {_named(claim) for claim in before.claims
               if claim.id in taken and claim.id not in old and speaks(claim)}  # fmt: skip
    # A guess that the choices still bear did not go by itself.
    refused = [named for named in guessed if named in _borne(after)] if guessed else []
    back = {_named(claim) for claim in old.values() if claim.id in taken}
    made = [_named(claim) for id, claim in new.items() if id not in old]
    return Corrections(tuple(made), (*gone, *refused), (*back, *refused))


def corrected(before: Profile, after: Profile) -> Profile:
    """`after` with the coefficients and sums that what changed since `before` stands for."""
    found = corrections(before, after)
    return moved(after, found) if found else after


def forgotten(profile: Profile, claim: Claim) -> Profile:
    """The profile without what a claim about answers says, however it came to be known."""
    named = (_named(claim),)
    return moved(profile, Corrections((), named, named), claim.id)


def moved(profile: Profile, found: Corrections, less: str = "") -> Profile:
    """The profile after these corrections; the claim with the id `less` stands no more."""
    from policies.rewards.axes import AXES
    from policies.rewards.claims import meant, restored, told
    from policies.rewards.taste import NEUTRAL, Taste, floats

    taste = Taste.of(profile.taste, profile.counts.get(LEARNT, 0.0))
    by_choice = borne(floats(taste.chosen))
    sums = tastes(profile.counts, found.denied)
    denied = [named for named in found.denied if named in by_choice or named in sums]
    chosen = told(taste.chosen, (), AXES, NEUTRAL, denied)
    standing = [_named(claim) for id, claim in _standing(profile).items() if id != less]
    open_axes = {axis for named in found.ended for axis in meant(*named, AXES)}
    held = {axis for named in standing for axis in meant(*named, AXES)}
    serves = restored(taste.serves, chosen, AXES, open_axes - held) if standing or found.made else chosen
    serves = told(serves, found.made, AXES, NEUTRAL)
    made = Taste(serves, chosen if standing or found.made else serves, taste.last)
    axes = {axis for named in denied for axis in meant(*named, AXES)}
    return replace(profile, taste=made.floats(), counts=_without(profile.counts, axes))


def _without(counts: Mapping[str, float], axes: Iterable[str]) -> dict[str, float]:
    gone = {f"choice.{axis}{side}" for axis in axes for side in "+-"}
    return {name: value for name, value in counts.items() if name not in gone}


def _borne(profile: Profile) -> Mapping[Named, float]:
    known = [_named(claim) for claim in profile.claims]
    return agreeing(tastes(profile.counts, known), profile.taste, known)


def _standing(profile: Profile) -> dict[str, Claim]:
    """What the person stands by: what they said and what they locked, by id."""
    return {claim.id: claim for claim in profile.claims
            if claim.superseded_by is None and speaks(claim)
            and (claim.kind == "explicit" or claim.locked)}  # fmt: skip


def _named(claim: Claim) -> Named:
    return claim.aspect, claim.value
