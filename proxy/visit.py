"""One HTTP request while it is answered, and what every bare ASGI endpoint does about faults."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import structlog

from adapters.ports import AdapterError, Format, MalformedRequest, Timeout
from policies.base import Exchange
from proxy import wire
from proxy.chain import PolicyFailed, contained
from proxy.headers import cors, error_format
from proxy.receipts import degraded, spent, summary
from proxy.wire import ClientGone, HttpError, Receive, Scope, Send

log = structlog.get_logger("rapport")


def new_id() -> str:
    """What an answer is called."""
    return f"ex_{secrets.token_hex(12)}"


@dataclass(slots=True)
class Visit:
    """A request; `status` once the head of the answer has left, `exchange` once there is one. `streamed` says that
    what has begun can take an event at its end."""

    scope: Scope
    receive: Receive
    raw_send: Send
    cors: list[tuple[str, str]]
    format: Format
    id: str = field(default_factory=new_id)
    start: float = field(default_factory=time.perf_counter)
    status: int = 0
    streamed: bool = False
    exchange: Exchange | None = None

    @property
    def ms(self) -> float:
        """Milliseconds since it came."""
        return round((time.perf_counter() - self.start) * 1000, 3)

    async def send(self, message: Any) -> None:
        """Send on, noting the status."""
        self.status = message.get("status", self.status)
        await self.raw_send(message)

    def headers(self, named: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, str]]:
        """Our headers beside those of the backend (`named`); a request id and the time it took only where it has none.
        """
        names = {name for name, _ in named}
        # A backend's own answer to a browser is for its own pages.
        kept = named if not self.cors else (each for each in named if not each[0].startswith("access-control-"))
        headers = [*kept, *self.cors]
        if "x-request-id" not in names:
            headers.append(("x-request-id", self.id))
        if self.format.anthropic and "request-id" not in names:
            headers.append(("request-id", next(value for name, value in headers if name == "x-request-id")))
        if "openai-processing-ms" not in names:
            headers.append(("openai-processing-ms", str(round(self.ms))))
        if self.exchange is None:
            return headers
        steps = self.exchange.receipt.steps
        headers += [("x-rapport-exchange", self.id), ("x-rapport-policies", summary(steps)),
                    ("x-rapport-tokens", str(spent(steps)))]
        if faults := degraded(steps):
            headers.append(("x-rapport-degraded", faults))
        return headers


class Handler:
    """A bare ASGI endpoint: subclass it, answer in `answer`. Every fault ends as an error in the shape of `format`, or
    in the client's where it has none. `origins` are those whose pages may read answers."""

    format: Format | None = None
    origins: tuple[str, ...] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        visit = Visit(scope, receive, send, cors(scope, self.origins), self.format or error_format(scope))
        fault = await contained(self._answered(visit))
        if fault:
            error = HttpError(500, "Rapport could not handle this request.", "internal_error")
            await self._fail(visit, error, fault)

    async def answer(self, visit: Visit) -> None:
        """Answer a visit, or raise."""
        raise TypeError(f"{type(self).__name__} does not answer")

    def close_visit(self, visit: Visit, fault: str | None = None) -> None:
        """Called once the answer has left."""

    async def _answered(self, visit: Visit) -> None:
        try:
            await self.answer(visit)
        except ClientGone:
            log.info("client_gone", exchange=visit.id)
        except (HttpError, MalformedRequest, AdapterError, PolicyFailed) as error:
            await self._fail(visit, _as_http(error), type(error).__name__)

    async def _fail(self, visit: Visit, error: HttpError, fault: str) -> None:
        """Send an error; where an answer has begun, as the last event of its stream. What can take no event is left
        without an end, so that the server breaks the connection and nobody takes a part for the whole."""
        if not visit.status:
            await wire.send_whole(visit.send, error.status, error.body(visit.format), visit.headers(error.headers))
        elif visit.streamed:
            await visit.send({"type": "http.response.body", "body": error.event(visit.format)})
        log.info("refused", exchange=visit.id, route=visit.format.name, status=visit.status, reason=fault)
        self.close_visit(visit, fault)


def _as_http(error: HttpError | MalformedRequest | AdapterError | PolicyFailed) -> HttpError:
    if isinstance(error, HttpError):
        return error
    if isinstance(error, MalformedRequest):
        return HttpError(400, error.message, error.code, error.param)
    if isinstance(error, PolicyFailed):
        return HttpError(500, str(error), "policy_failed")
    if isinstance(error, Timeout):
        return HttpError(504, str(error), "backend_timeout")
    return HttpError(502, str(error), "backend_unavailable")
