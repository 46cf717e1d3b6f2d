"""Conversations of the Responses API that go on from an earlier response: `previous_response_id`.

Where the backend keeps responses, its ids pass untouched, and what is kept here is whose they are and which
conversation they belong to. Where it does not, the conversation itself is kept and sent anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import structlog
from msgspec import Raw

from adapters import echo
from adapters.ports import (
    RESPONSES,
    AdapterError,
    Caller,
    ChatRequest,
    Continued,
    Keys,
    MalformedRequest,
    NotKept,
    Reply,
    ResponseStore,
    StoredResponse,
    Turn,
    Unavailable,
    User,
    UserStore,
    made_in,
    strip_blocks,
)
from adapters.ports.formats.base import decoded_or, joined
from adapters.ports.formats.responses import as_items
from policies.base import Exchange, Step
from policies.identity import Source, find, usable
from proxy.routing import Backends
from proxy.wire import HttpError

log = structlog.get_logger("rapport")

LONGEST = 2000
"""Responses in a conversation."""
ENDS = 600
"""Characters kept of the last turn and of the answer to it, where the backend keeps the rest."""
OPEN_SECONDS = 2.0
"""What finding an earlier response may hold back a request."""
UNREAD = ("store_unavailable",)
_items = msgspec.json.Decoder(list[Raw])


class _Output(msgspec.Struct):
    content: Any = None


class _Item(msgspec.Struct):
    id: Any = None
    type: Any = None


class _Response(msgspec.Struct):
    id: str
    output: list[Raw] = []


@dataclass(frozen=True, slots=True)
class Thread:
    """Whose a request and its response are: `owner` as it is kept, `user` where that is a person, with what was known
    of them when the request began. `unread` says that what is kept could not be read."""

    owner: str
    user: User | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Threads:
    """Opens a request that names an earlier response, and keeps what a later one may name.

    `sources` are those of the chain's identity policy: whose a response is must not depend on whether that policy was
    in time. `tenants` says that tokens may speak for tenants that have no key here.
    """

    store: ResponseStore
    users: UserStore
    keys: Keys
    backends: Backends
    sources: tuple[Source, ...]
    tenants: bool = False

    async def open(self, exchange: Exchange) -> Thread:
        """Put the conversation that a request goes on with in front of it.

        Raises NotKept for somebody else's; HttpError 503 where it cannot be told now whose it is, and the caller may
        ask for one person only. A trusted backend's chat goes on: it has the id, which nobody can guess.
        """
        thread = await self._thread(exchange)
        # Such a backend knows by itself whose responses are whose.
        own_key = self.backends.own_key(exchange.received.model)
        items = exchange.received.items if exchange.received.format is RESPONSES else ()
        named = list(_named(items))
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._open(exchange, thread, named, own_key)
        except (AdapterError, TimeoutError) as error:
            thread = replace(thread, unread=True)
            log.warning("thread_unavailable", reason=type(error).__name__)
            exchange.receipt.steps.append(Step("responses", "on_request", "failed", UNREAD))
            if named or not (own_key or exchange.caller.trust == "backend"):
                raise unread() from error
        return thread

    async def _open(self, exchange: Exchange, thread: Thread, named: Sequence[tuple[int, str, str]],
                    own_key: bool) -> None:  # fmt: skip
        if named:
            exchange.received = exchange.request = await self._whole(exchange, thread, named)
        caller, request = exchange.caller, exchange.received
        previous = request.get("previous_response_id")
        if not isinstance(previous, str):
            return
        kept = await self.store.find(caller.tenant, previous)
        # One that is not known here the backend may know; if not, it says so.
        if not (_may(caller, thread, kept) if kept else own_key or await self.alone(caller)):
            raise NotKept(previous)
        if kept and request.format is RESPONSES:
            exchange.received = exchange.request = await self._continued(request, kept)
            exchange.begun = kept.conversation or exchange.begun

    async def _thread(self, exchange: Exchange) -> Thread:
        found = find(exchange, self.sources)
        if found is None or not usable(found[1]):
            return Thread(f"key:{exchange.caller.key or ''}")
        user = User.of(await self.keys.secret(), exchange.caller.tenant, found[1])
        with suppress(AdapterError, TimeoutError):
            # Under which epoch this was asked: what comes to the store after an erasure is dropped.
            async with asyncio.timeout(OPEN_SECONDS):
                user = replace(user, known=await self.users.load(user))
        return Thread(user.id, user)

    async def alone(self, caller: Caller) -> bool:
        """Whether a response that is not known here can be nobody else's: a trusted backend asks, and there is no
        tenant but its own."""
        if caller.trust != "backend" or self.tenants:
            return False
        return all(key.tenant == caller.tenant for key in await self.keys.list())

    async def record(self, exchange: Exchange, thread: Thread, reply: Reply, last: bytes, learns: bool) -> None:
        """Keep a finished response, as far as a later request may need it. `last` is its JSON. Raises AdapterError."""
        if exchange.received.get("store") is False or not reply.ok:
            return
        response = decoded_or(last, _Response, None)
        if response is None:
            return
        if thread.user is not None and thread.user.epoch is None:
            raise Unavailable("Whether the person was erased meanwhile cannot be told.")
        request = exchange.received
        made = StoredResponse(
            response.id, exchange.caller.tenant, thread.owner, request.model,
            request.continued.id or request.get("previous_response_id"), conversation=exchange.conversation,
            marks=request.marks,
        )  # fmt: skip
        backend = reply.kept
        if backend is None:
            backend = await self.backends.keeps(request.model, response.id, request.headers)
        if not backend:
            own = as_items(request.items[request.continued.prior :])
            made = replace(made, inputs=bytes(joined(own)), outputs=bytes(joined(response.output)),
                           body=echo.of_response(last))
        elif learns and thread.user is not None:
            made = replace(made, said=request.last_user_text[-ENDS:], answer=_text(response.output)[-ENDS:])
        if not await self.store.keep(made, thread.user) and backend:
            # Its person was erased meanwhile.
            await self.backends.withdraw([(response.id, request.model)], request.headers)

    async def visible(self, caller: Caller, kept: StoredResponse) -> bool:
        """Whether a caller may see a response: a trusted backend all of its tenant, anybody else only their own."""
        said = caller.said.get("jwt")
        own = User.of(await self.keys.secret(), caller.tenant, said).id if said else f"key:{caller.key or ''}"
        return caller.trust == "backend" or kept.owner == own

    async def _continued(self, request: ChatRequest, kept: StoredResponse) -> ChatRequest:
        if not kept.body:
            before = (Turn("user", kept.said, -3), Turn("assistant", kept.answer, -2))
            turns = tuple(turn for turn in before if turn.text)
            return replace(request, continued=Continued(turns=turns, marks=kept.marks))
        parts = await self._chain(kept)
        return request.continuing(kept.id, tuple(item for part in parts for item in _items.decode(part)))

    async def _whole(self, exchange: Exchange, thread: Thread, named: Sequence[tuple[int, str, str]]) -> ChatRequest:
        """The request with items of responses that are kept here in place of references to them. Raises
        MalformedRequest for one that is not there, or somebody else's."""
        items = list(exchange.received.items)
        for place, id, response in named:
            kept = await self.store.find(exchange.caller.tenant, response)
            theirs = kept is not None and _may(exchange.caller, thread, kept)
            outputs = _items.decode(kept.outputs) if kept and theirs else []
            found = next((raw for raw in outputs if msgspec.json.decode(raw, type=_Item).id == id), None)
            if found is None:
                raise MalformedRequest(f"Item with id '{id[:80]}' not found.", f"input[{place}]", "item_not_found")
            items[place] = found
        return exchange.received.with_items(tuple(items))

    async def _chain(self, kept: StoredResponse) -> Sequence[bytes]:
        """Inputs and outputs of a response and of all before it, oldest first. Raises NotKept where one is missing."""
        parts: list[bytes] = []
        while True:
            parts[:0] = (kept.inputs, kept.outputs)
            if kept.previous is None:
                return parts
            found = await self.store.find(kept.tenant, kept.previous)
            if found is None or len(parts) > 2 * LONGEST:
                raise NotKept(kept.previous)
            kept = found


def _may(caller: Caller, thread: Thread, kept: StoredResponse) -> bool:
    """Whether a request may go on from a response. One in nobody's name may where its caller speaks for all; one in
    the name of another person never may."""
    nobodys = thread.user is None or kept.owner.startswith("key:")
    return kept.owner == thread.owner or (caller.trust == "backend" and nobodys)


def _named(items: Sequence[Raw]) -> Iterator[tuple[int, str, str]]:
    """The references to items of responses that are kept here: place, the item's id and the response's."""
    for place, raw in enumerate(items):
        if b'"item_reference"' in bytes(raw):
            item = msgspec.json.decode(raw, type=_Item)
            named = item.type == "item_reference" and isinstance(item.id, str)
            response = made_in(item.id) if named else None
            if response is not None:
                yield place, item.id, response


def unread() -> HttpError:
    """What is kept here is away, and with it whose it is."""
    return HttpError(503, "What is kept of earlier responses cannot be read right now.", "store_unavailable")


def _text(output: Sequence[Raw]) -> str:
    texts = []
    for raw in output:
        content = msgspec.json.decode(raw, type=_Output).content
        parts = content if isinstance(content, list) else []
        texts += [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    return strip_blocks("\n".join(texts))
