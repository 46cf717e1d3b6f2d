"""What brings requests to an entry of `backends`: the relay, litellm, or a translation over one of them."""

from __future__ import annotations

import asyncio
import os
import time
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from adapters.envelope import MAX_ANSWER
from adapters.ports import CHAT, EMBEDDINGS, MESSAGES, RESPONSES, Backend, ConfigError, Format
from adapters.ports.formats.base import decoded_or
from adapters.relay import Clocks, Dialect, Outgoing, Passing, Relay, Target, Wires
from proxy.probing import BELIEVED, LACKING, Lacking, Probing, Stateless
from proxy.section import credential
from proxy.settings import BackendRoute, Timeouts
from proxy.wire import HttpError

# These speak OpenAI's own wire format, and need no look-up in litellm's tables: prefix -> URL, variable of the key.
PLAIN = {
    "openai": ("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "hosted_vllm": (None, "HOSTED_VLLM_API_KEY"),
}
ANTHROPIC: Dialect = "anthropic"
ANTHROPIC_BASE, ANTHROPIC_KEY = "https://api.anthropic.com", "ANTHROPIC_API_KEY"


class Carrier:
    """An entry of the list, at `place`; the connections are shared. Raises ConfigError for one that cannot work."""

    def __init__(self, wires: Wires, config: BackendRoute, place: str) -> None:
        self.wires = wires
        self.config = config
        self.place = place
        self.provider, _, self.name = config.use.partition("/")
        self._lacking = Lacking()
        self._keeps: tuple[float, bool] = (0.0, False)
        self._check()

    def takes(self, model: str) -> bool:
        """Whether this is for models of this name."""
        return any(fnmatchcase(model, pattern) for pattern in self.config.models)

    @property
    def relays(self) -> bool:
        """Whether the relay carries chats without a look into litellm's tables."""
        base, _ = PLAIN.get(self.provider, (None, ""))
        if self.config.carrier == "relay":
            return bool(self.config.api_base or base) and self.provider != ANTHROPIC
        return self.config.carrier == "auto" and self.provider in PLAIN and bool(self.config.api_base or base)

    @property
    def _anthropics(self) -> bool:
        """Whether the relay carries messages."""
        return self.provider == ANTHROPIC and self.config.carrier != "litellm"

    async def backend(self, model: str, format: Format) -> Backend:
        """The backend for requests of a format. Raises ConfigError or ValueError for an entry that cannot work,
        HttpError 404 for an endpoint that its backend does not have."""
        use = self.config.use.replace("{model}", model)
        if format.anthropic:
            return await self._anthropic(use, format)
        relay = await self._relayed(use)
        if format is CHAT:
            return relay or await self._litellm(use)
        if format is RESPONSES:
            return await self._responding(use, relay)
        if relay is None and format is EMBEDDINGS and use != "demo":
            return await self._embedding(use)
        if relay is None:
            raise _lacks(format)
        return relay

    async def passing(self) -> Passing | None:
        """What passes other requests on, None where the backend speaks neither OpenAI's format nor Anthropic's. Raises
        ConfigError or ValueError for an entry that cannot work."""
        if self._anthropics:
            return Passing(self.wires, self._anthropic_target())
        relay = await self._relayed(self.config.use.replace("{model}", "model"))
        return Passing(self.wires, relay.target) if relay else None

    async def keeps(self, id: str, headers: tuple[tuple[str, str], ...]) -> bool:
        """Whether the backend keeps responses, found out by asking for one that it just made; believed for a while.
        Raises AdapterError where it does not answer."""
        until, keeps = self._keeps
        if until > time.monotonic():
            return keeps
        passing = await self.passing()
        if passing is None:
            return False
        reply = await passing.send(Outgoing("GET", f"/responses/{quote(id, safe='')}", headers=headers))
        found = decoded_or(await reply.whole(MAX_ANSWER), dict[str, Any], {})
        keeps = reply.ok and found.get("id") == id
        if reply.ok or reply.status in LACKING:
            self._keeps = (time.monotonic() + BELIEVED, keeps)
            return keeps
        return True

    def _check(self) -> None:
        config, relayed = self.config, self.relays or self._anthropics
        if config.use != "demo" and not self.name:
            message = "must be demo or litellm's provider/model, such as openai/{model}"
            raise ConfigError(f"{self.place}.use", message)
        if config.carrier == "relay" and not relayed:
            raise ConfigError(f"{self.place}.carrier", "relay needs an api_base that speaks OpenAI's wire format")
        if config.api_key == "client" and not relayed:
            message = "client works with the relay only: set carrier: relay and an api_base"
            raise ConfigError(f"{self.place}.api_key", message)
        if config.responses in ("native", "stateless") and not self.relays:
            message = "only a server of OpenAI's format has it; others are translated"
            raise ConfigError(f"{self.place}.responses", message)

    async def _anthropic(self, use: str, format: Format) -> Backend:
        if self._anthropics:
            return Relay(self.wires, self._anthropic_target(), use.partition("/")[2])
        if format is not MESSAGES:
            raise _lacks(format)
        return await self._translated(use)

    async def _responding(self, use: str, relay: Relay | None) -> Backend:
        own = self.config.api_base is None and self.provider == "openai"
        how = "native" if self.config.responses == "auto" and own else self.config.responses
        if relay is None or how == "translated":
            return await self._translated(use)
        if how == "stateless":
            return Stateless(relay)
        relay.keeps = True if how == "native" else None
        return relay if how == "native" else Probing(self._lacking, relay, await self._translated(use))

    async def _translated(self, use: str) -> Backend:
        # Imported here: what it translates with takes seconds to import, and a relayed chat needs none of it.
        from adapters.translated import Translated

        relay = await self._relayed(use)
        return Translated(relay or await self._litellm(use), relay is None, relay.model if relay else use)

    async def _relayed(self, use: str) -> Relay | None:
        """A relay where the provider speaks OpenAI's format."""
        if self.relays:
            base, variable = PLAIN.get(self.provider, (None, ""))
            return self._relay(use, base, os.environ.get(variable))
        if self.config.carrier == "litellm" or use == "demo":
            return None
        shaped = await asyncio.to_thread(_shaped, use)
        return self._relay(use, *shaped) if shaped and (self.config.api_base or shaped[0]) else None

    def _relay(self, use: str, base: str | None, key: str | None) -> Relay:
        """A relay to the configured URL, else to the provider's own `base`."""
        target = Target(self.config.api_base or base or "", self._key(key), clocks(self.config.timeouts))
        return Relay(self.wires, target, use.partition("/")[2])

    def _anthropic_target(self) -> Target:
        """An Anthropic-shaped server; its base URL may be configured with or without /v1."""
        base = (self.config.api_base or ANTHROPIC_BASE).rstrip("/").removesuffix("/v1") + "/v1"
        return Target(base, self._key(os.environ.get(ANTHROPIC_KEY)), clocks(self.config.timeouts), ANTHROPIC)

    def _key(self, own: str | None) -> str | None:
        """The configured key; the provider's own from the environment goes to that provider's own URL alone."""
        return credential(self.config.api_key) or (None if self.config.api_base else own)

    async def _litellm(self, use: str) -> Backend:
        from adapters import litellm

        if self.config.api_key == "client":
            message = "This model is translated for its provider, which needs a key of the operator's."
            raise HttpError(400, message, "client_key_unsupported", "model")
        await asyncio.to_thread(litellm.warm)
        return litellm.LiteLLMBackend(self._litellm_target(use))

    async def _embedding(self, use: str) -> Backend:
        from adapters import litellm
        from adapters.litellm_embeddings import LiteLLMEmbeddings

        await asyncio.to_thread(litellm.warm)
        return LiteLLMEmbeddings(self._litellm_target(use))

    def _litellm_target(self, use: str) -> Any:
        from adapters import litellm

        given = self.config.timeouts
        key = credential(self.config.api_key)
        return litellm.Target(use, self.config.api_base, key, given.connect, given.first, given.gap, given.total)


def clocks(given: Timeouts) -> Clocks:
    """Configured clocks as the relay takes them."""
    return Clocks(given.connect, given.first, given.gap, given.total)


def _shaped(use: str) -> tuple[str | None, str | None] | None:
    """Base URL and key of a provider that speaks OpenAI's format, as litellm's tables have them; None for others."""
    from adapters import litellm

    litellm.warm()
    return litellm.resolve(use)[1:] if litellm.openai_shaped(use) else None


def _lacks(format: Format) -> HttpError:
    what = f"The backend of this model has no endpoint like POST /v1{format.path}."
    return HttpError(404, what, "unknown_url", "model")
