"""Whose a request is, and with it a response: a person, else the key that it was made with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from adapters.ports import AdapterError, Caller, Keys, StoredResponse, User, UserStore
from policies.base import Exchange
from policies.identity import SIGNED, Source, find, usable


@dataclass(frozen=True, slots=True)
class Owner:
    """`id` as it is kept; `user` where that is a person, with what was known of them when the request began."""

    id: str
    user: User | None = None

    def may(self, caller: Caller, kept: StoredResponse) -> bool:
        """Whether a response is for this owner's eyes. One in nobody's name is where its caller speaks for all; one in
        the name of another person never is."""
        nobodys = self.user is None or kept.owner.startswith("key:")
        return kept.owner == self.id or (caller.trust == "backend" and nobodys)


@dataclass(frozen=True, slots=True)
class Owners:
    """Tells owners. `sources` are those of the chain's identity policy: whose a response is must not depend on whether
    that policy is there, or was in time. `tenants` says that tokens may speak for tenants that have no key here."""

    users: UserStore
    keys: Keys
    sources: tuple[Source, ...]
    tenants: bool = False

    async def of_request(self, exchange: Exchange) -> Owner:
        """The owner of what a request makes. Raises AdapterError where that cannot be told."""
        caller, found = exchange.caller, find(exchange, self.sources)
        if found is None or (found[0] in SIGNED and not usable(found[1])):
            # Whoever has a token of their own is told from others by it, even where nothing is remembered of them.
            owner = await self._named(caller, caller.said.get("jwt"))
        else:
            owner = await self._named(caller, found[1] if usable(found[1]) else None)
        if owner.user is None:
            return owner
        with suppress(AdapterError):
            # Under which epoch this was asked: what comes to the store after an erasure is dropped.
            return replace(owner, user=replace(owner.user, known=await self.users.load(owner.user)))
        return owner

    async def of_caller(self, caller: Caller) -> Owner:
        """The owner in whose name a request without a body is made. Raises AdapterError where that cannot be told."""
        for source in self.sources:
            if source in caller.said and (source in SIGNED or caller.trust == "backend"):
                said = caller.said[source]
                return await self._named(caller, said if usable(said) or source in SIGNED else None)
        return await self._named(caller, caller.said.get("jwt"))

    async def person(self, caller: Caller, said: str) -> User:
        """The person whom callers of this tenant call so. Raises AdapterError."""
        return User.of(await self.keys.secret(), caller.tenant, said)

    async def alone(self, caller: Caller) -> bool:
        """Whether what is not known here can be nobody else's: a trusted backend asks, and there is no tenant but its
        own."""
        if caller.trust != "backend" or self.tenants:
            return False
        return all(key.tenant == caller.tenant for key in await self.keys.list())

    async def _named(self, caller: Caller, said: str | None) -> Owner:
        if said is None:
            return Owner(f"key:{caller.key or ''}")
        user = await self.person(caller, said)
        return Owner(user.id, user)
