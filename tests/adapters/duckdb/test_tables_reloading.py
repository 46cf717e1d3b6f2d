"""What is loaded again, when, and by whom; and how copies come and go."""

from __future__ import annotations

import asyncio
from typing import get_args

import pyarrow
import pytest

from adapters.duckdb import DuckTables, Limits
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, Unavailable
from tests.adapters.duckdb.given import Check, Held, Isolation, counted, customers, orders, shop


def test_reload(check: Check) -> None:
    """What has changed is loaded, and what has not is not; the version tells."""

    async def body(tables: DuckTables, held: Held) -> None:
        first = await tables.ready("acme")
        assert await tables.ready("acme") is first
        held.change("acme", orders(rows=3), customers())
        second = await tables.ready("acme")
        assert first is not None and second is not None
        assert first.version != second.version
        assert await counted(tables) == 3
        assert held.loads == 2
        held.change("acme")
        assert await tables.ready("acme") is None
        assert tables.schema("acme") is None

    check(body)


def test_refresh() -> None:
    """Within the time between two looks a source is not asked."""

    async def body() -> None:
        held = shop()
        tables = DuckTables([held], Limits(refresh=3600))
        for _ in range(3):
            await tables.ready("acme")
        assert held.asked == 1
        await tables.close()

    asyncio.run(body())


def test_broken(inside: Check) -> None:
    """A source that fails leaves what was loaded; where nothing was, that is an error, until it works again."""

    async def body(tables: DuckTables, held: Held) -> None:
        held.break_down()
        for _ in range(2):
            with pytest.raises(Unavailable):
                await tables.ready("acme")
        assert tables.schema("acme") is None
        held.broken = None
        schema = await tables.ready("acme")
        held.break_down()
        held.number += 1
        assert await tables.ready("acme") is schema
        assert await counted(tables) == 40

    inside(body)


def test_not_asked_again() -> None:
    """A source that failed is not asked again at once, and the error stays."""

    async def body() -> None:
        held = shop()
        held.break_down()
        tables = DuckTables([held], Limits(refresh=3600))
        for _ in range(3):
            with pytest.raises(AdapterError):
                await tables.ready("acme")
        assert held.asked == 1
        await tables.close()

    asyncio.run(body())


def test_unloadable(check: Check) -> None:
    """Rows that the engine cannot hold are an error, and leave what was loaded."""

    async def body(tables: DuckTables, held: Held) -> None:
        await tables.ready("acme")
        held.change("acme", orders(), Loaded("ORDERS", pyarrow.table({"a": [1]})))
        assert await tables.ready("acme") == tables.schema("acme")
        assert await counted(tables) == 40
        held.change("globex", orders(), Loaded("ORDERS", pyarrow.table({"a": [1]})))
        with pytest.raises(AdapterError):
            await tables.ready("globex")

    check(body)


def test_single_flight(inside: Check) -> None:
    """Many who ask at once load once; who gives up waiting stops nothing; the copy before serves meanwhile."""

    async def body(tables: DuckTables, held: Held) -> None:
        held.gate = asyncio.Event()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(tables.ready("acme"), 0.01)
        held.gate.set()
        schemas = await asyncio.gather(*(tables.ready("acme") for _ in range(20)))
        assert held.loads == 1
        assert all(each is not None and each is schemas[0] for each in schemas)
        held.gate.clear()
        held.change("acme", orders(rows=2))
        waiting = asyncio.gather(*(tables.ready("acme") for _ in range(20)))
        assert await counted(tables) == 40
        assert tables.schema("acme") is schemas[0]
        held.gate.set()
        await waiting
        assert (await counted(tables), held.loads) == (2, 2)

    inside(body)


def test_warm(inside: Check) -> None:
    """Only so many tenants have a copy; the one not asked for longest is let go, and loaded again when asked for."""

    async def body(tables: DuckTables, held: Held) -> None:
        for tenant in ("a", "b", "a", "c"):
            await tables.ready(tenant)
        assert [name for name in "abc" if tables.schema(name)] == ["a", "c"]
        with pytest.raises(Unavailable):
            await counted(tables, "b")
        await tables.ready("b")
        assert await counted(tables, "b") == 40

    inside(body, Held({name: [orders()] for name in "abc"}), tenants=2, refresh=3600)


def test_together(check: Check) -> None:
    """Twenty queries at once all end; so do those that run while rows are loaded again."""

    async def body(tables: DuckTables, held: Held) -> None:
        await tables.ready("acme")
        assert await asyncio.gather(*(counted(tables) for _ in range(20))) == [40] * 20
        running = asyncio.gather(*(counted(tables) for _ in range(20)))
        await asyncio.sleep(0)
        held.change("acme", orders(rows=3))
        await tables.ready("acme")
        assert set(await running) == {40}  # what ran when the copy was switched ended over the one before
        assert await counted(tables) == 3

    check(body)


def test_close(check: Check) -> None:
    """Closing waits for the queries that run, and none begins after it."""

    async def body(tables: DuckTables, held: Held) -> None:
        await tables.ready("acme")
        running = [asyncio.create_task(counted(tables)) for _ in range(5)]
        await asyncio.sleep(0)
        await tables.close()
        assert await asyncio.gather(*running) == [40] * 5
        with pytest.raises(Unavailable):
            await counted(tables)
        assert await tables.ready("acme") is None

    check(body)


def test_close_while_loading(inside: Check) -> None:
    """Closing does not wait for a source, and leaves nothing of what was being loaded."""

    async def body(tables: DuckTables, held: Held) -> None:
        held.gate = asyncio.Event()
        waiting = asyncio.create_task(tables.ready("acme"))
        await asyncio.sleep(0.01)
        await tables.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    inside(body)


@pytest.mark.parametrize("isolation", get_args(Isolation))
def test_several_sources(isolation: Isolation) -> None:
    """Tables of several sources can be joined; only the source that has changed is loaded again."""

    async def main() -> None:
        first, second = Held({"acme": [orders()]}), Held({"acme": [customers()]}, "tables.1")
        tables = DuckTables([first, second], Limits(isolation, refresh=0, timeout=5))
        await tables.ready("acme")
        joined = "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer"
        assert (await tables.query("acme", joined)).rows == ((40,),)
        second.change("acme", Loaded("customers", pyarrow.table({"id": [1]})))
        await tables.ready("acme")
        assert (await tables.query("acme", joined)).rows == ((8,),)
        assert (first.loads, second.loads) == (1, 2)
        await tables.close()

    asyncio.run(main())
