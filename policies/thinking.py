"""Tells models that reason by what this person decides, where they ask for a choice or for advice.

Generic chain-of-thought does not personalise, and hurts as often as it helps (PRIME, arXiv 2507.04607). What helps is
the person's own way to decide, verified on their choices (RPM, arXiv 2505.21082): the lens that `preferences` makes in
the background. Nothing is added until that lens has predicted the person's later choices better than the summary alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import Field

from adapters.ports import Cache, ChatRequest, UserStore
from policies.base import Adapters, Exchange, Policy, PolicyConfig
from policies.memories import addressed
from policies.questions.choosing import choosing
from policies.tail import Tail

THOUGHT = Tail("lens", "lens", "lens_before")
REASONING = (
    "o[1-9]*", "gpt-5*", "gpt-oss*", "*reason*", "*think*", "*-r1*", "*r1-*", "qwq*", "qwen3*", "magistral*", "grok-4*",
    "claude-*-4*", "gemini-2.5*", "gemini-3*",
)  # fmt: skip
"""Names of models that reason, as clients say them."""
NOT_REASONING = ("*-chat*", "*coder*", "*image*", "*audio*", "*-tts*", "*embed*")
_OFF = ("none", "disabled", "minimal")


class ThinkingConfig(PolicyConfig):
    """Settings of `kind: thinking`."""

    kind: Literal["thinking"] = "thinking"
    models: tuple[str, ...] = Field(REASONING, description="Names of models that reason; * and ? match.")

    def build(self, adapters: Adapters) -> Policy:
        return Thinking(self.models, adapters.users, adapters.sessions)


@dataclass(frozen=True, slots=True)
class Thinking(Policy):
    """Puts the lens behind the turn that asks, and there again, byte for byte, where that turn comes back."""

    models: tuple[str, ...]
    users: UserStore
    sessions: Cache

    async def on_request(self, exchange: Exchange) -> None:
        note, found = exchange.receipt.note, await addressed(exchange, self.users)
        if isinstance(found, str):
            return note(found)
        _, person = found
        election = person.profile.election
        if election.guarded:
            return note(election.guarded)
        live = (claim.id for claim in person.profile.claims if claim.superseded_by is None and not claim.suppressed)
        if not election.lens.serves or not election.lens.holds(live):
            return note("not_elected")
        if not reasons(exchange.received, self.models):
            return note("no_reasoning")
        asks = choosing(exchange.received.last_user_text)
        note("choice" if asks else "no_choice")
        await THOUGHT.add(exchange, self.sessions, person.profile, lambda _: election.lens.text if asks else "")


def reasons(request: ChatRequest, models: tuple[str, ...]) -> bool:
    """Whether the model is one that reasons, or the request asks it to; a request that turns it off says no."""
    wanted = [_effort(request.get(name)) for name in ("reasoning_effort", "reasoning", "thinking")]
    said = [effort for effort in wanted if effort]
    if said:
        return not any(effort in _OFF for effort in said)
    name = request.model.rpartition("/")[2].lower()
    if models == REASONING and any(fnmatchcase(name, pattern) for pattern in NOT_REASONING):
        return False
    return any(fnmatchcase(name, pattern.lower()) for pattern in models)


def _effort(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("effort") or value.get("type")
    return value.lower() if isinstance(value, str) else ""
