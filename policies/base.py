"""The contract of a policy, on one screen: `Exchange`, `User`, `Policy`, `PolicyConfig`, `Receipt`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from adapters.ports import (
    Cache,
    Caller,
    ChatRequest,
    Embedder,
    Job,
    Keys,
    Knowledge,
    Outbox,
    People,
    Reply,
    User,
    UserStore,
)

__all__ = ["CONDITIONS", "Adapters", "Exchange", "Policy", "PolicyConfig", "Receipt", "Step", "User"]

Outcome = Literal["applied", "idle", "skipped", "failed", "answered"]
Hook = Awaitable[None] | None


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


@dataclass(slots=True)
class Exchange:
    """The one object that travels: the request as it came (`received`), as it will go out, who asks, the answer."""

    id: str
    caller: Caller
    received: ChatRequest
    request: ChatRequest
    user: User | None = None
    reply: Reply | None = None
    receipt: Receipt = field(default_factory=Receipt)
    begun: str | None = None

    @property
    def conversation(self) -> str:
        """What tells one conversation of a person from another: the client's own key, else how it began."""
        if self.begun is None:
            said = self.received.get("prompt_cache_key") or self.caller.conversation
            if not isinstance(said, str):
                first = next((place for place, turn in enumerate(self.received.turns) if turn.role == "user"), 0)
                said = "\0".join(turn.text for turn in self.received.turns[: first + 1])
            self.begun = blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()
        return self.begun

    def draft(self) -> Exchange:
        """A copy for one hook to work on, so that a half-done change cannot leak; its receipt takes the notes."""
        receipt = Receipt(self.receipt.budget, self.receipt.replay_budget)
        return Exchange(self.id, self.caller, self.received, self.request, self.user, self.reply, receipt, self.begun)


CONDITIONS: Mapping[str, Callable[[Exchange], bool]] = {
    "identified": lambda exchange: exchange.user is not None,
    "anonymous": lambda exchange: exchange.user is None,
    "opening": lambda exchange: exchange.received.opens,
}
"""What every policy's `when` may name, and whether it holds."""


@dataclass(frozen=True, slots=True)
class Adapters:
    """The bundle of ports that `build` gets, once. `sessions` is a cache in memory, `cache` one that may outlive it."""

    users: UserStore
    people: People
    outbox: Outbox
    keys: Keys
    cache: Cache
    sessions: Cache
    knowledge: Knowledge
    embedder: Embedder | None = None


class Policy:
    """Three hooks that all do nothing by default. A policy keeps configuration and ports, never a person's state.

    A hook written `async def` must not block; written `def` it runs in a thread of its own. Either is cut off at the
    policy's `timeout`, and what it had assigned by then is dropped.
    """

    def on_request(self, exchange: Exchange) -> Hook:
        """Before the backend: assign `exchange.user`, `.request`, or `.reply` to answer without a backend."""

    def on_reply(self, exchange: Exchange) -> Hook:
        """Before the last byte leaves: record only."""

    def learn(self, job: Job) -> Hook:
        """In the background: turn the evidence of `job.user` into something; may run twice for the same evidence."""


class PolicyConfig(BaseModel):
    """A policy's settings in config.yaml. Subclass it, name the settings, and `build` the policy from them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    conditions: ClassVar[tuple[str, ...]] = ()
    """Conditions for `when` that this policy decides by itself, beside `CONDITIONS`."""

    kind: str = Field(description="Which policy this is.")
    on_error: Literal["skip", "fail"] = Field("skip", description="What a fault costs: the policy's part, or the chat.")
    timeout: float = Field(0.25, gt=0, le=60, description="Seconds that one hook may take on the way of a request.")
    when: tuple[str, ...] = Field((), description="Run only if one of these holds; empty: always.")

    def build(self, adapters: Adapters) -> Policy:
        """The policy itself. Called once, at the start; raise ConfigError for what cannot work."""
        raise TypeError(f"{type(self).__name__} does not say how to build its policy")
