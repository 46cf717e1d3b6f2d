"""The models that clients may name: those of the configuration, and those that its patterns let through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from adapters.ports import AdapterError
from adapters.ports.formats.base import decoded_or
from adapters.relay import Outgoing, Passing
from proxy.carriers import ANTHROPIC, Carrier
from proxy.routing import Backends
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
        self._known: dict[str, tuple[float, list[Card]]] = {}

    async def all(self, headers: Headers) -> list[Card]:
        """One card per model: what is written in the configuration first, in its order."""
        carriers = self.backends.carriers
        listed = await asyncio.gather(*(self._listed(carrier, headers) for carrier in carriers))
        cards: dict[str, Card] = {}
        for carrier, found in zip(carriers, listed, strict=True):
            for name in _written(carrier):
                cards.setdefault(name, _card(name, carrier))
            for card in found:
                cards.setdefault(card["id"], card)
        return list(cards.values())

    async def one(self, name: str, headers: Headers) -> Card:
        """The card of a model. Raises HttpError 404 where no entry takes it, or its backend says that it is not there.
        """
        carrier = self.backends.find(name)
        found = await self._listed(carrier, headers)
        card = next((card for card in found if card["id"] == name), None)
        if card is None and found and name not in _written(carrier):
            # A list may be a page of more, or leave out what is there.
            status, row = await self._asked(carrier, f"/models/{quote(name, safe=':@')}", "", headers)
            if status == 404:
                raise HttpError(404, "The model does not exist.", "model_not_found", "model")
            card = _card(name, carrier) | row if row.get("id") == name else None
        return card or _card(name, carrier)

    async def _listed(self, carrier: Carrier, headers: Headers) -> list[Card]:
        """The models that a backend lists, as far as this entry is the one that takes them."""
        if carrier.name != "{model}":
            return []
        until, known = self._known.get(carrier.place, (0.0, []))
        own = carrier.config.api_key == "client"
        if until > time.monotonic() and not own:
            return known
        query = "limit=1000" if carrier.provider == ANTHROPIC else ""
        _, answer = await self._asked(carrier, "/models", query, headers)
        rows = answer.get("data")
        listed = rows if isinstance(rows, list) else []
        found = [_card(row["id"], carrier) | row for row in listed if self._taken(carrier, row)]
        if not own:
            fresh = FRESH_SECONDS if isinstance(rows, list) else FAILED_SECONDS
            self._known[carrier.place] = (time.monotonic() + fresh, found)
        return found

    async def _asked(self, carrier: Carrier, path: str, query: str, headers: Headers) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of what a backend says in time; 0 and nothing where it does not."""
        shown = headers if carrier.config.api_key == "client" else ()
        with suppress(AdapterError, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                way = await self.backends.way(carrier)
                return await _sent(way, Outgoing("GET", path, query, shown)) if way else (0, {})
        return 0, {}

    def _taken(self, carrier: Carrier, row: Any) -> bool:
        name = row.get("id") if isinstance(row, dict) else None
        takers = (each for each in self.backends.carriers if isinstance(name, str) and each.takes(name))
        return next(takers, None) is carrier


async def _sent(way: Passing, request: Outgoing) -> tuple[int, dict[str, Any]]:
    reply = await way.send(request)
    said = decoded_or(await reply.whole(LONGEST), dict[str, Any], {})
    return reply.status, said if reply.ok else {}


def _written(carrier: Carrier) -> Sequence[str]:
    """The names in an entry's patterns; a pattern stands for itself nowhere, but may hide the one name behind it."""
    use, patterns = carrier.config.use, carrier.config.models
    names = [pattern for pattern in patterns if not any(sign in pattern for sign in "*?[")]
    behind = use.rpartition("/")[2]
    hidden = "{model}" not in use and len(names) < len(patterns) and carrier.takes(behind)
    return [*names, behind] if hidden else names


def _card(name: str, carrier: Carrier) -> Card:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": carrier.provider}


def as_anthropic(cards: Sequence[Card]) -> Card:
    """A list as clients of Anthropic's read it."""
    data = [{"type": "model", "display_name": card["id"], "created_at": CREATED_AT} | card for card in cards]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return {"data": data, "has_more": False, **ends}
