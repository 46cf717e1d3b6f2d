"""What a question names of the tables."""

from __future__ import annotations

from time import perf_counter

import pytest

from adapters.ports import Column, Schema, Table
from policies.tables.hits import hits
from tests.policies.tables.databases import BIKES, CLINIC, opened


def test_tables_columns_and_values() -> None:
    """All that a phrase may mean, the longer phrase first."""
    found = hits("Which patients from New Ulm are insured?", opened(CLINIC)[1])
    assert found.tables == {"patients"} and found.columns == {("patients", "insured")}
    assert found.values == {("patients", "city", "New Ulm")} and found.strong


@pytest.mark.parametrize(
    ("question", "strong"),
    [("How many rentals were there?", True), ("What is my name?", False), ("What is the capital city of Peru?", False),
     ("Which date is today?", False), ("Is the Student Plus plan cheap?", True), ("Write a poem about the sea", False),
     ("average age of gold members", True), ("Tell me about the harbor", False)],
)  # fmt: skip
def test_a_common_word_alone_is_weak(question: str, strong: bool) -> None:
    """A table's own name or two words say that the tables are meant, one word that any question has does not."""
    assert hits(question, opened(BIKES)[1]).strong is strong


def test_a_look_takes_less_than_a_millisecond() -> None:
    """Ten thousand values do not make it slower."""
    values = tuple(f"value number {at} of many" for at in range(10_000))
    schema = Schema("1", (Table("things", (Column("label", "text", "", values, 10_000),)),))
    question = "Is there anything about value number 77 of many things in the long list of all that we know?"
    assert hits(question, schema).values == {("things", "label", "value number 77 of many")}
    begin = perf_counter()
    for _ in range(50):
        hits(question, schema)
    assert (perf_counter() - begin) / 50 < 0.001
