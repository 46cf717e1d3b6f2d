"""How two answers differ, and what a claim about answers or tastes says of such a difference.

An axis is a property of a text that can be read off it without a model: its length, lists, headings, emoji, code,
examples, register, plainness, language. Two answers to one question share their subject, so that their difference on
an axis shows the taste of whoever picked one (PReF, arXiv 2503.06358, with named axes in the place of learnt ones).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import Claim, strip_blocks
from policies.preferences.values import key
from policies.rewards.traits import EXAMPLE, LETTERS, NUMBERED, TABLE, traits
from policies.rewards.words import sides

CAP = 8000
"""Characters of an answer that are read."""
_LENGTH, _PLAIN = 0.7, 0.6
"""Differences that count as whole: of log words (twice as long), and of letters per word."""
_ENOUGH = 60.0
"""Words whose mean length is taken at its word."""
_SWITCHES = ("lists", "numbered", "headings", "tables", "emoji", "code", "examples", "casual", "formal")
_FOR = frozenset(("likes", "favourites", "habits", "goals", "diet", "has", "wants"))
_AGAINST = frozenset(("dislikes", "avoid", "allergies"))
_TOPIC = 0.5
"""What naming a liked thing weighs beside a whole difference in form."""


def difference(chosen: str, rejected: str) -> dict[str, float]:
    """How much more of each axis the chosen text has, in [-1, 1]; axes on which the two are alike are left out."""
    ours, theirs = _read(chosen), _read(rejected)
    found = {name: max(-1.0, min(1.0, ours.get(name, 0.0) - theirs.get(name, 0.0))) for name in {**ours, **theirs}}
    # The mean of a few words says little.
    found["plain"] *= min(1.0, math.exp(_LENGTH * min(ours["length"], theirs["length"])) / _ENOUGH)
    return {name: amount for name, amount in found.items() if abs(amount) > 0.05}


def _read(text: str) -> dict[str, float]:
    text = strip_blocks(text[:CAP])
    shown = traits(text)
    found = {name: float(shown.get(name, 0.0)) for name in _SWITCHES if name in shown}
    found["numbered"] = float(len(NUMBERED.findall(text)) >= 2)
    found["tables"] = float(len(TABLE.findall(text)) >= 2)
    found["examples"] = float(EXAMPLE.search(text) is not None)
    found["length"] = shown["log_words"] / _LENGTH
    lengths = [len(word) for word in LETTERS.findall(text)]
    found["plain"] = -(sum(lengths) / len(lengths)) / _PLAIN if lengths else 0.0
    return found | {name: 1.0 for name in shown if name.startswith("in.")}


def meant(claim: Claim) -> Mapping[str, float]:
    """The axes on which a claim about answers expects the chosen text to have more (or less), {} where it says none."""
    return sides(claim.aspect, claim.value)


class Meaning(NamedTuple):
    """What a claim expects of an answer: sides of axes, or words that it names (`side` 1) or leaves out (-1)."""

    axes: Mapping[str, float]
    side: int = 0
    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, claim: Claim) -> Meaning:
        """The meaning of a live claim; an ended one means nothing."""
        if claim.superseded_by is not None:
            return cls({})
        side = (claim.aspect in _FOR) - (claim.aspect in _AGAINST)
        axes = meant(claim)
        return cls(axes, side, frozenset(key(claim.value).split()) if side and not axes else frozenset())


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers as far as claims speak of them: how the chosen one differs, and the words of each."""

    differing: Mapping[str, float]
    chosen: frozenset[str]
    rejected: frozenset[str]

    @classmethod
    def of(cls, chosen: str, rejected: str) -> Pair:
        """The pair of two texts."""
        return cls(difference(chosen, rejected), _words(chosen), _words(rejected))

    def agreement(self, meanings: Iterable[Meaning]) -> float:
        """How far claims speak for the chosen text: a sum over those that say anything of the two, each in [-1, 1]."""
        return math.fsum(map(self.says, meanings))

    def says(self, meaning: Meaning) -> float:
        """How far one claim speaks for the chosen text, in [-1, 1]; 0 where it says nothing of the two."""
        if meaning.axes:
            said = sum(side * self.differing.get(name, 0.0) for name, side in meaning.axes.items())
            return max(-1.0, min(1.0, said))
        if not meaning.words:
            return 0.0
        return _TOPIC * meaning.side * (self.chosen.issuperset(meaning.words) - self.rejected.issuperset(meaning.words))


def _words(text: str) -> frozenset[str]:
    return frozenset(key(strip_blocks(text[:CAP])).split())
