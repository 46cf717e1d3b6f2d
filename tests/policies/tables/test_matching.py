"""What words mean to a table."""

from __future__ import annotations

from adapters.ports import Column, Table
from policies.tables.matching import is_measure, is_summed, is_unit_price
from policies.tables.vocabulary import SUPERLATIVES
from tests.policies.tables.asking import world
from tests.policies.tables.databases import BIKES, CLINIC, LIBRARY


def test_a_date_of_the_row_itself() -> None:
    """It bears the name of its table, or a neutral one; of other dates none is taken."""
    asked = world(CLINIC, "x")
    date = asked.own_date("appointments")
    assert date is not None and date.name == "appointment_date"
    assert asked.own_date("doctors") is None and asked.notes == ["unclear_date"]
    loan = world(LIBRARY, "x").own_date("loans")
    assert loan is not None and loan.name == "loan_date"


def test_an_adjective_measures_one_column() -> None:
    """ "Oldest" is the earliest birth; of a table without one it is nothing."""
    asked = world(CLINIC, "x")
    found = asked.degree("patients", SUPERLATIVES["oldest"])
    assert found is not None and (found[0].name, found[1]) == ("birth_date", False)
    assert asked.degree("doctors", SUPERLATIVES["oldest"]) is None


def test_a_value_belongs_to_the_row_or_to_what_it_leads_to() -> None:
    """A station's name is a condition on rentals through their bikes, and none on members."""
    asked = world(BIKES, "Central")
    refs = next(asked.values(0))[0]
    where = asked.attach(refs, "rentals")
    assert where is not None and (where.table, where.far) == ("stations", False)
    assert asked.attach(refs, "members") is None and asked.notes[-1] == "no_path"


def test_figures_and_labels_of_digits() -> None:
    """A year or a postcode is no figure; ratings have no sum, nor have prices beside a quantity."""
    assert not is_measure(Column("zip", "integer")) and not is_measure(Column("birth_year", "integer"))
    assert is_measure(Column("rating", "number")) and not is_summed(Column("rating", "number"))
    price = Column("unit_price", "number")
    assert is_unit_price(Table("items", (price, Column("quantity", "integer"))), price)
    assert not is_unit_price(Table("items", (price,)), price)
