"""The ASGI application as a server sees it: who answers what, and how errors look outside of the endpoints."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from adapters.memory.cache import BEGAN
from adapters.ports import AdapterError
from adapters.ports.shelf import ShelfFault
from proxy.headers import cors, error_format, path_of, preflight
from proxy.info import ENDPOINTS
from proxy.passthrough import Passthrough
from proxy.stored import PREFIX, Stored
from proxy.visit import Handler, new_id
from proxy.wire import HttpError, Receive, Scope, Send, send_head

RELAYED = ("/v1/files", "/v1/vector_stores")


class Front:
    """The ASGI application: requests to models go straight to their endpoint, everything else by Starlette's routes.

    It may be mounted under a path of another application. Its background work begins with the lifespan of the server,
    or with `lifespan` inside another application's; where neither comes, with the first request.
    """

    def __init__(
        self, origins: tuple[str, ...], endpoints: Mapping[str, Handler], stored: Stored, passthrough: Passthrough,
        rest: Starlette, work: Callable[[], AbstractAsyncContextManager[None]],
    ) -> None:  # fmt: skip
        self.endpoints = endpoints
        self.stored = stored
        self.passthrough = passthrough
        self.rest = rest
        self._origins = origins
        for handler in (*endpoints.values(), stored, passthrough):
            handler.origins = origins
        self._work = work
        self._working = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dispatch one connection."""
        BEGAN.set(time.monotonic())
        if scope["type"] != "http":
            await self.rest(scope, receive, send)
            return
        if not self._working:
            await self._begin()
        path = path_of(scope)
        if scope["method"] == "POST" and (endpoint := self.endpoints.get(path)) is not None:
            await endpoint(scope, receive, send)
        elif scope["method"] == "OPTIONS" and (allowed := preflight(scope, self._origins)):
            await send_head(send, 204, allowed)
            await send({"type": "http.response.body", "body": b""})
        elif path.startswith(PREFIX) and path not in self.endpoints:
            await self.stored(scope, receive, send)
        elif self.passthrough.index(path) is not None and not self._ours(scope, path):
            await self.passthrough(scope, receive, send)
        else:
            await self.rest(scope, receive, _signed(send, cors(scope, self._origins)))

    def _ours(self, scope: Scope, path: str) -> bool:
        """Whether a route of our own is for this: a wide pattern must not send people's erasure to a provider. Files
        and vector stores it may: whoever relays them has them there."""
        if path.startswith(RELAYED):
            return False
        return any(route.matches(scope)[0] is Match.FULL for route in self.rest.routes)

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """Work in the background until the block ends, then write what waits and let go of everything."""
        self._working = True
        async with self._work():
            yield

    async def _begin(self) -> None:
        """Begin inside an application that gives us no lifespan: nothing is lost where it ends, but nothing is closed
        either."""
        self._working = True
        self._kept = self._work()
        await self._kept.__aenter__()


def _signed(send: Send, headers: list[tuple[str, str]]) -> Send:
    """Gives an answer its id, its time, and what lets a page of another origin read it."""
    start, named = time.perf_counter(), [*headers, ("x-request-id", new_id())]

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            ms = round((time.perf_counter() - start) * 1000)
            own = ((name.encode(), value.encode("latin-1", "replace")) for name, value in named)
            message["headers"] = [*message.get("headers", ()), *own, (b"openai-processing-ms", str(ms).encode())]
        await send(message)

    return sending


async def _http_error(request: Request, error: HttpError) -> Response:
    """An error as the client reads it."""
    body = error.body(error_format(request.scope))
    return Response(body, error.status, dict(error.headers), media_type="application/json")


async def _internal(request: Request, _error: Exception) -> Response:
    return await _http_error(request, HttpError(500, "Rapport could not handle this request.", "internal_error"))


async def _not_here(request: Request, error: HTTPException) -> Response:
    """Starlette's own 404 and 405, in the client's shape, with what is here."""
    message = {404: "Unknown request URL.", 405: "Not allowed to use this method on this URL."}
    text = message.get(error.status_code, error.detail)
    known = "Here are: " + ", ".join(ENDPOINTS) + "."
    response = await _http_error(request, HttpError(error.status_code, f"{text} {known}", "unknown_url"))
    response.headers.update(error.headers or {})
    return response


async def _store_away(request: Request, error: AdapterError) -> Response:
    return await _http_error(request, HttpError(503, str(error), "store_unavailable"))


async def _not_kept(request: Request, error: ShelfFault) -> Response:
    return await _http_error(request, HttpError(500, str(error), "storage_failed"))


FAULTS: Mapping[Any, Any] = {
    Exception: _internal, HttpError: _http_error, HTTPException: _not_here, AdapterError: _store_away,
    ShelfFault: _not_kept,
}  # fmt: skip
