"""Signs that a question asks for counts, orders or comparisons over rows."""

import pytest

from policies.questions.grams import tokens
from policies.questions.signs import signs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How many orders did each customer place?", ["count", "each", "2 signs"]),
        ("List the products whose price is above 20, sorted by name", ["order", "than", "which", "list", "4 signs"]),
        ("What is the average age of the oldest players?", ["total", "extreme", "list", "columns", "4 signs"]),
        ("Names and dates of all visits", ["columns", "1 signs"]),
        ("Who wrote the book?", ["0 signs"]),
        ("", ["0 signs"]),
    ],
)
def test_signs(text: str, found: list[str]) -> None:
    """Each sign is named once, and how many there are."""
    assert signs(tokens(text)) == found
