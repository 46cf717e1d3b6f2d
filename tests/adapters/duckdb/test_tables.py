"""What every Tables promises, over both isolations."""

from __future__ import annotations

import asyncio
import time
from datetime import date

import pyarrow
import pytest

from adapters.duckdb import DuckTables
from adapters.duckdb.source import Loaded
from adapters.ports import Failed, Link, Refused, Timeout, Unavailable
from tests.adapters.duckdb.given import COUNT, OTHERS, Check, Held, counted

SLOW = "SELECT count(*) FROM orders a, orders b, orders c, orders d, orders e, orders f, orders g WHERE " \
    "a.id + b.id + c.id + d.id + e.id + f.id = g.id + 1"  # fmt: skip


def test_nothing_yet(inside: Check) -> None:
    """Before anything is loaded there is no schema, and a query says so; a tenant without tables has none."""

    async def body(tables: DuckTables, held: Held) -> None:
        assert tables.schema("acme") is None
        with pytest.raises(Unavailable):
            await tables.query("acme", COUNT)
        assert await tables.ready("nobody") is None
        with pytest.raises(Unavailable):
            await tables.plan("nobody", COUNT)

    inside(body)


def test_schema(check: Check) -> None:
    """The schema says what there is; a join to a table that the tenant has not is not in it."""

    async def body(tables: DuckTables, held: Held) -> None:
        schema = await tables.ready("acme")
        assert schema is not None
        assert schema == tables.schema("acme")
        assert [each.name for each in schema.tables] == ["orders", "customers"]
        assert schema.links == (Link("orders", "customer", "customers", "id"),)
        table = schema.table("orders")
        assert table is not None
        assert (table.key, table.description, table.rows, len(table.sample)) == (("id",), "what was ordered", 40, 3)
        assert [(each.name, each.type) for each in table.columns] == [
            ("id", "integer"), ("customer", "integer"), ("status", "text"), ("amount", "number"), ("weight", "number"),
            ("placed", "date"), ("sent", "timestamp"), ("paid", "boolean"), ("note", "text"), ("tags", "other"),
        ]  # fmt: skip
        status, amount, note = (table.column(name) for name in ("status", "amount", "note"))
        assert status is not None and amount is not None and note is not None
        assert (status.values, status.distinct, status.nulls) == (("shipped", "open", "returned"), 3, 0)
        assert (amount.description, amount.values, amount.distinct) == ("in euros", (), 40)
        assert (note.values, note.distinct, note.nulls) == (("note of acme",), 1, 4)
        assert table.sample[1][:3] == (1, 1, "open")

    check(body)


def test_tenants(check: Check) -> None:
    """Each tenant has a copy of its own, in which no row of another is."""

    async def body(tables: DuckTables, held: Held) -> None:
        acme, globex = await tables.ready("acme"), await tables.ready("globex")
        assert OTHERS not in str(acme)
        assert OTHERS in str(globex)
        everything = "SELECT * FROM orders, customers"
        assert OTHERS not in str(await tables.query("acme", everything))
        assert OTHERS in str(await tables.query("globex", everything))

    check(body)


def test_errors(check: Check) -> None:
    """A statement that may not run is refused, one that cannot fails with the engine's words, a slow one times out;
    none of them is of consequence for the next."""

    async def body(tables: DuckTables, held: Held) -> None:
        await tables.ready("acme")
        for call in (tables.query, tables.plan):
            with pytest.raises(Refused) as refused:
                await call("acme", "DROP TABLE orders")
            assert refused.value.reason == "kind"
            with pytest.raises(Failed) as failed:
                await call("acme", "SELECT nothing FROM orders")
            assert "nothing" in failed.value.said
            assert "nothing" not in str(failed.value)
        began = time.monotonic()
        with pytest.raises(Timeout):
            await tables.query("acme", SLOW)
        assert time.monotonic() - began < 3
        assert await counted(tables) == 40

    check(body, timeout=0.2)


def test_times_with_a_zone(check: Check) -> None:
    """A time with a zone is a value like others, wherever queries run; what fails says it in one line."""

    async def body(tables: DuckTables, held: Held) -> None:
        await tables.ready("acme")
        for sql in ("SELECT now()", "SELECT max(placed) FROM orders HAVING max(placed) < now()"):
            assert isinstance((await tables.query("acme", sql)).rows[0][0], date)
        with pytest.raises(Failed) as failed:
            await tables.query("acme", "SELECT nothing\nFROM orders")
        assert "nothing" in failed.value.said
        assert "\n" not in failed.value.said

    check(body)


def test_plan(check: Check) -> None:
    """A plan says how the engine would run the query, and runs nothing."""

    async def body(tables: DuckTables, held: Held) -> None:
        await tables.ready("acme")
        assert "orders" in await tables.plan("acme", f"{SLOW} -- slow")

    check(body, timeout=0.5)


def test_caps(inside: Check) -> None:
    """Rows, columns, the length of a cell and all bytes are bounded, and it is said that something is missing."""

    async def body(tables: DuckTables, held: Held) -> None:
        await tables.ready("acme")
        rows = await tables.query("acme", "SELECT id FROM orders ORDER BY id")
        assert (len(rows.rows), rows.more) == (7, True)
        rows = await tables.query("acme", "SELECT id FROM orders ORDER BY id LIMIT 7")
        assert (len(rows.rows), rows.more) == (7, False)
        rows = await tables.query("acme", "SELECT 1, 2, 3, 4")
        assert (rows.columns, rows.rows, rows.more) == (("1", "2", "3"), ((1, 2, 3),), True)
        rows = await tables.query("acme", "SELECT rpad('x', 600, 'y') AS long FROM orders")
        assert len(str(rows.rows[0][0])) == 500
        assert str(rows.rows[0][0]).endswith("y…")
        assert (len(rows.rows), rows.more) == (3, True)

    inside(body, max_rows=7, max_columns=3, max_bytes=1800)


def test_heartbeat(check: Check) -> None:
    """The event loop goes on during a load of 60,000 rows and a heavy query."""

    async def body(tables: DuckTables, held: Held) -> None:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.002)
                beats += 1

        beating = asyncio.create_task(beat())
        schema = await tables.ready("acme")
        assert schema is not None and schema.tables[0].rows == 60_000
        loading, beats = beats, 0
        with pytest.raises(Timeout):
            await tables.query("acme", "SELECT count(*) FROM big a, big b WHERE a.id + b.id = 7 AND a.word <> b.word")
        beating.cancel()
        assert loading >= 5
        assert beats >= 10

    rows = 60_000
    big = pyarrow.table({"id": range(rows), "word": [f"w{each % 9000}" for each in range(rows)]})
    check(body, Held({"acme": [Loaded("big", big)]}), timeout=0.2)


