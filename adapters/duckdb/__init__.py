"""DuckDB: answers questions over tables from copies of them in memory, which nothing can get out of."""
