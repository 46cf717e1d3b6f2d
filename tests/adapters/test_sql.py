"""What only the SQLite file can show: its faults, its locks, what it costs, and that it heals."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from adapters.ports import (
    AdapterError,
    Bounds,
    ConfigError,
    Evidence,
    Key,
    Person,
    Profile,
    StoredResponse,
    Timeout,
    Unavailable,
    User,
)
from adapters.ports.ledger import Waiting
from adapters.sql import Database, SqlCandidates, SqlKeys, SqlPeople, SqlResponses, SqlUsers
from adapters.sql.recent import Recent

pytestmark = pytest.mark.anyio

ANN = User("u_" + "a" * 32)
BEN = User("u_" + "b" * 32)


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the product runs on."""
    return "asyncio"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file in a folder that is not there yet."""
    return tmp_path / "data" / "people.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    """A database that gives up on locks after a second."""
    database = Database(f"sqlite:///{path}", timeout=1.0)
    yield database
    await database.close()


def said(event: str) -> Evidence:
    """A statement with this event id."""
    return Evidence(event, "statement", f"text of {event}")


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:hunter2@db/x", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory", "people.db", ""],
)
def test_urls_that_name_no_file(url: str) -> None:
    """Anything but the path of a file is a mistake at users.url, told without the URL, which may hold a password."""
    with pytest.raises(ConfigError) as caught:
        Database(url)
    assert caught.value.place == "users.url"
    assert "sqlite:///" in caught.value.message
    assert "hunter2" not in str(caught.value)


async def test_only_the_owner_may_read(database: Database, path: Path) -> None:
    """Nothing is opened before the first use; then folder and files are for their owner alone."""
    assert not path.parent.exists()
    await SqlUsers(database).append(ANN, [said("e1")])
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert files == {"people.db": 0o600, "people.db-wal": 0o600, "people.db-shm": 0o600}


async def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    """A folder that others may share keeps its mode; a file that others could read is closed to them."""
    tmp_path.chmod(0o755)
    (tmp_path / "people.db").touch(0o644)
    database = Database(f"sqlite:///{tmp_path}/people.db")
    await SqlUsers(database).append(ANN, [said("e1")])
    await database.close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "people.db").stat().st_mode) == 0o600


async def test_how_connections_are_set_up(database: Database) -> None:
    """Evidence commits with synchronous NORMAL, what asks for it with FULL, always in WAL and deleting securely."""

    def pragmas(connection: Connection) -> list[object]:
        names = ("synchronous", "journal_mode", "secure_delete", "foreign_keys", "temp_store")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await database.write(pragmas) == [1, "wal", 1, 1, 2]
    assert await database.write(pragmas, "full") == [2, "wal", 1, 1, 2]
    assert await database.write(pragmas) == [1, "wal", 1, 1, 2]


async def test_what_was_kept_is_there_after_a_restart(path: Path) -> None:
    """A second opening finds evidence, profile and secret, and still knows which events it has."""
    first = Database(f"sqlite:///{path}")
    await SqlUsers(first).append(ANN, [said("e1")])
    await SqlUsers(first).publish(ANN, Profile(version=1))
    person, secret = await SqlUsers(first).load(ANN), await SqlKeys(first).secret()
    await first.close()
    second = Database(f"sqlite:///{path}")
    assert await SqlUsers(second).load(ANN) == person
    assert await SqlUsers(second).append(ANN, [said("e1")]) == 0
    assert await SqlKeys(second).secret() == secret
    await second.close()


async def test_a_closed_store_says_so(path: Path) -> None:
    """Closing writes what is queued; afterwards calls fail with Unavailable."""
    database = Database(f"sqlite:///{path}")
    users = SqlUsers(database)
    await users.load(ANN)
    queued = [asyncio.create_task(users.append(ANN, [said(f"e{number}")])) for number in range(20)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*queued) == [1] * 20
    with pytest.raises(Unavailable):
        await users.load(ANN)


@pytest.mark.parametrize("damage", ["text", "header", "middle"])
async def test_a_file_that_is_no_database(path: Path, damage: str) -> None:
    """A file that is no database, or damaged, is told as Unavailable in our own words, and is left as it is."""
    path.parent.mkdir()
    if damage == "text":
        path.write_text("a diary\n" * 200)
    else:
        raw = sqlite3.connect(path)
        raw.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)")
        raw.execute("CREATE TABLE t AS SELECT 1 AS x")
        raw.commit()
        raw.close()
        data = path.read_bytes()
        path.write_bytes(b"\xff" * 100 + data[100:] if damage == "header" else data[:100] + b"\xff" * (len(data) - 100))
    before = path.read_bytes()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable, match=r"people's file is (not a database|damaged)"):
        await SqlUsers(database).load(ANN)
    await database.close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("schema", ["1.0", "2.0", "2.1", "2.2", "2.3"])
async def test_a_file_of_an_older_version_is_brought_up(path: Path, schema: str) -> None:
    """Tables and columns that it lacks are made, what it holds stays, and it is of this version from then on."""
    database = Database(f"sqlite:///{path}")
    await SqlUsers(database).append(ANN, [said("e1")])
    await database.close()
    raw = sqlite3.connect(path)
    if schema == "1.0":
        raw.execute("DROP TABLE responses")
    if schema < "2.1":
        raw.execute("DROP INDEX people_share")
        raw.execute("ALTER TABLE people DROP COLUMN share")
    raw.execute("ALTER TABLE evidence DROP COLUMN place")
    if schema > "1.0":
        raw.execute("ALTER TABLE responses DROP COLUMN place")
    if schema < "2.3":
        raw.execute("DROP TABLE owing")
    if schema == "2.2":
        raw.execute("DROP INDEX happened_time")
        for table in ("written", "candidates"):
            raw.execute(f"ALTER TABLE {table} DROP COLUMN disapproval")
    for table in ("happened", "written", "candidates") if schema < "2.2" else ():
        raw.execute(f"DROP TABLE {table}")
    raw.execute(f"UPDATE meta SET value = '{schema}' WHERE name = 'schema'")
    raw.commit()
    raw.close()
    again = Database(f"sqlite:///{path}")
    assert await SqlUsers(again).append(ANN, [replace(said("e2"), place="work")])
    assert [each.place for each in (await SqlUsers(again).load(ANN)).pending] == ["", "work"]
    response = StoredResponse("r", ANN.tenant, ANN.id, "m", place="home")
    assert await SqlResponses(again, Bounds()).keep(response, ANN)
    found = await SqlResponses(again, Bounds()).find(ANN.tenant, "r")
    assert found and found.place == "home"
    assert await SqlUsers(again).publish(ANN, Profile(version=1, share=True))
    assert len(await SqlPeople(again).sharing(ANN.tenant, 9)) == 1
    assert await SqlCandidates(again).note(Waiting("ex_1", ANN.tenant, "q", "a", (), user=ANN), 9)
    erased = (await SqlPeople(again).forget(ANN)).erased
    assert (erased["responses"], erased["candidates"]) == (1, 1)
    await again.close()
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone() == ("2.4",)
    for name in ("people_share", "happened_time"):
        assert raw.execute("SELECT name FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    raw.close()


@pytest.mark.parametrize(
    ("schema", "words"),
    [("3.0", "version 3.0"), ("0.9", "version 0.9"), (None, "another program"), ("2.7", "")],
)
async def test_files_of_other_versions_and_programs(path: Path, schema: str | None, words: str) -> None:
    """A newer or older major and a foreign database are refused by name; a newer minor is read."""
    database = Database(f"sqlite:///{path}")
    await SqlUsers(database).append(ANN, [said("e1")])
    await database.close()
    raw = sqlite3.connect(path)
    raw.execute(f"UPDATE meta SET value = '{schema}' WHERE name = 'schema'" if schema else "DROP TABLE meta")
    raw.commit()
    raw.close()
    again = Database(f"sqlite:///{path}")
    if words:
        with pytest.raises(Unavailable, match=words):
            await SqlUsers(again).load(ANN)
    else:
        assert len((await SqlUsers(again).load(ANN)).pending) == 1
    await again.close()


async def test_an_older_program_beside_this_one_shares_nobody(path: Path) -> None:
    """It keeps profiles without knowing who agreed: then the profile decides."""
    database = Database(f"sqlite:///{path}")
    assert await SqlUsers(database).publish(ANN, Profile(version=1, share=True))
    raw = sqlite3.connect(path)
    raw.execute("UPDATE versions SET body = replace(body, '\"share\":true', '\"later\":true')")
    raw.commit()
    raw.close()
    assert await SqlPeople(database).sharing(ANN.tenant, 9) == []
    await database.close()


async def test_a_file_of_another_program_stays_as_it_is(path: Path) -> None:
    """A database that is not ours is neither turned to WAL nor closed to its own readers."""
    path.parent.mkdir()
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE songs AS SELECT 1 AS x")
    raw.commit()
    raw.close()
    path.chmod(0o644)
    before = path.read_bytes()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable, match="another program"):
        await SqlUsers(database).append(ANN, [said("e1")])
    await database.close()
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


async def test_a_held_lock_costs_writes_only(path: Path) -> None:
    """While another connection holds the write lock, appends time out within their bound and loads still work."""
    database = Database(f"sqlite:///{path}", timeout=1.0)
    users = SqlUsers(database)
    await users.append(ANN, [said("e1")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    waiting = [asyncio.create_task(users.append(ANN, [said(f"late{number}")])) for number in range(50)]
    await asyncio.sleep(0.05)
    for _ in range(20):
        assert len((await users.load(ANN)).pending) == 1
    assert time.monotonic() - started < 0.9, "a load waited for the lock"
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(outcome, Timeout) for outcome in outcomes)
    assert time.monotonic() - started < 3.0
    assert await users.append(ANN, [said("e1")]) == 0
    other.execute("ROLLBACK")
    other.close()
    assert await users.append(ANN, [said("e2")]) == 1
    assert [known.event for known in (await users.load(ANN)).pending] == ["e1", "e2"]
    await database.close()


async def test_the_queue_is_bounded(path: Path) -> None:
    """When too many writes wait, further ones are refused at once."""
    database = Database(f"sqlite:///{path}", timeout=2.0, backlog=5)
    users = SqlUsers(database)
    await users.append(ANN, [said("e1")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = [asyncio.create_task(users.append(ANN, [said(f"w{number}")])) for number in range(20)]
    started = time.monotonic()
    await asyncio.sleep(0.05)
    refused = [task for task in waiting if task.done()]
    assert len(refused) >= 4
    assert all(isinstance(task.exception(), Unavailable) for task in refused)
    assert time.monotonic() - started < 1.5
    other.execute("ROLLBACK")
    other.close()
    counts = await asyncio.gather(*waiting, return_exceptions=True)
    assert sum(count for count in counts if isinstance(count, int)) == 20 - len(refused)
    await database.close()


async def test_one_bad_item_costs_only_itself(database: Database) -> None:
    """Items that the database refuses fail alone; their neighbours of the same transaction are kept."""
    users = SqlUsers(database)
    await users.load(ANN)
    bad = [Evidence("huge", "statement", "x", profile_version=2**70), Evidence("none", None, "x")]  # type: ignore[arg-type]
    events = [said("e1"), bad[0], said("e2"), bad[1], said("e3")]
    outcomes = await asyncio.gather(*(users.append(ANN, [item]) for item in events), return_exceptions=True)
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [1, 1, 1]
    assert all(isinstance(outcomes[index], AdapterError) for index in (1, 3))
    assert [known.event for known in (await users.load(ANN)).pending] == ["e1", "e2", "e3"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_bug_in_the_writing_thread(database: Database) -> None:
    """A piece of work that fails in a way nobody foresaw is answered, and the pieces behind it are done."""

    def broken(_: Connection) -> None:
        raise KeyError("a bug")

    users = SqlUsers(database)
    await users.load(ANN)
    pieces = (database.write(broken, "full"), users.append(ANN, [said("e1")]), users.append(ANN, [said("e2")]))
    outcomes = await asyncio.gather(*pieces, return_exceptions=True)
    assert isinstance(outcomes[0], Unavailable)
    assert (outcomes[1], outcomes[2]) == (1, 1)


async def test_a_resent_history_costs_no_write(path: Path) -> None:
    """A client that sends its history again causes no write, neither with what is remembered nor after a restart."""
    history = [Evidence(f"h{number}", "statement", "x", digest=f"d{number}", fresh=False) for number in range(40)]
    again = [Evidence(f"other{number}", "statement", "x", digest=f"d{number}", fresh=False) for number in range(40)]
    database = Database(f"sqlite:///{path}")
    assert await SqlUsers(database).append(ANN, history) == 40
    for _ in range(2):
        wal = path.with_name("people.db-wal")
        other = sqlite3.connect(path, isolation_level=None)
        before = (wal.stat().st_size, wal.stat().st_mtime_ns)
        other.execute("BEGIN IMMEDIATE")
        for sent in (history, again, history):
            assert await SqlUsers(database).append(ANN, sent) == 0
        other.execute("ROLLBACK")
        assert (wal.stat().st_size, wal.stat().st_mtime_ns) == before
        other.close()
        await database.close()
        database = Database(f"sqlite:///{path}")
        await SqlUsers(database).append(BEN, [said("e1")])
    await database.close()


async def test_a_file_taken_away_is_made_again(database: Database, path: Path) -> None:
    """When the folder is removed under a running process, the next writes go to a new file, not to nowhere."""
    users = SqlUsers(database)
    await users.append(ANN, [said("e1")])
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()
    assert await users.append(BEN, [said("e2")]) == 1
    assert await users.load(ANN) == Person()
    assert len((await users.load(BEN)).pending) == 1
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT count(*) FROM evidence").fetchone() == (1,)
    raw.close()


_FULL_DISK = """
import asyncio, resource, sys, time
from adapters.ports import Evidence, Unavailable, User
from adapters.sql import Database, SqlUsers

async def main(url):
    users = SqlUsers(database := Database(url, timeout=1.0))
    ann = User("u_a")
    assert await users.append(ann, [Evidence("before", "statement", "x")]) == 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    cpu, refused = time.process_time(), 0
    for number in range(20):
        try:
            await users.append(ann, [Evidence(f"big{number}", "statement", "x" * 400_000)])
        except Unavailable:
            refused += 1
    assert refused == 20, refused
    assert time.process_time() - cpu < 2, "it spins"
    assert [known.event for known in (await users.load(ann)).pending] == ["before"]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert await users.append(ann, [Evidence("after", "statement", "x" * 400_000)]) == 1
    assert [known.event for known in (await users.load(ann)).pending] == ["before", "after"]
    await database.close()

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no limit on file sizes here")
def test_a_full_disk_heals(path: Path) -> None:
    """When a file may not grow, appends fail with Unavailable, loads work, and all is well once there is room."""
    command = [sys.executable, "-W", "error", "-c", _FULL_DISK, f"sqlite:///{path}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


async def test_a_cancelled_append_is_still_kept(database: Database) -> None:
    """A caller that gives up, as a policy at its timeout does, loses the answer but not the evidence."""
    users = SqlUsers(database)
    await users.load(ANN)
    task = asyncio.create_task(users.append(ANN, [said("e1")]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await users.append(BEN, [said("e1")])
    assert len((await users.load(ANN)).pending) == 1


async def test_lists_do_not_wait_for_writers(database: Database, path: Path) -> None:
    """List and export read a snapshot while another connection holds the write lock."""
    await SqlUsers(database).append(ANN, [said("e1")])
    await SqlKeys(database).create(Key("k1", "app", "default", "backend", 1.0), "d1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    people = SqlPeople(database)
    assert len(await people.list()) == 1
    assert len((await people.export(ANN))["evidence"]) == 1
    assert await SqlKeys(database).find("d1") is not None
    other.execute("ROLLBACK")
    other.close()


def test_one_store_over_several_loops(path: Path) -> None:
    """A store opened under one event loop goes on working under the next, as command lines and tests use it."""
    database = Database(f"sqlite:///{path}")
    for number in range(3):
        assert asyncio.run(SqlUsers(database).append(ANN, [said(f"e{number}")])) == 1
    assert len(asyncio.run(SqlUsers(database).load(ANN)).pending) == 3
    asyncio.run(database.close())


async def test_a_version_made_here_needs_no_reading(database: Database, path: Path) -> None:
    """What is remembered after it is what another process reads, also with events that came meanwhile."""
    users = SqlUsers(database)
    await users.append(ANN, [said("e1")])
    first = await users.load(ANN)
    assert await users.publish(ANN, Profile(version=1, watermark=first.pending[-1].seq))
    await users.append(ANN, [said("e2")])
    await users.load(ANN)
    assert await users.publish(ANN, Profile(version=2, watermark=first.pending[-1].seq, counts={"events": 1.0}))
    kept = database.remembered.people.get(ANN)
    other = Database(f"sqlite:///{path}")
    read = await SqlUsers(other).load(ANN)
    await other.close()
    assert kept is not None
    assert kept[1] == await users.load(ANN) == read
    assert [item.event for item in read.pending] == ["e2"]


def test_what_is_remembered_is_bounded() -> None:
    """The entries used last stay, within the number and the weight allowed; one that is too heavy is not kept."""
    recent: Recent[str, int] = Recent(3, 10)
    for number, key in enumerate("abc"):
        recent.put(key, number, 3)
    assert recent.get("a") == 0
    recent.put("d", 3, 1)
    assert "b" not in recent
    assert [recent.get(key) for key in "acd"] == [0, 2, 3]
    recent.put("d", 4, 7)
    assert ("a" in recent, "c" in recent, recent.get("d")) == (False, True, 4)
    recent.put("e", 5, 11)
    assert ("e" in recent, recent.get("d")) == (False, 4)
    recent.drop_where(lambda key: key == "d")
    assert (recent.get("d"), recent.get("c"), len(recent)) == (None, 2, 1)
