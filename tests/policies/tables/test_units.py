"""Units of numbers."""

from __future__ import annotations

from adapters.ports import Column, Table
from policies.tables.reading import Where
from policies.tables.units import amounts, currencies, is_other
from tests.policies.tables.asking import world
from tests.policies.tables.databases import BIKES
from tests.policies.tables.ledgers import BOOKS


def _read(script: str, said: str, table: str, column: str) -> list[tuple[int, tuple[Where, ...]]]:
    asked = world(script, said)
    return list(amounts(asked, table, asked.column(table, column), 0))


def test_a_column_says_the_currency() -> None:
    """A currency is a condition on the column of currencies, however it is written; one that is not there is none."""
    euros = (Where("bills", "currency", "in", ("EUR",)),)
    assert (2, euros) in _read(BOOKS, "20 euros", "bills", "amount")
    assert _read(BOOKS, "€20", "bills", "amount") == [(1, euros)]
    assert _read(BOOKS, "£20", "bills", "amount") == []
    assert [each.name for each in currencies(world(BOOKS, "x").table("bills"))] == ["currency"]


def test_a_description_says_the_currency() -> None:
    """Where no column says it, a currency is read only if the column or its table is described in it."""
    assert (2, ()) in _read(BIKES, "8 euros", "rentals", "cost_eur")
    assert _read(BIKES, "8 dollars", "rentals", "cost_eur") == [(1, ())]
    assert _read(BOOKS, "$8", "contracts", "fee") == []


def test_a_measure_is_that_of_the_column() -> None:
    """Kilometres are read of a distance in kilometres, miles are not."""
    assert (2, ()) in _read(BIKES, "8 km", "rentals", "distance_km")
    assert _read(BIKES, "8 miles", "rentals", "distance_km") == [(1, ())]


def test_a_currency_of_another_amount() -> None:
    """The currency of a salary says nothing of a bonus, nor of what is told its own."""
    salary, bonus, fee = (Column(name, "number") for name in ("salary", "bonus", "fee_eur"))
    told = Column("salary_currency", "text", "", ("EUR", "USD"), 2)
    staff = Table("staff", (salary, bonus, fee, told))
    assert currencies(staff, salary) == [told] and not is_other(staff, salary, "salary_currency")
    assert currencies(staff, bonus) == [] and is_other(staff, bonus, "salary_currency")
    assert is_other(staff, fee, "salary_currency") and not is_other(staff, fee, "salary")
