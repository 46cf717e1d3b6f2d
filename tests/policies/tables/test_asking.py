"""From a question over tables to rows, over the real engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from adapters.ports import AdapterError, Model, Timeout, Unavailable
from policies.tables.asking import Asking, Computed
from tests.tables import Scripted, engine

TODAY = date(2026, 4, 1)
HARD = "What share of each city's orders was bought by the customer who spends most there?"


def ask(question: str, model: Model | None = None, **limits: Any) -> Computed:
    """What comes of a question over the shop."""

    async def run() -> Computed:
        tables = engine(**limits)
        try:
            schema = await tables.ready("default")
            assert schema is not None
            return await Asking(tables, model).ask("default", question, schema, TODAY)
        finally:
            await tables.close()

    return asyncio.run(run())


def sql(*statements: str) -> Scripted:
    """A model that gives these statements."""
    return Scripted([json.dumps({"sql": each}) for each in statements])


def test_template_needs_no_model() -> None:
    """What a template reads is computed without asking anybody."""
    model = sql()
    found = ask("How many orders are there?", model)
    assert found.reason == "template"
    assert found.rows is not None
    assert found.rows.rows == ((5,),)
    assert found.reads
    assert not model.prompts


def test_without_a_model_the_reason_tells() -> None:
    """What no template reads is not computed, and never guessed."""
    found = ask(HARD)
    assert found.rows is None
    assert found.reason not in ("template", "")


def test_model_writes_what_no_template_does() -> None:
    """The model sees question, tables and date, and its query is run."""
    model = sql("SELECT city, count(*) AS n FROM customers GROUP BY city ORDER BY city")
    found = ask(HARD, model)
    assert (found.reason, found.calls) == ("model", 1)
    assert found.rows is not None
    assert found.rows.rows == (("Bergen", 1), ("Oslo", 2))
    assert "2026-04-01" in model.prompts[0]
    assert HARD in model.prompts[0]


def test_engine_complaint_is_repaired_twice_at_most() -> None:
    """The model is told why its query does not run, twice; then nothing is computed."""
    model = sql("SELECT nam FROM customers", "SELECT name FROM customers WHERE id = 1")
    found = ask(HARD, model)
    assert (found.reason, found.calls) == ("model", 2)
    assert "does not run" in model.prompts[1]
    assert "nam" in model.prompts[1]
    model = sql(*["SELECT nothing_here FROM customers"] * 5)
    found = ask(HARD, model)
    assert (found.reason, found.rows, found.calls) == ("no_query_runs", None, 3)


def test_what_cannot_be_read_is_asked_for_again() -> None:
    """An answer without a statement counts as a try, and the model is told how to answer."""
    model = Scripted(["It is simple.", "Here: {\"sql\": \"SELECT count(*) AS n\nFROM customers\"}"])
    found = ask(HARD, model)
    assert (found.reason, found.calls, found.rows and found.rows.rows) == ("model", 2, ((3,),))
    assert model.prompts[1].endswith('Answer with {"sql": "SELECT ..."} and nothing else.')


def test_statement_that_may_not_run_does_not() -> None:
    """Whatever a model writes, only one SELECT over the tables runs."""
    model = sql("DROP TABLE orders", "SELECT * FROM read_csv('/etc/passwd')", "SELECT 1; SELECT 2")
    found = ask(HARD, model)
    assert found.rows is None
    assert found.reason == "no_query_runs"
    assert "refused" in model.prompts[1]


def test_empty_result_is_looked_at_once() -> None:
    """No rows may mean a literal that is spelt otherwise: the model is asked once; the same query again stands."""
    model = sql("SELECT id FROM orders WHERE status = 'Shipped'", "SELECT id FROM orders WHERE status = 'shipped'")
    found = ask(HARD, model)
    assert found.rows is not None
    assert len(found.rows.rows) == 3
    model = sql(*["SELECT id FROM orders WHERE total > 1000"] * 3)
    found = ask(HARD, model)
    assert (found.reason, found.calls) == ("model", 2)
    assert found.rows is not None
    assert not found.rows.rows


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([Timeout("late")], "model_timeout"),
        ([Unavailable("away")], "model_unavailable"),
        (['{"sql": null}'], "model_declined"),
        (["I am sorry."] * 3, "model_unreadable"),
        (["I am sorry.", '{"sql": null}'], "model_declined"),
        (["[" * 3000] * 3, "model_unreadable"),
        (['{"sql": "SELECT nam FROM customers"}', Unavailable("away")], "model_unavailable"),
    ],
)
def test_model_that_fails_computes_nothing(answers: Sequence[str | AdapterError], reason: str) -> None:
    """A model that is away, late, or says that it cannot: the reason tells, and nothing is raised."""
    found = ask(HARD, Scripted(answers))
    assert (found.reason, found.rows) == (reason, None)


def test_slow_query_ends() -> None:
    """A query that takes too long is stopped, and not asked for again."""
    names = [f"{name}{number}" for name in "abcdefghij" for number in range(2)]
    joined = ", ".join(f"orders {name}" for name in names)
    model = sql(f"SELECT count(*) FROM {joined} WHERE {' + '.join(f'{name}.id' for name in names[1:])} = 230 + a0.id")
    found = ask(HARD, model, timeout=0.3)
    assert (found.reason, found.rows, found.calls) == ("query_timeout", None, 1)
