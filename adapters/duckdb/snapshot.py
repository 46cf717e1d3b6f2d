"""One copy of a tenant's rows that serves queries, and is let go when the last of them is done."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, Protocol, TypeVar

from adapters.duckdb.limits import Limits
from adapters.ports import Rows, Schema, Table, Timeout, Unavailable

T = TypeVar("T")
PATIENCE = 3
"""How many times its own limit a query may take with its wait for others, before who asked is let go."""


class Copy(Protocol):
    """Rows of one tenant, in this process or another. Its methods block, and are called from threads."""

    tables: tuple[Table, ...]
    together: int

    def query(self, sql: str) -> Rows:
        """See `Tables.query`."""

    def plan(self, sql: str) -> str:
        """See `Tables.plan`."""

    def close(self) -> None:
        """Let go of the rows."""


class Share:
    """What one tenant may take of the threads of `pool`: `most` at a time, whichever of its copies is asked."""

    def __init__(self, pool: Executor, most: int) -> None:
        self.pool = pool
        self.free = asyncio.Semaphore(most)


class Snapshot:
    """A copy with what is known of it. Belongs to one event loop."""

    def __init__(self, copy: Copy, schema: Schema, limits: Limits, share: Share) -> None:
        self.schema = schema
        self._copy = copy
        self._share = share
        self._patience = limits.timeout * PATIENCE
        self._free = asyncio.Semaphore(copy.together)
        self._running = 0
        self._retired = False
        self._gone = asyncio.Event()
        self._closing: asyncio.Future[None] | None = None

    async def query(self, sql: str) -> Rows:
        """See `Tables.query`."""
        return await self._run(self._copy.query, sql)

    async def plan(self, sql: str) -> str:
        """See `Tables.plan`."""
        return await self._run(self._copy.plan, sql)

    def retire(self) -> None:
        """No further query; closes when those that run are done."""
        self._retired = True
        self._close_if_done()

    @property
    def gone(self) -> bool:
        """Whether the rows have been let go."""
        return self._gone.is_set()

    async def closed(self) -> None:
        """Wait until a retired one is gone, or a query that cannot be stopped has been waited for long enough."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), self._patience)

    async def _run(self, call: Callable[[str], T], sql: str) -> T:
        if self._retired:
            raise Unavailable("the tables are being let go")
        gone = asyncio.Event()
        task = background(self._through(call, sql, gone))
        self._running += 1
        task.add_done_callback(self._left)
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._patience)
        except TimeoutError:
            raise Timeout("a query over tables took too long") from None
        finally:
            gone.set()  # who waits for nobody is not begun

    async def _through(self, call: Callable[[str], T], sql: str, gone: asyncio.Event) -> T:
        async with self._free, self._share.free:
            if gone.is_set():
                raise Timeout("nobody waits for the query any more")
            return await asyncio.get_running_loop().run_in_executor(self._share.pool, call, sql)

    def _left(self, task: asyncio.Task[Any]) -> None:
        self._running -= 1
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self._retired and self._running == 0 and self._closing is None:
            self._closing = asyncio.get_running_loop().run_in_executor(None, self._copy.close)
            self._closing.add_done_callback(lambda _: self._gone.set())


def background(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """A task that goes on when who waits for it is gone, and whose failure is not logged by the loop."""
    task = asyncio.create_task(work)
    task.add_done_callback(_asked)
    return task


def _asked(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()  # one that is asked for is not logged
