"""Further routes, relayed byte for byte: no policy sees them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from fnmatch import fnmatchcase
from urllib.parse import quote, unquote

import structlog

from adapters.envelope import failure
from adapters.ports import AdapterError, Reply
from adapters.relay import Outgoing, Passing, Target, Wires
from proxy import wire
from proxy.callers import Callers
from proxy.carriers import clocks
from proxy.headers import forwarded, path_of, read_headers
from proxy.presence import cancelled_when_gone
from proxy.section import credential
from proxy.settings import PassthroughRoute
from proxy.visit import Handler, Visit
from proxy.wire import ClientGone, HttpError, Message, Scope

log = structlog.get_logger("rapport")

ROOT = "/v1"


class Passthrough(Handler):
    """The configured routes as one endpoint; `limit` is the largest body in bytes."""

    def __init__(self, routes: Sequence[PassthroughRoute], callers: Callers, limit: int) -> None:
        self.routes = routes
        self.callers = callers
        self.limit = limit
        self.wires = Wires()
        self._ways = [_passing(self.wires, route) for route in routes]

    def index(self, path: str) -> int | None:
        """Which of the routes is for this path, None where none is."""
        for index, route in enumerate(self.routes):
            if any(fnmatchcase(path, pattern) for pattern in route.paths):
                return index
        return None

    async def answer(self, visit: Visit) -> None:
        """Relay a request: its body as it comes in, the answer as it comes back."""
        scope, headers = visit.scope, read_headers(visit.scope)
        caller = await self.callers.resolve(scope, headers)
        index = self.index(path_of(scope))
        assert index is not None, "asked only where a route takes the path"
        if caller.trust != "backend" and self.routes[index].api_key != "client":
            # The operator's credentials reach everybody's files.
            raise HttpError(403, "This key may not use this route: it speaks for one person only.", "not_allowed")
        incoming = await self._incoming(visit, headers)
        outgoing = Outgoing(
            scope["method"], raw_path(scope).removeprefix(ROOT), scope["query_string"].decode("latin-1"),
            self._headers(headers), incoming.chunks() if incoming else None,
        )  # fmt: skip
        try:
            async with cancelled_when_gone(visit.receive, incoming.read if incoming else None):
                reply = await self._ways[index].send(outgoing)
        except AdapterError:
            if incoming and incoming.fault:
                raise incoming.fault from None
            raise
        if reply.status >= 400 and _is_page(reply):
            await _explain(visit, reply)
        else:
            await send_on(visit, reply, incoming.read if incoming else None)
        log.info("passed", exchange=visit.id, status=visit.status, ms=visit.ms, complete=reply.complete)

    async def close(self) -> None:
        """Close every connection."""
        await self.wires.close()

    def _headers(self, headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
        """The client's headers, with those that frame its body."""
        framing = ("content-type", "content-length", "content-encoding")
        kept = tuple((name, headers[name]) for name in framing if name in headers)
        return (*forwarded(headers, self.callers.private(headers)), *kept)

    async def _incoming(self, visit: Visit, headers: dict[str, str]) -> Incoming | None:
        """The body of a request, None where it has none."""
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self.limit:
            raise _too_large(self.limit)
        # With HTTP/2 no header says that there is one.
        first = await visit.receive()
        return Incoming(visit, self.limit, first) if first.get("body") or first.get("more_body") else None


class Incoming:
    """The body of a request on its way, of which `first` is here. `read` is set once all of it is, `fault` why it is
    not."""

    def __init__(self, visit: Visit, limit: int, first: Message) -> None:
        self.visit = visit
        self.limit = limit
        self.first = first
        self.read = asyncio.Event()
        self.fault: HttpError | ClientGone | None = None

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Its bytes as they come in. Raises the fault, which whoever carries them may hide."""
        size, message = 0, self.first
        while True:
            body = message.get("body", b"")
            size += len(body)
            if message["type"] == "http.disconnect" or size > self.limit:
                self.fault = ClientGone() if message["type"] == "http.disconnect" else _too_large(self.limit)
                raise self.fault
            if body:
                yield body
            if not message.get("more_body"):
                self.read.set()
                return
            message = await self.visit.receive()


def _too_large(limit: int) -> HttpError:
    return HttpError(413, f"The request body is larger than {limit} bytes.", "request_too_large")


def _is_page(reply: Reply) -> bool:
    return any(name == "content-type" and value.startswith("text/html") for name, value in reply.headers)


async def _explain(visit: Visit, reply: Reply) -> None:
    """An error in our envelope, instead of a gateway's page: such pages quote what they were sent, keys and all."""
    await reply.close()
    made = failure(reply.status, (item for item in reply.headers if item[0] != "content-encoding"), None)
    await wire.send_whole(visit.send, made.status, made.body, visit.headers(made.headers))


async def send_on(visit: Visit, reply: Reply, read: asyncio.Event | None = None) -> None:
    """Send an answer on, chunk by chunk. One that breaks off breaks off for the client, too.

    `read` is set once the whole request is here, which a backend need not wait for before it answers.
    """
    if reply.chunks is None:
        await wire.send_whole(visit.send, reply.status, reply.body, visit.headers(reply.headers))
        return
    async with aclosing(reply.chunks) as chunks, cancelled_when_gone(visit.receive, read):
        await wire.send_head(visit.send, reply.status, visit.headers(reply.headers))
        async for chunk in chunks:
            await visit.send({"type": "http.response.body", "body": chunk, "more_body": True})
        await visit.send({"type": "http.response.body", "body": b""})


def raw_path(scope: Scope) -> str:
    """The path as the client wrote it, still quoted, without where the application is mounted.

    Raises HttpError 404 for one that leaves its place: a server may read `..` or a backslash as it likes.
    """
    raw = scope.get("raw_path") or scope["path"].encode()
    path, mount = str(raw.decode("latin-1")).partition("?")[0], str(scope.get("root_path", ""))
    path = path.removeprefix(mount if path.startswith(mount) else quote(mount))
    plain = unquote(unquote(path))
    if not path.startswith("/v1/") or "\\" in plain or any(part in (".", "..") for part in plain.split("/")):
        raise HttpError(404, "This path is none that is here.", "unknown_url")
    return path


def _passing(wires: Wires, route: PassthroughRoute) -> Passing:
    return Passing(wires, Target(route.api_base, credential(route.api_key), clocks(route.timeouts)))
