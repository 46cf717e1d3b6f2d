"""What brings a request to the backend of a route: the relay, litellm, or a translation over one of them."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from typing import Any

import msgspec

from adapters.ports import CHAT, EMBEDDINGS, MESSAGES, RESPONSES, Backend, ChatRequest, Format, NotKept, Reply
from adapters.relay import Clocks, Dialect, Passing, Relay, Target, Wires
from proxy.settings import BackendRoute, read_secret
from proxy.wire import HttpError

# These speak OpenAI's own wire format, and need no look-up in litellm's tables: prefix -> URL, variable of the key.
PLAIN = {
    "openai": ("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "hosted_vllm": (None, "HOSTED_VLLM_API_KEY"),
}
ANTHROPIC: Dialect = "anthropic"
ANTHROPIC_BASE, ANTHROPIC_KEY = "https://api.anthropic.com", "ANTHROPIC_API_KEY"
# A server without an endpoint may get it by an update.
FORGET_AFTER = 600.0
LACKING = frozenset({404, 405, 501})


class Carriers:
    """Makes backends out of routes; their connections are shared."""

    def __init__(self) -> None:
        self.wires = Wires()
        self._lacking: dict[int, float] = {}

    async def backend(self, index: int, route: BackendRoute, use: str, format: Format) -> Backend:
        """The backend for requests of a format. Raises ConfigError or ValueError for a route that cannot work,
        HttpError 404 for an endpoint that its backend does not have."""
        if format.anthropic:
            return await self._anthropic(route, use, format)
        relay = await self._relayed(route, use)
        if format is CHAT:
            return relay or await self._litellm(route, use)
        if format is RESPONSES:
            return await self._responding(index, route, use, relay)
        if relay is None and format is EMBEDDINGS and use != "demo":
            return await self._embedding(route, use)
        if relay is None:
            raise _lacks(format)
        return relay

    async def passing(self, route: BackendRoute) -> Passing | None:
        """What passes other requests on to the backend of a route, None where it speaks neither OpenAI's format nor
        Anthropic's. Raises ConfigError or ValueError for a route that cannot work."""
        if route.use.startswith(f"{ANTHROPIC}/") and route.carrier != "litellm":
            return Passing(self.wires, _anthropic(route))
        relay = await self._relayed(route, route.use.replace("{model}", "model"))
        return Passing(self.wires, relay.target) if relay else None

    async def close(self) -> None:
        """Close every connection that is not a backend's own."""
        await self.wires.close()

    async def _anthropic(self, route: BackendRoute, use: str, format: Format) -> Backend:
        provider, _, name = use.partition("/")
        if provider == ANTHROPIC and route.carrier != "litellm":
            return Relay(self.wires, _anthropic(route), name)
        if format is not MESSAGES:
            raise _lacks(format)
        return await self._translated(route, use)

    async def _responding(self, index: int, route: BackendRoute, use: str, relay: Relay | None) -> Backend:
        own = route.api_base is None and use.startswith("openai/")
        how = "native" if route.responses == "auto" and own else route.responses
        if relay is None or how == "translated":
            return await self._translated(route, use)
        if how == "stateless":
            return Forgetful(relay)
        relay.keeps = True
        return relay if how == "native" else Probing(self, index, relay, await self._translated(route, use))

    async def _translated(self, route: BackendRoute, use: str) -> Backend:
        # Imported here: what it translates with takes seconds to import, and a relayed chat needs none of it.
        from adapters.translated import Translated

        relay = await self._relayed(route, use)
        return Translated(relay or await self._litellm(route, use), relay is None, relay.model if relay else use)

    async def _relayed(self, route: BackendRoute, use: str) -> Relay | None:
        """A relay where the provider speaks OpenAI's format."""
        provider, _, name = use.partition("/")
        if relays(route, use):
            base, variable = PLAIN.get(provider, (None, ""))
            return self._relay(route, name, base, os.environ.get(variable))
        if route.carrier == "litellm" or use == "demo":
            return None
        shaped = await asyncio.to_thread(_shaped, use)
        return self._relay(route, name, *shaped) if shaped and (route.api_base or shaped[0]) else None

    def _relay(self, route: BackendRoute, name: str, base: str | None, key: str | None) -> Relay:
        """A relay to the configured URL, else to the provider's own `base`, to which alone its own `key` goes."""
        secret = _secret(route) or (None if route.api_base else key)
        return Relay(self.wires, Target(route.api_base or base or "", secret, _clocks(route)), name)

    async def _litellm(self, route: BackendRoute, use: str) -> Backend:
        from adapters import litellm

        if route.api_key == "client":
            message = "This model is translated for its provider, which needs a key of the operator's."
            raise HttpError(400, message, "client_key_unsupported", "model")
        await asyncio.to_thread(litellm.warm)
        return litellm.LiteLLMBackend(_target(route, use))

    async def _embedding(self, route: BackendRoute, use: str) -> Backend:
        from adapters import litellm
        from adapters.litellm_embeddings import LiteLLMEmbeddings

        await asyncio.to_thread(litellm.warm)
        return LiteLLMEmbeddings(_target(route, use))


class Forgetful:
    """A server that has the endpoint and keeps no responses: one that is not kept here is nowhere."""

    def __init__(self, native: Backend) -> None:
        self.native = native

    async def complete(self, request: ChatRequest) -> Reply:
        """The server's answer. Raises NotKept for a request that names an earlier response."""
        previous = request.get("previous_response_id")
        if isinstance(previous, str):
            raise NotKept(previous)
        return await self.native.complete(request)

    async def close(self) -> None:
        """Close what carries the requests."""
        await self.native.close()


class Probing:
    """Asks a server for a response, and where it has no such endpoint, for a chat: then for a while nothing else."""

    def __init__(self, carriers: Carriers, index: int, native: Backend, translated: Backend) -> None:
        self.carriers = carriers
        self.index = index
        self.native = native
        self.translated = translated

    async def complete(self, request: ChatRequest) -> Reply:
        """The answer, by whichever way the server has."""
        lacking = self.carriers._lacking
        if lacking.get(self.index, 0.0) > time.monotonic():
            return await self.translated.complete(request)
        reply = await self.native.complete(request)
        if reply.status not in LACKING or _names_model(reply):
            return reply
        other = await self.translated.complete(request)
        if other.ok:
            lacking[self.index] = time.monotonic() + FORGET_AFTER
        return other

    async def close(self) -> None:
        """Close both ways."""
        await self.native.close()
        await self.translated.close()


def relays(route: BackendRoute, use: str) -> bool:
    """Whether the relay carries this without a look into litellm's tables."""
    provider = use.partition("/")[0]
    base, _ = PLAIN.get(provider, (None, ""))
    if route.carrier == "relay":
        return bool(route.api_base or base) and provider != ANTHROPIC
    return route.carrier == "auto" and provider in PLAIN and bool(route.api_base or base)


def _anthropic(route: BackendRoute) -> Target:
    """An Anthropic-shaped server; its base URL may be configured with or without /v1."""
    base = (route.api_base or ANTHROPIC_BASE).rstrip("/").removesuffix("/v1") + "/v1"
    return Target(base, _key(route, ANTHROPIC_KEY), _clocks(route), ANTHROPIC)


def _shaped(use: str) -> tuple[str | None, str | None] | None:
    """Base URL and key of a provider that speaks OpenAI's format, as litellm's tables have them; None for others."""
    from adapters import litellm

    litellm.warm()
    return litellm.resolve(use)[1:] if litellm.openai_shaped(use) else None


def _target(route: BackendRoute, use: str) -> Any:
    from adapters import litellm

    clocks = route.timeouts
    return litellm.Target(use, route.api_base, _secret(route), clocks.connect, clocks.first, clocks.gap, clocks.total)


def _clocks(route: BackendRoute) -> Clocks:
    return Clocks(route.timeouts.connect, route.timeouts.first, route.timeouts.gap, route.timeouts.total)


def _secret(route: BackendRoute) -> str | None:
    return route.api_key if route.api_key in (None, "client") else read_secret(str(route.api_key))


def _key(route: BackendRoute, variable: str) -> str | None:
    """The configured key; a provider's own from the environment goes to that provider's own URL alone."""
    return _secret(route) or (None if route.api_base else os.environ.get(variable))


def _lacks(format: Format) -> HttpError:
    what = f"The backend of this model has no endpoint like POST /v1{format.path}."
    return HttpError(404, what, "unknown_url", "model")


def _names_model(reply: Reply) -> bool:
    """Whether a 404 says that the model is unknown, and not the URL."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, AttributeError):
        return "model" in str(msgspec.json.decode(reply.body)["error"].get("code"))
    return False
