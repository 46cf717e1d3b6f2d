"""Small tables of a shop for tests, in the real engine, and a model that answers from a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from adapters.duckdb.limits import Limits
from adapters.duckdb.source import Loaded
from adapters.duckdb.tables import DuckTables
from adapters.ports import AdapterError, Link

CUSTOMERS = {"id": [1, 2, 3], "name": ["Ada Lind", "Bo Berg", "Cy Dahl"], "city": ["Oslo", "Bergen", "Oslo"]}
ORDERS = {
    "id": [10, 11, 12, 13, 14], "customer_id": [1, 1, 2, 3, 3],
    "status": ["shipped", "open", "shipped", "cancelled", "shipped"], "total": [20.0, 35.5, 12.25, 80.0, 7.75],
    "placed": [date(2026, month, 3) for month in (1, 2, 2, 3, 3)],
}  # fmt: skip
SHOP = (
    Loaded("customers", pa.table(CUSTOMERS), ("id",)),
    Loaded("orders", pa.table(ORDERS), ("id",), "What customers ordered", {"total": "Price in euros, tax included"},
           (Link("orders", "customer_id", "customers", "id"),)),
)  # fmt: skip


@dataclass
class Given:
    """A source of tables that are given, by tenant; `fault` is what reading them raises."""

    tenants: Mapping[str, Sequence[Loaded]] = field(default_factory=lambda: {"default": SHOP})
    place: str = "tables.0"
    number: int = 1
    fault: AdapterError | None = None

    def serves(self, tenant: str) -> bool:
        return tenant in self.tenants

    async def version(self) -> str:
        if self.fault:
            raise self.fault
        return str(self.number)

    async def load(self, tenant: str) -> Sequence[Loaded]:
        return self.tenants[tenant]

    async def close(self) -> None:
        """Nothing to let go of."""


def engine(source: Given | None = None, **limits: Any) -> DuckTables:
    """The real engine over the shop, or over another source."""
    return DuckTables([source or Given()], Limits(**limits))


@dataclass
class Scripted:
    """A model that gives one answer after the other, and keeps what it was asked."""

    answers: Sequence[str | AdapterError]
    prompts: list[str] = field(default_factory=list)

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        self.prompts.append(prompt)
        answer = self.answers[len(self.prompts) - 1]
        if isinstance(answer, AdapterError):
            raise answer
        return answer

    async def close(self) -> None:
        """Nothing to let go of."""
