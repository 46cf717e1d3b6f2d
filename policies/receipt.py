"""What was done to an exchange and why: reason codes, tokens, milliseconds, and never text of a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["applied", "idle", "skipped", "failed", "answered"]


@dataclass(frozen=True, slots=True)
class Step:
    """What one hook of one policy did: reason codes (never text of a person), milliseconds, tokens injected anew and
    tokens put back into earlier turns."""

    policy: str
    hook: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    ms: float = 0.0
    tokens: int = 0
    replayed: int = 0
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Receipt:
    """What was done to an exchange and why. `budget` is what all policies together may still inject, in tokens, and
    `replay_budget` what of earlier turns' injections they may still put back."""

    budget: int = 2000
    replay_budget: int = 32_000
    steps: list[Step] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)
    tokens: int = 0
    replayed: int = 0

    def note(self, reason: str, tokens: int = 0, replayed: int = 0, **detail: Any) -> None:
        """Say why, from inside a hook: a reason code, the tokens injected anew and those put back into earlier turns,
        and scores or names that explain it."""
        self.reasons.append(reason)
        self.tokens += tokens
        self.replayed += replayed
        self.detail.update(detail)
