"""Which names and values of tables a question names."""

import pytest

from adapters.ports import Column, Schema, Table
from bench.hits import hits

COUNTRY = Column("CountryName", "text", values=("South Africa", "yes"))
SCHEMA = Schema("1", (Table("car_makers", (Column("id", "number"), Column("FullName", "text"), COUNTRY)),))


@pytest.mark.parametrize(
    ("question", "strong", "weak"),
    [
        ("List all car makers", {"car_makers"}, set()),
        ("What are the full names?", {"car_makers.FullName"}, set()),
        ("Which id is it?", set(), {"car_makers.id"}),
        ("How many are from south africa?", {"car_makers.CountryName"}, set()),
        ("Yes, who made the car?", set(), set()),
        ("", set(), set()),
    ],
)
def test_hits(question: str, strong: set[str], weak: set[str]) -> None:
    """Names are found in any number and however they are written together; a column named as many are is weak, and
    values that say nothing are none."""
    assert hits(question, SCHEMA) == (strong, weak)
