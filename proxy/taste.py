"""`GET /v1/users/{user}/question` and `POST /v1/users/{user}/answers`: which of two answers does a person prefer?"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import ConfigError
from proxy.asking import Asking
from proxy.headers import known_place, place_of, read_headers
from proxy.info import as_json
from proxy.users import PeopleApi
from proxy.wire import HttpError


class Answered(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An answer to `question`: the id of the one that was `chosen`, null where neither is preferred. `context` is where
    it holds (`work`, `home`, "" for everywhere)."""

    question: str
    chosen: str | None
    context: str | None = None


@dataclass(frozen=True, slots=True)
class TasteApi:
    """The handlers; who may ask for whom is as for the rest of what is known of people."""

    people: PeopleApi
    asking: Asking

    async def question(self, request: Request) -> Response:
        """The question that tells most, or none."""
        user = await self.people.allowed(request)
        return as_json(await self.asking.question(user, _place(request, request.query_params.get("context"))))

    async def answers(self, request: Request) -> Response:
        """An answer: the next question knows it."""
        user, body = await self.people.allowed(request), await self.people.body(request)
        try:
            given = msgspec.json.decode(body, type=Answered)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            what = str(error) if isinstance(error, msgspec.ValidationError) else "expected a JSON object"
            raise HttpError(400, f"Invalid answer: {what}; known: question, chosen, context.", None, "body") from error
        place = _place(request, given.context)
        try:
            return as_json(await self.asking.answer(user, given.question, given.chosen, place))
        except ConfigError as error:
            status = 404 if error.place == "question" else 400
            code = "not_found" if status == 404 else "invalid_value"
            raise HttpError(status, f"Invalid {error}.", code, error.place) from error


def _place(request: Request, said: str | None) -> str:
    """Where a question belongs: as is said in it, else as in the header of chats. Raises HttpError 400."""
    place = known_place(said)
    return place_of(read_headers(request.scope)) if place is None else place
