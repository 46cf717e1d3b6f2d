"""A locked engine: nothing can be set, read or left behind in it, even by who gets past the guard."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.duckdb.engine import Engine
from adapters.duckdb.library import arrow, demand, duckdb
from adapters.duckdb.limits import Limits
from adapters.duckdb.snapshot import Share, Snapshot, background
from adapters.ports import Failed, Schema, Timeout
from tests.adapters.duckdb.given import orders


def test_locked(tmp_path: Path) -> None:
    """Behind the guard, too, files, settings, extensions and variables of Python are out of reach."""
    engine = Engine([orders()], Limits())
    (tmp_path / "x.csv").write_text("a\n1\n")
    rows = arrow().table({"a": [1]})
    for sql in (
        f"SELECT * FROM '{tmp_path}/x.csv'", f"SELECT * FROM read_text('{tmp_path}/x.csv')", "SELECT * FROM glob('/*')",
        f"COPY orders TO '{tmp_path}/y.csv'", f"ATTACH '{tmp_path}/z.db'", f"EXPORT DATABASE '{tmp_path}/e'",
        "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true", "SET memory_limit = '9GB'",
        "RESET lock_configuration", "SET temp_directory = '/tmp'", "SELECT * FROM rows", "SELECT getenv('HOME')",
        "CREATE PERSISTENT SECRET s (TYPE http)", "SET python_enable_replacements = true",
    ):  # fmt: skip
        with pytest.raises(duckdb().Error):
            engine._connection.cursor().execute(sql).fetchall()
    assert rows.num_rows == 1
    assert [each.name for each in tmp_path.iterdir()] == ["x.csv"]
    engine.close()


def test_many_threads() -> None:
    """Several threads ask at once, and each gets its own rows; one that is too slow stops no other."""
    engine, found = Engine([orders()], Limits(timeout=1)), dict[int, object]()
    slow = "SELECT count(*) FROM orders a, orders b, orders c, orders d, orders e, orders f, orders g WHERE a.id > g.id"

    def ask(number: int) -> None:
        try:
            found[number] = engine.query(slow if number == 0 else f"SELECT {number} FROM orders LIMIT 1").rows
        except Timeout:
            found[number] = "late"

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {0: "late"} | {number: ((number,),) for number in range(1, 20)}
    engine.close()


def test_memory() -> None:
    """The memory of a query is bounded, and it is said in plain words."""
    engine = Engine([orders(rows=2000)], Limits(timeout=20, memory_mb=32))
    with pytest.raises(Failed) as failed:
        engine.query("SELECT a.id, b.id FROM orders a, orders b ORDER BY a.weight * b.weight, a.note")
    assert failed.value.said == "the query needs more memory than it may have"
    engine.close()


class Slow:
    """A copy whose queries end when they are let."""

    tables, together = (), 1

    def __init__(self) -> None:
        self.gate, self.begun, self.open = threading.Event(), 0, True

    def query(self, sql: str) -> object:
        self.begun += 1
        self.gate.wait(10)
        return sql

    plan = query

    def close(self) -> None:
        self.open = False


def test_patience() -> None:
    """Who asks a copy that does not answer is let go; what nobody waits for any more is not begun; and the copy is
    closed when the last query has ended."""
    async def main() -> None:
        copy, pool = Slow(), ThreadPoolExecutor(2)
        snapshot = Snapshot(copy, Schema("1", ()), Limits(timeout=0.05), Share(pool, 2))  # type: ignore[arg-type]
        began = time.monotonic()
        ended = await asyncio.gather(*(snapshot.query("x") for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in ended] == [Timeout] * 3
        assert time.monotonic() - began < 3
        snapshot.retire()
        await snapshot.closed()
        assert copy.open
        copy.gate.set()
        await snapshot.closed()
        assert (copy.open, snapshot.gone, copy.begun) == (False, True, 1)
        pool.shutdown()

    asyncio.run(main())


def test_half_of_the_threads() -> None:
    """One tenant, over all of its copies, takes only its share of the threads, and another is answered meanwhile."""
    async def main() -> None:
        pool = ThreadPoolExecutor(4)
        share, limits = Share(pool, 2), Limits(timeout=5)
        slow = [Slow(), Slow()]
        held = [Snapshot(each, Schema("1", ()), limits, share) for each in slow]  # type: ignore[arg-type]
        for each in slow:
            each.together = 4
        waiting = [asyncio.create_task(held[number % 2].query("x")) for number in range(8)]
        quick = Slow()
        quick.gate.set()
        other = Snapshot(quick, Schema("1", ()), limits, Share(pool, 2))  # type: ignore[arg-type]
        assert await other.query("y") == "y"
        assert sum(each.begun for each in slow) == 2
        for each in slow:
            each.gate.set()
        assert await asyncio.gather(*waiting) == ["x"] * 8
        pool.shutdown()

    asyncio.run(main())


def test_background() -> None:
    """The failure of work that nobody waits for is not logged by the loop."""
    logged: list[object] = []

    async def fail() -> None:
        raise Timeout("late")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context))
        task = background(fail())
        await asyncio.wait([task])
        del task

    asyncio.run(main())
    assert not logged


def test_installed() -> None:
    """Where DuckDB is installed nothing is demanded."""
    demand()
