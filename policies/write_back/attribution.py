"""Which passages, written by people, the claims of an answer rest on. Pure.

Model-written text never bears anything out: otherwise answers would rest on answers, each a little further from what
somebody wrote (in the published system 4 of 50 accepted answers cited earlier ones).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from adapters.ports import Passage
from policies.write_back.candidate import Claim


class Resolved(NamedTuple):
    """The passages by number that are cited, in the order of their first mark, or the code of what is wrong."""

    roots: Mapping[int, Passage]
    fault: str = ""


def resolve(claims: Sequence[Claim], passages: Mapping[int, Passage]) -> Resolved:
    """The roots of these claims. Faults: `uncited`, `unknown_citation`, `model_source`."""
    roots: dict[int, Passage] = {}
    for claim in claims:
        if not claim.cites:
            return Resolved({}, "uncited")
        for number in claim.cites:
            if number not in passages:
                return Resolved({}, "unknown_citation")
            if passages[number].origin != "human":
                return Resolved({}, "model_source")
            roots[number] = passages[number]
    return Resolved(roots) if roots else Resolved({}, "uncited")


def drifts(claims: Sequence[Claim], pointing: Sequence[str]) -> bool:
    """Whether a claim that begins with a word that points back ("it") rests on other passages than the one before it:
    then nothing tells that both speak of the same."""
    return any(
        claim.text.split(" ", 1)[0].lower().strip(",'") in pointing and not set(claim.cites) & set(before.cites)
        for before, claim in pairwise(claims)
    )
