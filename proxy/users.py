"""The people's own API: what is kept of a person, and its erasure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import Cache, Claim, Keys, People, Profile, User
from policies.sessions import of_person
from proxy.callers import Callers
from proxy.headers import forwarded, read_headers
from proxy.info import as_json
from proxy.learner import Learner
from proxy.passthrough import raw_path
from proxy.receipts import Receipts
from proxy.routing import Backends
from proxy.wire import HttpError


@dataclass(frozen=True, slots=True)
class PeopleApi:
    """Handlers under `/v1/users`."""

    callers: Callers
    learner: Learner
    people: People
    sessions: Cache
    receipts: Receipts
    keys: Keys
    backends: Backends

    async def profile(self, request: Request) -> Response:
        """`GET /v1/users/{user}/profile`."""
        user = await self._allowed(request)
        return as_json(describe((await self.learner.caught_up(user)).profile))

    async def forget(self, request: Request) -> Response:
        """`DELETE /v1/users/{user}`: erased means gone, also where a backend keeps responses for us."""
        if raw_path(request.scope).endswith("/profile"):
            # Not the erasure of somebody called "ann/profile", whose id comes quoted.
            raise HttpError(405, "Not allowed to use this method on this URL: GET.", "unknown_url",
                            headers=(("allow", "GET"),))
        user, headers = await self._allowed(request), read_headers(request.scope)
        seen = forwarded(headers, self.callers.private(headers))
        try:
            erased, left = await forget(self.people, self.sessions, self.backends, user, seen)
        finally:
            self.receipts.forget(user.id)
        return as_json({"object": "rapport.erasure", "deleted": True, "erased": erased, "left_at_backends": left})

    async def _allowed(self, request: Request) -> User:
        """The person of the path, if the caller may ask for them: a trusted backend, or they themselves."""
        caller = await self.callers.resolve(request.scope, read_headers(request.scope))
        said = str(request.path_params["user"])
        if caller.trust == "backend" or (caller.said.get("jwt") == said and caller.trust == "user"):
            return User.of(await self.keys.secret(), caller.tenant, said)
        raise HttpError(403, "This key may not ask for this person.", "not_allowed")


async def forget(
    people: People, sessions: Cache, backends: Backends, user: User, headers: tuple[tuple[str, str], ...] = ()
) -> tuple[dict[str, int], int]:
    """Erase a person from the store, from what is remembered of running conversations and from backends that keep
    their responses; returns what went, by kind, and how many responses are still at backends.

    `headers` are those of the caller that backends shall see.
    """
    kept = (await people.export(user))["responses"]
    # These first, while it is written down which they are: whoever is interrupted here can begin again.
    known = [(each["id"], each["model"]) for each in kept if not each["items"]]
    left = await backends.withdraw(known, headers)
    try:
        gone = await people.forget(user)
        newer = [each for each in gone.at_backends if each not in known]
        return dict(gone.erased), left + await backends.withdraw(newer, headers)
    finally:
        await sessions.drop(of_person(user.tenant, user.id))


def describe(profile: Profile) -> dict[str, Any]:
    """A profile as JSON values: what holds now, and how many events it rests on."""
    return {
        "object": "rapport.profile",
        "version": profile.version,
        "events": int(profile.counts.get("events", 0)),
        "claims": [_claim(claim) for claim in profile.claims if claim.superseded_by is None],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id, "aspect": claim.aspect, "value": claim.value, "kind": claim.kind, "seen": claim.seen,
        "confidence": round(claim.confidence, 3), "valid_from": claim.valid_from, "locked": claim.locked,
    }
