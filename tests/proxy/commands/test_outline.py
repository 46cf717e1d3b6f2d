"""`rapport check` opens the tables and says what they are, or what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from proxy.commands.outline import Line, outline
from proxy.config import ConfigErrors
from tests.proxy.test_tables import folder, settings
from tests.rapport import cli, configure

ORDERS = {"source": "orders.csv", "owner": "tenant", "tenants": ["*"]}


def faults(path: Path, *tables: dict[str, Any]) -> list[str]:
    """What is wrong with tables."""
    with pytest.raises(ConfigErrors) as caught:
        outline(settings(folder(path), *tables))
    return [str(error) for error in caught.value.errors]


def test_sound_tables(tmp_path: Path) -> None:
    """Each with its rows over all tenants, its columns, who sees it and by what; what is left out is told."""
    lines, left = outline(settings(
        folder(tmp_path), {**ORDERS, "joins": {"customer_id": "customers.id"}}, {"source": "customers.csv"},
        {"source": "shop.db", "owner": "tenant", "tenants": ["acme"]},
    ))  # fmt: skip
    assert lines == [
        Line("orders", 2, 3, ("*",), "tenant"), Line("customers", 1, 2, ("default",), None),
        Line("people", 0, 2, ("acme",), "tenant"), Line("visits", 0, 3, ("acme",), "tenant"),
    ]  # fmt: skip
    assert left == []


@pytest.mark.parametrize(("tables", "said"), [
    ([{**ORDERS, "joins": {"customer_id": "customer.id"}}, {"source": "customers.csv"}],
     "tables.0.joins.customer_id: no table 'customer'; known: customers, orders"),
    ([{**ORDERS, "joins": {"customer_id": "customers.nr"}}, {"source": "customers.csv"}],
     "tables.0.joins.customer_id: no column 'nr' in customers; known: id, tenant"),
    ([{**ORDERS, "joins": {"customer_id": "customers.id"}, "tenants": ["y"]},
      {"source": "customers.csv", "tenants": ["x"]}],
     "tables.0.joins.customer_id: no table 'customers'; known: orders"),
    ([{**ORDERS, "owner": "tenent"}], "tables.0.owner: no column 'tenent'; known: id, tenant, customer_id"),
    ([{"source": "shop.db"}, {"source": "customers.csv", "name": "People"}],
     "tables.1.name: another table is called 'People', too: give one of them another name"),
    ([{"source": "shop.db", "table": "person"}], "tables.0.table: no table 'person'; known: people, visits"),
    ([{"source": "postgresql://nobody@127.0.0.1:1/shop"}], "tables.0.source: the PostgreSQL server cannot be reached"),
])  # fmt: skip
def test_what_is_wrong(tmp_path: Path, tables: list[dict[str, Any]], said: str) -> None:
    """Each fault is told with its place."""
    assert faults(tmp_path, *tables) == [said]


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Every source that cannot be read is told."""
    (tmp_path / "bad.csv").write_text("a,b\n1\n")
    assert faults(tmp_path, {"source": "bad.csv"}, {**ORDERS, "key": ["x"]}) == [
        "tables.0.source: it cannot be read (InvalidInputException, line 2)",
        "tables.1.key.0: no column 'x'; known: id, tenant, customer_id",
    ]
    with pytest.raises(ConfigErrors, match=r"tables.0.source: there is no such file"):
        outline(settings(tmp_path, {"source": "nothing.csv"}))


def test_the_command(tmp_path: Path) -> None:
    """The tables stand in what `rapport check` prints, also as JSON, and what is wrong there ends it with status 2."""
    tables = [ORDERS, {"source": "shop.db", "owner": "person", "tenants": ["acme"]}]
    config = configure(folder(tmp_path), tables=tables)
    done = cli("check", config=config)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.split("│")[1:6] and [part.strip() for part in line.split("│")[1:6]] ==
               ["orders", "2", "3", "all", "tenant"] for line in lines), done.stdout  # fmt: skip
    assert "warning: tables.1: the table people has no column 'person' and is left out" in lines
    told = json.loads(cli("check", "--json", config=config).stdout)
    assert told["tables"][0] == {"name": "orders", "rows": 2, "columns": 3, "tenants": ["*"], "owner": "tenant"}
