"""Whether a question is one over the tables: it sounds like one and names something of them, or every word of it has
its place in a query."""

from __future__ import annotations

from datetime import date

from adapters.ports import Schema
from policies.questions.needs import RELATIONAL
from policies.tables.hits import hits
from policies.tables.templates import write

LEAST = 0.1
"""The probability, by the wording, from which on a template is tried: it reads nothing but questions over rows."""


def concerns(probability: float | None, question: str, schema: Schema, today: date) -> bool:
    """Whether to ask the tables; `probability` is how likely it is by its wording alone, None where that says nothing.
    """
    if probability is None or probability < LEAST or not hits(question, schema).any:
        return False
    return probability >= RELATIONAL or write(question, schema, today).sql is not None
