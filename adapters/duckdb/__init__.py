"""DuckDB: answers questions over tables from copies of them in memory, which nothing can get out of."""

from adapters.duckdb.limits import Limits
from adapters.duckdb.tables import DuckTables

__all__ = ["DuckTables", "Limits"]
