"""A fake of the OpenAI API, fast enough for load tests: `python -m tests.fakes.openai_api --port 9100`.

POST /v1/chat/completions, /v1/completions, /v1/embeddings; GET /v1/models, /v1/models/{id}.
POST /v1/responses, /v1/responses/input_tokens, /v1/responses/{id}/cancel; GET and DELETE /v1/responses/{id};
GET /v1/responses/{id}/input_items.
POST and GET /v1/files; GET and DELETE /v1/files/{id}; GET /v1/files/{id}/content.
POST /v1/audio/speech, /v1/audio/transcriptions, /v1/moderations, /v1/images/generations.
Outside /v1, for tests: GET /stats, /requests (`?last=N`), /last, /open; POST /reset.

The model's name says how to answer, `bench;l=20;c=64;d=5;e=429`: 20 ms before the answer, 64 chunks, 5 ms between
them, an error. Words: `echo` answers with the body that arrived, `prompt` with the JSON of all that the model sees
(tools, instructions, what came before and the input), `tools` calls the tools offered, `refusal`, `picky` refuses a
request with blocks in it, `cites` cites passages, `styled` answers in one of four styles (see styled), `reasoning`,
`long` answers with some 350 words, `usage` counts cached tokens; faults stand in behaviour.FAULTS. `n`, `logprobs` and
`include_usage` are honoured. A model whose name begins with `bench` and asks for nothing special is answered without
reading the body (openai_quick).

`--without responses,files` takes routes away, `--plain-404` words their absence as FastAPI does; `--stateless` keeps
no responses and refuses to follow one.
"""

from __future__ import annotations

import asyncio
import json
from argparse import ArgumentTypeError, Namespace
from time import monotonic_ns
from typing import Any

from tests.fakes import play
from tests.fakes.behaviour import Behaviour, behaviour
from tests.fakes.framing import packed
from tests.fakes.http import Connection, Request
from tests.fakes.multipart import fields
from tests.fakes.openai_acts import Act, Acts, Made
from tests.fakes.openai_errors import LIMITS, Fault, error_body, not_found, of_status
from tests.fakes.openai_quick import Quick
from tests.fakes.play import Talk
from tests.fakes.server import arguments, serve

_ROUTES = ("audio", "chat", "completions", "embeddings", "files", "images", "models", "moderations", "responses")
_NO_MODEL = ("files", "images/generations", "moderations", "responses/input_tokens")


class OpenAI(Quick):
    """The provider: a fast way for the model `bench`, a thorough one for the rest."""

    def __init__(self, options: Namespace) -> None:
        super().__init__(options)
        self.credentials: str = f"Bearer {options.key}" if options.key else ""
        self.plain_404: bool = options.plain_404
        self.acts = Acts(options)

    def common(self, request: Request) -> bytes:
        """The headers of every answer; milliseconds count from the last byte of the request."""
        spent = (monotonic_ns() - request.received) // 1_000_000
        line = (
            b"x-request-id: req_%012x\r\nopenai-processing-ms: %d\r\nopenai-version: 2020-10-01\r\n"
            b"openai-organization: org-fake\r\n"
        )
        return line % (self.stats["requests"], spent)

    def handle(self, connection: Connection, request: Request) -> None:
        """Answer one request under /v1."""
        given = request.headers.get("authorization", "") if self.credentials else ""
        if given != self.credentials:
            _fail(connection, request, of_status(401), given)
        elif request.method == "POST" and request.target == "/v1/chat/completions":
            self.count("chat")
            if not self.quick(connection, request):
                connection.run(self._post(connection, request, self.acts.chat))
        elif request.method == "POST" and (act := self.acts.posts.get(request.path)) is not None:
            self.count(request.path.partition("/")[0])
            connection.run(self._post(connection, request, act))
        else:
            self._look_up(connection, request)

    def lack(self, connection: Connection, request: Request) -> None:
        """Say that nothing is served there."""
        if self.plain_404:
            connection.send(request, 404, b'{"detail":"Not Found"}')
        else:
            message = f"Unknown request URL: {request.method} {request.target}."
            _fail(connection, request, not_found(message, code="unknown_url"))

    def _look_up(self, connection: Connection, request: Request) -> None:
        found = self.acts.look_up(request)
        if found is None:
            self.lack(connection, request)
        elif isinstance(found, Fault):
            _fail(connection, request, found)
        elif isinstance(found, bytes):
            connection.send(request, 200, found, kind=b"application/octet-stream")
        else:
            connection.send(request, 200, packed(found))

    async def _post(self, connection: Connection, request: Request, act: Act) -> None:
        body = _decoded(request)
        if isinstance(body, Fault):
            _fail(connection, request, body)
            return
        plan = behaviour(body.get("model") or "", self.default)
        await asyncio.sleep(plan.latency)
        if "picky" in plan.words and "<rapport-" in request.body.decode("utf-8", "replace"):
            _fail(connection, request, of_status(400))
        elif plan.error:
            _fail(connection, request, of_status(plan.error), request.headers.get("authorization", ""))
        elif not await play.refuse(connection, request, plan):
            await self._send(connection, request, act(request, body, plan), body.get("stream") is True, plan)

    async def _send(
        self, connection: Connection, request: Request, made: Made, streamed: bool, plan: Behaviour
    ) -> None:
        if isinstance(made, Fault):
            _fail(connection, request, made)
        elif isinstance(made, Talk):
            if streamed:
                self.count("stream")
            await play.talk(connection, request, made, streamed, plan)
        elif isinstance(made, list):
            await play.binary(connection, request, made, plan)
        else:
            await play.send(connection, request, packed(made), plan)


class Lacking(OpenAI):
    """A server of the same shape that lacks some routes, each of them named by its path, with all below it."""

    def __init__(self, options: Namespace) -> None:
        super().__init__(options)
        self.without: tuple[str, ...] = options.without

    def handle(self, connection: Connection, request: Request) -> None:
        """Answer one request under /v1."""
        if any(f"{request.path}/".startswith(f"{name}/") for name in self.without):
            self.lack(connection, request)
        else:
            super().handle(connection, request)


def _fail(connection: Connection, request: Request, fault: Fault, credentials: str = "") -> None:
    body = error_body(fault, credentials.removeprefix("Bearer "))
    connection.send(request, fault.status, body, LIMITS if fault.status == 429 else b"")


def _decoded(request: Request) -> dict[str, Any] | Fault:
    """The fields of the body, which is JSON or a form; or what is wrong with it."""
    kind = request.headers.get("content-type", "")
    try:
        body = fields(kind, request.body) if kind.startswith("multipart/form-data") else json.loads(request.body)
    except ValueError:
        return Fault("invalid_request_error", None, "We could not parse the JSON body of your request.")
    model = body.get("model") if isinstance(body, dict) else None
    if not isinstance(model, str) and not (model is None and isinstance(body, dict) and request.path in _NO_MODEL):
        return Fault("invalid_request_error", None, "you must provide a model parameter", "model")
    return body


def _routes(given: str) -> tuple[str, ...]:
    names = tuple(given.split(","))
    unknown = [name for name in names if name.partition("/")[0] not in _ROUTES]
    if unknown:
        raise ArgumentTypeError(f"no such route: {', '.join(unknown)}; there are {', '.join(_ROUTES)}")
    return names


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--dim", type=int, default=256, help="dimensions of an embedding")
    parser.add_argument("--without", type=_routes, default=(), help="routes that are not served: responses,files")
    parser.add_argument("--plain-404", action="store_true", help="say so without an envelope")
    parser.add_argument("--stateless", action="store_true", help="keep no responses, follow none")
    chosen = parser.parse_args()
    serve((Lacking if chosen.without else OpenAI)(chosen), "openai_api", chosen)
