"""Whose a response may be that is not known here."""

import asyncio

import pytest

from adapters.memory import MemoryKeys, MemoryPeople
from adapters.ports import Caller
from proxy.callers import new_key
from proxy.owners import Owners


@pytest.mark.parametrize(("caller", "tenants", "tokens", "expected"), [
    (Caller(trust="backend"), (), False, True), (Caller(trust="backend"), ("default", "default"), False, True),
    (Caller(trust="backend"), ("default", "acme"), False, False), (Caller(trust="backend"), (), True, False),
    (Caller("acme", "key_1", "backend"), ("acme",), False, True),
    (Caller("acme", "key_1", "backend"), ("acme", "other"), False, False),
    (Caller("acme", "key_1", "user"), ("acme",), False, False), (Caller(said={"jwt": "ann"}), (), False, False),
])
def test_who_has_a_backend_to_themselves(
    caller: Caller, tenants: tuple[str, ...], tokens: bool, expected: bool
) -> None:
    """A trusted backend, as long as neither keys nor tokens speak for other tenants: then an id cannot be theirs."""
    async def go() -> bool:
        keys = MemoryKeys()
        for number, tenant in enumerate(tenants):
            _, digest, key = new_key(str(number), tenant, "user")
            await keys.create(key, digest)
        return await Owners(MemoryPeople(), keys, (), tokens).alone(caller)

    assert asyncio.run(go()) == expected
