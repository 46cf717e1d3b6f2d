"""Everything that imports litellm: any model of any provider, as OpenAI's wire format has it.

litellm resolves a name to a provider, a URL and credentials, and translates for providers that do not speak OpenAI's
format. For those that do, the client's own JSON goes out and the answer's bytes come back: litellm addresses the
envelope, and `adapters.litellm_http` carries the letter.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from adapters import litellm_wire as wire
from adapters.ending import awaited, begun
from adapters.envelope import end_to_end, failure
from adapters.litellm_embedder import LiteLLMEmbedder
from adapters.litellm_http import CALL, POOL, Call
from adapters.litellm_stream import CUT, Clock, relay, translate
from adapters.litellm_tables import (
    NO_KEY,
    control,
    failures,
    library,
    loaded,
    openai_shaped,
    provider_of,
    resolve,
    responses_only,
    warm,
)
from adapters.ports import AdapterError, ChatRequest, ConfigError, Reply, Timeout, Unavailable

__all__ = ["LiteLLMBackend", "LiteLLMEmbedder", "Target", "openai_shaped", "resolve", "warm"]

# Generic servers of OpenAI's format: there is nothing to translate, so the client's bytes are sent as they are.
VERBATIM = frozenset({"openai", "custom_openai", "hosted_vllm", "litellm_proxy", "llamafile", "lm_studio"})
_OURS = frozenset({
    "accept-encoding", "api-key", "authorization", "connection", "content-length", "content-type", "cookie", "host",
    "transfer-encoding", "x-api-key",
})  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One backend: litellm's name of the model, or `demo`; URL and key; clocks in seconds.

    `connect` runs until the connection stands, `first` until the first content (of a whole answer: all of it), `gap`
    between two contents of a stream, `total` over all; 0 is no limit.
    """

    model: str
    api_base: str | None = None
    api_key: str | None = field(default=None, repr=False)
    connect: float = 10
    first: float = 600
    gap: float = 600
    total: float = 3600

    @property
    def name(self) -> str:
        """The model as litellm knows it."""
        return "demo/demo" if self.model == "demo" else self.model


class LiteLLMBackend:
    """The port `Backend` over `litellm.acompletion`. One request is one call: nothing is repeated here."""

    def __init__(self, target: Target) -> None:
        self.target = target

    async def complete(self, request: ChatRequest) -> Reply:
        """Send the request. A backend's error is a Reply; raises Timeout or Unavailable where no answer came."""
        if not loaded():
            await asyncio.to_thread(library)
        try:
            provider_of(self.target.name)
        except ConfigError as error:
            raise Unavailable("litellm knows no provider for this backend's name.") from error
        request = wire.clean(request, control())
        verbatim = provider_of(self.target.name) in VERBATIM and not responses_only(self.target.name)
        call = Call(POOL.wire(self), self.target.connect)
        if verbatim:
            call.edit = self._edit(request)
        token = CALL.set(call)
        try:
            async with asyncio.timeout(self._first()):
                if verbatim:
                    return await self._relayed(request, call)
                return await self._translated(request, call)
        except TimeoutError as error:
            raise Timeout("The backend did not answer in time.") from error
        finally:
            CALL.reset(token)

    async def close(self) -> None:
        """Let go of connections."""
        await POOL.release(self)

    def _first(self) -> float | None:
        limits = [limit for limit in (self.target.first, self.target.total) if limit]
        return min(limits, default=None)

    async def _relayed(self, request: ChatRequest, call: Call) -> Reply:
        """The answer's own bytes. What litellm makes of them does not matter, only what came over the wire."""
        try:
            # The text stands in for the client's, which `call.edit` puts in: litellm need not look at it.
            await self._ask(messages=[{"role": "user", "content": "-"}], stream=request.stream)
            if call.body is not None and call.keep and not call.ended:
                await call.body.drain()
        except failures() as error:
            if not (200 <= call.status < 300 and call.ended):
                return self._failed(error, call)
        reply = Reply(call.status, end_to_end(call.headers))
        if call.body is not None and not call.keep:
            reply.chunks = await begun(relay(reply, call.body, self._clock(), awaited(request)))
            return reply
        reply.body = wire.checked(call.answer)
        reply.complete = True
        return reply

    async def _translated(self, request: ChatRequest, call: Call) -> Reply:
        shaped = openai_shaped(self.target.name)
        try:
            said = await self._ask(drop_params=True, **wire.arguments(request, control(), shaped))
            if not request.stream:
                body = wire.completion(said.model_dump())
                return Reply(200, (*_headers(said, call), ("content-type", "application/json")), body, complete=True)
            # Some providers are asked only now, or fail at once: that must still become a status.
            first = await anext(said, None)
            if first is None or _invented(first, said):
                raise Unavailable(CUT)
        except failures() as error:
            return self._failed(error, call)
        reply = Reply(200, (*_headers(said, call), ("content-type", "text/event-stream; charset=utf-8")))
        # A closing event is expected of those formats that have one.
        closing = bool(call.asked) and (shaped or provider_of(self.target.name) == "anthropic")
        reply.chunks = await begun(translate(reply, _parts(said, first, call), call, self._clock(), closing))
        return reply

    async def _ask(self, **more: Any) -> Any:
        target = self.target
        return await library().acompletion(**{
            "model": target.name, "api_base": self._base(), "api_key": self._key(), "max_retries": 0,
            "num_retries": 0, "timeout": target.first or None,
            # This handler imports litellm.proxy as soon as there are tools, and calls tool servers by itself.
            "_skip_mcp_handler": True, **more,
        })  # fmt: skip

    def _base(self) -> str | None:
        base = self.target.api_base
        if base and provider_of(self.target.name) == "anthropic":
            # litellm appends /v1/messages, whatever stands there.
            return base.rstrip("/").removesuffix("/v1")
        return base

    def _key(self) -> str | None:
        key = self.target.api_key
        if key or not self.target.api_base:
            return key
        # A key from the environment is meant for the provider's own URL, not for one that is configured.
        provider = provider_of(self.target.name)
        return NO_KEY if provider == "anthropic" or openai_shaped(self.target.name) else None

    def _edit(self, request: ChatRequest) -> Any:
        """How the client's JSON takes the place of litellm's, of which the model's name stays."""

        def edit(made: httpx.Request) -> httpx.Request:
            drawn = msgspec.json.decode(made.content)
            if "messages" not in drawn:
                raise httpx.UnsupportedProtocol("litellm carries this over another API", request=made)
            body = request.with_model(drawn["model"]).body()
            headers = {name: value for name, value in made.headers.items() if name != "content-length"}
            headers |= {name: value for name, value in request.headers if name not in _OURS}
            if self._key() == NO_KEY:
                headers.pop("authorization", None)
            return httpx.Request(made.method, made.url, headers=headers, content=body, extensions=made.extensions)

        return edit

    def _clock(self) -> Clock:
        return Clock(self.target.first, self.target.gap, self.target.total)

    def _failed(self, error: BaseException, call: Call) -> Reply:
        if isinstance(error, AdapterError):
            raise error
        code = "context_length_exceeded" if type(error).__name__ == "ContextWindowExceededError" else None
        keys = (self.target.api_key, *call.secrets)
        if call.too_large:
            raise Unavailable("The backend's answer is too large.") from error
        if call.status >= 400:
            headers = end_to_end(call.headers) if call.edit else wire.passed(call.headers)
            return failure(call.status, headers, call.answer, keys, code)
        if call.status:
            raise Unavailable(f"The backend's answer broke off or makes no sense (status {call.status}).") from error
        return _refused(error, bool(call.asked), keys, code)


def _refused(error: BaseException, asked: bool, keys: tuple[str | None, ...], code: str | None) -> Reply:
    """An error without any answer on our wire: no connection, litellm's own refusal, or a provider's own client."""
    if isinstance(error, library().Timeout):
        raise Timeout("The backend did not answer in time.") from error
    if asked:
        raise Unavailable("The backend cannot be reached.") from error
    status = getattr(error, "status_code", None)
    if not isinstance(status, int) or not 400 <= status < 600 or status in (401, 500):
        what = "The call could not be made: the request cannot be translated for this provider, or a key is missing."
        raise Unavailable(what) from error
    headers = getattr(error, "litellm_response_headers", None) or {}
    said = getattr(error, "body", None)
    if not isinstance(said, Mapping) and status == 400:
        said = {"message": "The request cannot be translated for this backend's provider."}
    return failure(status, wire.passed(headers.items()), said, keys, code)


async def _parts(stream: Any, first: Any, call: Call) -> AsyncGenerator[dict[str, Any]]:
    """litellm's chunks, dumped, up to one with a finish that the backend never gave. Raises Unavailable."""
    part = first
    try:
        while part is not None:
            if _invented(part, stream):
                raise Unavailable(CUT)
            yield part.model_dump()
            part = await anext(stream, None)
        if call.body is not None:
            await call.body.drain()
    except failures() as error:
        raise Unavailable(CUT) from error
    finally:
        await stream.aclose()


def _invented(part: Any, stream: Any) -> bool:
    """Whether this chunk says "stop" only because litellm wants every stream to have a finish reason."""
    finish = any(choice.finish_reason for choice in part.choices)
    return finish and not (stream.received_finish_reason or stream.intermittent_finish_reason)


def _headers(said: Any, call: Call) -> tuple[tuple[str, str], ...]:
    hidden = getattr(said, "_hidden_params", None) or {}
    return wire.passed((hidden.get("additional_headers") or dict(call.headers)).items())
