"""The endpoints that ask a model: from the bytes of a request to an exchange, and from a reply to the client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from functools import reduce

import msgspec
import structlog

from adapters.echo import Echo
from adapters.ending import begun, ending
from adapters.ports import RESPONSES, ChatRequest, Format, NotKept, Reply
from adapters.ports.chat import MOST_SEEN
from adapters.ports.formats import COMPACT, INPUT_TOKENS
from adapters.sse import LastResponse
from policies.base import Exchange, Receipt, Step
from proxy import wire
from proxy.annotations import Annotations
from proxy.callers import Callers
from proxy.chain import Chain, contained
from proxy.choosing import asked
from proxy.headers import forwarded, mode_of, read_headers
from proxy.owners import Owner
from proxy.presence import cancelled_when_gone
from proxy.receipts import Receipts, spent, summary
from proxy.rest import Rest
from proxy.routing import Backends
from proxy.threads import Threads, unread
from proxy.visit import Handler, Visit
from proxy.wire import ClientGone

log = structlog.get_logger("rapport")

# A backend that cannot take what was injected answers with one of these; then the client's own request goes out.
REFUSALS = frozenset({400, 413, 422})
REFUSED = ("refused_context",)
# These may name an earlier response.
THREADED: tuple[Format, ...] = (RESPONSES, INPUT_TOKENS, COMPACT)
# What keeping a response may hold back the last byte, in seconds.
KEEP_SECONDS = 2.0


class Options(msgspec.Struct, frozen=True):
    """Limits of the hot path: bytes of a body, tokens that may be injected anew and put back."""

    max_body: int
    budget: int
    replay_budget: int


class Parts(msgspec.Struct, frozen=True):
    """What an endpoint needs."""

    callers: Callers
    chain: Chain
    backends: Backends
    receipts: Receipts
    threads: Threads


class Endpoint(Handler):
    """One of them, for the requests of a format: the hot path."""

    format: Format

    def __init__(self, format: Format, parts: Parts, options: Options) -> None:
        self.format = format
        self.callers = parts.callers
        self.chain = parts.chain
        self.backends = parts.backends
        self.receipts = parts.receipts
        self.threads = parts.threads
        self.options = options
        self._rest = Rest()

    async def answer(self, visit: Visit) -> None:
        """Walk a request through the chain to its backend, and the reply back."""
        headers = read_headers(visit.scope)
        mode = mode_of(headers)
        caller = await self.callers.resolve(visit.scope, headers)
        body = await wire.read_body(visit.receive, headers, self.options.max_body)
        request = ChatRequest.parse(body, forwarded(headers, self.callers.private(headers)), self.format,
                                    visit.scope["query_string"].decode("latin-1"))
        receipt = Receipt(self.options.budget, self.options.replay_budget)
        exchange = visit.exchange = Exchange(visit.id, caller, request, request, receipt=receipt)
        async with cancelled_when_gone(visit.receive):
            owner = await self._opened(exchange)
            await self._request(exchange, mode)
            reply = exchange.reply or await self._complete(exchange, owner)
        exchange.reply = reply
        learns = mode == "full" and self.format.chat and not request.housekeeping
        if reply.chunks is None:
            await self._whole(visit, exchange, reply, owner, learns)
        else:
            await self._stream(visit, exchange, reply, reply.chunks, owner, learns)
        self.close_visit(visit)

    async def _opened(self, exchange: Exchange) -> Owner | None:
        return await self.threads.open(exchange) if self.format in THREADED else None

    async def _request(self, exchange: Exchange, mode: str) -> None:
        if not self.format.chat:
            return
        aside = "off" if mode == "off" else ("housekeeping" if exchange.received.housekeeping else None)
        if aside:
            exchange.receipt.steps.append(Step("chain", "on_request", "skipped", (aside,)))
            return
        exchange.learns = mode == "full"
        await self.chain.on_request(exchange)

    async def _complete(self, exchange: Exchange, owner: Owner | None) -> Reply:
        try:
            reply = await asked(self.backends, exchange)
        except NotKept as error:
            if owner is None:
                raise unread() from error
            raise
        if reply.status not in REFUSALS or exchange.request is exchange.received:
            return reply
        # Perhaps it was what we added: the client's own request decides, for better or for worse.
        await reply.close()
        plain = await self.backends.complete(exchange.received)
        exchange.request, steps, exchange.sources = exchange.received, exchange.receipt.steps, None
        exchange.refused = plain.ok
        bare = (replace(step, tokens=0, replayed=0) for step in steps)
        steps[:] = [*bare, Step("backend", "on_request", "failed", REFUSED)]
        return plain

    async def _whole(self, visit: Visit, exchange: Exchange, reply: Reply, owner: Owner | None,
                     learns: bool) -> None:  # fmt: skip
        if self.format is RESPONSES and (echo := _echo(exchange)):
            reply.body = echo.response(reply.body)
        if reply.ok and reply.complete and (notes := Annotations.of(exchange)):
            reply.body = notes.whole(reply.body)
        await self._record(exchange, reply, owner, reply.body, learns)
        await wire.send_whole(visit.send, reply.status, reply.body, visit.headers(reply.headers))

    async def _stream(self, visit: Visit, exchange: Exchange, reply: Reply, chunks: AsyncGenerator[bytes],
                      owner: Owner | None, learns: bool) -> None:  # fmt: skip
        recorded, visit.streamed = False, True
        last, notes = _last(exchange), Annotations.of(exchange)
        if last:
            reply.chunks = chunks = await begun(last.watch(chunks))
        elif exchange.sources or (learns and exchange.user is not None):
            reply.room = MOST_SEEN
        if notes and not last:
            reply.chunks = chunks = await begun(notes.watch(reply, chunks))

        async def record() -> None:
            nonlocal recorded
            if not recorded:
                reply.body = last.found if last else b""
                await self._record(exchange, reply, owner, reply.body, learns)
                recorded = True

        try:
            async with aclosing(chunks), cancelled_when_gone(visit.receive):
                await wire.send_head(visit.send, reply.status, visit.headers(reply.headers))
                await wire.send_stream(visit.send, reply, ending(exchange.received), record)
        except ClientGone:
            # What the person wrote stays said, even if they did not wait for the answer.
            await record()
        except asyncio.CancelledError:
            await record()
            raise

    async def _record(self, exchange: Exchange, reply: Reply, owner: Owner | None, last: bytes,
                      learns: bool) -> None:  # fmt: skip
        """What is kept before the last byte leaves: what a later request may name, and what the policies record."""
        if learns or exchange.sources or exchange.refused:
            await self.chain.on_reply(exchange, learns)
        if self.format is RESPONSES and owner and last and reply.complete:
            await self._keep(exchange, owner, reply, last, learns)

    async def _keep(self, exchange: Exchange, owner: Owner, reply: Reply, last: bytes, learns: bool) -> None:
        steps = exchange.receipt.steps
        if self._rest:
            steps.append(Step("responses", "on_reply", "failed", ("resting",)))
            return
        kept = True

        async def keep() -> None:
            nonlocal kept
            async with asyncio.timeout(KEEP_SECONDS):
                kept = await self.threads.record(exchange, owner, reply, last, learns)

        fault = await contained(keep())
        self._rest.judge(fault)
        if fault:
            log.warning("response_not_kept", reason=fault, exchange=exchange.id)
            steps.append(Step("responses", "on_reply", "failed", (fault,)))
        elif not kept:
            steps.append(Step("responses", "on_reply", "skipped", ("not_kept",)))

    def close_visit(self, visit: Visit, fault: str | None = None) -> None:
        """Keep the receipt, and log the one event of an exchange."""
        exchange = visit.exchange
        if exchange is None:
            return
        ms, steps, reply = visit.ms, exchange.receipt.steps, exchange.reply
        self.receipts.keep(exchange, visit.status, ms)
        log.info(
            "exchange", exchange=exchange.id, route=self.format.name, status=visit.status, ms=ms,
            stream=bool(reply and reply.chunks), complete=bool(reply and reply.complete), policies=summary(steps),
            reason=fault, tokens=spent(steps),
        )  # fmt: skip


def _last(exchange: Exchange) -> LastResponse | None:
    """What finds the response at the end of a stream of the Responses API, and mends its events."""
    if exchange.received.format is not RESPONSES:
        return None
    mends = [each.event for each in (_echo(exchange), Annotations.of(exchange)) if each]
    return LastResponse((lambda event: reduce(lambda said, mend: mend(said), mends, event)) if mends else None)


def _echo(exchange: Exchange) -> Echo | None:
    """What mends an answer, where the backend got something else than the client sent, which it may repeat."""
    received = exchange.received
    if exchange.request is received and received.continued.id is None:
        return None
    return Echo(bytes(received.fields.get("instructions", b"null")), received.continued.id)
