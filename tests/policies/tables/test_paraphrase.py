"""Readings in words."""

from __future__ import annotations

import pytest

from policies.tables.paraphrase import paraphrase
from tests.policies.tables.asking import only, world
from tests.policies.tables.databases import CLINIC, LIBRARY


@pytest.mark.parametrize(
    ("script", "question", "said"),
    [(CLINIC, "How many patients live in Bremen?", "number of rows of patients where city is 'Bremen'"),
     (CLINIC, "Average salary per department", "average salary of doctors for each row of departments that has any"),
     (LIBRARY, "Show the 2 cheapest books",
      "title, price of the rows of books; the 2 with the lowest price, and all that tie"),
     (LIBRARY, "Which members have more than 2 loans?",
      "memberName of the rows of LibraryMembers where the number of tied rows of loans is more than 2"),
     (LIBRARY, "How many loans have not been returned?", "number of rows of loans where returned_date is empty")],
)  # fmt: skip
def test_what_is_computed(script: str, question: str, said: str) -> None:
    """Tables, columns, values, groups and ties are all named."""
    assert paraphrase(only(script, question), world(script, "x").lexicon) == said
