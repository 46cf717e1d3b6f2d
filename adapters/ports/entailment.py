"""Whether texts bear a sentence out, by a model that was made to tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Entailment(Protocol):
    """Judges one claim against several premises."""

    async def entails(self, premises: Sequence[str], claim: str) -> Sequence[float]:
        """For each premise the probability in [0, 1] that it entails the claim, in order. Raises AdapterError."""

    async def close(self) -> None:
        """Let go of what it holds."""
