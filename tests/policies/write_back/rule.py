"""A small verifier for tests: an answer may join if each of its sentences stands in a passage that it cites."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

from policies.citing import Source, cited
from policies.write_back.candidate import Candidate, Claim, Decision

_SENTENCE = re.compile(r"[^.!?]+[.!?](?: ?\[[\d, ]+\])*")
_MARK = re.compile(r" ?\[[\d, ]+\]")


class Stands:
    """The rule. Counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Candidate] = []

    async def verify(self, candidate: Candidate) -> Decision:
        """The decision."""
        self.asked.append(candidate)
        claims = tuple(_claims(candidate))
        roots = {number: candidate.passages[number] for claim in claims for number in claim.cites}
        ok = bool(claims) and all(claim.support for claim in claims)
        if not ok:
            return Decision(False, "not_borne_out")
        return Decision(True, "accepted", claims, tuple(roots.values()))


class Fails:
    """One that raises what nobody expects."""

    async def verify(self, candidate: Candidate) -> Decision:
        """Nothing."""
        raise RuntimeError(candidate.answer)


class Hangs:
    """One that never comes back."""

    async def verify(self, candidate: Candidate) -> Decision:
        """Nothing, ever."""
        await asyncio.Event().wait()
        raise AssertionError


def _claims(candidate: Candidate) -> Iterator[Claim]:
    known = {number: Source(number, each.id, "", "", "") for number, each in candidate.passages.items()}
    for sentence in _SENTENCE.findall(candidate.answer):
        numbers = tuple(each.source.number for each in cited(sentence, known).citations)
        text = _MARK.sub("", sentence).strip()
        yield Claim(text, numbers, float(any(text in candidate.passages[number].text for number in numbers)))
