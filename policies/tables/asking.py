"""From a question over tables to rows: by a template where one fits, else by SQL that a model writes, else not at all.

A model is given the engine's complaint and asked again at most twice (design of text-to-SQL pipelines with execution
feedback; the whole schema rather than a pruned one: arXiv 2408.07702). Whatever it writes is only what the engine lets
through: one SELECT over rows of this tenant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from adapters.ports import AdapterError, Failed, Model, Refused, Rows, Schema, Tables, Timeout
from policies.tables.prompt import prompt, statement
from policies.tables.templates import write

REPAIRS = 2
ANSWER = 1500
"""Tokens that a model may write, its thoughts included."""
EMPTY = "It gave no rows. See that every literal is written as it stands in the table; else give the same query again."
UNREADABLE = 'No statement could be read in your answer. Answer with {"sql": "SELECT ..."} and nothing else.'


class Computed(NamedTuple):
    """What came of a question. `rows` are there where it was computed; `reason` is the code that says by what
    (`template`, `model`), or why not; `sql` the query that was run, or tried last; `reads` how a template read the
    question; `calls` how often a model was asked."""

    reason: str
    sql: str | None = None
    rows: Rows | None = None
    reads: str = ""
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks `tables`, with the help of `model` where there is one."""

    tables: Tables
    model: Model | None = None

    async def ask(self, tenant: str, question: str, schema: Schema, today: date) -> Computed:
        """Compute it. Never raises AdapterError: the reason tells."""
        found = await self._by_template(tenant, question, schema, today)
        if found.rows is not None or self.model is None:
            return found
        return await self.by_model(self.model, tenant, question, schema, today)

    async def _by_template(self, tenant: str, question: str, schema: Schema, today: date) -> Computed:
        written = write(question, schema, today)
        if written.sql is None:
            return Computed(written.reason)
        try:
            return Computed("template", written.sql, await self.tables.query(tenant, written.sql), written.reads)
        except AdapterError as error:
            return Computed(_code(error), written.sql, None, written.reads)

    async def by_model(self, model: Model, tenant: str, question: str, schema: Schema, today: date) -> Computed:
        """Compute it by what a model writes, whatever a template would."""
        tried: list[tuple[str, str]] = []
        for calls in range(1, REPAIRS + 2):
            try:
                sql = statement(await model.ask(prompt(question, schema, today, tried), ANSWER, json=True))
            except AdapterError as error:
                return Computed("model_timeout" if isinstance(error, Timeout) else "model_unavailable", calls=calls)
            if sql is None:
                return Computed("model_declined", calls=calls)
            if not sql:
                tried.append(("", UNREADABLE))
                continue
            found = await self._run(tenant, sql, tried)
            if found is not None:
                return found._replace(calls=calls)
        sql = next((each for each, _ in reversed(tried) if each), None)
        return Computed("no_query_runs" if sql else "model_unreadable", sql, calls=REPAIRS + 1)

    async def _run(self, tenant: str, sql: str, tried: list[tuple[str, str]]) -> Computed | None:
        """What the query gives; None where it is worth asking for another, and `tried` says why."""
        again = any(sql == before for before, _ in tried)
        try:
            rows = await self.tables.query(tenant, sql)
        except (Refused, Failed) as error:
            tried.append((sql, f"It does not run: {error.said if isinstance(error, Failed) else error}"))
            return None
        except AdapterError as error:
            return Computed(_code(error), sql)
        if rows.rows or again or any(before for before, _ in tried):
            return Computed("model", sql, rows)
        tried.append((sql, EMPTY))
        return None


def _code(error: AdapterError) -> str:
    if isinstance(error, Refused):
        return f"refused:{error.reason}"
    return "query_timeout" if isinstance(error, Timeout) else "query_failed"
