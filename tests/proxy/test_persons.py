"""What people may do, in this process: who withdraws or is erased is counted among others no more, at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.ports import User
from policies.preferences.edit import Change, Edit
from policies.sessions import of_house
from proxy import imports
from proxy.app import Rapport, assemble
from proxy.config import from_dict
from proxy.persons import Persons

ANN, BEN = User("u_" + "a" * 32), User("u_" + "b" * 32)
COUNTS = of_house("default") + "aspects"


async def share(persons: Persons) -> None:
    await persons.edit(ANN, Edit(share=True))


async def withdraw(persons: Persons) -> None:
    await persons.edit(ANN, Edit(share=False))


async def pause(persons: Persons) -> None:
    await persons.edit(ANN, Edit(paused=True))


async def erase(persons: Persons) -> None:
    await persons.forget(ANN)


async def forget(persons: Persons) -> None:
    (claim,) = (await persons.profile(ANN)).claims
    assert await persons.forget_claim(ANN, claim.id)


def within(folder: Path, work: Callable[[Rapport], Awaitable[None]]) -> None:
    """Do something with a deployment of its own."""

    async def run() -> None:
        rapport = assemble(from_dict({}, folder))
        try:
            await work(rapport)
        finally:
            await rapport.close()

    asyncio.run(run())


@pytest.mark.parametrize("change", [share, withdraw, pause, erase, forget])
def test_counts_over_people_are_made_anew(change: Callable[[Persons], Awaitable[None]], tmp_path: Path) -> None:
    """Where one of them changes whether or what they share; those of other tenants stay."""

    async def work(rapport: Rapport) -> None:
        persons, sessions = rapport.persons(), rapport.adapters.sessions
        await persons.edit(ANN, Edit([Change(aspect="likes", value="jazz")]))
        if change is withdraw:
            await share(persons)
        other = of_house("acme") + "aspects"
        for key in (COUNTS, other):
            await sessions.set(key, b"counts")
        await change(persons)
        assert (await sessions.get(COUNTS), await sessions.get(other)) == (None, b"counts")

    within(tmp_path, work)


def test_no_import_agrees_for_a_person(tmp_path: Path) -> None:
    """Nor takes back what they agreed to."""

    async def work(rapport: Rapport) -> None:
        persons = rapport.persons()
        await persons.edit(ANN, Edit([Change(aspect="likes", value="jazz")], share=True))
        exported = json.dumps(await persons.export(ANN))
        assert json.loads(exported)["profile"]["share"] is True
        await persons.take(BEN, imports.read(exported.encode(), "x", 1.0))
        imported = await persons.profile(BEN)
        assert [claim.value for claim in imported.claims] == ["jazz"] and not imported.share
        await persons.take(ANN, imports.read(exported.replace('"share": true', '"share": false').encode(), "x", 1.0))
        assert (await persons.profile(ANN)).share

    within(tmp_path, work)
