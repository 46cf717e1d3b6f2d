"""`POST /v1/chat/completions`: from the bytes of a request to an exchange, and from a reply to the client."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any, cast

import msgspec
import structlog

from adapters.ports import AdapterError, ChatRequest, MalformedRequest, Reply, Timeout
from policies.base import Exchange, Receipt, Step
from proxy import wire
from proxy.callers import PREFIX, Callers
from proxy.chain import Chain, PolicyFailed
from proxy.receipts import Receipts, degraded, summary
from proxy.routing import Backends
from proxy.wire import ClientGone, HttpError, Receive, Scope, Send

log = structlog.get_logger("rapport")

MODES = ("full", "readonly", "off")
# Headers that are between the client and us, or that say who the person is.
PRIVATE = frozenset({
    "host", "content-length", "content-type", "content-encoding", "accept-encoding", "connection", "keep-alive", "te",
    "trailer", "transfer-encoding", "upgrade", "cookie", "forwarded", "origin", "referer", "expect",
    "proxy-authorization", "x-real-ip",
})
PRIVATE_PREFIXES = ("x-rapport-", "x-openwebui-", "x-forwarded-", "proxy-", "sec-")
# A backend that cannot take what was injected answers with one of these; then the client's own request goes out.
REFUSALS = frozenset({400, 413, 422})


class Options(msgspec.Struct, frozen=True):
    """Limits of the hot path: bytes of a body, tokens that may be injected."""

    max_body: int
    budget: int


class Parts(msgspec.Struct, frozen=True):
    """What a chat needs."""

    callers: Callers
    chain: Chain
    backends: Backends
    receipts: Receipts


class Visit(msgspec.Struct, frozen=True):
    """One HTTP request while it is answered."""

    id: str
    start: float
    scope: Scope
    receive: Receive
    send: Send


class Watched:
    """`send`, remembering the status once the head has left."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        await self._send(message)


class Chat:
    """`POST /v1/chat/completions` as a bare ASGI endpoint: the hot path."""

    def __init__(self, parts: Parts, options: Options) -> None:
        self.callers = parts.callers
        self.chain = parts.chain
        self.backends = parts.backends
        self.receipts = parts.receipts
        self.options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one chat; every fault ends as an error in OpenAI's shape."""
        id, start = f"ex_{secrets.token_hex(12)}", time.perf_counter()
        sent = Watched(send)
        try:
            await self._answer(Visit(id, start, scope, receive, sent))
        except ClientGone:
            log.info("client_gone", exchange=id)
        except (HttpError, MalformedRequest, AdapterError, PolicyFailed) as error:
            await _fail(sent, id, _as_http(error))
            log.info("exchange", exchange=id, status=sent.status, ms=_ms(start), reason=type(error).__name__)

    async def _answer(self, visit: Visit) -> None:
        headers = read_headers(visit.scope)
        mode = _mode(headers)
        caller = await self.callers.resolve(visit.scope, headers)
        body = await wire.read_body(visit.receive, headers, self.options.max_body)
        request = ChatRequest.parse(body, _forwarded(headers))
        exchange = Exchange(visit.id, caller, request, request, receipt=Receipt(budget=self.options.budget))
        async with cancelled_when_gone(visit.receive):
            await self._request(exchange, mode)
            reply = exchange.reply or await self._complete(exchange)
        exchange.reply = reply
        learns = mode == "full" and not request.housekeeping
        if reply.chunks is None:
            await self._whole(visit, exchange, reply, learns)
        else:
            await self._stream(visit, exchange, reply, learns)
        self._close(visit, exchange, reply)

    async def _request(self, exchange: Exchange, mode: str) -> None:
        aside = "off" if mode == "off" else ("housekeeping" if exchange.received.housekeeping else None)
        if aside:
            exchange.receipt.steps.append(Step("chain", "on_request", "skipped", (aside,)))
            return
        await self.chain.on_request(exchange)

    async def _complete(self, exchange: Exchange) -> Reply:
        reply = await self.backends.complete(exchange.request)
        if reply.status in REFUSALS and exchange.request is not exchange.received:
            plain = await self.backends.complete(exchange.received)
            if plain.ok:
                exchange.request = exchange.received
                exchange.receipt.steps.append(Step("backend", "on_request", "failed", ("refused_context",)))
                return plain
        return reply

    async def _whole(self, visit: Visit, exchange: Exchange, reply: Reply, learns: bool) -> None:
        if learns:
            await self.chain.on_reply(exchange)
        await wire.send_whole(visit.send, reply.status, reply.body, [*reply.headers, *_ours(exchange)])

    async def _stream(self, visit: Visit, exchange: Exchange, reply: Reply, learns: bool) -> None:
        recorded = False

        async def record() -> None:
            nonlocal recorded
            if learns and not recorded:
                recorded = True
                await self.chain.on_reply(exchange)

        chunks = cast("AsyncGenerator[bytes]", reply.chunks)
        try:
            async with aclosing(chunks), cancelled_when_gone(visit.receive):
                await wire.send_head(visit.send, reply.status, [*reply.headers, *_ours(exchange)])
                await wire.send_stream(visit.send, reply, record)
        except ClientGone:
            # What the person wrote stays said, even if they did not wait for the answer.
            await record()
        except asyncio.CancelledError:
            await record()
            raise

    def _close(self, visit: Visit, exchange: Exchange, reply: Reply) -> None:
        ms = _ms(visit.start)
        steps = exchange.receipt.steps
        self.receipts.keep(exchange, reply.status, ms)
        log.info(
            "exchange", exchange=exchange.id, status=reply.status, ms=ms, stream=reply.chunks is not None,
            complete=reply.complete, policies=summary(steps), tokens=sum(step.tokens for step in steps),
        )


@asynccontextmanager
async def cancelled_when_gone(receive: Receive) -> AsyncIterator[None]:
    """Cancels its body, and with it the backend call, when the client goes away; raises ClientGone then."""
    task = asyncio.current_task()
    gone = False

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        if task is not None:
            task.cancel()

    watcher = asyncio.ensure_future(watch())
    try:
        yield
    except asyncio.CancelledError:
        if gone and task is not None and task.uncancel() == 0:
            raise ClientGone from None
        raise
    finally:
        watcher.cancel()


def _as_http(error: HttpError | MalformedRequest | AdapterError | PolicyFailed) -> HttpError:
    if isinstance(error, HttpError):
        return error
    if isinstance(error, MalformedRequest):
        return HttpError(400, error.message, None, error.param)
    if isinstance(error, PolicyFailed):
        return HttpError(500, str(error), "policy_failed")
    if isinstance(error, Timeout):
        return HttpError(504, str(error), "backend_timeout")
    return HttpError(502, str(error), "backend_unavailable")


async def _fail(sent: Watched, id: str, error: HttpError) -> None:
    """Send an error, unless an answer has begun: then only its stream can say what happened."""
    if sent.status:
        with suppress(OSError):
            await sent({"type": "http.response.body", "body": b""})
        return
    await wire.send_whole(sent, error.status, error.body, [("x-request-id", id), ("x-rapport-exchange", id)])


def read_headers(scope: Scope) -> dict[str, str]:
    """Request headers by lower-case name; of one that comes twice the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _mode(headers: dict[str, str]) -> str:
    mode = headers.get("x-rapport-mode", "full").strip().lower()
    if mode not in MODES:
        raise HttpError(400, f"x-rapport-mode must be one of {', '.join(MODES)}.", None, "x-rapport-mode")
    return mode


def _forwarded(headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The client's headers that the backend shall see; one with a Rapport key stays here."""
    return tuple(
        (name, value) for name, value in headers.items()
        if name not in PRIVATE and not name.startswith(PRIVATE_PREFIXES)
        and not (name == "authorization" and PREFIX in value)
    )


def _ours(exchange: Exchange) -> list[tuple[str, str]]:
    steps = exchange.receipt.steps
    headers = [("x-rapport-exchange", exchange.id), ("x-rapport-policies", summary(steps))]
    faults = degraded(steps)
    if faults:
        headers.append(("x-rapport-degraded", faults))
    named = exchange.reply.headers if exchange.reply else ()
    if not any(name == "x-request-id" for name, _ in named):
        headers.append(("x-request-id", exchange.id))
    return headers


def _ms(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 3)
