"""Runs test bodies against tables: over both isolations, or where that is all the same in this process alone."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import get_args

import pytest

from adapters.duckdb import DuckTables, Limits
from tests.adapters.duckdb.given import Body, Check, Held, Isolation, shop


@pytest.fixture(params=get_args(Isolation))
def check(request: pytest.FixtureRequest) -> Check:
    """Runs a test body against the tables of a shop, in both isolations, and closes them."""
    return partial(run, request.param)


@pytest.fixture
def inside() -> Check:
    """The same, for what has nothing to do with where queries run: no process is started."""
    return partial(run, "thread")


def run(isolation: Isolation, body: Body, source: Held | None = None, **limits: float) -> None:
    async def main() -> None:
        held = source or shop()
        tables = DuckTables([held], Limits(isolation, **{"refresh": 0, "timeout": 5, **limits}))  # type: ignore[arg-type]
        await body(tables, held)
        await tables.close()
        assert held.closed

    asyncio.run(main())
