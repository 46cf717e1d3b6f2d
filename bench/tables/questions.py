"""The questions of the bench, as users of such products would ask them, and traps. They were written before any code
that answers them, and are not changed in view of a score."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("questions.jsonl")
KINDS = ("one", "group", "join", "trap")


@dataclass(frozen=True, slots=True)
class Question:
    """A question over the sample database `tables`. `kind`: `one` is an aggregate over one table, `group` a filter, a
    group, a top-k, `join` a join or two steps, `trap` what the tables cannot answer or what may mean several things.
    `sql` is the gold query, "" for a trap; `answers` are the rows that count as right, those of `sql` first: the same
    in another form (a month as its first day, as its number)."""

    tables: str
    kind: str
    text: str
    sql: str = ""
    answers: tuple[tuple[tuple[Any, ...], ...], ...] = ()


def questions() -> list[Question]:
    """All of them, in their order: 60 with an answer, then 40 traps."""
    with FILE.open(encoding="utf-8") as lines:
        return [_question(json.loads(line)) for line in lines]


def _question(row: dict[str, Any]) -> Question:
    answers = tuple(tuple(map(tuple, rows)) for rows in row.get("answers", ()))
    return Question(row["tables"], row["kind"], row["text"], row.get("sql", ""), answers)
