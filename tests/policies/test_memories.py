"""About whom something may be put into a chat."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from adapters.memory import MemoryPeople
from adapters.ports import RESPONSES, Caller, ChatRequest, Continued, Person, Profile, Turn, User
from policies.base import Exchange
from policies.memories import addressed

ANN = User("u_" + "a" * 32)
HI = {"role": "user", "content": "hi"}


def exchange(user: User | None, *before: str) -> Exchange:
    messages = [*({"role": "system", "content": text} for text in before), HI]
    received = ChatRequest.parse(json.dumps({"model": "m", "messages": messages}).encode())
    return Exchange("ex_1", Caller(), received, received, user)


@pytest.mark.parametrize(("user", "before", "why"), [
    (None, "", "no_identity"),
    (ANN, "User Context:\n1. Likes tea.", "client_memory"),
    (ANN, "# Model Set Context\n1. Likes tea.", "client_memory"),
    (User(ANN.id, known=Person(Profile(paused=True))), "", "paused"),
])  # fmt: skip
def test_about_nobody(user: User | None, before: str, why: str) -> None:
    """Nobody is known, the client has memories of its own, or the person paused."""
    assert asyncio.run(addressed(exchange(user, before), MemoryPeople())) == why


def test_about_somebody() -> None:
    """As read on the way, else as stored; what the person says themselves is no memory of a client."""
    person = Person(Profile(version=3))
    known = User(ANN.id, known=person)
    assert asyncio.run(addressed(exchange(known), MemoryPeople())) == (known, person)
    found = asyncio.run(addressed(exchange(ANN, "Be kind. User Context: none."), MemoryPeople()))
    assert found == (ANN, Person(Profile()))


def test_a_clients_memory_is_seen_before_what_a_server_keeps() -> None:
    """Instructions stand above the turns that only the backend has."""
    body = {"model": "m", "input": "and then?", "instructions": "Help.\nUser Context:\n1. likes tea"}
    request = ChatRequest.parse(json.dumps(body).encode(), format=RESPONSES)
    kept = Continued(turns=(Turn("user", "hi", -3), Turn("assistant", "Hello.", -2)))
    for continued in (Continued(), kept):
        received = replace(request, continued=continued)
        found = addressed(Exchange("ex_1", Caller(), received, received, ANN), MemoryPeople())
        assert asyncio.run(found) == "client_memory"
