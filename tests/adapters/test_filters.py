"""What conditions on attributes mean."""

from __future__ import annotations

import pytest

from adapters.ports import Compare, Compound, Filter
from adapters.ports.filters import comparisons, matches

BOOK = {"lang": "en", "year": 2020.0, "draft": False}
NEW, ENGLISH = Compare("year", "gte", (2020.0,)), Compare("lang", "eq", ("en",))


@pytest.mark.parametrize(
    ("wanted", "fulfilled"),
    [
        (ENGLISH, True),
        (Compare("lang", "ne", ("en",)), False),
        (Compare("lang", "in", ("de", "en")), True),
        (Compare("lang", "nin", ("de", "en")), False),
        (Compare("year", "gt", (2020.0,)), False),
        (NEW, True),
        (Compare("year", "lt", (2021.0,)), True),
        (Compare("year", "lte", (2019.0,)), False),
        (Compare("year", "eq", ("2020",)), False),
        (Compare("year", "lt", ("2021",)), False),
        (Compare("draft", "eq", (0.0,)), False),
        (Compare("draft", "eq", (False,)), True),
        (Compare("draft", "lt", (1.0,)), False),
        (Compare("nowhere", "eq", ("x",)), False),
        (Compare("nowhere", "ne", ("x",)), True),
        (Compare("nowhere", "nin", ("x",)), True),
        (Compare("nowhere", "lt", (1.0,)), False),
        (Compound("and", (ENGLISH, NEW)), True),
        (Compound("and", (ENGLISH, Compare("year", "lt", (2020.0,)))), False),
        (Compound("or", (Compare("lang", "eq", ("de",)), NEW)), True),
        (Compound("or", ()), False),
        (Compound("and", ()), True),
    ],
)
def test_matches(wanted: Filter, fulfilled: bool) -> None:
    """A missing attribute fulfils only what says "not", and values of two types are neither equal nor ordered."""
    assert matches(wanted, BOOK) is fulfilled


def test_comparisons() -> None:
    """All comparisons of a nested condition are found, in order."""
    nested = Compound("or", (ENGLISH, Compound("and", (NEW, ENGLISH))))
    assert list(comparisons(nested)) == [ENGLISH, NEW, ENGLISH]
