"""How well a passage bears a claim out, in [0, 1]: a logistic regression over what their words have in common. Pure.

Made for ranking: the share of a claim's words that a passage holds is the best single sign, but takes no offence at
words in another order, at a remark put in front, or at what the speaker thinks of it. `training/support.py` makes the
weights, and tells of which rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from policies.write_back.reading import FIRST, SECOND, Read, in_order, near, sentences, word_set
from policies.write_back.weights import BIAS, WEIGHTS

_CHAT = word_set(
    """think thought believe guess feel felt love loved like liked hate enjoy enjoyed hope wish wonder sure bet heard
    know knew remember agree imagine suppose cool great good nice awesome amazing interesting fun fascinating wonderful
    beautiful favorite favourite best bad terrible crazy wow really very pretty quite definitely probably maybe perhaps
    actually honestly absolutely totally glad sorry oh haha lol hmm thanks thank sounds sound seems seem looks never
    always lot lots thing things stuff kind huge big tough hard easy"""
)
_OPENERS = word_set("yes yeah yep no well so oh because and but also ok okay right exactly true correct ah")
_STOPS = re.compile(r"[.!?](?:\s|$)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
NAMES = tuple(WEIGHTS)
_SPAN = 3
"""Neighbouring sentences of a passage on which a claim may rest."""


def support(claim: str, passage: Sequence[Read]) -> float:
    """How well a passage, as `read` gives it, bears the claim out: by those of its sentences that do it best."""
    if not passage or not (own := Read.of(claim)).words:
        return 0.0
    return max(_likely(features(claim, own, each)) for each in _spans(own, passage))


def read(text: str) -> list[Read]:
    """The sentences of a passage."""
    return [Read.of(each) for each in sentences(text)]


def _spans(own: Read, passage: Sequence[Read]) -> list[Read]:
    """Of one, two and three neighbouring sentences those that share most with the claim."""
    shared = [set(each.stems).intersection(own.stems) for each in passage]
    found = []
    for size in range(1, min(_SPAN, len(passage)) + 1):
        unions = [len(set().union(*shared[at : at + size])) for at in range(len(passage) - size + 1)]
        at = unions.index(max(unions))
        found.append(Read.joined(passage[at : at + size]))
    return found


def _likely(found: Mapping[str, float]) -> float:
    odds = BIAS + sum(WEIGHTS[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))


def features(claim: str, own: Read, given: Read) -> dict[str, float]:
    """What is told of a claim and the words that it is to rest on, by name."""
    stems, words = frozenset(given.stems), frozenset(given.words)
    held = [stem in stems or near(stem, stems) for stem in own.content]
    pairs = set(zip(given.stems, given.stems[1:], strict=False))
    met = [pair in pairs for pair in zip(own.stems, own.stems[1:], strict=False)]
    joined = [any(met[max(0, at - 1) : at + 1]) for at in range(len(own.stems))]
    count, some = len(own.words), max(1, len(own.content))
    new = [word for word in own.words if word not in words]
    return {
        "content": sum(held) / some, "all": sum(stem in stems for stem in own.stems) / count,
        "order": in_order(own.stems, given.stems) / count,
        "content_order": in_order(own.content, given.content) / some,
        "apart": math.log1p(_longest(joined)), "foreign": math.log1p(_longest(held)),
        "missed": math.log1p(len(held) - sum(held)), "size": math.log1p(len(own.content)),
        **_manner(claim, new), "names": float(min(3, _names(claim, stems))),
        "function": sum(word not in words for word in own.words if word not in own.content) / count,
        "opener": float(own.words[0] in _OPENERS and own.words[0] != given.words[0]),
    }  # fmt: skip


def _manner(claim: str, new: Sequence[str]) -> dict[str, float]:
    """Who speaks, to whom, and how: of the words that are not in the passage."""
    return {
        "first": float(min(2, sum(word in FIRST for word in new))),
        "second": float(min(2, sum(word in SECOND for word in new))),
        "question": float("?" in claim), "chat": float(min(3, sum(word in _CHAT for word in new))),
        "sentences": float(min(3, len(_STOPS.findall(claim)))),
    }  # fmt: skip


def _names(claim: str, stems: frozenset[str]) -> int:
    found = (Read.of(each).stems for each in _NAME.findall(claim) if each != "I")
    return sum(bool(each) and each[0] not in stems for each in found)


def _longest(held: Sequence[bool]) -> int:
    """The longest run of what is not held."""
    longest = run = 0
    for each in held:
        run = 0 if each else run + 1
        longest = max(longest, run)
    return longest
