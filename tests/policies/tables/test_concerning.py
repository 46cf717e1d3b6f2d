"""Whether a question is one over the tables."""

from __future__ import annotations

from datetime import date

import pytest

from policies.tables.concerning import concerns
from tests.policies.tables.databases import BIKES, opened

TODAY = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("probability", "question", "asks"),
    [
        (0.9, "How many rentals were there?", True),
        (0.9, "How many moons has Jupiter?", False),
        (0.2, "number of rentals", True),
        (0.2, "Tell me a joke about rentals", False),
        (0.05, "number of rentals", False),
        (None, "number of rentals", False),
    ],
)
def test_concerns(probability: float | None, question: str, asks: bool) -> None:
    """The wording and a name of the tables; of a doubtful wording only what a template reads whole."""
    assert concerns(probability, question, opened(BIKES)[1], TODAY) is asks
