"""The ports to where people are kept: what is known of them, the work that waits, their rights, and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from adapters.ports.people import Erasure, Evidence, EvidenceKind, Job, Key, Names, Person, PersonInfo, Profile, User


class UserStore(Protocol):
    """Reads a person and takes what is learnt of one. Writes are transactions; a raised `epoch` voids older ones."""

    async def load(self, user: User) -> Person:
        """The person, empty where nothing is known. Raises AdapterError."""

    async def latest(self, user: User, kinds: Sequence[EvidenceKind], limit: int) -> Sequence[Evidence]:
        """The newest `limit` events of these kinds that still hold words, oldest first; among the newest 1,000 of the
        person. Raises AdapterError."""

    async def append(self, user: User, evidence: Sequence[Evidence]) -> int:
        """Keep new evidence and a job for it in one transaction; returns after the commit how many were new."""

    async def since(self, user: User, seq: int, limit: int) -> Sequence[Evidence]:
        """The person's events beyond `seq`, the oldest first, `limit` at most. Raises AdapterError."""

    async def publish(self, user: User, profile: Profile) -> bool:
        """Make `profile` (version n + 1, same epoch) the newest; False where version or epoch have moved on."""


class Outbox(Protocol):
    """Jobs that wait: one open job per person at most, leased to one worker at a time."""

    async def claim(self, limit: int, lease: float) -> Sequence[Job]:
        """Up to `limit` jobs that are due, leased for `lease` seconds."""

    async def done(self, job: Job, watermark: int) -> None:
        """The job is finished up to evidence `watermark`; later evidence keeps it open."""

    async def fail(self, job: Job, delay: float) -> None:
        """The job failed: due again after `delay` seconds."""

    async def later(self, job: Job, watermark: int, delay: float) -> None:
        """The job is done for now and comes again, as another one, in `delay` seconds, or with the next evidence;
        at once where there is evidence after `watermark`."""

    async def wait(self, timeout: float) -> None:
        """Return when this process appended evidence, or after `timeout` seconds."""


class People(Protocol):
    """The people's own rights and the operator's view: not on the way of a request."""

    async def list(self, tenant: str | None = None) -> Sequence[PersonInfo]:
        """Everyone known, the newest first."""

    async def export(self, user: User) -> dict[str, Any]:
        """All that is kept of a person, as JSON values: `evidence`, `profile`, `versions`, `responses`, `candidates`
        and `written` (answers that wait to be checked, and what became of others)."""

    async def forget(self, user: User) -> Erasure:
        """Erase a person from rows, free pages and the write-ahead log."""

    async def forget_claim(
        self, user: User, id: str, events: Sequence[str], names: Names | None = None
    ) -> Erasure | None:
        """Erase a claim of the newest profile from all its versions, and the words of these events, as `forget` does,
        and of all others every text and every context that names it; told is what was `written`, None where there is
        no such claim. What clients send again of it stays known as old. `names` tells which texts name it: by default
        those that hold its value, in whatever case."""


class Keys(Protocol):
    """API keys, by the SHA-256 of the key, and the secret under which ids are hashed."""

    async def find(self, digest: str) -> Key | None:
        """The key with this SHA-256 (hex), or None."""

    async def create(self, key: Key, digest: str) -> None:
        """Keep a new key, with full sync."""

    async def list(self) -> Sequence[Key]:
        """All keys, without their digests."""

    async def revoke(self, id: str) -> bool:
        """Delete a key by its id."""

    async def secret(self) -> bytes:
        """32 random bytes, made once per store: the HMAC key of internal ids."""


class Tokens(Protocol):
    """Verifies signed tokens."""

    async def verify(self, token: str) -> Mapping[str, Any] | None:
        """The claims of a token that is valid now, or None."""
