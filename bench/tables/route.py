"""The way of a question over tables: is it one, what is its query, what does the engine say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import AdapterError, Model, Rows, Tables
from bench.over_rows import named
from bench.tables.samples import TODAY
from policies.questions.classifier import shipped
from policies.questions.needs import RELATIONAL, Gate
from policies.tables.templates import write

TOKENS = 1000


class Outcome(NamedTuple):
    """What came of a question: whether the gate takes it for one over the tables, the rows or None, and why;
    `ms` is what all but the model's call took."""

    taken: bool
    rows: Rows | None
    reason: str
    ms: float


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers by a template, and, where there is none, by the SQL of `model`. `templates`: whether they are tried."""

    tables: Tables
    model: Model | None = None
    templates: bool = True

    async def ask(self, tenant: str, question: str) -> Outcome:
        """The outcome. What the gate does not take is answered all the same, so that either can be measured alone.
        Raises AdapterError where the tables or the model fail."""
        began, away = time.perf_counter(), 0.0
        schema = await self.tables.ready(tenant)
        if schema is None:
            raise LookupError(f"no tables of {tenant}")
        taken = (Gate(shipped()).read(question, question).relational or 0) >= RELATIONAL and named(question, schema)
        sql, reason = None, "model"
        if self.templates:
            written = write(question, schema, TODAY)
            sql, reason = written.sql, written.reason
        if sql is None and self.model is not None:
            left = time.perf_counter()
            sql = await self.model.ask(f"Write one SELECT for: {question}", TOKENS)
            away = time.perf_counter() - left
        rows = await self._run(tenant, sql) if sql else None
        return Outcome(taken, rows, reason, 1000 * (time.perf_counter() - began - away))

    async def _run(self, tenant: str, sql: str) -> Rows | None:
        try:
            return await self.tables.query(tenant, sql)
        except AdapterError:
            return None
