"""A policy in its place in the chain, and what of its hook's work is taken over: only what can travel on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from adapters.ports import ChatRequest, Reply
from policies.base import CONDITIONS, Exchange, Outcome, Policy, PolicyConfig, Receipt, Step, User
from policies.choosing import Choosing
from policies.citing import Sources
from proxy.rest import Rest

# More than any tokeniser makes of a byte budget; beyond it a policy injects what nobody allowed.
BYTES_PER_TOKEN = 24
_NO_CODE = re.compile(r"[^\w.:=-]", re.ASCII)
HookName = Literal["on_request", "on_reply", "learn"]


class Garbage(Exception):
    """A hook left something in the exchange that cannot travel on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Link:
    """A policy in its place in the chain, and how it fared lately. `ours`: it keeps the rules of its hooks for sure."""

    config: PolicyConfig
    policy: Policy
    ours: bool = False
    rest: Rest = field(default_factory=Rest)

    def applies(self, exchange: Exchange) -> bool:
        """Whether `when` lets it run. Conditions of the policy's own are left for it to decide."""
        when = self.config.when
        return not when or any(name in self.config.conditions or CONDITIONS[name](exchange) for name in when)


async def adopt(link: Link, hook: HookName, exchange: Exchange, draft: Exchange, ms: float) -> None:
    """Take over what a hook assigned and noted, if it can travel on. Raises Garbage, or anything, if it cannot."""
    notes = draft.receipt
    reasons, tokens, replayed = _noted(notes)
    outcome: Outcome = "applied"
    if hook == "on_request":
        if not link.ours:
            _check(draft)
        if draft.request is not exchange.request:
            room = exchange.receipt.budget + min(replayed, exchange.receipt.replay_budget)
            if draft.request.size - exchange.request.size > BYTES_PER_TOKEN * room:
                raise Garbage("over_budget")
        changed = draft.request is not exchange.request or draft.user is not exchange.user
        changed = changed or draft.choosing is not exchange.choosing
        outcome = "answered" if draft.reply is not None else "applied" if changed else "idle"
        exchange.request, exchange.user, exchange.reply = draft.request, draft.user, draft.reply
        exchange.sources, exchange.choosing = draft.sources, draft.choosing
    exchange.receipt.budget -= tokens
    exchange.receipt.replay_budget -= replayed
    exchange.receipt.steps.append(Step(link.config.kind, hook, outcome, reasons, ms, tokens, replayed, notes.detail))


def _noted(notes: Receipt) -> tuple[tuple[str, ...], int, int]:
    """Reasons as codes that fit a header, the new tokens and those put back."""
    counts = (notes.tokens, notes.replayed) if isinstance(notes, Receipt) else ("",)
    if not all(isinstance(count, int) and count >= 0 for count in counts):
        raise Garbage("garbage")
    if notes.detail:
        msgspec.json.encode(notes.detail)
    return tuple(_NO_CODE.sub("_", reason)[:64] for reason in notes.reasons), notes.tokens, notes.replayed


def _check(draft: Exchange) -> None:
    """What a plug-in assigned is of the right types and can be sent."""
    reply = draft.reply
    sound = isinstance(draft.request, ChatRequest) and isinstance(draft.user, User | None)
    sound = sound and isinstance(draft.sources, Sources | None) and isinstance(draft.choosing, Choosing | None)
    if reply is not None:
        sound = sound and isinstance(reply, Reply) and isinstance(reply.status, int) and 200 <= reply.status < 600
        sound = sound and isinstance(reply.body, bytes) and isinstance(reply.chunks, AsyncIterable | None)
        sound = sound and all(isinstance(part, str) for pair in reply.headers for part in pair)
    if not sound:
        raise Garbage("garbage")
    draft.request.body()
    draft.request.turns  # noqa: B018
