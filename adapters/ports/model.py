"""A language model of our own choosing, which works in the background: never on the way of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Pace:
    """How a model may be used: `timeout` and `settle` in seconds, `calls_per_day` per person and UTC day.

    `settle` is how long a person must have been silent before what they said is read.
    """

    timeout: float = 30.0
    calls_per_day: int = 20
    settle: float = 60.0


class Model(Protocol):
    """Answers one prompt. One call is one request: nothing is repeated."""

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        """The answer's text, which may be cut off and hold anything. Raises Timeout or Unavailable, and another
        AdapterError where this very prompt is refused.

        `max_tokens` bounds all that the model writes: one that reasons spends its thoughts from it too, and a bound
        made for the answer alone leaves it nothing to answer with. `json` wants an object of JSON; the prompt must say
        so as well, and hold the word: services refuse the mode otherwise.
        """

    async def close(self) -> None:
        """Let go of connections."""
