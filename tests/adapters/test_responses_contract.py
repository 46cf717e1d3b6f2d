"""ResponseStore: one table of behaviour over every adapter that keeps responses, and their part in people's rights."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from adapters.memory import MemoryPeople
from adapters.ports import (
    Bounds,
    Erasure,
    Evidence,
    NotKept,
    People,
    Person,
    Profile,
    ResponseStore,
    StoredResponse,
    User,
    UserStore,
)
from adapters.sql import Database, SqlPeople, SqlResponses, SqlUsers

pytestmark = pytest.mark.anyio

ANN = User("u_" + "a" * 32)
BEN = User("u_" + "b" * 32)
SECOND = 1 / 86_400
"""In days."""


@dataclass
class Store:
    """Responses and the people they are of, over one adapter."""

    responses: ResponseStore
    people: People
    users: UserStore


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the product runs on."""
    return "asyncio"


Opening = Callable[..., Any]


@pytest.fixture(params=["memory", "sql"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Opens every adapter that keeps responses, empty, with bounds."""

    @asynccontextmanager
    async def opened(**bounds: Any) -> AsyncIterator[Store]:
        if request.param == "memory":
            memory = MemoryPeople(Bounds(**bounds))
            yield Store(memory.responses, memory, memory)
            return
        database = Database(f"sqlite:///{tmp_path}/data/people.db")
        yield Store(SqlResponses(database, Bounds(**bounds)), SqlPeople(database), SqlUsers(database))
        await database.close()

    return opened


@pytest.fixture
async def store(opening: Opening) -> AsyncIterator[Store]:
    """One with the usual bounds."""
    async with opening() as store:
        yield store


def made(id: str, user: User | None = ANN, **fields: Any) -> StoredResponse:
    """A response of a person, or of a key."""
    usual = {"tenant": user.tenant if user else "default", "owner": user.id if user else "key:k1", "model": "m"}
    return StoredResponse(id, **{**usual, **fields})


async def ids(store: Store, *names: str, tenant: str = "default") -> list[str]:
    """Those of the names that are kept."""
    return [name for name in names if await store.responses.find(tenant, name)]


async def test_what_was_kept_is_found(store: Store) -> None:
    """All of it as it was, with the time when it was kept; and nothing under another name."""
    whole = made(
        "resp_1", previous="resp_0", inputs=b'[{"a":1.0}]', outputs=b"[\xff\x00]", body=b'{"id":"resp_1"}',
        said="hello", answer="\u4f60\u597d", conversation="conv", marks=("m1", "m2"), model="gpt-x", created=5.0,
    )  # fmt: skip
    assert await store.responses.keep(whole, ANN) is True
    found = await store.responses.find("default", "resp_1")
    assert found is not None and found.created == pytest.approx(time.time(), abs=60)
    assert replace(found, created=5.0) == whole
    assert await store.responses.find("default", "resp_2") is None
    assert await store.responses.find("default", "") is None


async def test_a_response_can_be_nobodys(store: Store) -> None:
    """One that was made for a key alone is kept, and makes nobody known."""
    assert await store.responses.keep(made("resp_1", None), None)
    found = await store.responses.find("default", "resp_1")
    assert found is not None and (found.owner, found.marks, found.previous) == ("key:k1", (), None)
    assert list(await store.people.list()) == []


async def test_keeping_twice_keeps_the_first(store: Store) -> None:
    """A repeated request changes nothing, whoever's it says that it is."""
    assert await store.responses.keep(made("resp_1", said="first"), ANN)
    assert await store.responses.keep(made("resp_1", said="second"), ANN)
    assert await store.responses.keep(made("resp_1", BEN, said="third"), BEN)
    found = await store.responses.find("default", "resp_1")
    assert found is not None and (found.said, found.owner) == ("first", ANN.id)
    assert (await store.people.export(BEN))["responses"] == []


async def test_many_at_once(store: Store) -> None:
    """Fifty that are kept at the same moment are all there."""
    names = [f"resp_{number}" for number in range(50)]
    assert all(await asyncio.gather(*(store.responses.keep(made(name), ANN) for name in names)))
    assert await ids(store, *names) == names


async def test_tenants_are_apart(store: Store) -> None:
    """The same id of two tenants is two responses; neither finds or forgets the other's."""
    other = User(ANN.id, "other")
    await store.responses.keep(made("resp_1", said="one"), ANN)
    assert await store.responses.find("other", "resp_1") is None
    assert await store.responses.drop("other", "resp_1") is False
    await store.responses.keep(made("resp_1", other, said="two"), other)
    found = [await store.responses.find(tenant, "resp_1") for tenant in ("default", "other")]
    assert [each and each.said for each in found] == ["one", "two"]
    await store.people.forget(other)
    assert await ids(store, "resp_1") == ["resp_1"]


async def test_dropping_forgets_one(store: Store) -> None:
    """It is gone, the others are not, and it can be kept anew."""
    for name in ("resp_1", "resp_2"):
        await store.responses.keep(made(name), ANN)
    assert await store.responses.drop("default", "resp_1") is True
    assert await store.responses.drop("default", "resp_1") is False
    assert await ids(store, "resp_1", "resp_2") == ["resp_2"]
    assert await store.responses.keep(made("resp_1"), ANN)
    assert await ids(store, "resp_1", "resp_2") == ["resp_1", "resp_2"]


async def test_the_newest_are_kept(opening: Opening) -> None:
    """So many of a person's, and of a key's in nobody's name; those that a backend keeps do not count for them."""
    async with opening(responses=3, of_key=4) as store:
        for number in range(6):
            await store.responses.keep(made(f"ann_{number}", body=b"{}"), ANN)
            await store.responses.keep(made(f"away_{number}"), ANN)
            await store.responses.keep(made(f"key_{number}", None, body=b"{}"), None)
        await store.responses.keep(made("ben_0", BEN, body=b"{}"), BEN)
        names = [f"{whose}_{number}" for whose in ("ann", "key", "ben") for number in range(6)]
        assert await ids(store, *names) == ["ann_3", "ann_4", "ann_5", "key_2", "key_3", "key_4", "key_5", "ben_0"]
        assert len(await ids(store, *(f"away_{number}" for number in range(6)))) == 6, "whose they are stays known"


async def test_bytes_are_bounded(opening: Opening) -> None:
    """Of all that an owner has: the oldest make room. One that is too large by itself is not kept at all."""
    async with opening(total=1000, each=600) as store:
        for number in range(4):
            texts = {"said": "x" * 50, "answer": "x" * 50}
            parts = {name: b"x" * 100 for name in ("inputs", "outputs", "body")}
            await store.responses.keep(made(f"a{number}", said="x" * 500), ANN)
            assert await store.responses.keep(made(f"r{number}", **parts, **texts), ANN)
        assert await ids(store, "r0", "r1", "r2", "r3") == ["r2", "r3"]
        assert await store.responses.keep(made("large", inputs=b"x" * 600, body=b"x"), ANN) is False
        assert await store.responses.keep(made("fits", inputs=b"x" * 599, body=b"x"), ANN) is True
        assert await ids(store, "large", "r2", "r3", "fits") == ["r3", "fits"]


async def test_old_ones_are_not_found(opening: Opening) -> None:
    """After their days; the next one that is kept takes them away, and one of the same id may come again."""
    async with opening(days=0.2 * SECOND) as store:
        await store.responses.keep(made("resp_1", said="old", body=b"{}"), ANN)
        await store.responses.keep(made("resp_2", BEN, body=b"{}"), BEN)
        await store.responses.keep(made("resp_3"), ANN)
        assert await ids(store, "resp_1", "resp_2") == ["resp_1", "resp_2"]
        await asyncio.sleep(0.25)
        assert await ids(store, "resp_1", "resp_2", "resp_3") == ["resp_3"], "whose it is stays known for longer"
        assert await store.responses.keep(made("resp_1", said="new", body=b"{}"), ANN)
        found = await store.responses.find("default", "resp_1")
        assert found is not None and found.said == "new"
        assert (await store.people.export(BEN))["responses"] == []


async def test_without_days_nothing_is_kept(opening: Opening) -> None:
    """Not for a moment, and nobody is made known; of one that a backend keeps it is known whose it is, no word more."""
    async with opening(days=0) as store:
        assert await store.responses.keep(made("resp_1", body=b"{}"), ANN) is False
        assert await ids(store, "resp_1") == []
        assert list(await store.people.list()) == []
        assert await store.responses.keep(made("resp_2", said="a", answer="b"), ANN) is True
        found = await store.responses.find("default", "resp_2")
        assert found is not None and (found.owner, found.said, found.answer) == (ANN.id, "", "")


async def test_an_export_shows_them(store: Store) -> None:
    """Items and ends of what was said, the oldest first, and only this person's."""
    await store.responses.keep(made("resp_1", inputs=b'[{"role":"user","content":"a"}]', outputs=b'[{"id":"o"}]'), ANN)
    await store.responses.keep(made("resp_2", previous="resp_1", said="b", answer="c"), ANN)
    await store.responses.keep(made("resp_3", BEN, said="theirs"), BEN)
    await store.responses.keep(made("resp_4", None, said="nobody's"), None)
    one, two = (await store.people.export(ANN))["responses"]
    assert one.pop("created") <= two.pop("created")
    assert one == {"id": "resp_1", "model": "m", "previous": None, "said": "", "answer": "",
                   "items": [{"role": "user", "content": "a"}, {"id": "o"}]}
    assert two == {"id": "resp_2", "model": "m", "previous": "resp_1", "said": "b", "answer": "c", "items": []}


async def test_who_has_some_is_known(store: Store) -> None:
    """To the operator's list: there is something of them that can be erased, also after an erasure."""
    await store.responses.keep(made("resp_1"), ANN)
    for _ in range(2):
        (info,) = await store.people.list()
        assert (info.id, info.events, info.claims) == (ANN.id, 0, 0)
        assert info.last_seen == pytest.approx(time.time(), abs=60)
        await store.people.forget(ANN)
        assert list(await store.people.list()) == []
        await store.responses.keep(made("resp_2"), ANN)


async def test_an_erasure_takes_them_along(store: Store) -> None:
    """All of this person's, and nobody else's; how many is told, and which of them a backend still has."""
    for name in ("resp_1", "resp_2"):
        await store.responses.keep(made(name), ANN)
    await store.responses.keep(made("resp_0", body=b"{}"), ANN)
    await store.responses.keep(made("resp_3", BEN), BEN)
    await store.responses.keep(made("resp_4", None), None)
    await store.users.append(ANN, [Evidence("e1", "statement", "x")])
    gone = {"evidence": 1, "versions": 0, "jobs": 1, "responses": 3}
    assert await store.people.forget(ANN) == Erasure(gone, (("resp_1", "m"), ("resp_2", "m")))
    assert await ids(store, "resp_1", "resp_2", "resp_3", "resp_4") == ["resp_3", "resp_4"]
    assert (await store.people.export(ANN))["responses"] == []
    assert await store.users.load(ANN) == Person(Profile(epoch=1))


async def test_an_answer_given_before_an_erasure_is_not_kept(store: Store) -> None:
    """Its request began under the epoch before, even of a person not known until then."""
    await store.people.forget(ANN)
    before, after = (replace(ANN, known=Person(Profile(epoch=epoch))) for epoch in (0, 1))
    assert await store.responses.keep(made("resp_1"), before) is False
    assert await ids(store, "resp_1") == []
    assert list(await store.people.list()) == []
    assert await store.responses.keep(made("resp_1"), after) is True
    assert await ids(store, "resp_1") == ["resp_1"]


async def test_an_erasure_races_with_keeping(store: Store) -> None:
    """Of those under way when a person is erased, none that was made before it is there afterwards."""
    await store.users.append(ANN, [Evidence("e1", "statement", "x")])
    ann = replace(ANN, known=await store.users.load(ANN))
    names = [f"resp_{number}" for number in range(40)]
    keeping = [asyncio.create_task(store.responses.keep(made(name), ann)) for name in names]
    await asyncio.sleep(0)
    erased = await store.people.forget(ANN)
    kept = await asyncio.gather(*keeping)
    assert erased.erased["responses"] == sum(kept)
    assert await ids(store, *names) == []


@pytest.mark.parametrize("id", ["a\ud800", "a\x00b", "'; drop table responses; --", "x" * 5000, "r\u00e9sp"])
async def test_odd_ids_and_texts(store: Store, id: str) -> None:
    """A backend may call a response what it likes, and a person may say what they like."""
    await store.responses.keep(made(id, said=f"said {id}", answer=id, model=id, previous=id), ANN)
    found = await store.responses.find("default", id)
    assert found is not None and found.said.startswith("said ")
    assert await store.responses.drop("default", id)


def test_what_is_not_kept_is_the_clients_fault() -> None:
    """In the words, and with the code, that OpenAI has for it; a long id is not repeated."""
    error = NotKept("resp_" + "x" * 500)
    assert (error.param, error.code) == ("previous_response_id", "previous_response_not_found")
    assert "not found" in error.message and len(error.message) < 200


def files(path: Path) -> bytes:
    """The bytes of the file, its log and its shared memory."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


CANARY = "canary-of-ann"


def told(id: str, user: User, canary: str) -> StoredResponse:
    """One that has the canary everywhere."""
    raw = canary.encode() * 300
    return made(f"{id}-{canary}", user, inputs=raw, outputs=raw, body=raw, said=canary * 20, answer=canary * 20,
                conversation=canary, previous=canary, marks=(canary,))  # fmt: skip


@pytest.mark.parametrize("how", ["forget", "drop", "trim", "expire"])
async def test_no_byte_is_left(tmp_path: Path, how: str) -> None:
    """After an erasure not one of a person's is in any file, also of what was taken back or had made room before."""
    path = tmp_path / "people.db"
    database = Database(f"sqlite:///{path}", timeout=2.0)
    bounds = Bounds(responses=5) if how == "trim" else Bounds(days=0.2 * SECOND) if how == "expire" else Bounds()
    responses, people = SqlResponses(database, bounds), SqlPeople(database)
    for number in range(5):
        assert await responses.keep(told(str(number), ANN, CANARY), ANN)
        assert await responses.keep(told(str(number), BEN, "canary-of-ben"), BEN)
    assert files(path).count(CANARY.encode()) > 1000
    if how == "drop":
        for number in range(5):
            assert await responses.drop("default", f"{number}-{CANARY}")
    elif how == "trim":
        for number in range(5):
            await responses.keep(made(f"plain-{number}", body=b"{}"), ANN)
        assert [each["said"] for each in (await people.export(ANN))["responses"]] == [""] * 5
    elif how == "expire":
        await asyncio.sleep(0.25)
        await responses.keep(made("plain"), BEN)
    assert (await people.forget(ANN)).erased["responses"] == {"forget": 5, "drop": 0, "trim": 5, "expire": 0}[how]
    assert CANARY.encode() not in files(path)
    if how != "expire":
        assert b"canary-of-ben" in files(path)
    await database.close()


async def test_they_outlive_the_process(tmp_path: Path) -> None:
    """What was kept is there when the file is opened again."""
    url = f"sqlite:///{tmp_path}/people.db"
    for number in range(2):
        database = Database(url)
        responses = SqlResponses(database, Bounds())
        await responses.keep(made(f"resp_{number}", marks=("m",)), ANN)
        found = [await responses.find("default", name) for name in ("resp_0", "resp_1")]
        assert [each.marks if each else None for each in found] == [("m",), ("m",) if number else None]
        await database.close()


async def test_much_that_is_kept_costs_the_next_one_nothing(tmp_path: Path) -> None:
    """To know how much that is, none of it is read."""
    database = Database(f"sqlite:///{tmp_path}/people.db")
    responses = SqlResponses(database, Bounds(total=1 << 40))
    large = b"x" * 200_000
    await asyncio.gather(*(responses.keep(made(f"r{number}", inputs=large), ANN) for number in range(150)))
    plan = await database.query(lambda connection: connection.exec_driver_sql(
        "EXPLAIN QUERY PLAN SELECT seq, sum(size) OVER (ORDER BY seq DESC) FROM responses WHERE tenant='' AND owner=''"
    ).fetchall())  # fmt: skip
    assert any("COVERING INDEX responses_owner" in str(step) for step in plan)
    await database.close()
