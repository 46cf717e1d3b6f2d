"""Statements that try to get out of their tables, their tenant, their time or their memory: none does."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

import pytest

from adapters.duckdb import DuckTables, Limits
from adapters.ports import AdapterError, Failed, Refused, Rows
from tests.adapters.duckdb.attacks import ENDED, HARMLESS, REFUSED
from tests.adapters.duckdb.given import OTHERS, shop

Isolation = Literal["thread", "process"]
TIMEOUT, SLACK = 0.5, 3
Run = Callable[[str], Rows | AdapterError]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file, which nobody may read."""
    made = tmp_path_factory.mktemp("files")
    (made / "secret.csv").write_text("a,b\nsecret of a file,1\n")
    return made


@pytest.fixture(scope="module", params=get_args(Isolation))
def run(request: pytest.FixtureRequest, folder: Path) -> Iterator[Run]:
    """Runs a statement for one of two tenants, and tells how it ended."""
    with asyncio.Runner() as runner:
        tables = DuckTables([shop()], Limits(request.param, timeout=TIMEOUT, memory_mb=64, refresh=3600))
        for tenant in ("acme", "globex"):
            runner.run(tables.ready(tenant))

        def outcome(sql: str) -> Rows | AdapterError:
            named = sql.replace("{file}", str(folder / "secret.csv")).replace("{out}", str(folder / "out"))
            try:
                return runner.run(tables.query("acme", named))
            except AdapterError as error:
                return error

        yield outcome
        runner.run(tables.close())


def ids(sql: str) -> str:
    return ascii(sql[:60])


def test_enough() -> None:
    """The list is as long as it is said to be."""
    assert len(REFUSED) + len(ENDED) >= 80


@pytest.mark.parametrize(("sql", "code"), REFUSED.items(), ids=ids)
def test_refused(run: Run, folder: Path, sql: str, code: str) -> None:
    """It does not run at all, and the refusal says by a code why, and quotes nothing of it."""
    ended = run(sql)
    assert isinstance(ended, Refused), ended
    assert (ended.reason, str(ended)) == (code, f"the statement is refused: {code}")
    assert [each.name for each in folder.iterdir()] == ["secret.csv"]


@pytest.mark.parametrize(("sql", "how"), ENDED.items(), ids=ids)
def test_ended(run: Run, sql: str, how: tuple[str, ...]) -> None:
    """The engine refuses it, or its limits stop it, in time and within the memory; the next one runs."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended = run(sql)
    assert type(ended).__name__ in how, ended
    assert time.monotonic() - began < TIMEOUT + SLACK
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 512 << 10  # kilobytes
    assert not isinstance(ended, Failed) or "secret" not in ended.said
    assert run("SELECT count(*) FROM orders") == Rows(("count_star()",), ((40,),))


@pytest.mark.parametrize("sql", HARMLESS, ids=ids)
def test_harmless(run: Run, sql: str) -> None:
    """What does run shows no row of another tenant."""
    ended = run(sql)
    assert isinstance(ended, Rows), ended
    assert ended.rows
    assert OTHERS not in str(ended)
