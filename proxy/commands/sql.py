"""`rapport sql`: how a question over the tables is understood, the query, its plan and what it gives. Nothing is sent:
only with `--ask-model` is the configured model asked to write the query."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from datetime import date, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from adapters.ports import ConfigError, Schema
from policies.questions.classifier import shipped
from policies.questions.needs import Gate
from policies.tables.asking import Asking, Computed
from policies.tables.concerning import concerns
from policies.tables.hits import hits
from proxy.app import Rapport, assemble
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.routing import warm


def sql(options: argparse.Namespace) -> int:
    """Ask the tables of a tenant. Raises ConfigError where there are none, AdapterError where they cannot be read."""
    settings = load(options.config, secrets=False)
    if not settings.tables:
        raise ConfigError("tables", "none are configured; see `Questions over tables` in the README")
    if options.ask_model and settings.sql.model is None:
        raise ConfigError("sql.model", "is not set; without it only templates write queries")
    if options.ask_model:
        warm()
    told = asyncio.run(_told(assemble(settings), options))
    if options.json:
        print(json.dumps(told, ensure_ascii=False, default=str))
    else:
        _print(told)
    return 0


async def _told(rapport: Rapport, options: argparse.Namespace) -> dict[str, Any]:
    adapters = rapport.adapters
    tables = adapters.tables
    try:
        schema = await tables.ready(options.tenant) if tables else None
        if tables is None or schema is None:
            raise ConfigError("tables", f"none is for the tenant {options.tenant!r}")
        today = datetime.now().astimezone().date()
        told = detected(options.text, schema, today)
        began = time.perf_counter()
        asking = Asking(tables, adapters.analyst if options.ask_model else None)
        found = await asking.ask(options.tenant, options.text, schema, today)
        told["ms"] = round((time.perf_counter() - began) * 1000, 1)
        told |= _computed(found)
        told["plan"] = await tables.plan(options.tenant, found.sql) if found.rows is not None and found.sql else None
        return told
    finally:
        await rapport.close()


def detected(question: str, schema: Schema, today: date) -> dict[str, Any]:
    """Whether a chat would ask the tables, and by what."""
    probability = Gate(shipped()).read(question, question).relational
    asks = concerns(probability, question, schema, today)
    named = hits(question, schema).told
    return {"relational": asks, "probability": probability and round(probability, 3), "hits": named}


def _computed(found: Computed) -> dict[str, Any]:
    rows = found.rows
    result = rows and {"columns": rows.columns, "rows": rows.rows, "more": rows.more}
    return {"by": found.reason, "reads": found.reads, "asked_model": found.calls, "sql": found.sql, "result": result}


def _print(told: dict[str, Any]) -> None:
    console = Terminal()
    named = ", ".join(told["hits"]) or "nothing of the tables"
    verdict = "a question over the tables" if told["relational"] else "no question over the tables"
    odds = told["probability"]
    console.print(Text(f"detected   {verdict} (probability {'not asked' if odds is None else odds}; names {named})"))
    asked = f", model asked {told['asked_model']}x" if told["asked_model"] else ""
    outcome = "computed" if told["result"] else "nothing"
    console.print(Text(f"{outcome:<10} {told['by']}{asked}, {told['ms']} ms"))
    for name in ("reads", "sql"):
        if told[name]:
            console.print(Text(f"{name:<10} {told[name]}"))
    if told["result"]:
        console.print(_table(told["result"]))
    if told["plan"]:
        console.print(Text(f"plan\n{told['plan']}", style="dim"))


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"


def _table(result: dict[str, Any]) -> Table:
    table = Table(caption="there is more" if result["more"] else _counted(len(result["rows"])))
    for name in result["columns"]:
        table.add_column(Text(name))
    for row in result["rows"]:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return table
