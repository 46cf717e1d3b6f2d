"""Responses that a later request may name: kept whole for backends that keep none, by their owner for the others."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import Protocol

from adapters.ports.formats import MalformedRequest
from adapters.ports.people import User

DAY = 86_400.0
OWNED_DAYS = 30.0
_PREFIXES = {"message": "msg", "reasoning": "rs", "function_call": "fc", "custom_tool_call": "ctc"}
_OURS = re.compile(rf"(?:{'|'.join(_PREFIXES.values())})_([0-9a-f]{{48}})(?:[0-9a-f]{{4}}|_[0-9]{{1,4}})")


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response by its id.

    `owner` is the internal id of the person it was made for, else names the key. `inputs` and `outputs` (JSON lists of
    items) and `body` (the response, JSON) are empty where the backend keeps them. `said` and `answer` are the ends of
    the person's last turn and of the answer to it; `conversation` tells this one from others, and
    `marks` its turns (see ChatRequest), `place` where its request belongs (see Caller).
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
    place: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is kept here, and not only whose it is."""
        return bool(self.body)

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return len(self.inputs) + len(self.outputs) + len(self.body) + len(self.said) + len(self.answer)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept of responses: for `days` (0: nothing) and `each` bytes of one; the newest `responses` of a
    person, and of these `total` bytes; the newest `of_key` made with a key for nobody known, and `key_total` bytes.

    Whose a response is that a backend keeps stays known for 30 days at least: not to know that would be to refuse it.
    A store may keep up to a sixteenth more.
    """

    days: float = 30
    responses: int = 1000
    total: int = 64 << 20
    each: int = 4 << 20
    of_key: int = 50_000
    key_total: int = 1 << 30

    def since(self, whole: bool) -> float:
        """The time, in seconds since 1970, from which on responses are kept: `whole` ones, or only whose they are."""
        return time.time() - (self.days if whole else max(self.days, OWNED_DAYS)) * DAY

    def most(self, person: bool) -> tuple[int, int, int]:
        """How many whole responses of a person, or of a key, how many bytes of these, and of how many more only whose
        they are."""
        return (self.responses, self.total, 20_000) if person else (self.of_key, self.key_total, 1_000_000)

    def of(self, response: StoredResponse) -> StoredResponse | None:
        """What is kept of a response: all, nothing, or without days only whose one is that a backend keeps."""
        if response.size > self.each or (response.whole and not self.days):
            return None
        return response if self.days else replace(response, said="", answer="")


def item_id(response: str, place: int, kind: str) -> str:
    """The id of an item of this type (`message`, ...) at its place in a response that is made here."""
    return f"{_PREFIXES[kind]}_{response.removeprefix('resp_')}{place:04x}"


def input_id(response: str, place: int) -> str:
    """The id of an input item, at its place in the request for a response that is made here."""
    return f"msg_{response.removeprefix('resp_')}_{place}"


def input_place(response: str, id: str) -> int | None:
    """The place of the input item of this id, None for an id of another kind."""
    begin, _, place = id.rpartition("_")
    ours = begin == f"msg_{response.removeprefix('resp_')}"
    return int(place) if ours and re.fullmatch("[0-9]{1,4}", place) else None


def made_in(id: str) -> str | None:
    """The id of the response that an item of this id belongs to, None for an id that is none of ours."""
    found = _OURS.fullmatch(id)
    return f"resp_{found[1]}" if found else None


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
