"""How the answers of a deployment are seen: each of several answers to one question on every axis of taste.

Axes that are read off a text are always seen (`policies.rewards.axes`). Judged ones are seen by the scores that a bank
of questions has for that very text, or by a model; learnt ones by the directions of `rapport taste fit` and the
embedder's vectors. What is not seen is 0, which tells nothing: a model or an embedder in trouble costs its own axes
alone. What needs arrays is imported where it is used: numpy is slow to import, and no ordinary chat needs it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from adapters.ports import AdapterError, Embedder, Model, Profile, Timeout, Unavailable, strip_blocks

if TYPE_CHECKING:
    from policies.rewards.factor_file import Learnt
    from policies.rewards.moments import Array

Scores = Mapping[str, float]
FACTORED = "taste.factors"
"""The name in a profile's `counts` of the mark of the learnt axes that its taste speaks of."""
PATIENCE = 10.0
"""Seconds that the model and the embedder have, where nobody waits for an answer."""
REST = 60.0
"""Seconds for which a model that failed is left alone."""
CAP = 8000
"""Characters of an answer of which a vector is made."""


class Seen(NamedTuple):
    """Answers on AXES, shape (n, len(AXES)), and whether all of them were judged."""

    phi: Array
    judged: bool


@dataclass(slots=True, eq=False)
class Sight:
    """Sees answers by what a deployment has: a `model` that judges, an `embedder`, learnt `factors`, and the scores
    that a bank gives by text (`scored` reads them, once). `judged`: whether learning may ask the model."""

    model: Model | None = None
    embedder: Embedder | None = None
    factors: Learnt | None = None
    scored: Callable[[], Mapping[str, Scores]] = dict
    judged: bool = False
    _bank: Mapping[str, Scores] | None = field(default=None, repr=False)
    _rests_until: float = 0.0

    async def features(self, question: str, texts: Sequence[str], judged: bool = False) -> Array:
        """Answers to one question on AXES, as `axes.features`: shape (n, len(AXES)), each column with mean 0. With
        `judged` the model is asked, in one call, where the bank does not know all of them. Raises nothing of what
        happens to model and embedder."""
        return (await self.seen(question, texts, judged)).phi

    async def seen(
        self, question: str, texts: Sequence[str], judged: bool = False, patience: float = PATIENCE
    ) -> Seen:
        """The same, and whether they were judged; after `patience` seconds without what is not there by then."""
        scores, vectors = await asyncio.gather(self._scores(question, texts, judged, patience),
                                               self._vectors(texts, patience))  # fmt: skip
        phi = await asyncio.to_thread(self._put_together, texts, scores, vectors)
        return Seen(phi, bool(scores) and all(scores))

    async def cost(self, texts: Sequence[str]) -> int:
        """The calls of the model that it takes to see these judged: one, or none."""
        known = await self._known()
        return int(self._able() and not all(text in known for text in texts))

    async def vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """What is made of answers for learnt axes; nothing without an embedder. Raises AdapterError."""
        if self.embedder is None or not texts:
            return []
        return await self.embedder.embed([strip_blocks(text[:CAP]) for text in texts])

    def current(self, profile: Profile) -> Profile:
        """The profile as far as it speaks of the axes of this deployment: coefficients on learnt axes that were others
        then, or are no more, mean nothing now."""
        if profile.counts.get(FACTORED, 0.0) == self.mark:
            return profile
        return replace(profile, taste=named(profile.taste))

    @property
    def mark(self) -> float:
        """What tells these learnt axes from others, 0 where there are none."""
        return self.factors.mark if self.factors else 0.0

    async def _scores(
        self, question: str, texts: Sequence[str], judged: bool, patience: float
    ) -> Sequence[Scores]:
        known = await self._known()
        found = [known.get(text, {}) for text in texts]
        if self.model is None or not judged or all(found) or not self._able():
            return found
        from policies.rewards.judge import asked

        try:
            async with asyncio.timeout(patience):
                made = await asked(self.model, question, texts)
        except (Timeout, Unavailable, TimeoutError, ValueError):
            self._rests_until = time.monotonic() + REST
            return found
        except AdapterError:
            # What is refused is these very texts: nobody else's axes are lost for them.
            return found
        # By one judge or by the other: two of them need not mean the same by .3. What makes a model talk nonsense may
        # stand in these very texts: it goes on to be asked of others.
        return made if all(made) else found

    async def _vectors(self, texts: Sequence[str], patience: float) -> Sequence[Sequence[float]]:
        if self.factors is None or not self.factors.dimensions:
            return []
        try:
            async with asyncio.timeout(patience):
                return await self.vectors(texts)
        except (AdapterError, TimeoutError, ValueError):
            return []

    def _put_together(
        self, texts: Sequence[str], scores: Sequence[Scores], vectors: Sequence[Sequence[float]]
    ) -> Array:
        from policies.rewards.directions import seen

        return seen(texts, scores, self.factors, vectors)

    def _able(self) -> bool:
        return self.model is not None and time.monotonic() >= self._rests_until

    async def _known(self) -> Mapping[str, Scores]:
        if self._bank is None:
            self._bank = await asyncio.to_thread(self.scored)
        return self._bank


def named(taste: Mapping[str, float]) -> dict[str, float]:
    """The floats of a taste (`posterior.Posterior.floats`) without those on learnt axes: the marginal distribution of
    the others."""
    return {name: value for name, value in taste.items()
            if not any(axis.startswith("factor") for axis in name.rpartition("/")[2].split("~"))}  # fmt: skip
