"""How well questions over rows are told from others: by their text alone, and by what ships, the text and the tables.

Whoever asks has ten databases: those that the questions of `gate` from Spider are about, all at once, so that a
question over rows of one of them stands against the names and values of nine others. It is taken for one by
`policies.tables.concerning`: it names at least one table, column or value, and its text is as likely one as
`RELATIONAL` says, or doubtful and read whole by a template. The tables stand in `spider_schemas.json`: names and types
as in the data set, a few values of each.

The weights were made without these rows and without rows of their sources. Which training sources teach, and
`RELATIONAL`, were chosen with the rows at even places in view; `odd` leaves those out.

relational/pooled           balanced accuracy over all rows of what ships
relational/worst_source     the least of the sources' (each has one label: the share right)
relational/SOURCE           the same of one source
relational/text_...         likewise by the text alone
relational/odd_..., odd_text_...    pooled and worst_source, on the rows at odd places alone

Spider: Yu et al., EMNLP 2018, https://github.com/taoyds/spider; data CC BY-SA 4.0.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from adapters.ports import Column, Schema, Table
from policies.questions.classifier import shipped
from policies.questions.needs import RELATIONAL, Gate
from policies.tables.concerning import concerns

Row = Mapping[str, Any]
FILE = Path(__file__).with_name("spider_schemas.json")
Scores = Callable[[str, Sequence[Row], Sequence[bool]], dict[str, float]]


def schema() -> Schema:
    """The ten databases as one. The file has, by database, table and column, a type and values."""
    databases: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return Schema("1", tuple(
        Table(table, tuple(Column(name, kind, values=tuple(values)) for name, (kind, *values) in columns.items()))
        for tables in databases.values() for table, columns in tables.items()
    ))  # fmt: skip


def run(rows: Sequence[Row], scores: Scores) -> dict[str, float]:
    """The metrics over rows of `text`, `source` and `relational` (1, 0 or None: not scored), made by `scores`, which
    takes a label, rows and what was taken."""
    gate, tables = Gate(shipped()), schema()
    odds = [gate.read(row["text"], row["text"]).relational for row in rows]
    text = [(each or 0.0) >= RELATIONAL for each in odds]
    both = [concerns(each, row["text"], tables, date.today()) for row, each in zip(rows, odds, strict=True)]
    metrics = scores("relational", rows, both)
    metrics |= _under("text_", scores("relational", rows, text))
    for name, taken in (("odd_", both), ("odd_text_", text)):
        odd = _under(name, scores("relational", rows[1::2], taken[1::2]))
        metrics |= {key: figure for key, figure in odd.items() if key.endswith(("pooled", "worst_source"))}
    return metrics


def _under(prefix: str, metrics: Mapping[str, float]) -> dict[str, float]:
    parts = {name: name.rpartition("/") for name in metrics}
    return {f"{head}/{prefix}{tail}": metrics[name] for name, (head, _, tail) in parts.items()}
