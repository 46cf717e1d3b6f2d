"""Which backend a model name means."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from fnmatch import fnmatchcase

import structlog

from adapters.ports import Backend, ChatRequest, ConfigError, Format, Reply, Unavailable
from adapters.relay import Passing
from proxy.carriers import ANTHROPIC, Carriers, relays
from proxy.settings import BackendRoute
from proxy.wire import HttpError

log = structlog.get_logger("rapport")

MOST_MODELS = 256


class Backends:
    """The `backends` of the configuration as one port. Clients may name any model, so what is kept is bounded."""

    def __init__(self, routes: Sequence[BackendRoute]) -> None:
        self.routes = routes
        self.carriers = Carriers()
        self._made: OrderedDict[tuple[int, str, str], Backend] = OrderedDict()
        for index, route in enumerate(routes):
            _check(route, f"backends.{index}")

    @property
    def needs_litellm(self) -> bool:
        """Whether a chat may need litellm, which takes seconds to import."""
        return any(not relays(route, route.use) for route in self.routes)

    def find(self, model: str) -> tuple[int, BackendRoute]:
        """The first route that takes this model. Raises HttpError 404, as OpenAI does."""
        for index, route in enumerate(self.routes):
            if takes(route, model):
                return index, route
        known = ", ".join(pattern for route in self.routes for pattern in route.models)
        message = f"The model does not exist or no backend is configured for it. Configured: {known}."
        raise HttpError(404, message, "model_not_found", "model")

    async def complete(self, request: ChatRequest) -> Reply:
        """Carry the request. Raises HttpError 404 for an unknown model, AdapterError where no answer came."""
        index, route = self.find(request.model)
        backend = await self._backend(index, route, request.model, request.format)
        return await backend.complete(request.with_fields(route.extra) if request.format.chat else request)

    def own_key(self, model: str) -> bool:
        """Whether the backend of a model is asked with the caller's own key."""
        route = next((route for route in self.routes if takes(route, model)), None)
        return route is not None and route.api_key == "client"

    async def passing(self, model: str | None) -> list[Passing]:
        """What passes requests on to the backend of a model, or to each that may have it where none is named. Raises
        HttpError 404 for an unknown model."""
        routes = self.routes if model is None else [self.find(model)[1]]
        ways = [await self.way(route) for route in routes]
        return [way for way in ways if way is not None]

    async def way(self, route: BackendRoute) -> Passing | None:
        """What passes requests on to the backend of a route, None where nothing can; one that is not configured
        rightly costs its own requests, nobody else's."""
        try:
            return await self.carriers.passing(route)
        except (ConfigError, ValueError) as error:
            _misconfigured(self.routes.index(route), error)
            return None

    def verify(self) -> None:
        """Ask litellm whether it knows each provider that the relay does not. Raises ConfigError; takes seconds."""
        for index, route in enumerate(self.routes):
            if relays(route, route.use) or route.use == "demo":
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
        await self.carriers.close()

    async def _backend(self, index: int, route: BackendRoute, model: str, format: Format) -> Backend:
        place = (index, model, format.name)
        made = self._made.get(place)
        if made is not None:
            self._made.move_to_end(place)
            return made
        try:
            made = await self.carriers.backend(index, route, route.use.replace("{model}", model), format)
        except (ConfigError, ValueError) as error:
            _misconfigured(index, error)
            message = "The backend of this model is not configured rightly; `rapport check` tells."
            raise Unavailable(message) from error
        self._made[place] = made
        while len(self._made) > MOST_MODELS:
            self._made.popitem(last=False)
        return made


def takes(route: BackendRoute, model: str) -> bool:
    """Whether a route is for models of this name."""
    return any(fnmatchcase(model, pattern) for pattern in route.models)


def _misconfigured(index: int, error: Exception) -> None:
    log.error("backend_misconfigured", route=index, reason=type(error).__name__)


def warm() -> None:
    """Import litellm, in a thread after the start, so that no request pays for it."""
    from adapters import litellm

    litellm.warm()


def _check(route: BackendRoute, place: str) -> None:
    if route.use != "demo" and "/" not in route.use:
        raise ConfigError(f"{place}.use", "must be demo or litellm's provider/model, such as openai/{model}")
    messages = route.use.startswith(f"{ANTHROPIC}/") and route.carrier != "litellm"
    if route.carrier == "relay" and not (relays(route, route.use) or messages):
        raise ConfigError(f"{place}.carrier", "relay needs an api_base that speaks OpenAI's wire format")
    if route.api_key == "client" and not (relays(route, route.use) or messages):
        raise ConfigError(f"{place}.api_key", "client works with the relay only: set carrier: relay and an api_base")
    if route.responses in ("native", "stateless") and not relays(route, route.use):
        raise ConfigError(f"{place}.responses", "only a server of OpenAI's format has it; others are translated")
