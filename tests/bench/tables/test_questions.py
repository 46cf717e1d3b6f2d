"""The questions are as many as they should be, of all kinds, and their gold queries give the gold rows."""

from collections import Counter

import pytest

from bench.tables.judging import strict
from bench.tables.questions import questions
from bench.tables.samples import samples


def test_kinds() -> None:
    """Twenty of each database, a third of each kind, and forty traps; none twice."""
    found = Counter((each.tables, each.kind) for each in questions())
    for tables in ("shop", "support", "clinic"):
        assert [found[tables, kind] for kind in ("one", "group", "join")] == [7, 7, 6]
    assert sum(number for (_, kind), number in found.items() if kind == "trap") == 40
    assert len({each.text for each in questions()}) == 100


def test_gold() -> None:
    """The rows that are kept are those that the queries give over the samples."""
    duckdb = pytest.importorskip("duckdb")
    engines = {}
    for sample in samples():
        engine = engines[sample.tenant] = duckdb.connect()
        for table in sample.tables:
            engine.register("given", table.data)
            engine.execute(f"CREATE TABLE {table.name} AS SELECT * FROM given")
    for each in questions():
        if each.kind == "trap":
            assert not each.sql and not each.answers
        else:
            assert each.answers[0] and strict(engines[each.tables].execute(each.sql).fetchall(), each.answers[0]), each
