"""What a person says of answers by word or by hand: what they made of it between two versions, and what they took back.

What that does to their coefficients is in `moving`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.ports import Claim, Profile
from policies.preferences.book import RETRACTED
from policies.preferences.sums import lasts
from policies.preferences.voiced import SPOKEN, borne_at
from policies.rewards.places import CONTEXTS, PLACES
from policies.rewards.words import Named, sides

if TYPE_CHECKING:
    from policies.rewards.apart import Tastes



@dataclass(frozen=True, slots=True)
class Corrections:
    """Claims about answers at one place that a person `made`, that they took back (`ended`), of these such as no choice
    may bring back (`denied`), and guesses that they `refused`, however little the choices bear them."""

    made: tuple[Named, ...] = ()
    ended: tuple[Named, ...] = ()
    denied: tuple[Named, ...] = ()
    refused: tuple[Named, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.made or self.ended)

    def beside(self, held: Collection[Named]) -> Corrections:
        """What of them counts at a place of which these claims were said: nothing about the same axes."""
        axes = {axis for named in held for axis in axes_of(named)}
        kept = (tuple(each for each in part if axes.isdisjoint(axes_of(each)))
                for part in (self.made, self.ended, self.denied, self.refused))  # fmt: skip
        return Corrections(*kept)

    def plus(self, other: Corrections) -> Corrections:
        """These and others."""
        return Corrections((*self.made, *other.made), (*self.ended, *other.ended), (*self.denied, *other.denied),
                           (*self.refused, *other.refused))  # fmt: skip


def speaks(claim: Claim) -> bool:
    """Whether a claim is about an axis of answers."""
    named = (claim.aspect, claim.value)
    return claim.aspect != "language" and (named in SPOKEN or bool(sides(*named)))


def about_answers(profile: Profile) -> set[tuple[str, str | None]]:
    """What is said of answers, by the ids of claims, and how what no more is ended."""
    return {(claim.id, claim.superseded_by) for claim in profile.claims if speaks(claim)}


def corrections(before: Profile, after: Profile) -> dict[str, Corrections]:
    """What a person corrected between two versions, by place, "" for everywhere."""
    found = {place: _corrections(before, after, place) for place in PLACES}
    return {place: each for place, each in found.items() if each}


def _corrections(before: Profile, after: Profile, place: str) -> Corrections:
    old, new = _standing(before, place), _standing(after, place)
    taken = {claim.id for claim in after.claims if claim.superseded_by == RETRACTED}
    gone = [words_of(claim) for id, claim in old.items() if id not in new]
    guessed = {words_of(claim) for claim in before.claims
               if claim.superseded_by is None and claim.id in taken and claim.id not in old
               and claim.context == place and speaks(claim)}  # fmt: skip
    # A guess that the choices still bear did not go by itself.
    refused = [named for named in guessed if named in _borne(after, place)] if guessed else []
    back = {words_of(claim) for claim in old.values() if claim.id in taken}
    made = [words_of(claim) for id, claim in new.items() if id not in old]
    return Corrections(tuple(made), (*gone, *refused), tuple(back), tuple(refused))


def tastes_of(profile: Profile) -> Tastes:
    """The tastes that a profile holds, with what the person stands by at places."""
    from policies.rewards.apart import Tastes

    words = {place: standing(profile, place) for place in CONTEXTS}
    return Tastes.of(profile.taste, lasts(profile.counts), words)


def axes_of(named: Named) -> Mapping[str, float]:
    """The axes that a claim is about, with its sides."""
    from policies.rewards.axes import AXES
    from policies.rewards.claims import meant

    return meant(*named, AXES)


def _borne(profile: Profile, place: str) -> Mapping[Named, float]:
    """What choices bear at a place."""
    return borne_at(place, profile.counts, profile.taste, [words_of(claim) for claim in profile.claims], True)


def standing(profile: Profile, place: str) -> list[Named]:
    """What the person stands by at a place, "" for everywhere: claims about answers that they said or locked."""
    return [words_of(claim) for claim in _standing(profile, place).values()]


def locked(profile: Profile, place: str) -> list[Named]:
    """Of these such as no evidence may change."""
    return [words_of(claim) for claim in _standing(profile, place).values() if claim.locked]


def _standing(profile: Profile, place: str) -> dict[str, Claim]:
    """The same by id."""
    return {claim.id: claim for claim in profile.claims
            if claim.superseded_by is None and claim.context == place and speaks(claim)
            and (claim.kind == "explicit" or claim.locked)}  # fmt: skip


def words_of(claim: Claim) -> Named:
    """A claim as aspect and value."""
    return claim.aspect, claim.value
