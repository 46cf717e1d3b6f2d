"""Which backend a model name means."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from urllib.parse import quote

import structlog

from adapters import litellm_windows
from adapters.ports import AdapterError, Backend, ChatRequest, ConfigError, Format, Reply, Unavailable
from adapters.relay import Outgoing, Passing, Wires
from proxy.carriers import Carrier
from proxy.settings import BackendRoute
from proxy.wire import HttpError

log = structlog.get_logger("rapport")

MOST_MODELS = 256
# Erasing at backends: so many requests at once, so many seconds in all, so many bytes of an answer.
_AT_ONCE, _WITHDRAWN, _ANSWER = 8, 20.0, 1 << 20


class Backends:
    """The `backends` of the configuration as one port. Clients may name any model, so what is kept is bounded."""

    def __init__(self, entries: Sequence[BackendRoute]) -> None:
        self._wires = Wires()
        self.carriers = [Carrier(self._wires, entry, f"backends.{place}") for place, entry in enumerate(entries)]
        self._made: OrderedDict[tuple[str, str, str], Backend] = OrderedDict()

    @property
    def needs_litellm(self) -> bool:
        """Whether a chat may need litellm, which takes seconds to import."""
        return not all(carrier.relays for carrier in self.carriers)

    def find(self, model: str) -> Carrier:
        """The first that takes this model. Raises HttpError 404, as OpenAI does."""
        for carrier in self.carriers:
            if carrier.takes(model):
                return carrier
        known = ", ".join(pattern for carrier in self.carriers for pattern in carrier.config.models)
        message = f"The model does not exist or no backend is configured for it. Configured: {known}."
        raise HttpError(404, message, "model_not_found", "model")

    async def complete(self, request: ChatRequest) -> Reply:
        """Carry the request. Raises HttpError 404 for an unknown model, AdapterError where no answer came."""
        carrier = self.find(request.model)
        backend = await self._backend(carrier, request.model, request.format)
        extra = carrier.config.extra if request.format.chat else None
        return await backend.complete(request.with_fields(extra) if extra else request)

    def window(self, model: str) -> int | None:
        """Tokens that a model reads at a time: as configured, else as litellm's table has it; None where it is unknown.
        """
        carrier = next((carrier for carrier in self.carriers if carrier.takes(model)), None)
        if carrier is None:
            return None
        return carrier.config.window or litellm_windows.window(carrier.config.use.replace("{model}", model))

    def own_key(self, model: str) -> bool:
        """Whether the backend of a model is asked with the caller's own key."""
        carrier = next((carrier for carrier in self.carriers if carrier.takes(model)), None)
        return carrier is not None and carrier.config.api_key == "client"

    async def keeps(self, model: str, id: str, headers: tuple[tuple[str, str], ...]) -> bool:
        """Whether the backend of a model keeps the response that it just made. It is taken to do so where it cannot
        tell now: what it keeps must be known to be its person's."""
        try:
            return await self.find(model).keeps(id, headers)
        except (AdapterError, ConfigError, ValueError):
            return True

    async def passing(self, model: str | None) -> list[Passing]:
        """What passes requests on to the backend of a model, or to each that may have it where none is named. Raises
        HttpError 404 for an unknown model."""
        carriers = self.carriers if model is None else [self.find(model)]
        ways = [await self.way(carrier) for carrier in carriers]
        return [way for way in ways if way is not None]

    async def way(self, carrier: Carrier) -> Passing | None:
        """What passes requests on to a backend, None where nothing can; one that is not configured rightly costs its
        own requests, nobody else's."""
        try:
            return await carrier.passing()
        except (ConfigError, ValueError) as error:
            _misconfigured(carrier, error)
            return None

    async def withdraw(self, responses: Iterable[tuple[str, str]], headers: tuple[tuple[str, str], ...]) -> int:
        """Have the backends that keep responses delete these (id and model) of a person; returns how many are still
        there. `headers` are those of the caller that backends shall see."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def gone(id: str, model: str) -> bool:
            with suppress(AdapterError, HttpError):
                async with gate:
                    path = f"/responses/{quote(id, safe='')}"
                    for way in await self.passing(model):
                        reply = await way.send(Outgoing("DELETE", path, headers=headers))
                        await reply.whole(_ANSWER)
                        return reply.ok or reply.status == 404
            return False

        tasks = [asyncio.ensure_future(gone(*response)) for response in responses]
        if not tasks:
            return 0
        done, late = await asyncio.wait(tasks, timeout=_WITHDRAWN)
        for task in late:
            task.cancel()
        return len(tasks) - sum(task.result() for task in done)

    def verify(self) -> None:
        """Ask litellm whether it knows each provider that the relay does not. Raises ConfigError; takes seconds."""
        for carrier in self.carriers:
            if carrier.relays or carrier.config.use == "demo":
                continue
            from adapters import litellm

            try:
                litellm.resolve(carrier.config.use.replace("{model}", "model"))
            except ConfigError as error:
                raise ConfigError(f"{carrier.place}.use", error.message) from error

    async def close(self) -> None:
        """Close every connection."""
        for backend in self._made.values():
            await backend.close()
        await self._wires.close()

    async def _backend(self, carrier: Carrier, model: str, format: Format) -> Backend:
        key = (carrier.place, model, format.name)
        made = self._made.get(key)
        if made is not None:
            self._made.move_to_end(key)
            return made
        try:
            made = await carrier.backend(model, format)
        except (ConfigError, ValueError) as error:
            _misconfigured(carrier, error)
            message = "The backend of this model is not configured rightly; `rapport check` tells."
            raise Unavailable(message) from error
        self._made[key] = made
        while len(self._made) > MOST_MODELS:
            self._made.popitem(last=False)
        return made


def _misconfigured(carrier: Carrier, error: Exception) -> None:
    log.error("backend_misconfigured", place=carrier.place, reason=type(error).__name__)


def read_windows() -> None:
    """Read the table of windows, in a thread after the start."""
    litellm_windows.table()


def warm() -> None:
    """Import litellm, in a thread after the start, so that no request pays for it."""
    from adapters import litellm

    litellm.warm()
