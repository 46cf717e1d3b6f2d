"""Receipts of the latest exchanges: what each policy did and why, in reason codes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from adapters.ports import Caller
from policies.base import Exchange, Step

KEPT = 10_000


class Receipts:
    """The newest 10,000 receipts of this process, by exchange id."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Caller, str | None, dict[str, Any]]] = OrderedDict()

    def keep(self, exchange: Exchange, status: int, ms: float) -> None:
        """Keep the receipt of a finished exchange."""
        owner = exchange.user.id if exchange.user else None
        self._kept[exchange.id] = (exchange.caller, owner, render(exchange, status, ms))
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def find(self, id: str, caller: Caller, person: str | None) -> dict[str, Any] | None:
        """The receipt, if the caller may see it: a trusted backend those of its tenant, anybody else those of their own
        `person` (an internal id), and of what their own key asked in nobody's name."""
        made_by, owner, receipt = self._kept.get(id, (None, None, None))
        if made_by is None or made_by.tenant != caller.tenant:
            return None
        own = owner == person if owner else caller.key is not None and made_by.key == caller.key
        return receipt if own or caller.trust == "backend" else None

    def owner(self, id: str, tenant: str) -> str | None:
        """The internal id of the person whom an exchange of this tenant was for."""
        made_by, owner, _ = self._kept.get(id, (None, None, None))
        return owner if made_by is not None and made_by.tenant == tenant else None

    def forget(self, owner: str) -> None:
        """Drop the receipts of a person."""
        for id in [id for id, kept in self._kept.items() if kept[1] == owner]:
            del self._kept[id]


def render(exchange: Exchange, status: int, ms: float) -> dict[str, Any]:
    """A receipt as JSON values."""
    reply = exchange.reply
    return {
        "id": exchange.id,
        "object": "rapport.receipt",
        "status": status,
        "complete": bool(reply and reply.complete),
        "identified": exchange.user is not None,
        "ms": ms,
        "injected_tokens": spent(exchange.receipt.steps),
        "policies": [
            {"policy": step.policy, "hook": step.hook, "outcome": step.outcome, "reasons": list(step.reasons),
             "ms": step.ms, "tokens": step.tokens, "replayed_tokens": step.replayed, "detail": step.detail}
            for step in exchange.receipt.steps
        ],
    }


def summary(steps: list[Step]) -> str:
    """The steps as one header value: `identity=from_user, preferences=injected`."""
    return ", ".join(f"{step.policy}={'+'.join(step.reasons) or step.outcome}" for step in steps)


def spent(steps: list[Step]) -> int:
    """Tokens that were added to a request, put back ones included."""
    return sum(step.tokens + step.replayed for step in steps)


def degraded(steps: list[Step]) -> str:
    """The policies that failed, or did without something that is away, as one header value; empty where none did."""
    faults = [
        f"{step.policy}={'+'.join(step.reasons)}"
        for step in steps
        if step.outcome == "failed" or any(reason.endswith("_unavailable") for reason in step.reasons)
    ]
    return ", ".join(dict.fromkeys(faults))
