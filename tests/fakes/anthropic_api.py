"""A fake of the Anthropic API: `python -m tests.fakes.anthropic_api --port 9200`.

POST /v1/messages, whole or as a stream, /v1/messages/count_tokens; GET /v1/models, /v1/models/{id}. It wants
`x-api-key`, `anthropic-version` and `max_tokens`, as the service does; with `--bearer` a key may come as
`authorization: Bearer` too. The model's name says how to answer, with the words of the other fake (openai_api): `usage`
counts what was cached by explicit marks (anthropic_cache). The control endpoints are the same.
"""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from time import monotonic_ns
from typing import Any
from urllib.parse import unquote

from tests.fakes import anthropic_cache, anthropic_messages, play
from tests.fakes.answer import answer
from tests.fakes.behaviour import Behaviour, behaviour
from tests.fakes.framing import named, packed
from tests.fakes.http import Connection, Request
from tests.fakes.play import Talk
from tests.fakes.server import Server, arguments, serve

MODELS = ("claude-fake-large", "claude-fake-small")
FAULTS = {
    400: ("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    401: ("authentication_error", "invalid x-api-key"),
    403: ("permission_error", "Your API key does not have permission to use the specified resource."),
    404: ("not_found_error", "model not found"),
    413: ("request_too_large", "Request exceeds the maximum size"),
    429: ("rate_limit_error", "This request would exceed your organization's rate limit."),
    500: ("api_error", "Internal server error"),
    529: ("overloaded_error", "Overloaded"),
}
_LIMITS = (
    b"retry-after: 1\r\nanthropic-ratelimit-requests-limit: 50\r\nanthropic-ratelimit-requests-remaining: 0\r\n"
    b"anthropic-ratelimit-requests-reset: 2026-01-01T00:00:00Z\r\n"
)


class Anthropic(Server):
    """The provider."""

    def __init__(self, options: Namespace) -> None:
        super().__init__()
        self.default = Behaviour(options.latency_ms / 1000, options.chunks, options.chunk_delay_ms / 1000)
        self.key: str = options.key
        self.bearer: bool = options.bearer
        self.cache = anthropic_cache.Cache()

    def common(self, request: Request) -> bytes:
        """The headers of every answer; milliseconds count from the last byte of the request."""
        spent = (monotonic_ns() - request.received) // 1_000_000
        line = b"request-id: %s\r\nx-envoy-upstream-service-time: %d\r\nanthropic-organization-id: org-fake\r\n"
        return line % (self._id().encode(), spent)

    def _id(self) -> str:
        return f"req_{self.stats['requests']:012x}"

    def handle(self, connection: Connection, request: Request) -> None:
        """Answer one request under /v1."""
        headers = request.headers
        key = headers.get("x-api-key", "")
        if self.bearer and not key:
            key = headers.get("authorization", "").removeprefix("Bearer ")
        if not key or (self.key and key != self.key):
            self._fail(connection, request, 401)
        elif "anthropic-version" not in headers:
            self._fail(connection, request, 400, "anthropic-version: header is required")
        elif request.method == "POST" and request.path in ("messages", "messages/count_tokens"):
            self.count("chat" if request.path == "messages" else "count_tokens")
            connection.run(self._post(connection, request))
        elif request.method == "GET" and request.path.partition("/")[0] == "models":
            self._models(connection, request, unquote(request.path.partition("/")[2]))
        else:
            self._fail(connection, request, 404, f"Not found: /v1/{request.path}")

    def _models(self, connection: Connection, request: Request, name: str) -> None:
        since = {"created_at": "2026-01-01T00:00:00Z"}
        rows = {one: {"type": "model", "id": one, "display_name": one, **since} for one in MODELS}
        page = {"data": list(rows.values()), "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]}
        found = rows.get(name) if name else page
        if found is None:
            self._fail(connection, request, 404, f"model: {name}")
        else:
            connection.send(request, 200, packed(found))

    def _fail(self, connection: Connection, request: Request, status: int, message: str = "") -> None:
        body = self._error(status, message)
        connection.send(request, status, body, _LIMITS if status in (429, 529) else b"")

    def _error(self, status: int, message: str = "") -> bytes:
        kind, usual = FAULTS.get(status, FAULTS[500])
        error = {"type": kind, "message": message or usual}
        return json.dumps({"type": "error", "error": error, "request_id": self._id()}).encode()

    async def _post(self, connection: Connection, request: Request) -> None:
        counting = request.path.endswith("/count_tokens")
        body = _decoded(request.body, counting)
        if isinstance(body, str):
            self._fail(connection, request, 400, body)
            return
        plan = behaviour(body["model"], self.default)
        await asyncio.sleep(plan.latency)
        if plan.error:
            self._fail(connection, request, plan.error)
        elif await play.refuse(connection, request, plan):
            return
        elif counting:
            await play.send(connection, request, packed({"input_tokens": self.cache.measure(body, False).size}), plan)
        else:
            await self._answer(connection, request, body, plan)

    async def _answer(self, connection: Connection, request: Request, body: dict[str, Any], plan: Behaviour) -> None:
        prompt = json.dumps({name: body.get(name) for name in ("tools", "system", "messages")})
        said = answer(request, plan, anthropic_messages.tools(body), prompt)
        counts = anthropic_messages.usage(self.cache.measure(body, "usage" in plan.words), said)
        streamed = body.get("stream") is True
        if streamed:
            self.count("stream")
        events = (named(one) for one in anthropic_messages.events(body, said, counts, plan))
        trouble = b"event: error\ndata: " + self._error(529) + b"\n\n"
        made = Talk(anthropic_messages.message(body, said, counts), events, trouble)
        await play.talk(connection, request, made, streamed, plan)


def _decoded(raw: bytes, counting: bool) -> dict[str, Any] | str:
    """The body, or what is wrong with it. Who only wants tokens counted need not limit them."""
    try:
        body = json.loads(raw)
    except ValueError:
        return "The request body is not valid JSON."
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return "model: Field required"
    if not isinstance(body.get("messages"), list) or not body["messages"]:
        return "messages: at least one message is required"
    if not counting and not isinstance(body.get("max_tokens"), int):
        return "max_tokens: Field required"
    marked = anthropic_cache.marks(body)
    if marked > anthropic_cache.MARKS:
        return f"A maximum of {anthropic_cache.MARKS} blocks with cache_control may be provided. Found {marked}."
    return body


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--bearer", action="store_true", help="take a key as authorization: Bearer too")
    chosen = parser.parse_args()
    serve(Anthropic(chosen), "anthropic_api", chosen)
