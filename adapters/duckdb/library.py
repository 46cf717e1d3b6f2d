"""The libraries themselves: imported late, since they are heavy, and an extra that need not be installed."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from adapters.ports import AdapterError, ConfigError, Unavailable


@functools.cache
def duckdb() -> Any:
    """DuckDB."""
    import duckdb

    return duckdb


@functools.cache
def arrow() -> Any:
    """pyarrow, with the streams that carry tables between processes."""
    import pyarrow
    import pyarrow.ipc

    return pyarrow


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Whatever reading and copying rows may raise, as AdapterError: a reader meets files, servers and values that
    nobody thought of, and none of them may cost more than its own tables."""
    faults = (ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError,
              duckdb().Error, arrow().ArrowException)  # fmt: skip
    try:
        yield
    except AdapterError:
        raise
    except faults as error:
        raise Unavailable(f"it cannot be read ({type(error).__name__})") from error


def demand() -> None:
    """Raises ConfigError where DuckDB is not installed."""
    if find_spec("duckdb") is None:
        raise ConfigError("tables", "needs DuckDB: pip install 'rapport-proxy[sql]', or `make sql` in the repository")
