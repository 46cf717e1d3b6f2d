"""By what rows are put together."""

from __future__ import annotations

from policies.tables.grouping import grouped
from policies.tables.reading import Group
from tests.policies.tables.asking import world
from tests.policies.tables.databases import BIKES, CLINIC


def _groups(script: str, table: str, said: str) -> set[tuple[Group, ...]]:
    asked = world(script, said)
    return {groups for groups, end in grouped(asked, table, 0) if end == len(asked.text)}


def test_groups() -> None:
    """A column, a table, a column of a table that the rows lead to, a part of their date, and two of them."""
    assert _groups(CLINIC, "appointments", "per status") == {(Group("appointments", "status"),)}
    assert _groups(CLINIC, "appointments", "for each doctor") == {(Group("doctors"),)}
    assert _groups(BIKES, "rentals", "by plan") == {(Group("members", "plan"),)}
    assert _groups(BIKES, "rentals", "per month") == {(Group("rentals", "rental_date", "month"),)}
    assert _groups(CLINIC, "doctors", "by department and gender") == {(Group("departments"), Group("doctors",
        "gender"))}


def test_no_groups() -> None:
    """Figures make no groups, nor does a month where no date is the row's own."""
    assert not _groups(CLINIC, "appointments", "per fee") and not _groups(CLINIC, "doctors", "per month")
