"""The sample databases are the same every time, hang together, and are as untidy as real ones."""

import asyncio
from collections import Counter
from typing import Any

from bench.tables.samples import TODAY, Sample, samples


def rows(sample: Sample, table: str) -> list[dict[str, Any]]:
    return next(each.data.to_pylist() for each in sample.tables if each.name == table)


def test_made_again() -> None:
    """No chance is in them; each is the source of its own tenant alone."""
    first, second = samples(), samples()
    assert [each.tenant for each in first] == ["shop", "support", "clinic"]
    for one, other in zip(first, second, strict=True):
        assert [each.data for each in one.tables] == [each.data for each in other.tables]
        assert [one.serves(each.tenant) for each in first].count(True) == 1
        assert asyncio.run(one.load(one.tenant)) == one.tables
        assert asyncio.run(one.version()) == asyncio.run(other.version())
        asyncio.run(one.close())


def test_links() -> None:
    """Each row belongs to a row that is there, and the keys tell the rows apart."""
    for sample in samples():
        for table in sample.tables:
            keys = [row[table.key[0]] for row in rows(sample, table.name)]
            assert len(set(keys)) == len(keys)
            for link in table.links:
                there = {row[link.to_column] for row in rows(sample, link.to_table)}
                assert {row[link.column] for row in rows(sample, table.name)} - {None} <= there


def test_untidy() -> None:
    """People share names, cells are empty, and nothing is from the time to come."""
    shop, support, clinic = samples()
    names = Counter(row["name"] for row in rows(shop, "customers"))
    assert max(names.values()) > 1
    assert any(row["city"] is None for row in rows(shop, "customers"))
    assert any(row["agent_id"] is None for row in rows(support, "tickets"))
    assert max(row["ordered_on"] for row in rows(shop, "orders")) <= TODAY
    assert max(row["starts_at"].date() for row in rows(clinic, "appointments")) < TODAY
