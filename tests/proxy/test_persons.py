"""What people may do, in this process: who withdraws or is erased is counted among others no more, at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.memory.cache import BEGAN
from adapters.ports import Evidence, User
from policies.preferences.edit import Change, Edit
from policies.rewards.directions import OVER
from policies.rewards.factor_file import Learnt, written
from policies.sessions import calls_of, of_house
from proxy import imports
from proxy.app import Rapport
from proxy.persons import Persons
from tests.assembled import within
from tests.fakes.scripted import Answer, scripted
from tests.proxy.test_sight import judge, learn, picks, rated

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


@pytest.mark.parametrize(("change", "left"), [(forget, b"7"), (erase, None)])
def test_calls_of_the_day_go_with_the_person_alone(
    change: Callable[[Persons], Awaitable[None]], left: bytes | None, tmp_path: Path
) -> None:
    """Who forgets a claim has no more of them for it."""

    async def work(rapport: Rapport) -> None:
        persons, key = rapport.persons(), calls_of("default", ANN.id) + "align/20000"
        await persons.edit(ANN, Edit([Change(aspect="likes", value="jazz")]))
        await rapport.adapters.sessions.set(key, b"7")
        await change(persons)
        assert await rapport.adapters.sessions.get(key) == left

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


def test_forgetting_a_claim_gives_no_calls_back(tmp_path: Path) -> None:
    """While choices are judged: what was judged is judged again for nobody, and the calls of the day stay spent."""
    meanwhile: list[Callable[[], None]] = []
    with scripted(Answer(make=rated, during=lambda: meanwhile[0]())) as model:
        async def work(rapport: Rapport) -> None:
            persons, loop = rapport.persons(), asyncio.get_running_loop()

            async def forget() -> None:
                if len(model.asked) == 2:
                    claims = (await rapport.adapters.users.load(ANN)).profile.claims
                    assert await persons.forget_claim(ANN, claims[0].id)

            meanwhile.append(lambda: asyncio.run_coroutine_threadsafe(forget(), loop).result(5))
            await persons.edit(ANN, Edit([Change(aspect="name", value="Ann")]))
            for number in range(3):
                BEGAN.set(time.monotonic())
                profile = await learn(rapport, [replace(each, event=f"{number}{each.event}") for each in picks(2)])
            assert profile.election.choices == 6 and len(model.asked) == 3

        within(tmp_path, work, taste={"judged": True}, learning=judge(model, calls_per_day=3))


def test_choices_that_come_along_are_seen_by_the_axes_here(tmp_path: Path) -> None:
    """Wherever an export was made: without learnt axes, or with others."""
    row = tuple(float(axis == "lists") for axis in OVER)
    (tmp_path / "factors.json").write_text(written(Learnt(OVER, None, 0, (row,))))
    kept: list[bytes] = []

    async def there(rapport: Rapport) -> None:
        await learn(rapport, [Evidence(f"e{at}", "pick", "- a\n- b\n- c", "assistant", "It is so.") for at in range(4)])
        kept.append(json.dumps(await rapport.persons().export(ANN)).encode())

    async def here(rapport: Rapport) -> None:
        ben = User("u_" + "b" * 32)
        await rapport.persons().take(ben, imports.read(kept[0], "x", 2e9))
        assert "factor1" in {row["axis"] for row in (await rapport.asking().taste(ben))["axes"]}

    within(tmp_path, there, embedder={"kind": "full_text_only"})
    within(tmp_path, here, taste={"factors": "factors.json"}, embedder={"kind": "full_text_only"})
