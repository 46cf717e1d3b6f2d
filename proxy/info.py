"""The endpoints that say what is here: models, health, receipts, and a clear 404 for the rest."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import AdapterError, Keys, Tables, User
from proxy.callers import Callers
from proxy.headers import forwarded, read_headers
from proxy.models import Models, as_anthropic
from proxy.openapi import document
from proxy.receipts import Receipts
from proxy.wire import HttpError

ENDPOINTS = tuple(
    f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods
)


class Info:
    """Handlers over what the process holds. `away` names what is still opening, or cannot be opened."""

    def __init__(
        self, callers: Callers, models: Models, receipts: Receipts, keys: Keys, tables: Tables | None = None
    ) -> None:
        self.callers = callers
        self.listing = models
        self.receipts = receipts
        self.keys = keys
        self.tables = tables
        self.away: set[str] = set()

    async def models(self, request: Request) -> Response:
        """`GET /v1/models`, as OpenAI lists them, or as Anthropic does for its clients."""
        cards = await self.listing.all(await self._headers(request))
        anthropic = "anthropic-version" in request.headers
        return as_json(as_anthropic(cards) if anthropic else {"object": "list", "data": cards})

    async def model(self, request: Request) -> Response:
        """`GET /v1/models/{id}`; an id may hold slashes and colons."""
        card = await self.listing.one(request.path_params["id"], await self._headers(request))
        return as_json(as_anthropic([card])["data"][0] if "anthropic-version" in request.headers else card)

    async def openapi(self, request: Request) -> Response:
        """`GET /openapi.json`."""
        return as_json(document())

    async def _headers(self, request: Request) -> tuple[tuple[str, str], ...]:
        """The headers that a backend shall see, of a caller who may call."""
        headers = read_headers(request.scope)
        await self.callers.resolve(request.scope, headers)
        return forwarded(headers, self.callers.private(headers))

    async def receipt(self, request: Request) -> Response:
        """`GET /v1/receipts/{id}`, for the tenant it was made for; a person with a token sees only their own."""
        caller = await self.callers.resolve(request.scope, read_headers(request.scope))
        said = caller.said.get("jwt")
        own = User.of(await self.keys.secret(), caller.tenant, said).id if said else None
        found = self.receipts.find(request.path_params["id"], caller, own)
        if found is None:
            raise HttpError(404, "There is no such receipt, or it is too old.", "not_found")
        return as_json(found)

    async def healthz(self, request: Request) -> Response:
        """The process answers."""
        return as_json({"status": "ok"})

    async def readyz(self, request: Request) -> Response:
        """Whether to send chats here. A store that is away degrades the personal part and nothing else."""
        degraded = set(self.away)
        try:
            await self.keys.find("")
        except AdapterError:
            degraded.add("users")
        if self.tables is not None and self.tables.away:
            degraded.add("tables")
        return as_json({"status": "ok", "degraded": sorted(degraded)})


def as_json(value: object) -> Response:
    """A JSON response."""
    return Response(msgspec.json.encode(value), media_type="application/json")
