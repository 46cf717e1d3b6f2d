"""Responses that the provider keeps, so that a next one can follow them, and what can be asked about them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.fakes.http import Request
from tests.fakes.listing import page
from tests.fakes.openai_errors import Fault, not_found
from tests.fakes.openai_responses import items, text

_KEPT = 10_000
_NOT_HELD = Fault("invalid_request_error", "unsupported_parameter", "This server keeps no responses: "
                  "'previous_response_id' is not supported.", "previous_response_id")  # fmt: skip
_TOO_LATE = Fault("invalid_request_error", None, "Cannot cancel a synchronous response.")


class _Kept(NamedTuple):
    response: dict[str, Any]
    asked: list[dict[str, Any]]  # its own input, as it is listed
    chain: list[dict[str, Any]]  # all that was asked and said up to its end, as it was sent


class Stored:
    """The responses of one server. A stateless one keeps nothing and refuses to follow anything."""

    def __init__(self, stateless: bool) -> None:
        self._stateless = stateless
        self._kept: dict[str, _Kept] = {}
        self._made = 0

    def mark(self) -> str:
        """A new end for ids: no other response has it, not even one of another server on this machine."""
        self._made += 1
        return f"{os.getpid():08x}{self._made:032x}"

    def before(self, body: Mapping[str, Any]) -> list[dict[str, Any]] | Fault:
        """What the model sees before the input, oldest first: what was asked and said up to the previous response.

        The previous one's instructions are not carried over.
        """
        previous = body.get("previous_response_id")
        if previous is None:
            return []
        if self._stateless:
            return _NOT_HELD
        kept = self._kept.get(previous)
        if kept is None:
            message = f"Previous response with id '{previous}' not found."
            return Fault("invalid_request_error", "previous_response_not_found", message, "previous_response_id")
        return kept.chain

    def keep(self, body: Mapping[str, Any], before: list[dict[str, Any]], response: dict[str, Any]) -> None:
        """Keep a response, unless the client or the server does not want that."""
        if self._stateless or body.get("store") is False:
            return
        asked = items(body.get("input"))
        mark = response["id"].removeprefix("resp_")
        listed = [_listed(item, f"{mark}{number:04x}") for number, item in enumerate(asked)]
        self._kept[response["id"]] = _Kept(response, listed, [*before, *asked, *response["output"]])
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]

    def answer(self, request: Request) -> dict[str, Any] | Fault | None:
        """Answer GET and DELETE of {id}, GET {id}/input_items, POST {id}/cancel. None: there is no such route."""
        _, name, *rest = request.path.split("/")
        found = self._kept.get(name)
        action = (request.method, *rest)
        if action not in (("GET",), ("DELETE",), ("GET", "input_items"), ("POST", "cancel")):
            return None
        if found is None:
            return not_found(f"Response with id '{name}' not found.", "id")
        if action == ("DELETE",):
            del self._kept[name]
            return {"id": name, "object": "response", "deleted": True}
        if action == ("GET", "input_items"):
            return page(found.asked, request.query, 20)
        return self._cancel(name, found) if rest else found.response

    def _cancel(self, name: str, found: _Kept) -> dict[str, Any] | Fault:
        if not found.response["background"]:
            return _TOO_LATE
        self._kept[name] = found._replace(response={**found.response, "status": "cancelled", "completed_at": None})
        return self._kept[name].response


_PREFIXES = {"message": "msg", "function_call": "fc", "function_call_output": "fco", "reasoning": "rs"}


def _listed(item: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """An item of the input as the service lists it: with an id, a status, and its content in parts."""
    kind = item.get("type") or "message"
    usual = {"id": f"{_PREFIXES.get(kind, 'item')}_{mark}", "type": kind, "status": "completed"}
    listed = usual | {name: value for name, value in item.items() if value is not None}
    if isinstance(listed.get("content"), str):
        heard = {"type": "input_text", "text": listed["content"]}
        listed["content"] = [text(listed["content"]) if listed.get("role") == "assistant" else heard]
    return listed
