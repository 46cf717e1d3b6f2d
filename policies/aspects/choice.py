"""Which aspects matter to a person in a question, and a ranking that heeds them.

ERRA (Cheng et al., ACL 2023, arXiv 2306.12657) takes, of the aspects of an item, the two nearest to the person's own.
It needs a history; here counts over those who agreed stand in for one, and the item is what the question found. The
ranking is xQuAD's (Santos et al., WWW 2010): relevance, and beside it aspects that the passages before do not have yet;
among equals the less like those before (maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from adapters.ports import Terms
from adapters.ports.words import stems
from policies.aspects.person import share_of

TOP = 2
STRENGTH = 5.0
"""k: how many counts of the person the prior is worth."""
UNKNOWN = 5.0
"""What is not known is worth, beside what people who agreed have, counted like theirs."""
CLEAR = 3.0
"""An aspect that has a third of all that matters weighs all that one may."""
COMMON = 0.3
"""Share of the passages beyond which a word is no aspect of any of them."""
ENOUGH = 20
"""Passages from which on that share says something."""
WORTH = (1.0, 0.5)
"""What the first and the second passage with an aspect gain by it; from the third on it costs a little."""
SURPLUS = -0.25
DIVERSE = 0.5
"""Of the weight, what a passage loses that has all the aspects of one before it."""

AHEAD, LEVEL = 0.65, 0.9
"""How relevant the next few must be, by the best one, for aspects to order at all, and for their whole weight: where
one passage is far ahead, the question looks something up."""
FEW = 4


class Choice(NamedTuple):
    """An aspect in the corpus' own words, its stem, and its weight in [0, 1]."""

    name: str
    stem: str
    weight: float


@dataclass(frozen=True, slots=True)
class Cares:
    """What is known of how a person chooses: their own counts by stem, and how many people have an aspect."""

    own: Mapping[str, float] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)


class Candidate(NamedTuple):
    """A passage as the ranking sees it: its relevance in [0, 1], and its aspects by stem."""

    relevance: float
    aspects: Mapping[str, str]


def telling(aspects: Sequence[str], asked: Collection[str], terms: Terms | None) -> dict[str, str]:
    """Aspects of a passage by their stems, without the words of the question (`asked`, stems), which are in its
    relevance already, and those that too much of the corpus has, as far as its terms are known."""
    named = {stem: name for name in aspects for stem in [next(stems(name), "")] if stem and stem not in asked}
    if terms is None or terms.passages < ENOUGH:
        return named
    return {stem: name for stem, name in named.items() if terms.frequency(stem) <= COMMON * terms.passages}


def choose(candidates: Sequence[Candidate], cares: Cares) -> tuple[Choice, ...]:
    """The aspects of what was found that matter most to this person, the first one most, `TOP` at most; none where
    nothing is known of what they, or people, care for.

    score(a) = p(a | person) x sim(a, question); sim is the share of the relevance that passages with the aspect have.
    What all of them speak of orders nothing. An aspect weighs by its share of the scores, so that a flat taste weighs
    next to nothing. (How often the corpus speaks of something does not count as a taste: on reviews that made the order
    worse, because what is said often is said in passing.)
    """
    total = sum(each.relevance for each in candidates)
    names: dict[str, str] = {}
    near: dict[str, float] = {}
    for each in candidates:
        for stem, name in each.aspects.items():
            names.setdefault(stem, name)
            near[stem] = near.get(stem, 0.0) + each.relevance
    people = sum(cares.people.values()) + UNKNOWN
    scores = {stem: share_of(cares.own, stem, cares.people.get(stem, 0) / people, STRENGTH) * shared
              for stem, shared in near.items() if shared < total * (1 - 1e-9)}  # fmt: skip
    whole = sum(scores.values())
    best = sorted((stem for stem in scores if scores[stem] > 0), key=lambda stem: (-scores[stem], stem))[:TOP]
    return tuple(Choice(names[stem], stem, min(1.0, CLEAR * scores[stem] / whole)) for stem in best)


def level(candidates: Sequence[Candidate]) -> float:
    """How alike in relevance the best are, in [0, 1]: 0 where one is far ahead of the `FEW` behind it."""
    relevance = [each.relevance for each in candidates[: FEW + 1]]
    if len(relevance) < 2 or relevance[0] <= 0:
        return 0.0
    mean = sum(relevance[1:]) / (len(relevance) - 1) / relevance[0]
    return min(1.0, max(0.0, (mean - AHEAD) / (LEVEL - AHEAD)))


def ranked(candidates: Sequence[Candidate], chosen: Sequence[Choice], weight: float) -> list[int]:
    """The places of the candidates (given best first), best first: each time the one whose relevance, with what the
    chosen aspects add and likeness to those before takes, is greatest; each is at most about `weight`."""
    left, order = list(range(len(candidates))), list[int]()
    given = {choice.stem: 0 for choice in chosen}
    alike = [0.0] * len(candidates)

    def value(place: int) -> float:
        each = candidates[place]
        gain = sum(choice.weight * _worth(given[choice.stem]) for choice in chosen if choice.stem in each.aspects)
        return each.relevance + weight * (min(1.0, gain) - DIVERSE * alike[place])

    while left:
        best = max(left, key=lambda place: (value(place), -place))
        left.remove(best)
        order.append(best)
        for stem in given:
            given[stem] += stem in candidates[best].aspects
        for place in left:
            alike[place] = max(alike[place], _alike(candidates[place], candidates[best]))
    return order


def _worth(given: int) -> float:
    return WORTH[given] if given < len(WORTH) else SURPLUS


def _alike(one: Candidate, other: Candidate) -> float:
    """The share of common aspects (Jaccard)."""
    common = len(one.aspects.keys() & other.aspects.keys())
    return common / (len(one.aspects) + len(other.aspects) - common) if common else 0.0
