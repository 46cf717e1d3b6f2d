"""A fake of the OpenAI API, fast enough for load tests: `python -m tests.fakes.openai_api --port 9100`.

POST /v1/chat/completions, /v1/embeddings; GET /v1/models, /v1/models/{id}.
Outside /v1, for tests: GET /stats, /requests (`?last=N`), /last, /open; POST /reset.

The model's name says how to answer, `bench;l=20;c=64;d=5;e=429`: 20 ms before the answer, 64 chunks, 5 ms between
them, an error. Words: `echo` answers with the body that arrived, `tools` calls the tools offered, `refusal`,
`picky` refuses a request with blocks in it,
`reasoning`, `usage` counts cached tokens; faults stand in behaviour.FAULTS. `n`, `logprobs` and `include_usage` are
honoured. A model whose name begins with `bench` and asks for nothing special is answered without reading the body,
with the clock (CLOCK_MONOTONIC, nanoseconds) in the text: `rx=` request complete, `tx=` answer written, and `t=` in
each chunk of a stream, so that a load generator on the same machine can split a round trip.
"""

from __future__ import annotations

import asyncio
import json
import re
from argparse import Namespace
from time import monotonic_ns
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests.fakes import openai_chat, play
from tests.fakes.answer import FILL, PromptCache, answer
from tests.fakes.behaviour import Behaviour, behaviour
from tests.fakes.embeddings import embeddings, inputs
from tests.fakes.http import Connection, Request
from tests.fakes.server import Server, arguments, serve

MODELS = ("bench", "bench-embed", "gpt-4o-mini", "org/model-x:free", "text-embedding-3-small")
_MODEL = re.compile(rb'"model"\s*:\s*"(bench[^"\\]*)"')
_STREAM = re.compile(rb'"stream"\s*:\s*true')
_USAGE = re.compile(rb'"include_usage"\s*:\s*true')
_PLAIN = (
    b'{"id":"chatcmpl-bench0000000000000000000000","object":"chat.completion","created":%d,"model":"%s","choices":'
    b'[{"index":0,"message":{"role":"assistant","content":"rx=%d tx=%d %s","refusal":null},"logprobs":null,'
    b'"finish_reason":"stop"}],"usage":{"prompt_tokens":120,"completion_tokens":64,"total_tokens":184,'
    b'"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},'
    b'"service_tier":"default","system_fingerprint":"fp_bench"}'
)
_CHUNK = (
    b'data: {"id":"chatcmpl-bench0000000000000000000000","object":"chat.completion.chunk","created":%d,"model":"%s",'
    b'"service_tier":"default","system_fingerprint":"fp_bench","choices":'
)
_DONE = b"data: [DONE]\n\n"


class Fault(NamedTuple):
    """An error as OpenAI words it."""

    kind: str
    code: str | None
    message: str
    param: str | None = None


FAULTS = {
    400: Fault("invalid_request_error", "context_length_exceeded", "This model's maximum context length is 8192 tokens."
               " Please reduce the length of the messages.", "messages"),
    401: Fault("invalid_request_error", "invalid_api_key", "Incorrect API key provided: {key}."),
    403: Fault("invalid_request_error", "model_access_denied", "Your project has no access to this model.", "model"),
    404: Fault("invalid_request_error", "model_not_found", "The model does not exist or you have no access to it."),
    409: Fault("invalid_request_error", "resource_conflict", "The resource was changed by another request."),
    422: Fault("invalid_request_error", "unprocessable_entity", "The request was read but cannot be carried out."),
    429: Fault("requests", "rate_limit_exceeded", "Rate limit reached for requests. Please try again in 1s."),
    500: Fault("server_error", None, "The server had an error while processing your request."),
    503: Fault("server_error", "server_is_overloaded", "Our servers are currently overloaded."),
}  # fmt: skip
_LIMITS = (
    b"retry-after: 1\r\nx-ratelimit-limit-requests: 60\r\nx-ratelimit-remaining-requests: 0\r\n"
    b"x-ratelimit-reset-requests: 1s\r\n"
)


def error_body(fault: Fault, key: str = "") -> bytes:
    """The envelope, all four keys in it. A wrong key is quoted as the service does: its ends only."""
    message = fault.message.format(key=f"{key[:3]}***{key[-4:]}") if "{key}" in fault.message else fault.message
    inner = {"message": message, "type": fault.kind, "param": fault.param, "code": fault.code}
    return json.dumps({"error": inner}).encode()


class OpenAI(Server):
    """The provider: a fast way for the model `bench`, a thorough one for the rest."""

    def __init__(self, options: Namespace) -> None:
        super().__init__()
        self.default = Behaviour(options.latency_ms / 1000, options.chunks, options.chunk_delay_ms / 1000)
        self.dimensions: int = options.dim
        self.credentials: str = f"Bearer {options.key}" if options.key else ""
        self.cache = PromptCache()

    def common(self, request: Request) -> bytes:
        """The headers of every answer; milliseconds count from the last byte of the request."""
        spent = (monotonic_ns() - request.received) // 1_000_000
        line = b"x-request-id: req_%012x\r\nopenai-processing-ms: %d\r\nopenai-version: 2020-10-01\r\n"
        return line % (self.stats["requests"], spent)

    def handle(self, connection: Connection, request: Request) -> None:
        """Answer one request under /v1."""
        given = request.headers.get("authorization", "") if self.credentials else ""
        if given != self.credentials:
            connection.send(request, 401, error_body(FAULTS[401], given.removeprefix("Bearer ")))
        elif request.method == "POST" and request.target == "/v1/chat/completions":
            self.count("chat")
            if not self._quick(connection, request):
                connection.run(self._post(connection, request))
        elif request.method == "POST" and request.target == "/v1/embeddings":
            self.count("embeddings")
            connection.run(self._post(connection, request))
        elif request.method == "GET" and request.target.partition("?")[0].startswith("/v1/models"):
            self._models(connection, request)
        else:
            message = f"Unknown request URL: {request.method} {request.target}."
            connection.send(request, 404, error_body(Fault("invalid_request_error", "unknown_url", message)))

    def _models(self, connection: Connection, request: Request) -> None:
        name = unquote(request.target.partition("?")[0].removeprefix("/v1/models").removeprefix("/"))
        rows = [{"id": id, "object": "model", "created": openai_chat.CREATED, "owned_by": "fake"} for id in MODELS]
        if not name:
            connection.send(request, 200, json.dumps({"object": "list", "data": rows}).encode())
        elif name in MODELS:
            connection.send(request, 200, json.dumps(rows[MODELS.index(name)]).encode())
        else:
            connection.send(request, 404, error_body(FAULTS[404]))

    def _quick(self, connection: Connection, request: Request) -> bool:
        """Answer for the default model without reading the JSON; False where the request asks for more."""
        body = request.body
        found = _MODEL.search(body)
        if found is None or b'"n"' in body or b'"logprobs"' in body:
            return False
        plan = behaviour(found[1].decode("utf-8", "replace"), self.default)
        if not plan.ordinary:
            return False
        if _STREAM.search(body):
            self.count("stream")
            connection.run(self._quick_stream(connection, request, found[1], plan))
        elif plan.latency:
            connection.run(self._quick_later(connection, request, found[1], plan))
        else:
            connection.send(request, 200, _quick_body(found[1], request.received))
        return True

    async def _quick_later(self, connection: Connection, request: Request, model: bytes, plan: Behaviour) -> None:
        await asyncio.sleep(plan.latency)
        connection.send(request, 200, _quick_body(model, request.received))

    async def _quick_stream(self, connection: Connection, request: Request, model: bytes, plan: Behaviour) -> None:
        await asyncio.sleep(plan.latency)
        start = _CHUNK % (openai_chat.CREATED, model)
        pre = start + b'[{"index":0,"delta":'
        post = b'},"logprobs":null,"finish_reason":null}]}\n\n'
        connection.open_stream(request)
        connection.part(pre + b'{"role":"assistant","content":"t=%d ","refusal":null' % monotonic_ns() + post)
        for _ in range(plan.chunks - 1):
            await asyncio.sleep(plan.delay)
            connection.part(pre + b'{"content":"t=%d "' % monotonic_ns() + post)
        connection.part(pre + b'{},"logprobs":null,"finish_reason":"stop"}]}\n\n')
        if _USAGE.search(request.body):
            counts = b'{"prompt_tokens":120,"completion_tokens":%d,"total_tokens":%d}'
            connection.part(start + b'[],"usage":' + counts % (plan.chunks, 120 + plan.chunks) + b"}\n\n")
        connection.part(_DONE)
        connection.end_stream()

    async def _post(self, connection: Connection, request: Request) -> None:
        body = _decoded(request.body)
        if isinstance(body, Fault):
            connection.send(request, 400, error_body(body))
            return
        plan = behaviour(body["model"], self.default)
        await asyncio.sleep(plan.latency)
        if "picky" in plan.words and "<rapport-" in request.body.decode("utf-8", "replace"):
            connection.send(request, 400, error_body(FAULTS[400]))
            return
        if plan.error:
            key = request.headers.get("authorization", "").removeprefix("Bearer ")
            fault = FAULTS.get(plan.error) or Fault("server_error", None, "Something went wrong.")
            connection.send(request, plan.error, error_body(fault, key), _LIMITS if plan.error == 429 else b"")
        elif not await play.refuse(connection, request, plan):
            act = self._embed if request.target.endswith("/embeddings") else self._chat
            await act(connection, request, body, plan)

    async def _embed(self, connection: Connection, request: Request, body: dict[str, Any], plan: Behaviour) -> None:
        items = inputs(body.get("input"))
        if items is None:
            fault = Fault("invalid_request_error", None, "'$.input' is invalid.", "input")
            connection.send(request, 400, error_body(fault))
            return
        whole = json.dumps(embeddings(body, items, self.dimensions)).encode()
        await play.send(connection, request, whole, plan)

    async def _chat(self, connection: Connection, request: Request, body: dict[str, Any], plan: Behaviour) -> None:
        if not isinstance(body.get("messages"), list) or not body["messages"]:
            fault = Fault("invalid_request_error", None, "Missing required parameter: 'messages'.", "messages")
            connection.send(request, 400, error_body(fault))
            return
        said = answer(request.body, plan, openai_chat.tools(body), request.received)
        prompt = json.dumps([body.get("tools"), body["messages"]])
        size = self.cache.measure(prompt, "usage" in plan.words)
        counts = openai_chat.usage(size, said, body.get("n") or 1)
        if body.get("stream") is True:
            self.count("stream")
            events = [openai_chat.event(chunk) for chunk in openai_chat.chunks(body, said, counts, plan)]
            trouble = b"data: " + error_body(FAULTS[500]) + b"\n\n"
            await play.stream(connection, request, [*events, _DONE], trouble, plan)
        else:
            whole = json.dumps(openai_chat.completion(body, said, counts), ensure_ascii=False).encode()
            await play.send(connection, request, whole, plan)


def _quick_body(model: bytes, received: int) -> bytes:
    return _PLAIN % (openai_chat.CREATED, model, received, monotonic_ns(), FILL.encode())


def _decoded(raw: bytes) -> dict[str, Any] | Fault:
    try:
        body = json.loads(raw)
    except ValueError:
        return Fault("invalid_request_error", None, "We could not parse the JSON body of your request.")
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return Fault("invalid_request_error", None, "you must provide a model parameter", "model")
    return body


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--dim", type=int, default=256, help="dimensions of an embedding")
    chosen = parser.parse_args()
    serve(OpenAI(chosen), "openai_api", chosen)
