"""`GET|DELETE /v1/responses/{id}` and what is below it: responses kept here, or by the backend that made them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast
from urllib.parse import parse_qs, quote

import msgspec

from adapters.ports import Reply, ResponseStore, StoredResponse, strip_blocks
from adapters.relay import Outgoing
from proxy import wire
from proxy.callers import Callers
from proxy.headers import forwarded, read_headers
from proxy.passthrough import raw_path
from proxy.routing import Backends
from proxy.threads import Threads
from proxy.visit import Handler, Visit
from proxy.wire import HttpError

PREFIX = "/v1/responses/"
_WAYS = {"": ("GET", "DELETE"), "input_items": ("GET",), "cancel": ("POST",)}
_PAGE, _LONGEST = 20, 100


class Stored(Handler):
    """Responses by their id."""

    def __init__(self, callers: Callers, backends: Backends, threads: Threads, origins: tuple[str, ...]) -> None:
        self.callers = callers
        self.backends = backends
        self.threads = threads
        self.store: ResponseStore = threads.store
        self.origins = origins

    async def answer(self, visit: Visit) -> None:
        """Serve a response that is kept here; ask the backend for any other."""
        id, _, below = raw_path(visit.scope).removeprefix(PREFIX).partition("/")
        method = visit.scope["method"]
        if below not in _WAYS:
            raise HttpError(404, f"Unknown request URL. Here are: {PREFIX}{{id}}, .../input_items, .../cancel.",
                            "unknown_url")
        if method not in _WAYS[below]:
            raise HttpError(405, f"Not allowed to use this method on this URL: {' or '.join(_WAYS[below])}.")
        headers = read_headers(visit.scope)
        caller = await self.callers.resolve(visit.scope, headers)
        kept = await self.store.find(caller.tenant, id)
        if kept is None and caller.trust != "backend":
            raise _missing(id)
        if kept is not None and not await self.threads.visible(caller, kept):
            raise _missing(id)
        if kept is not None and kept.body:
            body = await self._own(visit, kept, below)
            return await wire.send_whole(visit.send, 200, body, visit.headers())
        seen = forwarded(headers, self.callers.private(headers))
        await self._ask(visit, id, kept.model if kept else None, seen)

    async def _own(self, visit: Visit, kept: StoredResponse, below: str) -> bytes:
        if below == "input_items":
            return _page(kept, parse_qs(visit.scope["query_string"].decode("latin-1")))
        if below == "cancel":
            raise HttpError(400, "Only responses in the background can be cancelled.", None, "id")
        if visit.scope["method"] == "DELETE":
            await self.store.drop(kept.tenant, kept.id)
            return msgspec.json.encode({"id": kept.id, "object": "response", "deleted": True})
        return kept.body

    async def _ask(self, visit: Visit, id: str, model: str | None, headers: tuple[tuple[str, str], ...]) -> None:
        """Ask the backend of a model; where that is not known, one after the other."""
        path = raw_path(visit.scope).removeprefix("/v1")
        query = visit.scope["query_string"].decode("latin-1")
        reply: Reply | None = None
        for way in self.backends.passing(model):
            if way.target.dialect != "openai":
                continue
            reply = await way.send(Outgoing(visit.scope["method"], path, query, headers))
            body = await _read(reply)
            if reply.status not in (404, 405):
                if reply.ok and visit.scope["method"] == "DELETE":
                    caller = await self.callers.resolve(visit.scope, read_headers(visit.scope))
                    await self.store.drop(caller.tenant, id)
                named = tuple(each for each in reply.headers if each[0] != "content-length")
                return await wire.send_whole(visit.send, reply.status, _bare(body), visit.headers(named))
        raise _missing(id)


def _missing(id: str) -> HttpError:
    return HttpError(404, f"Response with id '{quote(id[:80])}' not found.", None, "id")


async def _read(reply: Reply) -> bytes:
    chunks = cast("AsyncGenerator[bytes]", reply.chunks)
    async with aclosing(chunks):
        return b"".join([chunk async for chunk in chunks])


def _page(kept: StoredResponse, query: dict[str, list[str]]) -> bytes:
    """A page of a response's input items, the newest first unless `order` says otherwise."""
    given = enumerate(msgspec.json.decode(kept.inputs, type=list[dict[str, Any]]))
    items = [{"id": f"msg_{kept.id.removeprefix('resp_')}_{place}"} | _spelt_out(item) for place, item in given]
    if query.get("order", ["desc"])[0] != "asc":
        items.reverse()
    after = query.get("after", [""])[0]
    if after:
        places = [place for place, item in enumerate(items) if item["id"] == after]
        items = items[places[0] + 1 :] if places else []
    limit = query.get("limit", [str(_PAGE)])[0]
    if not limit.isdigit() or not 1 <= int(limit) <= _LONGEST:
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


def _bare(body: bytes) -> bytes:
    """A backend's answer without what was injected into what it keeps."""
    if b"</rapport-" not in body:
        return body
    return msgspec.json.encode(_stripped(msgspec.json.decode(body)))


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return strip_blocks(value)
    if isinstance(value, dict):
        return {name: _stripped(inner) for name, inner in value.items()}
    return [_stripped(inner) for inner in value] if isinstance(value, list) else value
