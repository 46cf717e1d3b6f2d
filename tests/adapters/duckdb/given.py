"""Sources that hold their rows in this process, and rows for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import pyarrow

from adapters.duckdb import DuckTables
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, Link, Tables, Unavailable

OTHERS = "belongs to globex"
STATUS = ("shipped", "open", "shipped", "returned")


def orders(tenant: str = "acme", rows: int = 40) -> Loaded:
    """Orders of a tenant: every fourth is open, one in ten has no note."""
    said = f"note of {tenant}" if tenant == "acme" else OTHERS
    data = pyarrow.table({
        "id": pyarrow.array(range(rows), pyarrow.int64()),
        "customer": [each % 5 for each in range(rows)],
        "status": [STATUS[each % 4] for each in range(rows)],
        "amount": pyarrow.array([Decimal(each) + Decimal("0.50") for each in range(rows)], pyarrow.decimal128(12, 2)),
        "weight": [each * 0.25 for each in range(rows)],
        "placed": [date(2024, 1 + each % 12, 1 + each % 28) for each in range(rows)],
        "sent": [datetime(2024, 1 + each % 12, 3, 14, 30) for each in range(rows)],
        "paid": [each % 3 == 0 for each in range(rows)],
        "note": [None if each % 10 == 0 else said for each in range(rows)],
        "tags": [["new", "gift"][: each % 3] for each in range(rows)],
    })  # fmt: skip
    links = (Link("orders", "customer", "customers", "id"), Link("orders", "id", "invoices", "order"))
    return Loaded("orders", data, ("id",), "what was ordered", {"amount": "in euros"}, links)


def customers(tenant: str = "acme") -> Loaded:
    """Five customers; names have quotes in them, and one column a name that must be quoted."""
    data = pyarrow.table({
        "id": range(5), "name": [f"O'Neil {each} of {tenant}" for each in range(5)],
        'the "city" / plain': ["Köln", "Ulm", "Köln", "Bonn", None],
    })  # fmt: skip
    return Loaded("customers", data, ("id",))


class Held:
    """A source whose rows are changed by the test: it counts what it is asked, and fails or waits when told to."""

    def __init__(self, tables: Mapping[str, Sequence[Loaded]], place: str = "tables.0") -> None:
        self.place = place
        self.tables = dict(tables)
        self.number = 1
        self.broken: AdapterError | None = None
        self.gate: asyncio.Event | None = None
        self.asked = self.loads = 0
        self.closed = False

    def serves(self, tenant: str) -> bool:
        return tenant in self.tables

    async def version(self) -> str:
        self.asked += 1
        if self.broken is not None:
            raise self.broken
        return str(self.number)

    async def load(self, tenant: str) -> Sequence[Loaded]:
        self.loads += 1
        if self.gate is not None:
            await self.gate.wait()
        return self.tables[tenant]

    async def close(self) -> None:
        self.closed = True

    def change(self, tenant: str, *tables: Loaded) -> None:
        """Other rows from now on."""
        self.tables[tenant] = tables
        self.number += 1

    def break_down(self) -> None:
        self.broken = Unavailable("the source cannot be reached")


def shop(**more: Any) -> Held:
    """Two tenants with the same tables, each with rows of its own."""
    return Held({tenant: (orders(tenant), customers(tenant)) for tenant in ("acme", "globex")}, **more)


Isolation = Literal["thread", "process"]
Body = Callable[[DuckTables, Held], Awaitable[None]]
Check = Callable[..., None]
COUNT = "SELECT count(*) FROM orders"


async def counted(tables: Tables, tenant: str = "acme") -> object:
    """How many orders the tenant has, by a query."""
    return (await tables.query(tenant, COUNT)).rows[0][0]
