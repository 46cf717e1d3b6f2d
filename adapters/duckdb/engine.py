"""One locked engine in memory, with the rows of one tenant."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.duckdb import cells, profile
from adapters.duckdb.guard import Guard
from adapters.duckdb.library import duckdb
from adapters.duckdb.limits import Limits
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, Failed, Rows, Table, Timeout, Unavailable, quoted

CONFIG = {
    "threads": 1,
    "allow_community_extensions": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_unsigned_extensions": False,
    "python_enable_replacements": False,
}
"""Without the last a query reads variables of this process by their names (duckdb/duckdb issue 12114)."""
LOCK = (
    "SET temp_directory = ''",
    "SET max_temp_directory_size = '0B'",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
"""In this order: nothing can be set after the last."""
AGAIN = 0.02
"""Seconds between two interrupts."""
_PASSED = "rapport passes"
_VIEWS = "SELECT view_name FROM duckdb_views() WHERE internal AND schema_name <> 'information_schema'"


class Engine:
    """Holds the rows of `loaded`, and answers queries, several at a time, each in the thread that asks. Raises
    AdapterError where they cannot be held."""

    together = 4
    """Queries that it answers at one time."""

    def __init__(self, loaded: Sequence[Loaded], limits: Limits) -> None:
        self._limits = limits
        self._connection = duckdb().connect(":memory:", config=CONFIG)
        try:
            self.tables = tuple(map(self._load, loaded))
            self._guard = self._guarded()
            self._lock()
        except AdapterError:
            self._connection.close()
            raise
        except (duckdb().Error, ValueError) as error:
            self._connection.close()
            raise AdapterError(f"the tables cannot be held ({type(error).__name__})") from error

    def query(self, sql: str) -> Rows:
        """See `Tables.query`."""
        with self._cursor() as cursor:
            cursor.execute(self._guard.check(cursor, sql))
            names = [each[0] for each in cursor.description]
            return cells.rows(names, cursor.fetchmany(self._limits.max_rows + 1), self._limits)

    def plan(self, sql: str) -> str:
        """See `Tables.plan`."""
        with self._cursor() as cursor:
            statement = self._guard.check(cursor, sql)
            cursor.execute(f"EXPLAIN {statement.query}")
            return cells.cut("\n".join(row[1] for row in cursor.fetchall()), self._limits.max_bytes)

    def close(self) -> None:
        """Let go of the rows."""
        self._connection.close()

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[Any]:
        """A cursor for one query, interrupted when its time is over."""
        library, cursor, done = duckdb(), self._connection.cursor(), threading.Event()
        watch = threading.Thread(target=_watch, args=(cursor, done, self._limits.timeout), daemon=True)
        try:
            watch.start()
            yield cursor
        except library.InterruptException:
            raise Timeout("a query over tables took too long") from None
        except (library.OutOfMemoryException, MemoryError):
            raise Failed("the query needs more memory than it may have") from None
        except (library.Error, ValueError, OverflowError) as error:  # dates that Python has not, too
            raise Failed(cells.first(str(error)) or type(error).__name__) from None
        except RuntimeError as error:
            raise Unavailable("there is no thread for a query") from error
        finally:
            done.set()
            if watch.ident is not None:
                watch.join()
            cursor.close()

    def _load(self, loaded: Loaded) -> Table:
        # A view of Arrow's rows is visible to no other cursor: it is copied.
        try:
            self._connection.register(_PASSED, loaded.data)
            self._connection.execute(f"CREATE TABLE {quoted(loaded.name)} AS SELECT * FROM {quoted(_PASSED)}")
            self._connection.unregister(_PASSED)
            return profile.table(self._connection, loaded)
        except (duckdb().Error, ValueError) as error:
            why = "they are too many" if isinstance(error, duckdb().OutOfMemoryException) else type(error).__name__
            raise AdapterError(f"table {loaded.name}: its rows cannot be held ({why})") from error

    def _guarded(self) -> Guard:
        catalog = [row[0] for row in self._connection.execute(_VIEWS).fetchall()]
        widest = max((profile.widest(self._connection, each) for each in self.tables), default=0)
        return Guard([each.name for each in self.tables], catalog, widest, self._limits.memory_mb << 20)

    def _lock(self) -> None:
        """The memory of queries is beside that of the rows."""
        held = self._connection.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchone()[0] or 0
        self._connection.execute(f"SET memory_limit = '{(int(held) >> 20) + self._limits.memory_mb}MiB'")
        for statement in LOCK:
            self._connection.execute(statement)


def _watch(cursor: Any, done: threading.Event, seconds: float) -> None:
    """Interrupt what is not done in time: again and again, since between two calls an interrupt is lost."""
    while not done.wait(seconds):
        cursor.interrupt()
        seconds = AGAIN
