"""Runs the same tests over both isolations."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest

from adapters.duckdb import DuckTables, Limits
from tests.adapters.duckdb.given import Body, Check, Held, Isolation, shop


@pytest.fixture(params=get_args(Isolation))
def check(request: pytest.FixtureRequest) -> Check:
    """Runs a test body against the tables of a shop, and closes them."""

    def run(body: Body, source: Held | None = None, **limits: float) -> None:
        async def main() -> None:
            held = source or shop()
            tables = DuckTables([held], Limits(request.param, **{"refresh": 0, "timeout": 5, **limits}))  # type: ignore[arg-type]
            await body(tables, held)
            await tables.close()
            assert held.closed

        asyncio.run(main())

    return run
