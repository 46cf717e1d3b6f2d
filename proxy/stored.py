"""`GET|DELETE /v1/responses/{id}` and what is below it: responses kept here, or by the backend that made them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, quote

import msgspec

from adapters.echo import Echo, of_items
from adapters.ending import begun
from adapters.envelope import FRAMING, MAX_ANSWER, failure
from adapters.ports import RESPONSES, AdapterError, Reply, ResponseStore, StoredResponse, input_id
from adapters.relay import Outgoing, Passing
from adapters.sse import LastResponse
from proxy import wire
from proxy.callers import Callers
from proxy.headers import forwarded, read_headers
from proxy.passthrough import raw_path, send_on
from proxy.presence import cancelled_when_gone
from proxy.probing import LACKING
from proxy.routing import Backends
from proxy.threads import Threads, unread
from proxy.visit import Handler, Visit
from proxy.wire import HttpError, Scope

PREFIX = "/v1/responses/"
_WAYS = {"": ("GET", "DELETE"), "input_items": ("GET",), "cancel": ("POST",)}
_PAGE, _LONGEST, _LIMIT = 20, 100, re.compile("[0-9]{1,4}")
# What a server says that does not know the caller.
_FOREIGN = frozenset({401, 403})


class Stored(Handler):
    """Responses by their id."""

    format = RESPONSES

    def __init__(self, callers: Callers, backends: Backends, threads: Threads) -> None:
        self.callers = callers
        self.backends = backends
        self.owners = threads.owners
        self.store: ResponseStore = threads.store

    async def answer(self, visit: Visit) -> None:
        """Serve a response that is kept here; ask the backend for any other."""
        id, _, below = raw_path(visit.scope).removeprefix(PREFIX).partition("/")
        _check(visit.scope["method"], id, below)
        headers = read_headers(visit.scope)
        caller = await self.callers.resolve(visit.scope, headers)
        try:
            kept = await self.store.find(caller.tenant, id)
            owner = await self.owners.of_caller(caller)
            theirs = owner.may(caller, kept) if kept else await self.owners.alone(caller)
            own = await self._own(visit, kept, below) if kept and theirs and kept.body else None
        except AdapterError as error:
            raise unread() from error
        if own is not None:
            return await wire.send_whole(visit.send, 200, own, visit.headers())
        if kept and not theirs:
            raise _missing(id)
        # A backend that is asked with the caller's own key tells by itself whose a response is.
        ways = [way for way in await self.backends.passing(kept.model if kept else None)
                if way.target.dialect == "openai" and (theirs or way.target.api_key == "client")]
        seen = forwarded(headers, self.callers.private(headers))
        async with cancelled_when_gone(visit.receive):
            reply = await _asked(ways, _outgoing(visit.scope, seen), kept is not None)
        if reply is None:
            raise _missing(id)
        if reply.ok and visit.scope["method"] == "DELETE":
            # It is gone where it was; that it was this person's may stay known until it is too old.
            with suppress(AdapterError):
                await self.store.drop(caller.tenant, id)
        await send_on(visit, reply)

    async def _own(self, visit: Visit, kept: StoredResponse, below: str) -> bytes:
        if below == "input_items":
            return _page(kept, parse_qs(visit.scope["query_string"].decode("latin-1")))
        if below == "cancel":
            raise HttpError(400, "Only responses in the background can be cancelled.", None, "id")
        if visit.scope["method"] == "DELETE":
            await self.store.drop(kept.tenant, kept.id)
            return msgspec.json.encode({"id": kept.id, "object": "response", "deleted": True})
        return kept.body


def _check(method: str, id: str, below: str) -> None:
    """Raises HttpError 404 or 405 for what is no way to a response."""
    if not id or below not in _WAYS:
        here = f"{PREFIX}{{id}}, .../input_items, .../cancel"
        raise HttpError(404, f"Unknown request URL. Here are: {here}.", "unknown_url")
    if method not in _WAYS[below]:
        allowed = _WAYS[below]
        raise HttpError(405, f"Not allowed to use this method on this URL: {' or '.join(allowed)}.", "unknown_url",
                        headers=(("allow", ", ".join(allowed)),))


def _missing(id: str) -> HttpError:
    return HttpError(404, f"Response with id '{quote(id[:80])}' not found.", None, "id")


def _outgoing(scope: Scope, headers: tuple[tuple[str, str], ...]) -> Outgoing:
    query = scope["query_string"].decode("latin-1")
    return Outgoing(scope["method"], raw_path(scope).removeprefix("/v1"), query, headers)


async def _asked(ways: Sequence[Passing], request: Outgoing, known: bool) -> Reply | None:
    """What the one backend that has it says, None where none has it. `known`: it is the one that is asked.

    Raises AdapterError where one that may have it does not answer.
    """
    fault: AdapterError | None = None
    for way in ways:
        try:
            reply = await _whole(await way.send(request), request.path.rpartition("/")[2])
        except AdapterError as error:
            fault = error
            continue
        if reply.status not in LACKING and (known or reply.status not in _FOREIGN):
            return reply
    if fault:
        raise fault
    return None


async def _whole(reply: Reply, below: str) -> Reply:
    """A reply with its body; one that is streamed stays so. Neither repeats what was injected."""
    headers = dict(reply.headers)
    if reply.chunks and headers.get("content-type", "").startswith("text/event-stream"):
        reply.chunks = await begun(LastResponse(Echo().event).watch(reply.chunks))
        return reply
    body = await reply.whole(MAX_ANSWER)
    if reply.status >= 400 and b'"error"' not in body:
        return failure(reply.status, [item for item in reply.headers if item[0] not in FRAMING], None)
    named = tuple(item for item in reply.headers if item[0] != "content-length")
    mended = of_items(body) if below == "input_items" else Echo().response(body)
    return Reply(reply.status, named, mended, complete=True)


def _page(kept: StoredResponse, query: dict[str, list[str]]) -> bytes:
    """A page of a response's input items, the newest first unless `order` says otherwise."""
    given = enumerate(msgspec.json.decode(kept.inputs, type=list[dict[str, Any]]))
    items = [{"id": input_id(kept.id, place)} | _spelt_out(item) for place, item in given]
    if query.get("order", ["desc"])[0] != "asc":
        items.reverse()
    after = query.get("after", [""])[0]
    if after:
        places = [place for place, item in enumerate(items) if item["id"] == after]
        items = items[places[0] + 1 :] if places else []
    limit = query.get("limit", [str(_PAGE)])[0]
    if not _LIMIT.fullmatch(limit) or not 1 <= int(limit) <= _LONGEST:
        raise HttpError(400, f"Invalid 'limit': expected an integer from 1 to {_LONGEST}.", None, "limit")
    shown = items[: int(limit)]
    ends = {"first_id": shown[0]["id"] if shown else None, "last_id": shown[-1]["id"] if shown else None}
    return msgspec.json.encode({"object": "list", "data": shown, "has_more": len(shown) < len(items), **ends})


def _spelt_out(item: dict[str, Any]) -> dict[str, Any]:
    """An item with what a client may leave out of a message."""
    if item.get("type", "message") != "message":
        return item
    content = item.get("content")
    if isinstance(content, str):
        kind = "output_text" if item.get("role") == "assistant" else "input_text"
        content = [{"type": kind, "text": content}]
    return {"type": "message", "status": "completed"} | item | {"content": content}
