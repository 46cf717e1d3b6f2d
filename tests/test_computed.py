"""Questions over tables through a real server: computed on every route, as the rows are now; no chat is lost."""

from __future__ import annotations

import itertools
import json
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rapport import Running, cli, configure, started

ROWS = "id,status,total,shop\n1,shipped,20,default\n2,open,35.5,default\n3,shipped,12.25,default\n4,lost,7,acme\n"
COUNT = "How many orders are there for each status?"
FAST = {"refresh": 0.05}
_PEOPLE = itertools.count()
POLICIES = [{"kind": "identity"}, {"kind": "retrieval", "timeout": 10}]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with the table of two tenants, and a key of one of them."""
    folder = tmp_path_factory.mktemp("computed")
    (folder / "orders.csv").write_text(ROWS)
    tables = [{"source": "orders.csv", "key": ["id"], "owner": "shop", "tenants": ["*"]}]
    config = configure(folder, tables=tables, sql=FAST, policies=POLICIES)
    key = json.loads(cli("keys", "create", "--tenant", "acme", "--json", config=config).stdout)["key"]
    (folder / "key").write_text(key)
    with started(config) as running:
        yield running


def ask(server: Running, path: str, body: dict[str, Any], key: str = "") -> tuple[str, Any]:
    """The raw answer of the embedded backend, which shows what it was sent, and its receipt."""
    headers = {"content-type": "application/json", "x-rapport-user": f"u{next(_PEOPLE)}",
               **({"authorization": f"Bearer {key}"} if key else {})}  # fmt: skip
    request = urllib.request.Request(server.base + path, json.dumps({"model": "demo", **body}).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        raw, exchange = answer.read().decode(), answer.headers["x-rapport-exchange"]
    more = {"authorization": f"Bearer {key}"} if key else {}
    return raw, server.get(f"/v1/receipts/{exchange}", headers=more)[1]


def chat(text: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], **more}


def reasons(receipt: Any) -> list[str]:
    return [reason for step in receipt["policies"] if step["policy"] == "retrieval" for reason in step["reasons"]]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat/completions", chat(COUNT)),
        ("/chat/completions", chat(COUNT, stream=True)),
        ("/responses", {"input": COUNT}),
        ("/messages", chat(COUNT, max_tokens=500)),
    ],
)
def test_every_route(server: Running, path: str, body: dict[str, Any]) -> None:
    """The same rows reach the model on every route, plain and streamed."""
    _, receipt = ask(server, path, body)
    assert reasons(receipt) == ["computed"]
    step = next(step for step in receipt["policies"] if step["policy"] == "retrieval")
    assert step["detail"]["rows"] == 2


def test_rows_reach_the_model(server: Running) -> None:
    """The answer of a backend that shows what it was sent has the counts, of this tenant's rows alone."""
    raw, _ = ask(server, "/chat/completions", chat(COUNT))
    assert "| shipped | 2 |" in json.loads(raw)["choices"][0]["message"]["content"]
    assert "lost" not in raw
    theirs, _ = ask(server, "/chat/completions", chat(COUNT), (server.folder / "key").read_text())
    assert "| lost | 1 |" in theirs
    assert "shipped" not in theirs


def test_changed_file_counts_at_once(tmp_path: Path) -> None:
    """A running server sees the rows of a SQLite file that another program writes to."""
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT)")
        shop.execute("INSERT INTO orders (status) VALUES ('open')")
    config = configure(tmp_path, tables=[{"source": "shop.db"}], sql=FAST, policies=POLICIES)
    with started(config) as running:
        assert "| open | 1 |" in ask(running, "/chat/completions", chat(COUNT))[0]
        with sqlite3.connect(tmp_path / "shop.db") as shop:
            shop.execute("INSERT INTO orders (status) VALUES ('open')")
        deadline = time.monotonic() + 10
        while "| open | 2 |" not in ask(running, "/chat/completions", chat(COUNT))[0]:
            assert time.monotonic() < deadline, "the new row was never counted"


def test_table_that_breaks_costs_no_chat(tmp_path: Path) -> None:
    """A file that is away at the start, or goes away later, leaves every chat answered; that it is away is told, and it
    is read when it is there."""
    config = configure(tmp_path, tables=[{"source": "orders.csv"}], sql=FAST, policies=POLICIES)
    with started(config) as running:
        raw, receipt = ask(running, "/chat/completions", chat(COUNT))
        assert json.loads(raw)["choices"][0]["message"]["content"]
        assert "tables_unavailable" in reasons(receipt)
        assert running.get("/readyz")[1]["degraded"] == ["tables"]
        (tmp_path / "orders.csv").write_text(ROWS)
        deadline = time.monotonic() + 10
        while running.get("/readyz")[1]["degraded"]:
            assert time.monotonic() < deadline, "the file was never read"
            time.sleep(0.05)
        assert "| shipped | 2 |" in ask(running, "/chat/completions", chat(COUNT))[0]
        (tmp_path / "orders.csv").unlink()
        time.sleep(0.1)
        raw, _ = ask(running, "/chat/completions", chat(COUNT))
        assert json.loads(raw)["choices"][0]["message"]["content"]
