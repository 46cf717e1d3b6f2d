"""The models that clients may name: those of the configuration, and those that its patterns let through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec

from adapters.ports import AdapterError
from adapters.relay import Outgoing, Passing
from proxy.routing import Backends, takes
from proxy.settings import BackendRoute
from proxy.wire import HttpError

CREATED, CREATED_AT = 1_700_000_000, "2023-11-14T22:13:20Z"
ASK_SECONDS, FRESH_SECONDS, FAILED_SECONDS = 2.0, 60.0, 10.0
LONGEST = 8 << 20
Card = dict[str, Any]
Headers = tuple[tuple[str, str], ...]


class Models:
    """Asks backends for their lists where a pattern leaves open which models there are; a backend that is away or has
    no list costs its models, nothing else."""

    def __init__(self, backends: Backends) -> None:
        self.backends = backends
        self._known: dict[int, tuple[float, list[Card]]] = {}

    async def all(self, headers: Headers) -> list[Card]:
        """One card per model: what is written in the configuration first, in its order."""
        listed = await asyncio.gather(*(
            self._listed(index, route, headers) for index, route in enumerate(self.backends.routes)
        ))
        cards: dict[str, Card] = {}
        for route, found in zip(self.backends.routes, listed, strict=True):
            for name in _written(route):
                cards.setdefault(name, _card(name, route))
            for card in found:
                cards.setdefault(card["id"], card)
        return list(cards.values())

    async def one(self, name: str, headers: Headers) -> Card:
        """The card of a model. Raises HttpError 404 where no route takes it."""
        index, route = self.backends.find(name)
        found = await self._listed(index, route, headers)
        card = next((card for card in found if card["id"] == name), None)
        if card is None and found and name not in _written(route):
            # A pattern takes the name, and the backend does not have it.
            raise HttpError(404, "The model does not exist.", "model_not_found", "model")
        return card or _card(name, route)

    async def _listed(self, index: int, route: BackendRoute, headers: Headers) -> list[Card]:
        """The models that a backend lists, as far as this route is the one that takes them."""
        passing = await self.backends.way(route) if route.use.endswith("/{model}") else None
        if passing is None:
            return []
        until, known = self._known.get(index, (0.0, []))
        if until > time.monotonic() and route.api_key != "client":
            return known
        rows = await _ask(passing, headers if route.api_key == "client" else ())
        found = [_card(row["id"], route) | row for row in rows or () if self._taken(index, row["id"])]
        fresh = FRESH_SECONDS if rows is not None else FAILED_SECONDS
        self._known[index] = (time.monotonic() + fresh, found)
        return found

    def _taken(self, index: int, name: str) -> bool:
        return next((at for at, route in enumerate(self.backends.routes) if takes(route, name)), -1) == index


async def _ask(passing: Passing, headers: Headers) -> list[Card] | None:
    """The list of a server, or None where there is none in time."""
    with suppress(AdapterError, TimeoutError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        async with asyncio.timeout(ASK_SECONDS):
            reply = await passing.send(Outgoing("GET", "/models", headers=headers))
            body = await reply.whole(LONGEST)
        rows = msgspec.json.decode(body, type=dict[str, Any]).get("data") if reply.ok else None
        if isinstance(rows, list):
            return [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
    return None


def _written(route: BackendRoute) -> Sequence[str]:
    """The names in a route's patterns; a pattern stands for itself nowhere, but may hide the one name behind it."""
    names = [pattern for pattern in route.models if not any(sign in pattern for sign in "*?[")]
    behind = route.use.rpartition("/")[2]
    hidden = "{model}" not in route.use and len(names) < len(route.models) and takes(route, behind)
    return [*names, behind] if hidden else names


def _card(name: str, route: BackendRoute) -> Card:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": route.use.partition("/")[0]}


def as_anthropic(cards: Sequence[Card]) -> Card:
    """A list as clients of Anthropic's read it."""
    data = [{"type": "model", "display_name": card["id"], "created_at": CREATED_AT} | card for card in cards]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return {"data": data, "has_more": False, **ends}
