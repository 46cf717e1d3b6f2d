"""Several processes on one file: kills, leases, what one erases and the other has in memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from adapters.ports import Evidence, Key, Person, Profile, Timeout, User
from adapters.sql import Database, SqlKeys, SqlOutbox, SqlPeople, SqlUsers

ANN = User("u_" + "a" * 32)

_spawn = multiprocessing.get_context("spawn")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A file in a folder that is not there yet."""
    return f"sqlite:///{tmp_path}/data/people.db"


def said(event: str) -> Evidence:
    """A statement with this event id."""
    return Evidence(event, "statement", f"text of {event}")


def started(work: Callable[..., Any], *arguments: Any) -> tuple[Any, Connection]:
    """A real child process that does the work, and our end of a pipe to it."""
    ours, theirs = _spawn.Pipe()
    process = _spawn.Process(target=work, args=(theirs, *arguments))
    process.start()
    theirs.close()
    return process, ours


def finish(process: Any) -> None:
    """Wait for a child that should end well."""
    process.join(30)
    assert process.exitcode == 0


def _append_and_die(pipe: Connection, url: str, round_: int) -> None:
    async def body() -> None:
        users = SqlUsers(Database(url))
        pending = [users.append(ANN, [said(f"{round_}-{number}")]) for number in range(20)]
        pipe.send(sum(await asyncio.gather(*pending)))
        os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(body())


def test_what_append_returned_for_survives_a_kill(url: str) -> None:
    """A process killed with SIGKILL right after append returned has lost nothing, and nothing is there twice."""
    for round_ in range(3):
        process, pipe = started(_append_and_die, url, round_)
        assert pipe.recv() == 20
        process.join(30)
        assert process.exitcode == -signal.SIGKILL

    async def events() -> list[str]:
        database = Database(url)
        resent = [said(f"{round_}-{number}") for round_ in range(3) for number in range(20)]
        assert await SqlUsers(database).append(ANN, resent) == 0
        pending = (await SqlUsers(database).load(ANN)).pending
        await database.close()
        return sorted(item.event for item in pending)

    assert asyncio.run(events()) == sorted(f"{round_}-{number}" for round_ in range(3) for number in range(20))


def _append_until_killed(pipe: Connection, url: str) -> None:
    async def body() -> None:
        users = SqlUsers(Database(url))
        for number in range(100_000):
            assert await users.append(ANN, [said(f"a{number}"), said(f"b{number}")]) == 2
            pipe.send(number)

    asyncio.run(body())


def test_a_kill_in_the_midst_leaves_whole_transactions(url: str) -> None:
    """Killed at any moment, a process leaves what it was told is kept, and both events of a call or none."""
    process, pipe = started(_append_until_killed, url)
    while pipe.recv() < 50:
        pass
    process.kill()
    process.join(30)
    told = 50
    while pipe.poll():
        try:
            told = pipe.recv()
        except EOFError:
            break
    raw = sqlite3.connect(url.removeprefix("sqlite:///"))
    found = {event for (event,) in raw.execute("SELECT event FROM evidence")}
    assert {f"{kind}{number}" for number in range(told + 1) for kind in "ab"} <= found
    assert {event[1:] for event in found if event[0] == "a"} == {event[1:] for event in found if event[0] == "b"}
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


def _claim_everything(pipe: Connection, url: str) -> None:
    async def body() -> None:
        database = Database(url)
        outbox = SqlOutbox(database)
        await SqlKeys(database).secret()
        pipe.send("ready")
        pipe.recv()
        found = []
        while jobs := await outbox.claim(3, 60):
            found += [job.id for job in jobs]
        pipe.send(found)
        await database.close()

    asyncio.run(body())


def test_two_processes_never_get_the_same_job(url: str) -> None:
    """Two processes that claim at once get disjoint jobs, and all of them between them."""

    async def fill() -> None:
        database = Database(url)
        users = SqlUsers(database)
        await asyncio.gather(*(users.append(User(f"u_{number}"), [said("e")]) for number in range(150)))
        await database.close()

    asyncio.run(fill())
    children = [started(_claim_everything, url) for _ in range(2)]
    for _, pipe in children:
        assert pipe.recv() == "ready"
    for _, pipe in children:
        pipe.send("go")
    found = [pipe.recv() for _, pipe in children]
    for process, _ in children:
        finish(process)
    assert len(found[0]) + len(found[1]) == len(set(found[0]) | set(found[1])) == 150


def _open_at_once(pipe: Connection, url: str) -> None:
    async def body() -> None:
        database = Database(url)
        pipe.recv()
        secret = await SqlKeys(database).secret()
        pipe.send((secret, await SqlUsers(database).append(ANN, [said("e1")])))
        await database.close()

    asyncio.run(body())


def test_processes_that_start_together_agree(url: str) -> None:
    """Processes that open a file that is not there yet, all at once, share its tables and one secret."""
    children = [started(_open_at_once, url) for _ in range(4)]
    for _, pipe in children:
        pipe.send("go")
    told = [pipe.recv() for _, pipe in children]
    for process, _ in children:
        finish(process)
    assert len({secret for secret, _ in told}) == 1
    assert sum(new for _, new in told) == 1


def _change(pipe: Connection, url: str) -> None:
    async def body() -> None:
        database = Database(url)
        users, people, keys = SqlUsers(database), SqlPeople(database), SqlKeys(database)
        assert pipe.recv() == "publish"
        pipe.send(await users.publish(ANN, Profile(version=2, watermark=10**6)))
        assert pipe.recv() == "append"
        pipe.send(await users.append(ANN, [said("theirs")]))
        assert pipe.recv() == "forget"
        pipe.send((await people.forget(ANN)).erased)
        assert pipe.recv() == "revoke"
        pipe.send(await keys.revoke("k1"))
        await database.close()

    asyncio.run(body())


def test_other_processes_are_seen_at_once(url: str) -> None:
    """What another process learns, erases or revokes is what the very next read here sees, whatever is in memory."""

    async def body() -> None:
        database = Database(url)
        users, keys = SqlUsers(database), SqlKeys(database)
        await users.append(ANN, [said("e1")])
        await users.publish(ANN, Profile(version=1))
        await keys.create(Key("k1", "app", "default", "backend", 1.0), "d1")
        assert [item.event for item in (await users.load(ANN)).pending] == ["e1"]
        process, pipe = started(_change, url)
        pipe.send("publish")
        assert pipe.recv() is True
        person = await users.load(ANN)
        assert (person.profile.version, person.pending) == (2, ())
        pipe.send("append")
        assert pipe.recv() == 1
        pipe.send("forget")
        assert pipe.recv() == {"evidence": 2, "versions": 2, "jobs": 1, "responses": 0}
        assert await users.load(ANN) == Person(Profile(epoch=1))
        assert await users.append(ANN, [said("e1")]) == 1, "a new chat is welcome, though the event was known before"
        assert await keys.find("d1") is not None
        pipe.send("revoke")
        assert pipe.recv() is True
        assert await keys.find("d1") is None
        finish(process)
        await database.close()

    asyncio.run(body())


def _hold_the_lock(pipe: Connection, url: str) -> None:
    raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    pipe.send("held")
    pipe.recv()
    raw.execute("ROLLBACK")
    raw.close()


def test_a_lock_held_by_another_process(url: str) -> None:
    """While another process holds the write lock, append fails within its bound, load works, and both heal."""

    async def body() -> None:
        database = Database(url, timeout=0.3)
        users = SqlUsers(database)
        await users.append(ANN, [said("e1")])
        process, pipe = started(_hold_the_lock, url)
        assert pipe.recv() == "held"
        begun = time.monotonic()
        with pytest.raises(Timeout):
            await users.append(ANN, [said("e2")])
        assert time.monotonic() - begun < 2.0
        assert len((await users.load(ANN)).pending) == 1
        pipe.send("go")
        finish(process)
        assert await users.append(ANN, [said("e2")]) == 1
        await database.close()

    asyncio.run(body())


def test_a_slow_file_does_not_stop_the_loop(url: str) -> None:
    """While a write waits for a lock, the event loop goes on turning."""

    async def body() -> None:
        database = Database(url, timeout=5.0)
        users = SqlUsers(database)
        await users.append(ANN, [said("e1")])
        raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
        raw.execute("BEGIN IMMEDIATE")
        threading.Timer(1.0, lambda: raw.execute("ROLLBACK")).start()
        waiting = asyncio.create_task(users.append(ANN, [said("e2")]))
        widest, last = 0.0, time.monotonic()
        while not waiting.done():
            await asyncio.sleep(0.005)
            widest, last = max(widest, time.monotonic() - last), time.monotonic()
        assert await waiting == 1
        assert widest < 0.5
        raw.close()
        await database.close()

    asyncio.run(body())
