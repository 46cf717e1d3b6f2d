"""The people's own API: what is kept of a person, its correction, and its erasure."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import ConfigError, Keys, User
from policies.preferences.edit import BadEdit, Edit, parse
from proxy import imports, wire
from proxy.callers import Callers
from proxy.describing import describe
from proxy.headers import forwarded, read_headers
from proxy.info import as_json
from proxy.passthrough import raw_path
from proxy.persons import Persons
from proxy.receipts import Receipts
from proxy.wire import HttpError

PARTS = {"profile": "GET, PATCH", "export": "GET", "import": "POST", "history": "GET", "claims": "", "question": "GET",
         "answers": "POST"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeopleApi:
    """Handlers under `/v1/users`; `limit` is the largest body in bytes."""

    callers: Callers
    persons: Persons
    receipts: Receipts
    keys: Keys
    limit: int

    async def profile(self, request: Request) -> Response:
        """`GET /v1/users/{user}/profile`, and `PATCH` with an Edit: what a person corrects holds from then on."""
        user = await self.allowed(request)
        if request.method != "PATCH":
            return as_json(describe(await self.persons.profile(user), self.persons.aspects))
        return as_json(describe(await self._edited(user, await self.body(request)), self.persons.aspects))

    async def export(self, request: Request) -> Response:
        """`GET /v1/users/{user}/export`: all that is kept."""
        return as_json(await self.persons.export(await self.allowed(request)))

    async def take(self, request: Request) -> Response:
        """`POST /v1/users/{user}/import`: an own export, memories of Mem0, ChatGPT's conversations, or lines."""
        user, body = await self.allowed(request), await self.body(request)
        try:
            given = await asyncio.to_thread(imports.read, body, "body", time.time())
            new = await self.persons.take(user, given)
        except ConfigError as error:
            raise HttpError(400, f"Invalid import: {error}.", "invalid_import", error.place) from error
        except BadEdit as error:
            raise _bad(error) from error
        return as_json({"object": "rapport.import", "read": len(given.evidence), "new": new})

    async def history(self, request: Request) -> Response:
        """`GET /v1/users/{user}/history`: what came and went, version by version."""
        versions = await self.persons.history(await self.allowed(request))
        return as_json({"object": "list", "data": versions})

    async def claim(self, request: Request) -> Response:
        """`DELETE /v1/users/{user}/claims/{id}`: one thing forgotten, with the words it came from."""
        user, id = await self.allowed(request), str(request.path_params["id"])
        if not await self.persons.forget_claim(user, id):
            raise HttpError(404, "There is no such claim.", "not_found", "id")
        return as_json({"object": "rapport.claim", "id": id, "deleted": True})

    async def forget(self, request: Request) -> Response:
        """`DELETE /v1/users/{user}`: erased means gone, also where a backend keeps responses for us."""
        if (part := raw_path(request.scope).rpartition("/")[2]) in PARTS:
            # Not the erasure of somebody called "ann/profile", whose id comes quoted.
            allowed = PARTS[part]
            raise HttpError(405, f"Not allowed to use this method on this URL: {allowed}.", "unknown_url",
                            headers=(("allow", allowed),))
        user, headers = await self.allowed(request), read_headers(request.scope)
        seen = forwarded(headers, self.callers.private(headers))
        try:
            erased, left = await self.persons.forget(user, seen)
        finally:
            self.receipts.forget(user.id)
        return as_json({"object": "rapport.erasure", "deleted": True, "erased": erased, "left_at_backends": left})

    async def _edited(self, user: User, body: bytes) -> Any:
        try:
            edit: Edit = parse(body)
            return await self.persons.edit(user, edit)
        except BadEdit as error:
            raise _bad(error) from error

    async def body(self, request: Request) -> bytes:
        """The body, which is not too large."""
        return await wire.read_body(request.receive, read_headers(request.scope), self.limit)

    async def allowed(self, request: Request) -> User:
        """The person of the path, if the caller may ask for them: a trusted backend, or they themselves."""
        caller = await self.callers.resolve(request.scope, read_headers(request.scope))
        said = str(request.path_params["user"])
        if not said.strip():
            raise HttpError(404, "Nobody is called so.", "not_found", "user")
        if caller.trust == "backend" or (caller.said.get("jwt") == said and caller.trust == "user"):
            return User.of(await self.keys.secret(), caller.tenant, said)
        raise HttpError(403, "This key may not ask for this person.", "not_allowed")


def _bad(error: BadEdit) -> HttpError:
    return HttpError(400, f"Invalid {error}.", "invalid_edit", error.place)
