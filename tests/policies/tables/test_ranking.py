"""What comes first."""

from __future__ import annotations

import pytest

from policies.tables.reading import Order
from policies.tables.templates import readings
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import BIKES, CLINIC, LIBRARY


@pytest.mark.parametrize(
    ("script", "question", "order"),
    [(LIBRARY, "the 3 cheapest books", Order("price", False, 3)), (LIBRARY, "cheapest three books", Order("price",
        False, 3)),
     (LIBRARY, "Which book is the longest?", Order("pages", True, 1)), (CLINIC, "Who is the youngest patient?",
     Order("birth_date", True, 1)), (BIKES, "bottom 2 bikes by purchase price", Order("purchase_price", False, 2)),
     (CLINIC, "Which doctor was hired most recently?", Order("hire_date", True, 1)),
     (CLINIC, "Which doctor earns the most?", Order("salary", True, 1)),
     (CLINIC, "Who has the lowest salary?", Order("salary", False, 1))],
)  # fmt: skip
def test_orders(script: str, question: str, order: Order) -> None:
    """The column, the direction and the number that are asked for."""
    assert only(script, question).order == order


@pytest.mark.parametrize("question", ["cheapest books", "top books by price", "top 3 books", "the 3 cheapest 2 books"])
def test_an_order_without_an_end(question: str) -> None:
    """Several without a number, or a number without a measure, is not asked clearly."""
    assert not list(readings(world(LIBRARY, question)))
