"""Queries as an analyst writes them: all of them run, in both isolations, with the same rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import pytest

from adapters.duckdb import DuckTables, Limits
from adapters.ports import Rows
from tests.adapters.duckdb.given import shop

QUERIES = (
    "SELECT count(*) FROM orders",
    "SELECT status, count(*) AS n FROM orders GROUP BY status ORDER BY n DESC, status",
    "SELECT status, sum(amount), avg(weight) FROM orders WHERE paid GROUP BY ALL HAVING count(*) > 2 ORDER BY ALL",
    "SELECT c.name, sum(o.amount) AS total FROM orders o JOIN customers c ON c.id = o.customer GROUP BY c.name "
    "ORDER BY total DESC LIMIT 3",
    'SELECT c."the ""city"" / plain" AS city, count(DISTINCT o.id) FROM customers c LEFT JOIN orders o '
    "ON o.customer = c.id GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1",
    "WITH monthly AS (SELECT date_trunc('month', placed) AS month, sum(amount) AS total FROM orders GROUP BY 1) "
    "SELECT month, total, total - lag(total) OVER (ORDER BY month) AS change FROM monthly ORDER BY month",
    "SELECT id, row_number() OVER (PARTITION BY customer ORDER BY placed DESC, id) AS nth FROM orders "
    "QUALIFY nth = 1 ORDER BY id",
    "SELECT id, sum(amount) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM orders ORDER BY id "
    "LIMIT 5",
    "SELECT customer, rank() OVER w, dense_rank() OVER w, ntile(4) OVER w FROM orders WINDOW w AS (ORDER BY amount) "
    "ORDER BY amount LIMIT 8",
    "SELECT extract(year FROM placed) AS y, quarter(placed) AS q, count(*) FROM orders GROUP BY y, q ORDER BY y, q",
    "SELECT strftime(placed, '%Y-%m') AS month, count(*) FROM orders GROUP BY month ORDER BY month",
    "SELECT count(*) FROM orders WHERE placed BETWEEN DATE '2024-03-01' AND DATE '2024-06-30'",
    "SELECT count(*) FROM orders WHERE placed >= DATE '2024-06-01' - INTERVAL 3 MONTH",
    "SELECT id, date_diff('day', placed, DATE '2025-01-01') AS age FROM orders ORDER BY age, id LIMIT 3",
    "SELECT dayname(placed), monthname(placed), last_day(placed) FROM orders ORDER BY id LIMIT 2",
    "SELECT count(*) FROM orders WHERE sent < now() AND placed <= current_date",
    "SELECT CASE WHEN amount < 10 THEN 'small' WHEN amount < 30 THEN 'middle' ELSE 'large' END AS size, count(*) "
    "FROM orders GROUP BY size ORDER BY size",
    "SELECT count(*) FILTER (WHERE status = 'open') AS open, count(*) FILTER (WHERE NOT paid) AS unpaid FROM orders",
    "SELECT round(100.0 * sum(CASE WHEN paid THEN 1 ELSE 0 END) / count(*), 1) AS share FROM orders",
    "SELECT customer FROM orders WHERE paid INTERSECT SELECT id FROM customers ORDER BY 1",
    "SELECT id FROM customers EXCEPT SELECT customer FROM orders WHERE amount > 39 ORDER BY id",
    "SELECT 'orders' AS what, count(*) FROM orders UNION ALL SELECT 'customers', count(*) FROM customers ORDER BY 1",
    "SELECT * FROM orders WHERE amount > (SELECT avg(amount) FROM orders) ORDER BY amount DESC LIMIT 3",
    "SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND o.amount > 38) "
    "ORDER BY name",
    "SELECT name FROM customers WHERE id IN (SELECT customer FROM orders WHERE status = 'open') ORDER BY 1",
    "SELECT name, (SELECT max(amount) FROM orders WHERE customer = c.id) AS most FROM customers c ORDER BY most",
    "SELECT upper(status) || ': ' || count(*)::VARCHAR FROM orders GROUP BY status ORDER BY 1",
    "SELECT lower(name), length(name), substring(name FROM 1 FOR 6), replace(name, 'acme', 'us'), trim(name) "
    "FROM customers ORDER BY id",
    "SELECT concat(name, ' (', id, ')'), left(name, 3), right(name, 4), lpad(id::VARCHAR, 4, '0') FROM customers "
    "ORDER BY id",
    "SELECT count(*) FROM customers WHERE name ILIKE '%neil 1%' OR name LIKE 'O''%2%'",
    "SELECT split_part(name, ' ', 2), regexp_extract(name, '[0-9]+'), position('of' IN name) FROM customers "
    "ORDER BY id",
    "SELECT count(*) FROM customers WHERE regexp_matches(name, '^O.+[0-3] of') AND name NOT LIKE '%9%'",
    "SELECT status, list(DISTINCT customer ORDER BY customer) AS customers FROM orders GROUP BY status ORDER BY status",
    "SELECT status, string_agg(id::VARCHAR, ', ' ORDER BY id) FROM orders WHERE id < 10 GROUP BY status "
    "ORDER BY status",
    "SELECT tag, count(*) FROM (SELECT unnest(tags) AS tag FROM orders) GROUP BY tag ORDER BY tag",
    "SELECT tags[1], len(tags) FROM orders WHERE list_contains(tags, 'gift') ORDER BY id LIMIT 2",
    "SELECT m.day, count(o.id) FROM generate_series(DATE '2024-01-01', DATE '2024-03-01', INTERVAL 1 MONTH) AS m(day) "
    "LEFT JOIN orders o ON date_trunc('month', o.placed) = m.day GROUP BY 1 ORDER BY 1",
    "SELECT n, count(o.id) FROM range(0, 5) AS r(n) LEFT JOIN orders o ON o.customer = n GROUP BY n ORDER BY n",
    "SELECT median(amount), quantile_cont(weight, 0.9), stddev(weight), mode(status) FROM orders",
    "SELECT max_by(id, amount), arg_min(status, amount), any_value(status) IS NOT NULL, bool_or(paid) FROM orders",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM orders",
    "SELECT status, paid, count(*) FROM orders GROUP BY ROLLUP (status, paid) ORDER BY ALL",
    "SELECT status, grouping(status), sum(amount) FROM orders GROUP BY GROUPING SETS ((status), ()) ORDER BY ALL",
    "SELECT DISTINCT status FROM orders ORDER BY status",
    "SELECT DISTINCT ON (customer) customer, id FROM orders ORDER BY customer, amount DESC",
    "SELECT coalesce(note, 'none') AS note, count(*) FROM orders GROUP BY 1 ORDER BY 1",
    "SELECT nullif(status, 'open'), ifnull(note, '-'), if(paid, 1, 0) FROM orders ORDER BY id LIMIT 4",
    "SELECT corr(weight, amount), regr_slope(amount, weight) FROM orders",
    "SELECT abs(-1.5), ceil(1.2), floor(1.8), 7 % 3, 7 // 2, power(2, 3), sqrt(16), greatest(1, 2), least(1, 2)",
    "SELECT a.id, b.id FROM customers a CROSS JOIN customers b WHERE a.id < b.id ORDER BY 1, 2 LIMIT 4",
    "SELECT o.id FROM orders o ANTI JOIN customers c ON c.id = o.customer",
    "SELECT * EXCLUDE (tags) FROM orders WHERE id = 1",
    "FROM orders SELECT status, count(*) GROUP BY status ORDER BY 2 LIMIT 1",
    "SELECT * FROM (VALUES (1, 'one'), (2, 'two')) AS t(n, word) WHERE n > 1",
    "SELECT count(*) FROM main.orders WHERE (customer, status) IN ((1, 'open'), (3, 'returned'));",
    "SELECT try_cast(note AS INTEGER), id::DECIMAL(10, 2), CAST(paid AS VARCHAR) FROM orders ORDER BY id LIMIT 2",
    "WITH a AS (SELECT customer, sum(amount) AS total FROM orders GROUP BY 1), "
    "b AS (SELECT avg(total) AS middle FROM a) SELECT c.name, a.total FROM a JOIN customers c ON c.id = a.customer, b "
    "WHERE a.total > b.middle ORDER BY 2 DESC",
    "SELECT percent_rank() OVER (ORDER BY amount), cume_dist() OVER (ORDER BY amount), first_value(id) OVER "
    "(ORDER BY id), nth_value(id, 2) OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 3",
    "SELECT time_bucket(INTERVAL '1 week', sent) AS week, count(*) FROM orders GROUP BY week ORDER BY week LIMIT 3",
    "SELECT year(placed) * 100 + month(placed) AS ym, count(*) FROM orders GROUP BY ym ORDER BY ym OFFSET 1 LIMIT 2",
    "-- the open ones\nSELECT id /* only */ FROM orders WHERE status = 'open' AND note IS NOT NULL ORDER BY id",
)
ISOLATIONS: tuple[Literal["thread", "process"], ...] = ("thread", "process")
Both = Callable[[str], tuple[Rows, Rows]]


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    """Runs a query in both isolations."""
    with asyncio.Runner() as runner:
        tables = [DuckTables([shop()], Limits(each, timeout=10)) for each in ISOLATIONS]
        for each in tables:
            runner.run(each.ready("acme"))
        yield lambda sql: tuple(runner.run(each.query("acme", sql)) for each in tables)  # type: ignore[return-value]
        for each in tables:
            runner.run(each.close())


@pytest.mark.parametrize("sql", QUERIES, ids=lambda sql: sql[:50])
def test_honest(both: Both, sql: str) -> None:
    """It runs, and gives the same rows in either isolation."""
    thread, process = both(sql)
    assert thread == process
    assert thread.columns
    assert thread.rows or "ANTI" in sql


def test_enough() -> None:
    """The list is as long as it is said to be."""
    assert len(set(QUERIES)) >= 30


def test_values(both: Both) -> None:
    """The values are those that the rows have, each in its own type."""
    sql = (
        "SELECT id, status, amount, weight, paid, placed, sent, sent::TIME, note, tags, INTERVAL 1 DAY FROM orders "
        "WHERE id = 5"
    )
    for rows in both(sql):
        (row,) = rows.rows
        assert row[:7] == (5, "open", Decimal("5.50"), 1.25, False, date(2024, 6, 6), datetime(2024, 6, 3, 14, 30))
        assert str(row[7]) == "14:30:00"
        assert row[8:] == ("note of acme", "[new, gift]", "1 day, 0:00:00")


def test_right(both: Both) -> None:
    """Sums and joins are right."""
    rows, _ = both("SELECT c.id, sum(o.amount), count(*) FROM orders o JOIN customers c ON c.id = o.customer "
                   "GROUP BY 1 ORDER BY 1")  # fmt: skip
    assert rows.rows == tuple((n, sum(Decimal(i) + Decimal("0.5") for i in range(n, 40, 5)), 8) for n in range(5))
