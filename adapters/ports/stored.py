"""Responses that a later request may name: kept whole for backends that keep none, by their owner for the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from adapters.ports.formats import MalformedRequest
from adapters.ports.people import User


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response by its id.

    `owner` is the internal id of the person it was made for, else names the key. `inputs` and `outputs` (JSON lists of
    items) and `body` (the response, JSON) are empty where the backend keeps them. `said` and `answer` are the ends of
    the person's last turn and of the answer to it; `conversation` tells this one from others, and
    `marks` its turns (see ChatRequest).
    """

    id: str
    tenant: str
    owner: str
    model: str
    previous: str | None = None
    created: float = 0.0
    inputs: bytes = b""
    outputs: bytes = b""
    body: bytes = b""
    said: str = ""
    answer: str = ""
    conversation: str = ""
    marks: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return len(self.inputs) + len(self.outputs) + len(self.body) + len(self.said) + len(self.answer)


class NotKept(MalformedRequest):
    """The client named a response that is not there (any more), or that is not for this person."""

    def __init__(self, id: str) -> None:
        message = f"Previous response with id '{id[:80]}' not found."
        super().__init__(message, "previous_response_id", "previous_response_not_found")


class ResponseStore(Protocol):
    """Keeps responses within bounds, and as long as the person whom they were made for is not erased."""

    async def keep(self, response: StoredResponse, user: User | None) -> bool:
        """Keep a response; False where it is too large, or its person was erased meanwhile. Raises AdapterError."""

    async def find(self, tenant: str, id: str) -> StoredResponse | None:
        """The response, or None where there is none (any more). Raises AdapterError."""

    async def drop(self, tenant: str, id: str) -> bool:
        """Forget a response; False where there was none. Raises AdapterError."""
