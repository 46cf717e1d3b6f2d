"""The way of a question: a template's query, a model's, or none; and what all but the model took."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from adapters.duckdb import DuckTables, Limits
from bench.tables.route import Outcome, Route
from bench.tables.samples import samples

COUNT = "How many customers do we have?"


class Slow:
    """A model that takes its time."""

    def __init__(self, said: str) -> None:
        self.said = said

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        time.sleep(0.5)
        return self.said

    async def close(self) -> None:
        """Nothing is open."""


def go(call: Callable[[DuckTables], Awaitable[Outcome]]) -> Outcome:
    async def run() -> Outcome:
        tables = DuckTables(samples()[:1], Limits())
        try:
            await tables.ready("shop")
            return await call(tables)
        finally:
            await tables.close()

    return asyncio.run(run())


def test_without_model() -> None:
    """What no template is for gets no rows, and a reason."""
    outcome = go(lambda tables: Route(tables).ask("shop", "Why did sales drop in March?"))
    assert outcome.rows is None and outcome.reason not in ("", "template")
    assert not outcome.taken


def test_with_model() -> None:
    """The model's query is run; the time of its call does not count."""
    asked = Slow("SELECT count(*) FROM customers")
    outcome = go(lambda tables: Route(tables, asked, templates=False).ask("shop", COUNT))
    assert outcome.rows is not None and outcome.rows.rows == ((420,),)
    assert outcome.taken and outcome.reason == "model" and 0 < outcome.ms < 500


def test_what_does_not_run() -> None:
    """A query that the engine refuses gives no rows."""
    outcome = go(lambda tables: Route(tables, Slow("DROP TABLE customers"), templates=False).ask("shop", COUNT))
    assert outcome.rows is None


def test_no_tables() -> None:
    """Who has no tables is no case of the bench."""
    with pytest.raises(LookupError):
        go(lambda tables: Route(tables).ask("nobody", COUNT))
