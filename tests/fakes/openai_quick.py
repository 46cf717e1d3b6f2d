"""Chat completions of the model `bench`, answered without reading the JSON: for load tests.

The clock (CLOCK_MONOTONIC, nanoseconds) stands in the text: `rx=` request complete, `tx=` answer written, and `t=` in
each chunk of a stream, so that a load generator on the same machine can split a round trip.
"""

from __future__ import annotations

import asyncio
import re
from argparse import Namespace
from time import monotonic_ns

from tests.fakes.answer import FILL
from tests.fakes.behaviour import Behaviour, behaviour
from tests.fakes.framing import DONE
from tests.fakes.http import Connection, Request
from tests.fakes.openai_chat import CREATED
from tests.fakes.server import Server

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


class Quick(Server):
    """A server with the fast way; how it answers by default comes from the command line."""

    def __init__(self, options: Namespace) -> None:
        super().__init__()
        self.default = Behaviour(options.latency_ms / 1000, options.chunks, options.chunk_delay_ms / 1000)

    def quick(self, connection: Connection, request: Request) -> bool:
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
            connection.run(self._stream(connection, request, found[1], plan))
        elif plan.latency:
            connection.run(self._later(connection, request, found[1], plan))
        else:
            connection.send(request, 200, _body(found[1], request.received))
        return True

    async def _later(self, connection: Connection, request: Request, model: bytes, plan: Behaviour) -> None:
        await asyncio.sleep(plan.latency)
        connection.send(request, 200, _body(model, request.received))

    async def _stream(self, connection: Connection, request: Request, model: bytes, plan: Behaviour) -> None:
        await asyncio.sleep(plan.latency)
        start = _CHUNK % (CREATED, model)
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
        connection.part(DONE)
        connection.end_stream()


def _body(model: bytes, received: int) -> bytes:
    return _PLAIN % (CREATED, model, received, monotonic_ns(), FILL.encode())
