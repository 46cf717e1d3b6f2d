"""Uploaded files, and the vector stores that they are attached to: what the index of passages is made from again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from adapters.ports.errors import AdapterError
from adapters.ports.filters import Value

State = Literal["in_progress", "completed", "cancelled", "failed"]
DAY = 86_400


class ShelfFault(AdapterError):
    """What is kept cannot be read or written: a full disk, a folder that may not be written."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file: its `id`, the name that the client gave it, bytes, and when it came and goes (Unix seconds)."""

    id: str
    name: str
    size: int
    purpose: str
    created: int
    expires: int | None = None

    def gone(self, now: float) -> bool:
        """Whether its time is over."""
        return self.expires is not None and self.expires <= now


@dataclass(frozen=True, slots=True)
class Chunking:
    """How long a passage may be, and how much two neighbours share, in tokens."""

    size: int
    overlap: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a vector store. `chunking` is None where the client leaves it to us; `fault` is a code of OpenAI's and
    what to tell; `usage` counts bytes of text, `tries` how often its conversion was begun."""

    store: str
    file: str
    name: str
    created: int
    status: State = "in_progress"
    attributes: Mapping[str, Value] = field(default_factory=dict)
    chunking: Chunking | None = None
    fault: tuple[str, str] | None = None
    usage: int = 0
    batch: str | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Attachments that were asked for together."""

    id: str
    store: str
    created: int
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class VectorStore:
    """A named set of attachments. `days` after it was last used (`active`, Unix seconds) it expires."""

    id: str
    name: str
    created: int
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    days: int | None = None
    active: int = 0

    @property
    def expires(self) -> int | None:
        """When it expires, Unix seconds."""
        return None if self.days is None else max(self.created, self.active) + self.days * DAY

    def gone(self, now: float) -> bool:
        """Whether its time is over: it is still told of, and holds nothing."""
        return self.expires is not None and self.expires <= now


class Draft(Protocol):
    """A file on its way in."""

    async def write(self, data: bytes) -> None:
        """Take the next bytes. Raises ShelfFault."""

    async def keep(self, name: str, purpose: str, seconds: int | None) -> StoredFile:
        """It is whole: keep it, for `seconds` where that is said. Raises ShelfFault."""


class FileShelf(Protocol):
    """Uploaded files. Every call is within one tenant, and raises ShelfFault where the disk does not obey."""

    def draft(self, tenant: str) -> AbstractAsyncContextManager[Draft]:
        """A new file; what was not kept when the block ends is gone."""

    async def file(self, tenant: str, id: str) -> StoredFile | None:
        """A file, None where there is none, or its time is over."""

    async def files(self, tenant: str) -> Sequence[StoredFile]:
        """All files, the oldest first, also those whose time is over."""

    def content(self, tenant: str, id: str) -> AsyncIterator[bytes]:
        """The bytes of a file, piece by piece."""

    async def discard(self, tenant: str, id: str) -> None:
        """Forget a file; what it is attached to stays."""


class StoreShelf(Protocol):
    """Vector stores and their attachments, likewise. Whoever changes what may be there already, does so in `alone`."""

    async def stores(self, tenant: str) -> Sequence[VectorStore]:
        """All vector stores, the oldest first."""

    async def store(self, tenant: str, id: str) -> VectorStore | None:
        """A vector store, None where there is none."""

    async def put(self, tenant: str, what: VectorStore | Attachment | Batch) -> None:
        """Keep a new or changed thing. An attachment in progress waits for `waiting`. What belongs to a vector store
        that is gone, is not kept."""

    async def drop(self, tenant: str, what: VectorStore | Attachment) -> None:
        """Forget a vector store with all in it, or an attachment."""

    async def touch(self, tenant: str, store: str) -> None:
        """A vector store is in use."""

    async def attachments(self, tenant: str, store: str) -> Sequence[Attachment]:
        """All attachments of a vector store, in the order in which their files came."""

    async def attachment(self, tenant: str, store: str, file: str) -> Attachment | None:
        """One attachment, None where there is none."""

    async def batch(self, tenant: str, store: str, id: str) -> Batch | None:
        """A batch, None where there is none."""

    def alone(self, tenant: str) -> AbstractAsyncContextManager[None]:
        """Nobody else changes the tenant's attachments and their passages until the block ends; other processes are
        kept out, too."""


class Shelf(FileShelf, StoreShelf, Protocol):
    """Both, and what is for whoever does the work that they wait for."""

    async def tenants(self) -> Sequence[str]:
        """All tenants that have anything here."""

    async def waiting(self) -> Sequence[tuple[str, str, str]]:
        """Tenant, vector store and file of what is to be converted, the oldest first."""

    def leading(self) -> AbstractAsyncContextManager[bool]:
        """Whether this is the one process that does the work, until the block ends."""

    async def tidy(self) -> None:
        """Remove what was cut off on its way in."""


def new_id(prefix: str, now: float, random: str) -> str:
    """An id whose order is that of time: milliseconds, then 16 hexadecimal digits of chance."""
    return f"{prefix}{int(now * 1000):012x}{random}"
