"""The libraries themselves: imported late, since they are heavy, and an extra that need not be installed."""

from __future__ import annotations

import functools
from importlib.util import find_spec
from typing import Any

from adapters.ports import ConfigError


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


def demand() -> None:
    """Raises ConfigError where DuckDB is not installed."""
    if find_spec("duckdb") is None:
        raise ConfigError("tables", "needs DuckDB: pip install 'rapport-proxy[sql]', or `make sql` in the repository")
