"""A question over rows must read like one and name something of the tables that are there."""

from typing import Any

from bench.needs import scores
from bench.over_rows import run, schema
from policies.tables.hits import hits


def row(text: str, relational: int | None, source: str) -> dict[str, Any]:
    return {"text": text, "relational": relational, "source": source}


ROWS = [
    row("How many flights does each airline have?", 1, "spider/flight_2"),
    row("What is the total salary of each department?", 0, "other_tables"),
    row("Where is the museum?", 0, "facts"),
    row("who sang the theme of the show", 0, "facts"),
    row("not scored", None, "facts"),
]


def test_both_conditions() -> None:
    """A question over other tables reads like one, and one word of these tables is no question over them."""
    metrics = run(ROWS, scores)
    assert metrics["gate/relational/spider"] == metrics["gate/relational/pooled"] == 1
    assert metrics["gate/relational/text_other_tables"] == metrics["gate/relational/text_worst_source"] == 0
    assert metrics["gate/relational/facts"] == metrics["gate/relational/text_facts"] == 1
    assert metrics["gate/relational/odd_pooled"] == 1
    assert metrics["gate/relational/odd_text_worst_source"] == 0


def test_schema() -> None:
    """The tables of ten databases, with what their names and values say."""
    tables = schema()
    assert len(tables.tables) == 39
    horsepower = tables.table("cars_data")
    assert horsepower is not None and horsepower.column("Horsepower") is not None
    assert hits("Who directed the cartoons of Ben Jones?", tables).any
    assert hits("the average horsepower please", tables).any
    assert not hits("who wrote the book", tables).any
