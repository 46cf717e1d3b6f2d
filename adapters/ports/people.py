"""People: who calls, what is known of a person and from which evidence, and the ports to where it is kept."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from adapters.ports.election import Election

Trust = Literal["backend", "user", "none"]
EvidenceKind = Literal["edit", "pick", "regenerate", "rating", "accepted", "statement", "artefact", "import"]
Author = Literal["self", "assistant", "quoted"]
Names = Callable[[str], bool]
"""Whether a text names something."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends the request. `trust`: `backend` may say in whose name it asks, `user` may only be itself, by a token.

    `said` holds the ids that the transport carried, by source name (`jwt`, `header`); `conversation` is a chat id.
    """

    tenant: str = "default"
    key: str | None = None
    trust: Trust = "none"
    said: Mapping[str, str] = field(default_factory=dict)
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class User:
    """A person, by an internal id: `u_` and 32 hex digits, the HMAC-SHA256 of (tenant, id as the caller says it).

    `known` is what the store had of the person when the request began, read once. What is said under its epoch and
    comes to the store after an erasure is dropped.
    """

    id: str
    tenant: str = "default"
    known: Person | None = field(default=None, compare=False, repr=False)

    @property
    def epoch(self) -> int | None:
        """The epoch under which the request began, where that is known."""
        return self.known.profile.epoch if self.known else None

    @classmethod
    def of(cls, secret: bytes, tenant: str, said: str) -> User:
        """The person whom callers of a tenant call `said`: "alice" of two tenants are two people."""
        name = unicodedata.normalize("NFC", said.strip())
        digest = hmac.digest(secret, f"{tenant}\0{name}".encode("utf-8", "replace"), "sha256")
        return cls(f"u_{digest.hex()[:32]}", tenant)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One event, append-only, idempotent by (user, event id).

    `text` is what its author wrote; `context` is the turn it answers (the assistant's words: read to understand the
    text, never as a source of claims). `fresh` is false for a turn that came as history: it is kept only where no
    event of this person has the same `digest`. `seq` is given by the store, rising; 0 before that. An approval is
    `accepted`, any other rating `rating`: the kind alone says which, and how good or bad is not kept.
    """

    event: str
    kind: EvidenceKind
    text: str
    author: Author = "self"
    context: str = ""
    digest: str = ""
    fresh: bool = True
    time: float = 0.0
    profile_version: int = 0
    seq: int = 0

    @property
    def own(self) -> bool:
        """Whether it holds words of the person's own."""
        return self.author == "self" and bool(self.text)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing known of a person. Closed: an aspect of the configured list and a value of at most 120 characters.

    `confidence` is in [0, 1]; `evidence` holds event ids; `superseded_by` is the id of the claim that replaced it;
    `locked` means that the person edited it, and that no evidence may change it, `suppressed` that it is known and
    shall not be mentioned. It was first seen at `valid_from` and last at `last`, in seconds since 1970, 0 where that is
    not known; `seen` in so many events of so many `sessions`. `context` is where it holds: `work`, `home`, or "" for
    everywhere.
    """

    id: str
    aspect: str
    value: str
    kind: Literal["explicit", "inferred"] = "explicit"
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()
    valid_from: float = 0.0
    superseded_by: str | None = None
    locked: bool = False
    seen: int = 1
    suppressed: bool = False
    last: float = 0.0
    sessions: int = 1
    context: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a person, as one version.

    `counts` are running totals (events seen, sums of text statistics), `taste` coefficients with their variances.
    `watermark` is the `seq` of the last evidence that went in, `revision` the version in which something was last
    corrected, `epoch` is raised by erasure. While it is `paused` nothing is recorded of the person, and nothing
    injected.
    """

    version: int = 0
    epoch: int = 0
    revision: int = 0
    watermark: int = 0
    claims: tuple[Claim, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)
    taste: Mapping[str, float] = field(default_factory=dict)
    paused: bool = False
    election: Election = field(default_factory=Election)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the hot path reads one: the newest profile, and the evidence that is not in it yet, oldest first.

    `pending` holds the oldest 64 at most; `recent` the ids of the newest 8 events, oldest first.
    """

    profile: Profile = Profile()
    pending: tuple[Evidence, ...] = ()
    recent: tuple[str, ...] = ()

    @property
    def events(self) -> int:
        """How many events are known of this person, also such without words: a rating, an approval, a pick."""
        return int(self.profile.counts.get("events", 0)) + len(self.pending)

    @property
    def said(self) -> int:
        """How many of them hold words of the person's own: what they said, wrote or changed."""
        counts = self.profile.counts
        return int(counts.get("turns", counts.get("events", 0))) + sum(item.own for item in self.pending)


@dataclass(frozen=True, slots=True)
class Job:
    """Background work for one person, of the outbox: handed out under a lease, at least once.

    `id` 0 is not of the outbox: somebody waits for what it brings.
    """

    id: int
    user: User
    epoch: int
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased, by kind: `evidence`, `versions`, `jobs`, `responses`; and, as id and model, the responses of the
    person that backends keep."""

    erased: Mapping[str, int]
    at_backends: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PersonInfo:
    """A line of the list of people."""

    id: str
    tenant: str
    events: int
    claims: int
    last_seen: float


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as it is kept: never the key itself."""

    id: str
    name: str
    tenant: str
    trust: Trust
    created: float


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
        """All that is kept of a person, as JSON values: `evidence`, `profile`, `versions`, `responses`."""

    async def forget(self, user: User) -> Erasure:
        """Erase a person from rows, free pages and the write-ahead log."""

    async def forget_claim(self, user: User, id: str, events: Sequence[str], names: Names | None = None) -> bool:
        """Erase a claim of the newest profile from all its versions, and the words of these events, as `forget` does,
        and of all others every text and every context that names it; False where there is no such claim. What clients
        send again of it stays known as old. `names` tells which texts name it: by default those that hold its value,
        in whatever case."""


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
