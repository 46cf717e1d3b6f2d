"""What a question names of the tables."""

from __future__ import annotations

import pytest

from adapters.ports import Column, Schema, Table
from policies.tables.hits import hits
from tests.policies.tables.databases import BIKES, CLINIC, opened


def test_tables_columns_and_values() -> None:
    """All that a phrase may mean, the longer phrase first."""
    found = hits("Which patients from New Ulm are insured?", opened(CLINIC)[1])
    assert found.tables == {"patients"} and found.columns == {("patients", "insured")}
    assert found.values == {("patients", "city", "New Ulm")}


@pytest.mark.parametrize(
    ("question", "told"),
    [("How many rentals were there?", ["rentals"]), ("Write a poem about the sea", []), ("Tell me about Peru", [])],
)
def test_told(question: str, told: list[str]) -> None:
    """What is named is told by its full name; most questions name nothing."""
    found = hits(question, opened(BIKES)[1])
    assert found.told == told
    assert found.any is bool(told)


def test_many_values() -> None:
    """One of ten thousand values is found, and no other."""
    values = tuple(f"value number {at} of many" for at in range(10_000))
    schema = Schema("1", (Table("things", (Column("label", "text", "", values, 10_000),)),))
    question = "Is there anything about value number 77 of many things in the long list of all that we know?"
    assert hits(question, schema).values == {("things", "label", "value number 77 of many")}
