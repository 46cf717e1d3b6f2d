"""One thread that writes: whatever has queued up becomes one transaction, and so one commit (group commit)."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection

from adapters.ports import AdapterError, Timeout, Unavailable
from adapters.sql.faults import FAULTS, translate
from adapters.sql.schema import driver

T = TypeVar("T")
Mode = Literal["batch", "full", "bare"]

_BATCH = 200


@dataclass(slots=True, eq=False)
class _Item:
    work: Callable[[Connection], Any]
    mode: Mode
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    expires: float
    settled: bool = False


class Writer:
    """Runs pieces of work on its own thread and connection, in the order in which they came.

    `connect` gives a connection whose transactions hold the write lock, `moved` says that it has to be made anew. A
    piece that waited `timeout` seconds in the queue is given up, as is one that waits so long for the file's lock:
    an answer comes within twice `timeout`. Above `backlog` pieces new ones are refused.
    """

    def __init__(
        self, connect: Callable[[], Connection], moved: Callable[[], bool], timeout: float, backlog: int
    ) -> None:
        self._connect = connect
        self._moved = moved
        self._timeout = timeout
        self._backlog = backlog
        self._items: deque[_Item] = deque()
        self._ready = threading.Condition()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._level = "NORMAL"
        self._closing = False

    async def run(self, work: Callable[[Connection], T], mode: Mode = "batch") -> T:
        """Do the work and return what it returned, after the commit. Raises AdapterError.

        `batch` shares a transaction with its neighbours, so the work must hold when run twice; `full` has one of its
        own, on disk (fsync) when this returns; `bare` has none. Cancelling the caller does not take the work back.
        """
        loop = asyncio.get_running_loop()
        item = _Item(work, mode, loop, loop.create_future(), time.monotonic() + self._timeout)
        with self._ready:
            if self._closing:
                raise Unavailable("the people's store is closed")
            if len(self._items) >= self._backlog:
                raise Unavailable("too many writes wait for the people's file")
            self._items.append(item)
            self._start()
            self._ready.notify()
        result: T = await item.future
        return result

    def stop(self) -> None:
        """Write what is queued, then let go of the file. Blocks until that is done."""
        with self._ready:
            self._closing = True
            self._ready.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _start(self) -> None:
        """Start the thread if there is work and none runs. Call it under the lock."""
        if self._thread is None and self._items:
            self._thread = threading.Thread(target=self._serve, name="rapport-writer", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        batch: Sequence[_Item] = ()
        try:
            while batch := self._take():
                self._commit(batch)
        finally:
            # Whatever ended the thread (a bug in a piece of work): nobody waits for ever, and the rest goes on.
            lost = [item for item in batch if not item.settled]
            self._settle(lost, [Unavailable("the writing thread failed") for _ in lost])
            self._disconnect()
            with self._ready:
                self._thread = None
                self._start()

    def _take(self) -> list[_Item]:
        with self._ready:
            while not self._items:
                if self._closing:
                    return []
                self._ready.wait()
            batch = [self._items.popleft()]
            while batch[0].mode == "batch" and self._items and self._items[0].mode == "batch" and len(batch) < _BATCH:
                batch.append(self._items.popleft())
            return batch

    def _commit(self, batch: Sequence[_Item]) -> None:
        late = [item for item in batch if item.expires < time.monotonic()]
        self._settle(late, [Timeout("the people's file was busy for too long") for _ in late])
        items = [item for item in batch if not item.settled]
        if not items:
            return
        try:
            results = self._transact(items)
        except FAULTS as error:
            self._recover(items, translate(error))
        else:
            self._settle(items, results)

    def _transact(self, items: Sequence[_Item]) -> list[Any]:
        if self._connection is not None and self._moved():
            self._disconnect()
        if self._connection is None:
            self._connection, self._level = self._connect(), "NORMAL"
        if items[0].mode == "bare":
            return [self._alone(items[0])]
        level = "FULL" if items[0].mode == "full" else "NORMAL"
        if level != self._level:
            driver(self._connection).execute(f"PRAGMA synchronous={level}")
            self._level = level
        with self._connection.begin():
            return [item.work(self._connection) for item in items]

    def _alone(self, item: _Item) -> Any:
        """Work without a transaction may take long (rewriting the file): who waits behind it is not late for that."""
        assert self._connection is not None
        started = time.monotonic()
        try:
            return item.work(self._connection)
        finally:
            with self._ready:
                for waiting in self._items:
                    waiting.expires += time.monotonic() - started

    def _recover(self, items: Sequence[_Item], error: AdapterError) -> None:
        if not isinstance(error, Timeout):
            self._disconnect()
            if len(items) > 1:  # one of them spoils it for the others
                for item in items:
                    self._commit([item])
                return
        self._settle(items, [type(error)(str(error)) for _ in items])

    def _settle(self, items: Sequence[_Item], outcomes: Sequence[Any]) -> None:
        by_loop = defaultdict(list)
        for item, outcome in zip(items, outcomes, strict=True):
            item.settled = True
            by_loop[item.loop].append((item.future, outcome))
        for loop, done in by_loop.items():
            with suppress(RuntimeError):  # the loop that asked is closed
                loop.call_soon_threadsafe(_deliver, done)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*FAULTS):
                connection.close()


def _deliver(done: Sequence[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, outcome in done:
        if future.done():
            continue
        if isinstance(outcome, AdapterError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
