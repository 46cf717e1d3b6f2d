"""Signs that a question asks for counts, orders or comparisons over rows."""

import pytest

from policies.questions.grams import tokens
from policies.questions.signs import SIGNS, signs


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


def test_no_sign_is_missed() -> None:
    """The quick look before each pattern leaves none out."""
    texts = [
        "numbers of counts", "how much money", "count the totals", "average mean median sum maximum min ratio",
        "top 5", "the last 3", "first 10", "the worst", "every day", "per year", "grouped", "sorted by",
        "in order of size", "descending", "ranked them by", "lexicographically", "at least", "over 20",
        "between 3 and 9", "exceeds", "exceeding", "or less", "whose", "both a and b", "do not",
        "doesn't that have", "people who don't", "but not", "also", "please list", "tell me", "what is",
        "calculate", "names and", "ids of", "prices for", "database of", "all the dogs", "all dogs", "older than",
    ]  # fmt: skip
    for text in texts:
        plain = " ".join(tokens(text))
        slow = [name for name, pattern in SIGNS.items() if pattern.search(plain)]
        assert signs(tokens(text))[:-1] == slow, text
    assert {name for text in texts for name in signs(tokens(text))} >= set(SIGNS)
