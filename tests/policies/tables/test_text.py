"""Numbers and times in a question."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from policies.tables.text import Period, periods, text_of

_TODAY = date(2024, 1, 15)


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [("in 2023", date(2023, 1, 1), date(2024, 1, 1)), ("in March 2024", date(2024, 3, 1), date(2024, 4, 1)),
     ("before 2024-05-01", None, date(2024, 5, 1)), ("after 2024-05-01", date(2024, 5, 2), None),
     ("since May 2023", date(2023, 5, 1), None), ("last year", date(2023, 1, 1), date(2024, 1, 1)),
     ("last month", date(2023, 12, 1), date(2024, 1, 1)), ("in q4 2023", date(2023, 10, 1), date(2024, 1, 1)),
     ("on March 5th, 2023", date(2023, 3, 5), date(2023, 3, 6)), ("yesterday", date(2024, 1, 14), date(2024, 1, 15)),
     ("between 2021 and 2022", date(2021, 1, 1), date(2023, 1, 1)), ("on 5 March 2023", date(2023, 3, 5), date(2023,
     3, 6)),
     ("in 2023 or later", date(2023, 1, 1), None), ("this month", date(2024, 1, 1), date(2024, 2, 1))],
)  # fmt: skip
def test_times(said: str, start: date | None, end: date | None) -> None:
    """A time is the days from the first up to but without the one behind the last."""
    text = text_of(said, _TODAY)
    assert (Period(start, end), len(text)) in list(periods(text, 0))


@pytest.mark.parametrize("said", ["in March", "on 2024-02-30", "in the last 30 loans", "in the last 0 days",
    "between May and March 2024",
    "in the first quarter", "on 05/06/2024",
    "between 2022 and 2021"])
def test_no_times(said: str) -> None:
    """What is no day, or could be two, is no time."""
    text = text_of(said, _TODAY)
    assert all(end < len(text) for _, end in periods(text, 0))


def test_numbers() -> None:
    """Thousands, signs of money, factors and words are numbers; a minus is not dropped."""
    assert text_of("$1,500.50 2k three", _TODAY).numbers == (Decimal("1500.50"), Decimal(2000), Decimal(3))
    assert "~" in text_of("below -5", _TODAY).words[1]
    assert text_of("science-fiction", _TODAY).words == ("science", "fiction")


def test_a_clause_in_front_goes_to_the_end() -> None:
    """ "In 2023, how many orders" is read as "how many orders in 2023"."""
    assert text_of("In 2023, how many orders?", _TODAY).words == ("how", "many", "orders", "in", "2023")
