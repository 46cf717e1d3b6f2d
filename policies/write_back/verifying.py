"""Decides whether an answer may join the corpus. Everything must be in its favour; what cannot be told is against it.

After bidirectional RAG (arXiv 2512.22199), with what its released code lacks: every claim for itself instead of a mean,
the label of entailment as the model names it, refusals, no support from model-written text, and no pass where a
verifier fails.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

from adapters.ports import Entailment, Model
from policies.write_back.candidate import Candidate, Decision
from policies.write_back.checks import PURE, Case
from policies.write_back.judge import judged
from policies.write_back.novelty import Nearest, containment
from policies.write_back.settings import Strictness

ACCEPTED, BY_WORDS, UNAVAILABLE = "accepted", "accepted_without_vectors", "verifier_unavailable"
Found = TypeVar("Found")


class _Unknown(Exception):
    """A verifier gave no answer that can be used."""


class Verifier:
    """The checks of `strictness`, in their order: the first that fails gives the reason. `nearest` tells of the corpus;
    `entailment` and `model` (the judge) are asked where the checks name them."""

    def __init__(
        self, strictness: Strictness | None = None, nearest: Nearest | None = None,
        entailment: Entailment | None = None, model: Model | None = None,
    ) -> None:  # fmt: skip
        self.strictness = strictness or Strictness()
        self._nearest, self._entailment, self._model = nearest, entailment, model
        self._reading = asyncio.Lock()
        self._asked: Mapping[str, Callable[[Case], Awaitable[str]]] = {
            "novelty": self._novel, "entailment": self._entailed, "judge": self._judged,
        }  # fmt: skip

    async def verify(self, candidate: Candidate) -> Decision:
        """Whether it may join, and why. Reason codes: `accepted`, or `accepted_without_vectors` where only words told
        that it is new; else that of the first check that failed, `verifier_unavailable` where one could not be made."""
        case = Case(candidate, self.strictness)
        for pure, group in groupby(self.strictness.checks, PURE.__contains__):
            names = tuple(group)
            if reason := await (self._read(case, names) if pure else self._ask(case, names)):
                return case.decision(reason)
        return case.decision(ACCEPTED if "cosine" in case.scores else BY_WORDS, accepted=True)

    async def _read(self, case: Case, names: Sequence[str]) -> str:
        """The checks that need no model, in a thread of their own: they take their time over long texts, and others
        are not to wait for that. One answer at a time, since they keep a processor busy."""
        async with self._reading:
            return await asyncio.to_thread(lambda: next(filter(None, (PURE[name](case) for name in names)), ""))

    async def _ask(self, case: Case, names: Sequence[str]) -> str:
        """Those that ask somebody."""
        for name in names:
            try:
                reason = await self._asked[name](case)
            except _Unknown:
                reason = UNAVAILABLE
            if reason:
                return reason
        return ""

    async def _novel(self, case: Case) -> str:
        """By words of its sources, which cost nothing, then by vectors of the corpus."""
        answer = " ".join(claim.text for claim in case.claims)
        case.scores["containment"] = containment(answer, case.resolved.roots.values())
        if case.scores["containment"] >= self.strictness.max_containment:
            return "copied"
        cosine = await self._within(self._nearest(case.candidate.tenant, answer)) if self._nearest is not None else None
        if cosine is None:
            return ""
        if not math.isfinite(cosine):
            raise _Unknown
        case.scores["cosine"] = cosine
        return "known_already" if cosine >= self.strictness.max_cosine else ""

    async def _entailed(self, case: Case) -> str:
        """Every claim, by the best of the passages that it cites."""
        if self._entailment is None:
            raise _Unknown
        least = 1.0
        for place, claim in enumerate(case.claims):
            premises = [f"{each.title}\n{each.text}".strip() for each in case.passages(claim)]
            found = list(await self._within(self._entailment.entails(premises, claim.text)))
            if not found or len(found) != len(premises) or not all(0 <= each <= 1 for each in found):
                raise _Unknown
            least = min(least, max(found))
            if least < self.strictness.min_entailment:
                case.blame(place, "entailment")
                break
        case.scores["entailment"] = least
        return "entailment" if least < self.strictness.min_entailment or not case.claims else ""

    async def _judged(self, case: Case) -> str:
        """Every claim, by a language model."""
        if self._model is None:
            raise _Unknown
        asked = [(claim.text, [each.text for each in case.passages(claim)]) for claim in case.claims]
        verdict = await self._within(judged(self._model, asked))
        if verdict is None:
            raise _Unknown
        case.scores["judge"] = sum(verdict) / max(1, len(verdict))
        if verdict and all(verdict):
            return ""
        case.blame(verdict.index(False) if verdict else 0, "judge")
        return "judge"

    async def _within(self, call: Awaitable[Found]) -> Found:
        """What a call gives, in its time. Whatever goes wrong in a verifier, which may be a plug-in, lets no answer
        pass, and does not end the work on others."""
        try:
            async with asyncio.timeout(self.strictness.timeout):
                return await call
        except Exception as error:
            raise _Unknown from error
