"""The endpoints that say what is here: models, health, receipts, and a clear 404 for the rest."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import AdapterError, Keys, User
from proxy.callers import Callers
from proxy.headers import read_headers
from proxy.receipts import Receipts
from proxy.routing import Backends
from proxy.wire import HttpError

ENDPOINTS = (
    "POST /v1/chat/completions", "GET /v1/models", "GET /v1/models/{id}", "GET /v1/receipts/{id}",
    "GET /v1/users/{user}/profile", "DELETE /v1/users/{user}", "GET /healthz", "GET /readyz",
)


class Info:
    """Handlers over what the process holds. `away` names what is still opening, or cannot be opened."""

    def __init__(self, callers: Callers, backends: Backends, receipts: Receipts, keys: Keys) -> None:
        self.callers = callers
        self.backends = backends
        self.receipts = receipts
        self.keys = keys
        self.away: set[str] = set()

    async def models(self, request: Request) -> Response:
        """`GET /v1/models`."""
        await self.callers.resolve(request.scope, read_headers(request.scope))
        return as_json({"object": "list", "data": self.backends.models()})

    async def model(self, request: Request) -> Response:
        """`GET /v1/models/{id}`; an id may hold slashes and colons."""
        await self.callers.resolve(request.scope, read_headers(request.scope))
        return as_json(self.backends.card(request.path_params["id"]))

    async def receipt(self, request: Request) -> Response:
        """`GET /v1/receipts/{id}`, for the tenant it was made for; a person with a token sees only their own."""
        caller = await self.callers.resolve(request.scope, read_headers(request.scope))
        id, said = request.path_params["id"], caller.said.get("jwt")
        found = self.receipts.find(id, caller.tenant)
        if caller.trust != "backend":
            own = User.of(await self.keys.secret(), caller.tenant, said).id if said else None
            found = found if own and self.receipts.owner(id) == own else None
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
        return as_json({"status": "ok", "degraded": sorted(degraded)})


def as_json(value: object, status: int = 200) -> Response:
    """A JSON response."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")
