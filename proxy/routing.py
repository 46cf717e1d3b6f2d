"""Which backend a model name means, and which carrier brings the chat there."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Sequence
from fnmatch import fnmatchcase

import structlog

from adapters.ports import Backend, ChatRequest, ConfigError, Reply, Unavailable
from adapters.relay import Clocks, Relay, Wires
from proxy.settings import BackendRoute, read_secret
from proxy.wire import HttpError

log = structlog.get_logger("rapport")

# These speak OpenAI's own wire format, and need no look-up in litellm's tables: prefix -> URL, variable of the key.
PLAIN = {
    "openai": ("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "hosted_vllm": (None, "HOSTED_VLLM_API_KEY"),
}
MOST_MODELS = 256
CREATED = 1_700_000_000


class Backends:
    """The `backends` of the configuration as one port. Clients may name any model, so what is kept is bounded."""

    def __init__(self, routes: Sequence[BackendRoute]) -> None:
        self.routes = routes
        self.wires = Wires()
        self._made: OrderedDict[tuple[int, str], Backend] = OrderedDict()
        for index, route in enumerate(routes):
            _check(route, f"backends.{index}")

    @property
    def needs_litellm(self) -> bool:
        """Whether a chat may need litellm, which takes seconds to import."""
        return any(not _relays(route, route.use) for route in self.routes)

    def find(self, model: str) -> tuple[int, BackendRoute]:
        """The first route that takes this model. Raises HttpError 404, as OpenAI does."""
        for index, route in enumerate(self.routes):
            if any(fnmatchcase(model, pattern) for pattern in route.models):
                return index, route
        known = ", ".join(pattern for route in self.routes for pattern in route.models)
        message = f"The model does not exist or no backend is configured for it. Configured: {known}."
        raise HttpError(404, message, "model_not_found", "model")

    async def complete(self, request: ChatRequest) -> Reply:
        """Carry the request. Raises HttpError 404 for an unknown model, AdapterError where no answer came."""
        index, route = self.find(request.model)
        backend = await self._backend(index, route, request.model)
        return await backend.complete(request.with_fields(route.extra) if route.extra else request)

    def models(self) -> list[dict[str, object]]:
        """The models that the configuration names, as OpenAI lists them; patterns stand for themselves nowhere."""
        names: dict[str, str] = {}
        for route in self.routes:
            for pattern in route.models:
                if not any(sign in pattern for sign in "*?["):
                    names.setdefault(pattern, route.use.partition("/")[0])
                elif "{model}" not in route.use and fnmatchcase(route.use.rpartition("/")[2], pattern):
                    names.setdefault(route.use.rpartition("/")[2], route.use.partition("/")[0])
        return [self.card(name, owner) for name, owner in names.items()]

    def card(self, name: str, owner: str | None = None) -> dict[str, object]:
        """One model as OpenAI shows it. Raises HttpError 404 where no route takes it."""
        owner = owner or self.find(name)[1].use.partition("/")[0]
        return {"id": name, "object": "model", "created": CREATED, "owned_by": owner}

    def verify(self) -> None:
        """Ask litellm whether it knows each provider that the relay does not. Raises ConfigError; takes seconds."""
        for index, route in enumerate(self.routes):
            if _relays(route, route.use) or route.use == "demo":
                continue
            from adapters import litellm

            try:
                litellm.resolve(route.use.replace("{model}", "model"))
            except ConfigError as error:
                raise ConfigError(f"backends.{index}.use", error.message) from error

    async def close(self) -> None:
        """Close every connection."""
        for backend in self._made.values():
            await backend.close()
        await self.wires.close()

    async def _backend(self, index: int, route: BackendRoute, model: str) -> Backend:
        made = self._made.get((index, model))
        if made is None:
            use = route.use.replace("{model}", model)
            try:
                if _relays(route, use):
                    made = self._relay(route, use)
                else:
                    made = await asyncio.to_thread(self._resolved, route, use)
            except (ConfigError, ValueError) as error:
                log.error("backend_misconfigured", route=index, reason=type(error).__name__)
                message = "The backend of this model is not configured rightly; `rapport check` tells."
                raise Unavailable(message) from error
            self._made[index, model] = made
            while len(self._made) > MOST_MODELS:
                self._made.popitem(last=False)
        else:
            self._made.move_to_end((index, model))
        return made

    def _relay(self, route: BackendRoute, use: str) -> Backend:
        provider, _, name = use.partition("/")
        base, variable = PLAIN.get(provider, (None, ""))
        return self._carry(route, name, base, os.environ.get(variable))

    def _carry(self, route: BackendRoute, name: str, base: str | None, key: str | None) -> Backend:
        """A relay to the configured URL, else to the provider's own `base`, to which alone its own `key` goes."""
        secret = _secret(route) or (None if route.api_base else key)
        clocks = route.timeouts
        given = Clocks(clocks.connect, clocks.first, clocks.gap, clocks.total)
        return Relay(self.wires, route.api_base or base or "", name, secret, given)

    def _resolved(self, route: BackendRoute, use: str) -> Backend:
        """What litellm makes of the name: a relay where its provider speaks OpenAI's format, else litellm itself."""
        # Imported here, in a thread: it takes seconds and 160 MB, and a relayed chat needs none of it.
        from adapters import litellm

        litellm.warm()
        if route.carrier != "litellm" and use != "demo" and litellm.openai_shaped(use):
            _, base, key = litellm.resolve(use)
            if route.api_base or base:
                return self._carry(route, use.partition("/")[2], base, key)
        clocks = route.timeouts
        target = litellm.Target(use, route.api_base, _secret(route), clocks.connect, clocks.first, clocks.gap,
                                clocks.total)
        return litellm.LiteLLMBackend(target)


def warm() -> None:
    """Import litellm, in a thread after the start, so that no request pays for it."""
    from adapters import litellm

    litellm.warm()


def _secret(route: BackendRoute) -> str | None:
    return route.api_key if route.api_key in (None, "client") else read_secret(str(route.api_key))


def _relays(route: BackendRoute, use: str) -> bool:
    """Whether the relay carries this without a look into litellm's tables."""
    base, _ = PLAIN.get(use.partition("/")[0], (None, ""))
    if route.carrier == "relay":
        return bool(route.api_base or base)
    return route.carrier == "auto" and use.partition("/")[0] in PLAIN and bool(route.api_base or base)


def _check(route: BackendRoute, place: str) -> None:
    if route.use != "demo" and "/" not in route.use:
        raise ConfigError(f"{place}.use", "must be demo or litellm's provider/model, such as openai/{model}")
    if route.carrier == "relay" and not _relays(route, route.use):
        raise ConfigError(f"{place}.carrier", "relay needs an api_base that speaks OpenAI's wire format")
    if route.api_key == "client" and not _relays(route, route.use):
        raise ConfigError(f"{place}.api_key", "client works with the relay only: set carrier: relay and an api_base")
