"""What a person chose and over what, and the tastes that bear out: outputs they picked, kept or changed by hand.

A choice is an event with two texts for the same place: a pick, an answer asked for again and kept, an edit and what it
was made of. Sums over the axes on which the two differ bear inferred claims, pooled with a house prior of invented
choices as the sums of `style` are, so that two picks make no taste. What is chosen says more of answers than how a
person writes: where both bear a claim of one kind, the choices hold.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.ports import Claim, Evidence, EvidenceKind
from policies.asked import ANSWERED
from policies.preferences.axes import Pair
from policies.preferences.style import beyond
from policies.rewards.places import PLACES
from policies.rewards.words import CALLED
from policies.weights import RATING, WEIGHTS

KINDS: tuple[EvidenceKind, ...] = ("pick", "regenerate", "edit")
"""Kinds of evidence that are choices: `text` was preferred to `context`."""
RATED = "rated-"
"""How the id of an event begins that is told from ratings: a pick."""
_PRIOR_WEIGHT, _BAR = 2.0, 0.6
_APPEARS, _STAYS = 0.8, 0.5
BORNE = tuple(claim for pair in CALLED.values() for claim in pair if claim is not None)
"""Every claim that choices may bear, as aspect and value."""
_ONE_EACH = frozenset(("language", *(aspect for aspect, _ in BORNE)))
"""Aspects of which one value excludes others."""
AXES = tuple(CALLED)
"""The axes of answers that a taste may speak of."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of them: the two texts, what tells them apart, and how much it counts, in (0, 1]; `edited` where the person
    made the one of the other, `even` where neither was preferred. It was made at `time`, 0 where that is not known, and
    tells of the person at a `place` (`work`, `home`), or everywhere."""

    event: str
    chosen: str
    rejected: str
    pair: Pair
    weight: float
    edited: bool = False
    time: float = 0.0
    even: bool = False
    place: str = ""


def choices(
    evidence: Iterable[Evidence], weights: Mapping[EvidenceKind, float] = WEIGHTS, ties: bool = False
) -> Iterator[Choice]:
    """The choices among events, in their order; an edit of nothing, and kinds that weigh nothing, are none. With `ties`
    also answers that neither of two texts is preferred. What was asked counts in full: it was thought about; what is
    told from ratings counts less than what was picked."""
    for item in evidence:
        asked = item.event.startswith(ANSWERED)
        even = ties and asked and item.kind == "rating"
        # Of a place that only a later version knows nothing is learnt: it is not everywhere.
        counts = (even or item.kind in KINDS) and item.place in PLACES
        weight = weights.get("pick" if even else item.kind, 0.0) if counts else 0.0
        if weight > 0.0 and item.text.strip() and item.context.strip() and item.text != item.context:
            pair = Pair.of(item.text, item.context)
            weight = 1.0 if asked and item.kind != "edit" else weight
            weight *= RATING if item.event.startswith(RATED) else 1.0
            yield Choice(item.event, item.text, item.context, pair, weight, item.kind == "edit", item.time, even,
                         item.place)  # fmt: skip


def speaking(claims: Sequence[Claim], place: str) -> list[bool]:
    """Which claims hold at a place, in their order: none of another place, and none for everywhere that one of this
    place excludes. All, where nobody says where."""
    if not place:
        return [True] * len(claims)
    there = {spot(claim.aspect, claim.value) for claim in claims
             if claim.context == place and claim.aspect in _ONE_EACH}  # fmt: skip
    return [claim.context == place or (not claim.context and spot(claim.aspect, claim.value) not in there)
            for claim in claims]  # fmt: skip


def sum_of(axis: str, side: str, place: str = "") -> str:
    """The name of the running sum of choices for a side of an axis at a place."""
    return f"choice.{place}/{axis}{side}" if place else f"choice.{axis}{side}"


def tally(choice: Choice, counts: dict[str, float]) -> None:
    """Add a choice to the running sums of its place."""
    for axis, amount in choice.pair.differing.items():
        if axis in CALLED:
            name = sum_of(axis, "+" if amount > 0 else "-", choice.place)
            counts[name] = counts.get(name, 0.0) + choice.weight * abs(amount)


def tastes(
    counts: Mapping[str, float], known: Collection[tuple[str, str]], place: str = ""
) -> dict[tuple[str, str], float]:
    """The claims that the choices at a place bear, (aspect, value), with the chance that each is right; `known` ones
    hold longer.

    The chance is that the share of choices for it lies above `_BAR` (normal approximation to the Beta posterior).
    """
    found: dict[tuple[str, str], float] = {}
    for axis, (more, less) in CALLED.items():
        for claim, side, other in ((more, "+", "-"), (less, "-", "+")):
            if claim is None:
                continue
            pro, con = (counts.get(sum_of(axis, each, place), 0.0) for each in (side, other))
            chance = _chance(pro, con)
            if chance >= (_STAYS if claim in known else _APPEARS):
                found[claim] = max(round(chance, 3), found.get(claim, 0.0))
    return _one_each(found)


def _chance(pro: float, con: float) -> float:
    total = pro + con + _PRIOR_WEIGHT
    if total <= _PRIOR_WEIGHT:
        return 0.0
    rate = (pro + _PRIOR_WEIGHT / 2) / total
    return beyond(rate, _BAR, math.sqrt(rate * (1.0 - rate) / (total + 1.0)), True)


def _one_each(found: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Of one tone, and of one length, the likeliest."""
    best = {aspect: max(chance for (name, _), chance in found.items() if name == aspect) for aspect, _ in found}
    return {(aspect, value): chance for (aspect, value), chance in found.items()
            if aspect == "format" or chance == best[aspect]}  # fmt: skip


def prevailing(
    chosen: Mapping[tuple[str, str], float], written: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], float]:
    """Both, but of what is written only what the choices do not speak of."""
    spoken = {spot(*claim) for claim in chosen}
    return {**{claim: chance for claim, chance in written.items() if spot(*claim) not in spoken}, **chosen}


def spot(aspect: str, value: str) -> tuple[str, str]:
    """What two values must share to exclude each other."""
    return aspect, value.removeprefix("no ") if aspect == "format" else ""


def leanings(past: Iterable[Choice]) -> tuple[Claim, ...]:
    """What some choices lean to, taken as they are: a claim for each axis, without a prior."""
    counts: dict[str, float] = {}
    for choice in past:
        tally(replace(choice, place=""), counts)
    sides = {axis: counts.get(f"choice.{axis}+", 0.0) - counts.get(f"choice.{axis}-", 0.0) for axis in CALLED}
    found = {axis: more if sides[axis] > 0 else less for axis, (more, less) in CALLED.items() if sides[axis]}
    return _claims(said for said in found.values() if said is not None)


def pooled(people: Iterable[Mapping[str, float]]) -> tuple[Claim, ...]:
    """The house's taste: the claims that the choices of several people, by their `counts`, bear together."""
    sums: dict[str, float] = {}
    for counts in people:
        for name, amount in counts.items():
            if name.startswith("choice."):
                sums[name] = sums.get(name, 0.0) + amount
    return _claims(tastes(sums, ()))


def _claims(found: Iterable[tuple[str, str]]) -> tuple[Claim, ...]:
    return tuple(Claim("", aspect, value, "inferred") for aspect, value in found)
