"""Conversations of the Responses API that go on from an earlier response: `previous_response_id`.

Where the backend keeps responses, its ids pass untouched, and what is kept here is whose they are and which
conversation they belong to. Where it does not, the conversation itself is kept and sent anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import structlog
from msgspec import Raw

from adapters.ports import (
    RESPONSES,
    AdapterError,
    ChatRequest,
    Continued,
    MalformedRequest,
    NotKept,
    Reply,
    ResponseStore,
    StoredResponse,
    Turn,
    Unavailable,
    input_place,
    made_in,
    strip_blocks,
)
from adapters.ports.formats.base import decoded_or, joined
from adapters.ports.formats.responses import as_items, spoken
from policies.base import Exchange, Step
from proxy.owners import Owner, Owners
from proxy.routing import Backends
from proxy.wire import HttpError

log = structlog.get_logger("rapport")

LONGEST = 2000
"""Responses in a conversation."""
ENDS = 600
"""Characters kept of the last turn and of the answer to it, where the backend keeps the rest."""
OPEN_SECONDS = 2.0
"""What finding an earlier response may hold back a request."""
MOST_REFERENCE = 400
"""Bytes of a reference to an item: whatever is longer is something else."""
UNREAD = ("store_unavailable",)
_items = msgspec.json.Decoder(list[Raw])


class _Item(msgspec.Struct):
    id: Any = None
    type: Any = None
    role: Any = None


class _Response(msgspec.Struct):
    id: str
    output: list[Raw] = []


@dataclass(frozen=True, slots=True)
class Threads:
    """Opens a request that names an earlier response, and keeps what a later one may name."""

    store: ResponseStore
    owners: Owners
    backends: Backends

    async def open(self, exchange: Exchange) -> Owner | None:
        """Put the conversation that a request goes on with in front of it; returns whose it is, None where that cannot
        be told now.

        Raises NotKept for somebody else's; HttpError 503 where it cannot be told now whose it is, and the caller may
        ask for one person only. A trusted backend's chat goes on: it has the id, which nobody can guess.
        """
        request, caller = exchange.received, exchange.caller
        previous = request.get("previous_response_id")
        if not isinstance(previous, str | None):
            message = "Invalid type for 'previous_response_id': expected a string."
            raise MalformedRequest(message, "previous_response_id")
        # Such a backend knows by itself what is whose.
        free = self.backends.own_key(request.model) or caller.trust == "backend"
        if not free and request.get("conversation") is not None:
            raise HttpError(404, "Conversation not found.", None, "conversation")
        named = list(_named(request.items)) if request.format is RESPONSES else []
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                owner = await self.owners.of_request(exchange)
                if named:
                    exchange.received = exchange.request = await self._whole(exchange, owner, named)
                if previous is not None:
                    await self._open(exchange, owner, previous)
                return owner
        except (AdapterError, TimeoutError) as error:
            log.warning("thread_unavailable", reason=type(error).__name__)
            exchange.receipt.steps.append(Step("responses", "on_request", "failed", UNREAD))
            if named or (previous is not None and not free):
                raise unread() from error
            return None

    async def _open(self, exchange: Exchange, owner: Owner, previous: str) -> None:
        caller, request = exchange.caller, exchange.received
        kept = await self.store.find(caller.tenant, previous)
        if kept is None:
            # The backend may know it; if not, it says so.
            if not (self.backends.own_key(request.model) or await self.owners.alone(caller)):
                raise NotKept(previous)
        elif not owner.may(caller, kept):
            raise NotKept(previous)
        elif request.format is RESPONSES:
            exchange.received = exchange.request = await self._continued(request, kept)
            exchange.begun = kept.conversation or exchange.begun

    async def record(self, exchange: Exchange, owner: Owner, reply: Reply, last: bytes, learns: bool) -> bool:
        """Keep a finished response, as far as a later request may need it; `last` is its JSON. Returns False where it
        was to be kept here, and is not. Raises AdapterError."""
        response, request = decoded_or(last, _Response, None), exchange.received
        if response is None or request.get("store") is False or not reply.ok:
            return True
        if owner.user is not None and owner.user.epoch is None:
            raise Unavailable("Whether the person was erased meanwhile cannot be told.")
        made = StoredResponse(
            response.id, exchange.caller.tenant, owner.id, request.model,
            request.continued.id or request.get("previous_response_id"), conversation=exchange.conversation,
            marks=request.marks, place=exchange.caller.place,
        )  # fmt: skip
        backend = reply.kept
        if backend is None:
            backend = await self.backends.keeps(request.model, response.id, request.headers)
        if not backend:
            own = as_items(request.items[request.continued.prior :])
            made = replace(made, inputs=bytes(joined(own)), outputs=bytes(joined(response.output)), body=last)
        elif learns and exchange.user is not None and exchange.user == owner.user:
            answer = strip_blocks(spoken(response.output))
            made = replace(made, said=request.last_user_text[-ENDS:], answer=answer[-ENDS:])
        kept = await self.store.keep(made, owner.user)
        if backend and not kept:
            # Its person was erased meanwhile.
            await self.backends.withdraw([(response.id, request.model)], request.headers)
        return kept or backend

    async def _continued(self, request: ChatRequest, kept: StoredResponse) -> ChatRequest:
        if not kept.body:
            before = (Turn("user", kept.said, -3), Turn("assistant", kept.answer, -2))
            turns = tuple(turn for turn in before if turn.text)
            return replace(request, continued=Continued(turns=turns, marks=kept.marks))
        parts = await self._chain(kept)
        return request.continuing(kept.id, tuple(item for part in parts for item in _items.decode(part)))

    async def _whole(self, exchange: Exchange, owner: Owner, named: Sequence[tuple[int, str, str]]) -> ChatRequest:
        """The request with items of responses that are kept here in place of references to them. Raises
        MalformedRequest for one that is not there, or somebody else's."""
        items = list(exchange.received.items)
        for place, id, response in named:
            kept = await self.store.find(exchange.caller.tenant, response)
            found = _item_of(kept, id) if kept and owner.may(exchange.caller, kept) else None
            if found is None:
                raise MalformedRequest(f"Item with id '{id[:80]}' not found.", f"input[{place}]", "item_not_found")
            items[place] = found
        return exchange.received.with_items(tuple(items))

    async def _chain(self, kept: StoredResponse) -> Sequence[bytes]:
        """Inputs and outputs of a response and of all before it, oldest first. Raises NotKept where one is missing."""
        parts, id = list[bytes](), kept.id
        while True:
            parts[:0] = (kept.inputs, kept.outputs)
            if kept.previous is None:
                return parts
            found = await self.store.find(kept.tenant, kept.previous)
            if found is None or len(parts) > 2 * LONGEST:
                raise NotKept(id)
            kept = found


def _named(items: Sequence[Raw]) -> Iterator[tuple[int, str, str]]:
    """The references to items of responses that are kept here: place, the item's id and the response's."""
    for place, raw in enumerate(items):
        if len(raw) <= MOST_REFERENCE:
            item = decoded_or(bytes(raw), _Item, _Item())
            refers = item.type == "item_reference" or (item.type is None and item.role is None)
            response = made_in(item.id) if refers and isinstance(item.id, str) else None
            if response is not None:
                yield place, item.id, response


def _item_of(kept: StoredResponse, id: str) -> Raw | None:
    """An item of a response by its id: of its output, or of its input as `input_items` shows it."""
    if kept.inputs and (place := input_place(kept.id, id)) is not None:
        return next(iter(_items.decode(kept.inputs)[place : place + 1]), None)
    outputs = _items.decode(kept.outputs) if kept.outputs else []
    return next((raw for raw in outputs if decoded_or(bytes(raw), _Item, _Item()).id == id), None)


def unread() -> HttpError:
    """What is kept here is away, and with it whose it is."""
    return HttpError(503, "What is kept of earlier responses cannot be read right now.", "store_unavailable")
