"""Whose request it is: the first trusted source, and nobody where there is none."""

import asyncio
import json

import pytest

from adapters.memory import MemoryKeys, MemoryPeople
from adapters.ports import Caller, ChatRequest, User
from policies.base import Exchange
from policies.identity import Identity, IdentityConfig

ORDER = IdentityConfig().sources


def ask(caller: Caller, sources: tuple[str, ...] = ORDER, **fields: object) -> Exchange:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}
    request = ChatRequest.parse(json.dumps(body).encode())
    exchange = Exchange("ex_1", caller, request, request)
    asyncio.run(Identity(sources, KEYS, MemoryPeople()).on_request(exchange))  # type: ignore[arg-type]
    return exchange


KEYS = MemoryKeys()
SECRET = asyncio.run(KEYS.secret())
BACKEND = Caller(trust="backend")


@pytest.mark.parametrize("fields", [
    {"user": "alice"}, {"safety_identifier": "alice", "user": "bob"}, {"metadata": {"user_id": "alice"}},
])
def test_a_trusted_backend_says_who_asks(fields: dict[str, object]) -> None:
    """The body names the person, in the configured order."""
    assert ask(BACKEND, **fields).user == User.of(SECRET, "default", "alice")


def test_the_header_comes_before_the_body() -> None:
    """What the transport says is nearer to the caller than what the body says."""
    caller = Caller(trust="backend", said={"header": "alice"})
    assert ask(caller, user="bob").user == User.of(SECRET, "default", "alice")


@pytest.mark.parametrize("caller", [Caller(trust="none"), Caller(trust="user", said={"header": "bob"})])
def test_unsigned_ids_need_trust(caller: Caller) -> None:
    """A key that is not a trusted backend's cannot pick whose memory is read."""
    exchange = ask(caller, user="bob", safety_identifier="bob", metadata={"user_id": "bob"})
    assert exchange.user is None


def test_a_token_speaks_for_its_own_person() -> None:
    """A verified claim counts without any trust in the caller, and nothing unsigned beside it does."""
    caller = Caller(trust="user", said={"jwt": "carol", "header": "bob"})
    assert ask(caller, ("header", "jwt"), user="bob").user == User.of(SECRET, "default", "carol")


def test_no_identity_is_nobody() -> None:
    """Without an id there is no memory, and no shared default person."""
    exchange = ask(BACKEND, user=None)
    assert exchange.user is None
    assert exchange.receipt.reasons == ["no_identity"]


@pytest.mark.parametrize("value", ["", "   ", 7, False, ["alice"], {"id": "alice"}, "x" * 300])
def test_an_unusable_id_is_nobody(value: object) -> None:
    """An odd id is nobody's, and never falls through to the person whom a lower source names."""
    exchange = ask(BACKEND, safety_identifier=value, user="alice")
    assert exchange.user is None
    assert exchange.receipt.reasons == ["unusable_id"]


def test_alice_of_two_tenants_are_two_people() -> None:
    """Internal ids hash the tenant with the name, and do not show the name."""
    one, other = ask(Caller("acme", trust="backend"), user="alice").user, ask(BACKEND, user="alice").user
    assert one is not None
    assert other is not None
    assert one.id != other.id
    assert "alice" not in one.id


def test_the_same_name_in_other_bytes_is_the_same_person() -> None:
    """Composed and decomposed accents, and spaces around a name, make no second person."""
    assert ask(BACKEND, user="Zoe\u0308").user == ask(BACKEND, user=" Zo\u00eb ").user
