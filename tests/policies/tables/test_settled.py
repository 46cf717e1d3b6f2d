"""What a verb says of rows that may say it themselves."""

from __future__ import annotations

import pytest

from adapters.ports import Column, Table
from policies.tables.settled import is_sum, said_by

_AMOUNT = Column("amount", "number")


@pytest.mark.parametrize(
    "column",
    [Column("is_paid", "boolean"), Column("paid_at", "date", nulls=2), Column("state", "text", "", ("paid", "new"), 2),
     Column("flow", "text", "", ("unpaid", "done"), 2), Column("bounced", "boolean"), Column("status", "text")],
)  # fmt: skip
def test_rows_that_say_themselves_whether_they_are_paid(column: Column) -> None:
    """A flag, a date that may be missing, or a status: that there is a payment does not say that it was paid."""
    assert said_by(Table("payments", (_AMOUNT, column)), "paid")


def test_rows_that_say_nothing_of_it() -> None:
    """A date that all rows have is when they were made, and a status of orders does not say whether one was ordered."""
    assert not said_by(Table("payments", (_AMOUNT, Column("paid_at", "date"))), "paid")
    assert not said_by(Table("orders", (Column("status", "text", "", ("open", "sent"), 2),)), "ordered")


def test_what_is_done_by_the_amount() -> None:
    """Who paid the most paid most money, who rented the most rented most often."""
    assert is_sum("paid") and is_sum("bought") and not is_sum("rented")
