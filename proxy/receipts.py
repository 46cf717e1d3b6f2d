"""Receipts of the latest exchanges: what each policy did and why, in reason codes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

import msgspec

from adapters.ports import Caller
from policies.base import Exchange, Step
from proxy.rated import Asked

KEPT = 10_000
KEPT_BYTES = 64 * 1024 * 1024
"""Bytes of all receipts together; the oldest go first."""
LONGEST = 64 * 1024
"""Bytes of a receipt beyond which its long details are left out."""


class _Kept(NamedTuple):
    caller: Caller
    owner: str | None
    receipt: bytes
    asked: Asked | None


class Receipts:
    """The newest 10,000 receipts of this process, by exchange id, and fewer where they are long: as JSON, whose bytes
    can be counted."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0

    def keep(self, exchange: Exchange, status: int, ms: float) -> None:
        """Keep the receipt of a finished exchange."""
        owner = exchange.user.id if exchange.user else None
        self._drop(exchange.id)
        receipt = _json(render(exchange, status, ms))
        self._kept[exchange.id] = kept = _Kept(exchange.caller, owner, receipt, Asked.of(exchange))
        self._bytes += len(kept.receipt)
        while len(self._kept) > KEPT or self._bytes > KEPT_BYTES:
            self._drop(next(iter(self._kept)))

    def find(self, id: str, caller: Caller, person: str | None) -> dict[str, Any] | None:
        """The receipt, if the caller may see it: a trusted backend those of its tenant, anybody else those of their own
        `person` (an internal id), and of what their own key asked in nobody's name."""
        kept = self._kept.get(id)
        if kept is None or kept.caller.tenant != caller.tenant:
            return None
        own = kept.owner == person if kept.owner else caller.key is not None and kept.caller.key == caller.key
        found: dict[str, Any] | None = msgspec.json.decode(kept.receipt) if own or caller.trust == "backend" else None
        return found

    def owner(self, id: str, tenant: str) -> str | None:
        """The internal id of the person whom an exchange of this tenant was for."""
        kept = self._kept.get(id)
        return kept.owner if kept is not None and kept.caller.tenant == tenant else None

    def asked(self, id: str, tenant: str) -> Asked | None:
        """What the person of an exchange of this tenant asked."""
        kept = self._kept.get(id)
        return kept.asked if kept is not None and kept.caller.tenant == tenant else None

    def place(self, id: str, tenant: str) -> str | None:
        """Where an exchange of this tenant belongs, "" where nobody said; None where it is not known."""
        kept = self._kept.get(id)
        return kept.caller.place if kept is not None and kept.caller.tenant == tenant else None

    def forget(self, owner: str) -> None:
        """Drop the receipts of a person."""
        for id in [id for id, kept in self._kept.items() if kept.owner == owner]:
            self._drop(id)

    def _drop(self, id: str) -> None:
        kept = self._kept.pop(id, None)
        self._bytes -= len(kept.receipt) if kept else 0


def _json(receipt: dict[str, Any]) -> bytes:
    """A receipt as it is kept, without the details of any length where it would be too long."""
    made = msgspec.json.encode(receipt)
    if len(made) <= LONGEST:
        return made
    for step in receipt["policies"]:
        if len(msgspec.json.encode(step["detail"])) > LONGEST // 8:
            step["detail"] = {"left_out": "too_long"}
    return msgspec.json.encode(receipt)


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
