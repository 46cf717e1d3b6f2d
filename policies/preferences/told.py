"""What a person says of answers by word or by hand, as evidence on their coefficients (`policies.rewards.claims.told`).

A claim that they wrote, stated or locked puts its axis where the words say, whatever was known of it; one that they
took back leaves the axis at 0, as open as for anybody; one that is only not to be mentioned changes nothing. The sums
of choices on these axes begin anew, so that claims and coefficients stay two views of one taste.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from adapters.ports import Claim, Profile
from policies.preferences.book import RETRACTED
from policies.preferences.sums import LEARNT
from policies.preferences.voiced import SPOKEN
from policies.rewards.words import sides

Named = tuple[str, str]


def speaks(claim: Claim) -> bool:
    """Whether a claim is about an axis of answers, everywhere."""
    named = (claim.aspect, claim.value)
    return not claim.context and claim.aspect != "language" and (named in SPOKEN or bool(sides(*named)))


def corrections(before: Profile, after: Profile) -> tuple[list[Named], list[Named]]:
    """Which claims about answers a person made between two versions, and which they took back."""
    old, new = _said(before), _said(after)
    ended = {claim.id for claim in after.claims if claim.superseded_by == RETRACTED}
    gone = [claim for claim in old.values() if claim.id in ended]
    made = [claim for id, claim in new.items() if id not in old]
    return [_named(claim) for claim in made], [_named(claim) for claim in gone]


def corrected(before: Profile, after: Profile, prior: Mapping[str, float]) -> Profile:
    """`after` with the coefficients and sums that what changed since `before` stands for; `prior` is the house's."""
    made, ended = corrections(before, after)
    return moved(after, made, ended, prior) if made or ended else after


def moved(profile: Profile, made: Iterable[Named], ended: Iterable[Named], prior: Mapping[str, float]) -> Profile:
    """The profile after a person said `made` of answers, and took back `ended`."""
    from policies.preferences.coefficients import Taste, of_kept
    from policies.rewards.axes import AXES
    from policies.rewards.claims import meant, told

    made, ended = list(made), list(ended)
    taste = Taste.of(profile.taste, of_kept(prior), profile.counts.get(LEARNT, 0.0))
    found = replace(taste, serves=told(taste.serves, made, AXES, taste.prior, ended))
    axes = {axis for claim in (*made, *ended) for axis in meant(*claim, AXES)}
    counts = {name: value for name, value in profile.counts.items()
              if name.removeprefix("choice.").rstrip("+-") not in axes or not name.startswith("choice.")}  # fmt: skip
    return replace(profile, taste=found.floats(), counts=counts)


def _said(profile: Profile) -> dict[str, Claim]:
    """What the person stands by: what they said and what they locked, by id."""
    return {claim.id: claim for claim in profile.claims
            if claim.superseded_by is None and speaks(claim)
            and (claim.kind == "explicit" or claim.locked)}  # fmt: skip


def _named(claim: Claim) -> Named:
    return claim.aspect, claim.value
