"""Erasure down to the bytes of the files, and against whoever writes at the same moment."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.ports import Claim, Evidence, Person, Profile, Timeout, User
from adapters.sql import Database, SqlPeople, SqlUsers
from adapters.sql.erasure import erase

pytestmark = pytest.mark.anyio

ANN = User("u_" + "a" * 32)


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the product runs on."""
    return "asyncio"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file will lie."""
    return tmp_path / "people.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    """A database that gives up on locks after 2 seconds."""
    database = Database(f"sqlite:///{path}", timeout=2.0)
    yield database
    await database.close()


def files(path: Path) -> bytes:
    """The bytes of the file, its log and its shared memory."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


async def fill(users: SqlUsers, user: User, canary: str, events: int = 3) -> None:
    """Give a person evidence and a profile that hold the canary in every text there is."""
    for number in range(events):
        item = Evidence(f"{canary}-{number}", "edit", canary * 9, context=canary * 200, digest=f"{canary}{number}")
        assert await users.append(user, [item]) == 1
    claims = (Claim(canary, "tone", canary, evidence=(canary,)),)
    assert await users.publish(user, Profile(version=1, claims=claims, counts={canary: 1.0}))


async def test_no_byte_of_a_person_is_left(database: Database, path: Path) -> None:
    """After an erasure the canary is in no file, and it was there before; a neighbour's is still there."""
    users, people = SqlUsers(database), SqlPeople(database)
    await fill(users, ANN, "canary-of-ann")
    await fill(users, User("u_b"), "canary-of-ben")
    assert files(path).count(b"canary-of-ann") > 100
    assert (await people.forget(ANN)).erased == {"evidence": 3, "versions": 1, "jobs": 1, "responses": 0}
    assert b"canary-of-ann" not in files(path)
    assert b"canary-of-ben" in files(path)


async def test_no_byte_of_a_claim_is_left(database: Database, path: Path) -> None:
    """Forgotten by itself, it is in no file any more, and neither are the words that it came from."""
    users, people = SqlUsers(database), SqlPeople(database)
    await fill(users, ANN, "canary-of-ann")
    await users.append(ANN, [Evidence("other", "edit", "stays-with-ann")])
    events = [f"canary-of-ann-{number}" for number in range(3)]
    assert await people.forget_claim(ANN, "canary-of-ann", events)
    left = files(path)
    for event in events:
        left = left.replace(event.encode(), b"")
    counts = (left.count(b"canary-of-ann0"), left.count(b"canary-of-ann1"), left.count(b"canary-of-ann2"))
    assert b"stays-with-ann" in left and b"canary-of-anncanary" not in left and max(counts) <= 2, "ids and digests stay"


async def test_each_claim_that_is_forgotten_owes_a_rewriting(database: Database, path: Path) -> None:
    """Of its own: one that another process began before it does not pay for it."""
    users, people = SqlUsers(database), SqlPeople(database)
    claims = tuple(Claim(f"c{number}", "tone", f"tone {number}") for number in range(2))
    await users.publish(ANN, Profile(version=1, claims=claims))
    other = sqlite3.connect(path, isolation_level=None)
    tokens = []
    for claim in claims:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM versions").fetchall()
        with pytest.raises(Timeout, match="erased"):
            await people.forget_claim(ANN, claim.id, [])
        other.execute("COMMIT")
        tokens += other.execute("SELECT value FROM meta WHERE name = 'scrub'").fetchall()
    other.close()
    assert len(set(tokens)) == 2


async def test_no_byte_is_left_where_pages_were_balanced(database: Database, path: Path) -> None:
    """Of many people of many sizes, erased one by one, no byte is left: secure_delete alone leaves copies behind."""
    users, people, dice = SqlUsers(database), SqlPeople(database), random.Random(7)
    everyone = [User(f"u_{number}") for number in range(25)]

    def item(user: User, number: int) -> Evidence:
        size = dice.choice([1, 5, 20, 90, 300, 900])
        event = f"<{user.id}>{dice.getrandbits(64):016x}"
        return Evidence(event, "edit", f"<{user.id}>" * size, digest=f"<{user.id}>{number}")

    for number in range(60):
        shuffled = dice.sample(everyone, len(everyone))
        await asyncio.gather(*(users.append(user, [item(user, number)]) for user in shuffled))
    for erased in range(0, 20, 4):
        await asyncio.gather(*(people.forget(user) for user in everyone[erased : erased + 4]))
        data = files(path)
        assert [user for user in everyone[: erased + 4] if f"<{user.id}>".encode() in data] == []
    assert len(await people.list()) == 5


async def test_erasures_at_once_share_a_rewriting(database: Database) -> None:
    """Many people erased at the same moment are all erased, within a few rewritings of the file."""
    users, people = SqlUsers(database), SqlPeople(database)
    everyone = [User(f"u_{number}") for number in range(40)]
    await asyncio.gather(*(users.append(user, [Evidence("e", "edit", "x" * 4000)]) for user in everyone))
    started = time.monotonic()
    counts = await asyncio.gather(*(people.forget(user) for user in everyone))
    assert [count.erased["evidence"] for count in counts] == [1] * 40
    assert list(await people.list()) == []
    assert time.monotonic() - started < 3


async def test_erasure_races_appends(database: Database) -> None:
    """Of 100 appends under way when a person is erased, none is there afterwards; later ones are."""
    users, people = SqlUsers(database), SqlPeople(database)
    await users.append(ANN, [Evidence("first", "edit", "x")])
    appends = [asyncio.create_task(users.append(ANN, [Evidence(f"e{number}", "edit", "x")])) for number in range(100)]
    await asyncio.sleep(0)
    erased = await people.forget(ANN)
    counts = await asyncio.gather(*appends)
    assert erased.erased["evidence"] == 1 + sum(counts)
    assert await users.load(ANN) == Person(Profile(epoch=1))
    assert await users.append(ANN, [Evidence("e5", "edit", "x")]) == 1


async def test_an_append_overtaken_by_another_process(database: Database, path: Path) -> None:
    """An append that waits for the lock while another process erases the person finds the tombstone and gives up."""
    users = SqlUsers(database)
    await users.append(ANN, [Evidence("e1", "edit", "x")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    appends = [asyncio.create_task(users.append(ANN, [Evidence(f"w{n}", "edit", "x")])) for n in range(100)]
    await asyncio.sleep(0.05)
    for table in ("evidence", "jobs", "versions"):
        other.execute(f"DELETE FROM {table}")
    other.execute("UPDATE people SET epoch = epoch + 1, erased = 1.0, last_seq = 0")
    other.execute("COMMIT")
    other.close()
    assert await asyncio.gather(*appends) == [0] * 100
    assert await users.load(ANN) == Person(Profile(epoch=1))


async def test_a_reader_in_the_way(database: Database, path: Path) -> None:
    """While another process reads an old state the log cannot be emptied: forget says so; the next one does it."""
    users, people = SqlUsers(database), SqlPeople(database)
    await fill(users, ANN, "canary-of-ann")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM evidence").fetchall()
    with pytest.raises(Timeout, match="erased"):
        await people.forget(ANN)
    assert await users.load(ANN) == Person(Profile(epoch=1))
    other.execute("COMMIT")
    other.close()
    assert (await people.forget(ANN)).erased["evidence"] == 0
    assert b"canary-of-ann" not in files(path)


async def test_a_crash_between_erasing_and_rewriting(database: Database, path: Path) -> None:
    """A process that died before it could rewrite the file leaves that to the next one that opens it."""
    await fill(SqlUsers(database), ANN, "canary-of-ann", events=40)
    await database.write(lambda connection: erase(connection, ANN), "full")
    assert b"canary-of-ann" in files(path)
    following = Database(f"sqlite:///{path}")
    assert await SqlUsers(following).load(ANN) == Person(Profile(epoch=1))
    assert b"canary-of-ann" not in files(path)
    await following.close()


async def test_memory_is_erased_too(database: Database) -> None:
    """What this process remembers of a person goes with the rows."""
    users, people = SqlUsers(database), SqlPeople(database)
    await fill(users, ANN, "canary-of-ann")
    await users.load(ANN)
    await users.append(User("u_b"), [Evidence("e1", "edit", "x")])
    assert (len(database.remembered.people), len(database.remembered.events)) == (1, 4)
    await people.forget(ANN)
    assert (len(database.remembered.people), len(database.remembered.events)) == (0, 1)
