"""`rapport sql`: how a question over the tables is understood and computed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxy.commands.sql import _table
from tests.fakes.scripted import said, scripted
from tests.rapport import cli

ROWS = "id,status,total\n1,shipped,20\n2,open,35.5\n3,shipped,12.25\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with one table."""
    (tmp_path / "orders.csv").write_text(ROWS)
    path = tmp_path / "config.yaml"
    path.write_text("tables: [{source: orders.csv, key: [id]}]\n")
    return path


def test_shows_all_of_it(config: Path) -> None:
    """Detection, the reading, the query, its plan, and what it gives."""
    done = cli("sql", "How many orders are there for each status?", config=config)
    assert done.returncode == 0, done.stderr
    for part in ("a question over the tables", "template", "SELECT", "shipped", "plan"):
        assert part in done.stdout


@pytest.mark.parametrize(("rows", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")])
def test_counted(rows: int, said: str) -> None:
    """One row is one row."""
    table = _table({"columns": ["n"], "rows": [[1]] * rows, "more": False})
    assert table.caption == said


def test_json(config: Path) -> None:
    """The same for scripts."""
    told = json.loads(cli("sql", "How many orders are there?", "--json", config=config).stdout)
    assert told["relational"] is True
    assert told["by"] == "template"
    assert told["result"]["rows"] == [[3]]
    assert told["plan"]


def test_what_is_not_computed(config: Path) -> None:
    """A question that no template reads says why, and gives nothing."""
    told = json.loads(cli("sql", "Why are so many orders late?", "--json", config=config).stdout)
    assert told["result"] is None
    assert told["sql"] is None
    assert told["by"] != "template"


def test_without_tables(tmp_path: Path) -> None:
    """Whoever configured none is told so, and whoever asks for a tenant that has none."""
    path = tmp_path / "config.yaml"
    path.write_text("{}\n")
    done = cli("sql", "How many?", config=path)
    assert done.returncode == 2
    assert "tables: none are configured" in done.stderr


def test_other_tenant(config: Path) -> None:
    """A tenant without tables sees none of another's."""
    done = cli("sql", "How many orders?", "--tenant", "other", config=config)
    assert done.returncode == 2
    assert "none is for the tenant 'other'" in done.stderr


def test_model_is_asked_only_where_wanted(config: Path) -> None:
    """Nothing is sent, unless the command says so; then the configured model writes the query."""
    question = "Which share of the money came from the orders that are shipped?"
    sql = "SELECT sum(total) FILTER (status = 'shipped') / sum(total) AS share FROM orders"
    with scripted(said(json.dumps({"sql": sql}))) as server:
        config.write_text(
            f"tables: [{{source: orders.csv}}]\nsql: {{model: openai/m, api_base: '{server.base}', api_key: env:KEY}}\n"
        )
        quiet = json.loads(cli("sql", question, "--json", config=config, KEY="k").stdout)
        assert quiet["result"] is None
        assert not server.asked
        loud = json.loads(cli("sql", question, "--json", "--ask-model", config=config, KEY="k").stdout)
        assert len(server.asked) == 1
        assert loud["by"] == "model"
        assert round(loud["result"]["rows"][0][0], 4) == round(32.25 / 67.75, 4)
