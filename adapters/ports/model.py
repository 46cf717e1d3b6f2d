"""The port to a language model that works in the background."""

from __future__ import annotations

from typing import Protocol


class Model(Protocol):
    """Answers prompts of our own: summaries and judgements, never a person's chat."""

    async def ask(self, prompt: str, max_tokens: int) -> str:
        """The model's answer. Raises AdapterError."""
