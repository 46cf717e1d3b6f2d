"""The bench is known by its name, and what it says of itself is what it prints."""

import re

from bench import tables
from bench.__main__ import BENCHES


def test_named() -> None:
    """It reads no data."""
    assert BENCHES["tables"] == ()


def test_described() -> None:
    """Each figure of the templates is explained where the bench is."""

    from bench.tables.measuring import templates

    said = set(re.findall(r"^(templates/\w+) ", tables.__doc__ or "", re.MULTILINE))
    made = {name for name in templates([]) if name.count("/") == 1}
    assert made | {"templates/traps_answered"} == said
