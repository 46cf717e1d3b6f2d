"""Puts, now and then, one question of taste into the chat: about the axis of which an answer is worth most to this
person, and only where it is worth the interruption."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from policies.ask.policy import Ask
from policies.base import Adapters, Policy, PolicyConfig

__all__ = ["Ask", "AskConfig"]


class AskConfig(PolicyConfig):
    """Settings of `kind: ask`."""

    kind: Literal["ask"] = "ask"
    every_days: float = Field(7, ge=1, le=3650, description="Days between two questions to a person.")
    after_turns: int = Field(5, ge=1, le=1000, description="Turns of a person that must be known before the first.")

    def build(self, adapters: Adapters) -> Policy:
        # It needs numpy, which takes its time to be imported: at the start, not in a chat.
        from policies.rewards.inquiring import decisions

        decisions()
        return Ask(self.every_days, self.after_turns, adapters.users, adapters.sessions, adapters.house)
