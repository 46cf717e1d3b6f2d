"""An answer that may join the corpus, and what was decided of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from adapters.ports import Passage


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer, the question it answers, and `passages`, by the numbers under which the answer cites them, as they
    were shown to the model. `known` are values that are known of the person who asked, `tenant` is whose corpus it
    may join."""

    question: str
    answer: str
    passages: Mapping[int, Passage]
    known: tuple[str, ...] = ()
    tenant: str = "default"


class Claim(NamedTuple):
    """One claim of an answer, without the marks of its citations; `cites` are the numbers that stand at it, and
    `support` how well the best of these passages bears it out, in [0, 1]."""

    text: str
    cites: tuple[int, ...]
    support: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it may join, and why: `accepted`, else the code of the first check that failed. `scores` are by check, in
    [0, 1]; `roots` the passages, written by people, on which the claims rest."""

    accepted: bool
    reason: str
    claims: tuple[Claim, ...] = ()
    roots: tuple[Passage, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
