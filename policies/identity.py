"""Works out in whose name a request is made. Without an answer there is no memory, never a shared default person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import Field

from adapters.ports import Keys, UserStore
from policies.base import Adapters, Exchange, Policy, PolicyConfig, User

Source = Literal["jwt", "header", "safety_identifier", "user", "metadata"]
SIGNED = ("jwt",)
LONGEST = 256


class IdentityConfig(PolicyConfig):
    """Settings of `kind: identity`."""

    kind: Literal["identity"] = "identity"
    sources: tuple[Source, ...] = Field(
        ("jwt", "header", "safety_identifier", "user", "metadata"),
        min_length=1,
        description="Where a person's id is looked for, first found wins; all but `jwt` only from trusted backends.",
    )

    def build(self, adapters: Adapters) -> Policy:
        return Identity(self.sources, adapters.keys, adapters.users)


@dataclass(frozen=True, slots=True)
class Identity(Policy):
    """Sets `exchange.user` from the first source that says who asks, with what is known of that person, read once."""

    sources: tuple[Source, ...]
    keys: Keys
    users: UserStore

    async def on_request(self, exchange: Exchange) -> None:
        found = find(exchange, self.sources)
        if found is None:
            exchange.receipt.note("no_identity" if exchange.caller.trust != "none" else "untrusted_caller")
            return
        source, said = found
        if not usable(said):
            exchange.receipt.note("unusable_id", source=source)
            return
        user = User.of(await self.keys.secret(), exchange.caller.tenant, said)
        exchange.receipt.note(f"from_{source}")
        exchange.user = replace(user, known=await self.users.load(user))


def find(exchange: Exchange, sources: tuple[Source, ...]) -> tuple[Source, Any] | None:
    """The first source that says anything and which this caller may use, and what it says. A source that holds no
    usable id still decides: whoever it meant, it was not the person of the next source."""
    for source in sources:
        if source in SIGNED or exchange.caller.trust == "backend":
            value = _said(exchange, source)
            if value is not None:
                return source, value
    return None


def usable(said: Any) -> bool:
    """Whether this can be a person's id: a text of 1 to 256 characters that is not blank."""
    return isinstance(said, str) and 0 < len(said.strip()) <= LONGEST


def _said(exchange: Exchange, source: Source) -> Any:
    if source in ("jwt", "header"):
        return exchange.caller.said.get(source)
    if source != "metadata":
        return exchange.received.get(source)
    metadata = exchange.received.get("metadata")
    return metadata.get("user_id") if isinstance(metadata, dict) else None
