"""People: who calls, what is known of a person and from which evidence; `stores` has the ports to where it is kept."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapters.ports.election import Election

Trust = Literal["backend", "user", "none"]
EvidenceKind = Literal["edit", "pick", "regenerate", "rating", "accepted", "statement", "artefact", "import"]
Author = Literal["self", "assistant", "quoted"]
Names = Callable[[str], bool]
"""Whether a text names something."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends the request. `trust`: `backend` may say in whose name it asks, `user` may only be itself, by a token.

    `said` holds the ids that the transport carried, by source name (`jwt`, `header`); `conversation` is a chat id,
    `place` where the app says that the request belongs: `work`, `home`, or "".
    """

    tenant: str = "default"
    key: str | None = None
    trust: Trust = "none"
    said: Mapping[str, str] = field(default_factory=dict)
    conversation: str | None = None
    place: str = ""


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
    `accepted`, any other rating `rating`: the kind alone says which, and how good or bad is not kept. One that holds
    its answer (the assistant's text, or what a comment answers) has the `digest` of the question and, behind a dot, of
    the exchange. `place` is where a choice was made: `work`, `home`, or "" where that is not known.
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
    place: str = ""

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

    `counts` are running totals (events seen, sums of text statistics), `taste` coefficients by axis with their
    covariances by two axes (`one~other`).
    `watermark` is the `seq` of the last evidence that went in, `revision` the version in which something was last
    corrected, `epoch` is raised by erasure. While it is `paused` nothing is recorded of the person, and nothing
    injected. `share`: whether the person lets what they speak of be counted among others of their tenant.
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
    share: bool = False


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
    """What was erased, by kind: `evidence`, `versions`, `jobs`, `responses`, and where there were any `candidates` and
    `written` (answers that waited to be checked, and what became of others); as id and model, the responses of the
    person that backends keep; and the ids of what was `written`, of which passages may be in the index."""

    erased: Mapping[str, int]
    at_backends: tuple[tuple[str, str], ...] = ()
    written: tuple[str, ...] = ()


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
