"""The index of a schema: built once, beside the loop, gone with its schema."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from adapters.ports import Column, Link, Schema, Table
from policies.tables.index import indexed, known, lexicon
from policies.tables.naming import Ref
from tests.policies.tables.databases import BIKES, opened


def _found(schema: Schema, *folds: str) -> list[Ref]:
    return [ref for refs, end in lexicon(schema).at(folds, 0) if end == len(folds) for ref in refs]


def test_an_index_is_built_once_per_schema() -> None:
    """The same schema has the same index, another schema of the same version another one."""
    schema = opened(BIKES)[1]
    assert lexicon(schema) is lexicon(schema)
    other = Schema(schema.version, schema.tables[:1], (Link("stations", "a", "stations", "b"),))
    assert lexicon(other) is not lexicon(schema)


def test_an_index_is_built_beside_the_loop() -> None:
    """Many who wait get one index, which a thread builds; who gives up waiting stops nothing, and the loop goes on."""
    words = tuple(f"alpha{each} beta{each * 7} gamma" for each in range(20_000))
    schema = Schema("1", (Table("things", (Column("name", "text", "", words, len(words)),)),))

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(indexed(schema), 0.001)
        assert not known(schema)
        waiting, beats = asyncio.gather(*(indexed(schema) for _ in range(3))), 0
        while not waiting.done():
            await asyncio.sleep(0.001)
            beats += 1
        assert known(schema)
        assert beats > 3

    asyncio.run(main())
    assert _found(schema, "alpha3", "beta21", "gamma")


def test_an_index_goes_with_its_schema() -> None:
    """However many there are, each keeps its own, and nothing keeps one whose schema is gone."""
    schemas = [Schema(str(each), (Table("t", (Column("a", "text"),)),)) for each in range(40)]
    built = [lexicon(schema) for schema in schemas]
    assert [lexicon(schema) for schema in schemas] == built
    gone = weakref.ref(built[0])
    del schemas, built
    gc.collect()
    assert gone() is None
