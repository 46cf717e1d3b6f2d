"""`POST /v1/chat/completions`: from the bytes of a request to an exchange, and from a reply to the client."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec
import structlog

from adapters.ports import AdapterError, ChatRequest, MalformedRequest, Reply, Timeout
from policies.base import Exchange, Receipt, Step
from proxy import wire
from proxy.callers import Callers
from proxy.chain import Chain, PolicyFailed, contained
from proxy.headers import forwarded, mode_of, read_headers
from proxy.receipts import Receipts, degraded, summary
from proxy.routing import Backends
from proxy.wire import ClientGone, HttpError, Receive, Scope, Send

log = structlog.get_logger("rapport")

# A backend that cannot take what was injected answers with one of these; then the client's own request goes out.
REFUSALS = frozenset({400, 413, 422})
REFUSED = ("refused_context",)


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


@dataclass(slots=True)
class Visit:
    """One HTTP request while it is answered; `status` once the head has left, `exchange` once there is one."""

    id: str
    start: float
    scope: Scope
    receive: Receive
    raw_send: Send
    status: int = 0
    exchange: Exchange | None = None

    async def send(self, message: Any) -> None:
        """Send on, noting the status."""
        self.status = message.get("status", self.status)
        await self.raw_send(message)


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
        visit = Visit(f"ex_{secrets.token_hex(12)}", time.perf_counter(), scope, receive, send)
        fault = await contained(self._answered(visit))
        if fault:
            error = HttpError(500, "Rapport could not handle this request.", "internal_error")
            await self._fail(visit, error, fault)

    async def _answered(self, visit: Visit) -> None:
        try:
            await self._answer(visit)
        except ClientGone:
            log.info("client_gone", exchange=visit.id)
        except (HttpError, MalformedRequest, AdapterError, PolicyFailed) as error:
            await self._fail(visit, _as_http(error), type(error).__name__)

    async def _answer(self, visit: Visit) -> None:
        headers = read_headers(visit.scope)
        mode = mode_of(headers)
        caller = await self.callers.resolve(visit.scope, headers)
        body = await wire.read_body(visit.receive, headers, self.options.max_body)
        request = ChatRequest.parse(body, forwarded(headers, self.callers.private(headers)))
        exchange = Exchange(visit.id, caller, request, request, receipt=Receipt(budget=self.options.budget))
        visit.exchange = exchange
        async with cancelled_when_gone(visit.receive):
            await self._request(exchange, mode)
            reply = exchange.reply or await self._complete(exchange)
        exchange.reply = reply
        learns = mode == "full" and not request.housekeeping
        if reply.chunks is None:
            await self._whole(visit, exchange, reply, learns)
        else:
            await self._stream(visit, exchange, reply, learns)
        self._close(visit, exchange)

    async def _request(self, exchange: Exchange, mode: str) -> None:
        aside = "off" if mode == "off" else ("housekeeping" if exchange.received.housekeeping else None)
        if aside:
            exchange.receipt.steps.append(Step("chain", "on_request", "skipped", (aside,)))
            return
        await self.chain.on_request(exchange)

    async def _complete(self, exchange: Exchange) -> Reply:
        reply = await self.backends.complete(exchange.request)
        if reply.status not in REFUSALS or exchange.request is exchange.received:
            return reply
        # Perhaps it was what we added: the client's own request decides, for better or for worse.
        if reply.chunks is not None:
            await cast("AsyncGenerator[bytes]", reply.chunks).aclose()
        plain = await self.backends.complete(exchange.received)
        exchange.request, steps = exchange.received, exchange.receipt.steps
        steps[:] = [*(replace(step, tokens=0) for step in steps), Step("backend", "on_request", "failed", REFUSED)]
        return plain

    async def _whole(self, visit: Visit, exchange: Exchange, reply: Reply, learns: bool) -> None:
        if learns:
            await self.chain.on_reply(exchange)
        await wire.send_whole(visit.send, reply.status, reply.body, [*reply.headers, *_ours(exchange)])

    async def _stream(self, visit: Visit, exchange: Exchange, reply: Reply, learns: bool) -> None:
        recorded = False

        async def record() -> None:
            nonlocal recorded
            if learns and not recorded:
                await self.chain.on_reply(exchange)
                recorded = True

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

    def _close(self, visit: Visit, exchange: Exchange, fault: str | None = None) -> None:
        ms, steps, reply = _ms(visit.start), exchange.receipt.steps, exchange.reply
        self.receipts.keep(exchange, visit.status, ms)
        log.info(
            "exchange", exchange=exchange.id, status=visit.status, ms=ms, stream=bool(reply and reply.chunks),
            complete=bool(reply and reply.complete), policies=summary(steps), reason=fault,
            tokens=sum(step.tokens for step in steps),
        )

    async def _fail(self, visit: Visit, error: HttpError, fault: str) -> None:
        """Send an error; where an answer has begun, as the last event of its stream."""
        exchange = visit.exchange
        if visit.status:
            streamed = exchange is not None and exchange.reply is not None and exchange.reply.chunks is not None
            event = b"\n\ndata: " + error.body + b"\n\n" if streamed else b""
            await visit.send({"type": "http.response.body", "body": event})
        else:
            named = _ours(exchange) if exchange else [("x-request-id", visit.id)]
            await wire.send_whole(visit.send, error.status, error.body, named)
        if exchange is None:
            log.info("refused", exchange=visit.id, status=visit.status, reason=fault)
        else:
            self._close(visit, exchange, fault)


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
