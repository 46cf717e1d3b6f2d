"""The contract of a policy, on one screen: `Exchange`, `User`, `Policy`, `PolicyConfig`; `Receipt` is next door."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from adapters.ports import (
    Cache,
    Caller,
    ChatRequest,
    Embedder,
    Entailment,
    Job,
    Keys,
    Knowledge,
    Model,
    Outbox,
    Pace,
    Peers,
    People,
    Reply,
    Reranker,
    Tables,
    User,
    UserStore,
)
from adapters.ports.ledger import Candidates, Ledger, Mixing
from policies.choosing import Choosing
from policies.citing import Sources
from policies.house import House
from policies.receipt import Outcome, Receipt, Step
from policies.sight import Sight

__all__ = ["CONDITIONS", "Adapters", "Exchange", "Outcome", "Policy", "PolicyConfig", "Receipt", "Step", "User"]

Hook = Awaitable[None] | None
Learnt = Awaitable[float | None] | float | None


@dataclass(slots=True)
class Exchange:
    """The one object that travels: the request as it came, as it will go out, who asks, the answer.

    `received` holds what the client said, with an earlier response that it named put in front; policies read it, and
    change `request`. `begun` is the key of the conversation once it is known, `came` when it did (since 1970).
    `sources` are the numbered passages that the answer may cite, `choosing` says that several answers are wanted, of
    which one is sent on. `refused`: the backend answered only the client's own request, without what was added.
    `learns`: what comes of it may be recorded.
    """

    id: str
    caller: Caller
    received: ChatRequest
    request: ChatRequest
    user: User | None = None
    reply: Reply | None = None
    receipt: Receipt = field(default_factory=Receipt)
    begun: str | None = None
    came: float = field(default_factory=time.time)
    sources: Sources | None = None
    refused: bool = False
    choosing: Choosing | None = None
    learns: bool = True

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
        return Exchange(self.id, self.caller, self.received, self.request, self.user, self.reply, receipt, self.begun,
                        self.came, self.sources, self.refused, self.choosing, self.learns)


CONDITIONS: Mapping[str, Callable[[Exchange], bool]] = {
    "identified": lambda exchange: exchange.user is not None,
    "anonymous": lambda exchange: exchange.user is None,
    "opening": lambda exchange: exchange.received.opens,
}
"""What every policy's `when` may name, and whether it holds."""


def unknown(model: str) -> int | None:
    """No model is known."""
    return None


@dataclass(frozen=True, slots=True)
class Adapters:
    """The bundle of ports that `build` gets, once. `sessions` is a cache in memory, `cache` one that may outlive it;
    `model` is for the background, within `pace`, and judges answers where a policy says so. `window` tells how many
    tokens the model of a name reads, None where nobody knows; it takes no time. `analyst` writes SQL for questions over
    `tables`, while the person waits. `house` tells where tastes begin, None for the neutral prior. `ledger` keeps what
    models wrote, `candidates` what may come into it; `written` is the index of it, apart from `knowledge`, and `mixing`
    how retrieval treats it. `sight` sees answers on the axes of taste."""

    users: UserStore
    people: People
    peers: Peers
    outbox: Outbox
    keys: Keys
    cache: Cache
    sessions: Cache
    knowledge: Knowledge
    embedder: Embedder | None = None
    model: Model | None = None
    pace: Pace = field(default_factory=Pace)
    reranker: Reranker | None = None
    window: Callable[[str], int | None] = unknown
    tables: Tables | None = None
    analyst: Model | None = None
    entailment: Entailment | None = None
    house: House | None = None
    candidates: Candidates | None = None
    ledger: Ledger | None = None
    mixing: Mixing = field(default_factory=Mixing)
    written: Knowledge | None = None
    sight: Sight = field(default_factory=Sight)


class Policy:
    """Three hooks that all do nothing by default. A policy keeps configuration and ports, never a person's state.

    A hook written `async def` must not block; written `def` it runs in a thread of its own. Either is cut off at the
    policy's `timeout`, and what it had assigned by then is dropped.
    """

    only_notes: ClassVar[bool] = False
    """Its `on_reply` keeps nothing and only notes in the receipt which of `exchange.sources` are cited: it runs where
    there are any, or the backend refused what was added, and for readers (`x-rapport-mode: readonly`), too."""

    def on_request(self, exchange: Exchange) -> Hook:
        """Before the backend: assign `exchange.user`, `.request`, or `.reply` to answer without a backend."""

    def on_reply(self, exchange: Exchange) -> Hook:
        """Before the last byte leaves: record only."""

    def learn(self, job: Job) -> Learnt:
        """In the background: turn the evidence of `job.user` into something; may run twice for the same evidence.

        Where something is left for later it returns the seconds after which to be called again.
        """


class PolicyConfig(BaseModel):
    """A policy's settings in config.yaml. Subclass it, name the settings, and `build` the policy from them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    conditions: ClassVar[tuple[str, ...]] = ()
    """Conditions for `when` that this policy decides by itself, beside `CONDITIONS`."""

    kind: str = Field(description="Which policy this is.")
    on_error: Literal["skip", "fail"] = Field("skip", description="What a fault costs: the policy's part, or the chat.")
    timeout: float = Field(0.25, gt=0, le=60, description="Seconds that one hook may take on the way of a request.")
    when: tuple[str, ...] = Field((), description="Run only if one of these holds; empty: always.")

    @property
    def patience(self) -> float:
        """Seconds after which a hook is cut off."""
        return self.timeout

    def build(self, adapters: Adapters) -> Policy:
        """The policy itself. Called once, at the start; raise ConfigError for what cannot work."""
        raise TypeError(f"{type(self).__name__} does not say how to build its policy")
