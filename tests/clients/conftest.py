"""Servers that run once for all tests, the ways to them, and a count of what passed for the table at the end.

A test module names its client in `CLIENT` (and `PACKAGES`, where that is not the one package of that name) and says in
`TRIED` what its tests try.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.clients.known import KNOWN
from tests.clients.ways import CHAT, EMBEDDINGS, MESSAGES, RESPONSES, RESULTS, Servers, Way, serve, way
from tests.fakes.process import ROOT

# Rapport runs in the environment that it is installed in, the clients in theirs.
os.environ.setdefault("SERVER_PYTHON", str(ROOT / ".venv/bin/python"))


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Two fake providers, and Rapport in front of them."""
    with serve(tmp_path_factory.mktemp("rapport")) as running:
        yield running


@pytest.fixture(params=CHAT)
def chat(request: pytest.FixtureRequest, servers: Servers) -> Way:
    """A way to chat completions."""
    return way(servers, CHAT, request.param)


@pytest.fixture(params=RESPONSES)
def responses(request: pytest.FixtureRequest, servers: Servers) -> Way:
    """A way to the Responses API."""
    return way(servers, RESPONSES, request.param)


@pytest.fixture(params=MESSAGES)
def messages(request: pytest.FixtureRequest, servers: Servers) -> Way:
    """A way to the Messages API."""
    return way(servers, MESSAGES, request.param)


@pytest.fixture(params=EMBEDDINGS)
def embeddings(request: pytest.FixtureRequest, servers: Servers) -> Way:
    """A way to embeddings."""
    return way(servers, EMBEDDINGS, request.param)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Note of each test whose it is, and whether Rapport stands in its way."""
    for item in items:
        chosen = item.callspec.params if hasattr(item, "callspec") else {}
        client = chosen["client"].told() if "client" in chosen else _told(item.module)
        direct = any(value == "direct" or (isinstance(value, tuple) and "direct" in value) for value in chosen.values())
        item.user_properties += [("client", client), ("direct", direct)]
        if known := KNOWN.get(f"{Path(item.fspath).stem}: {item.name}"):
            item.add_marker(pytest.mark.xfail(reason=known, strict=True))


def _told(module: Any) -> dict[str, str]:
    packages = getattr(module, "PACKAGES", (module.CLIENT,))
    return {"client": module.CLIENT, "version": ", ".join(map(version, packages)), "tried": module.TRIED}


def pytest_runtest_logreport(report: Any) -> None:
    """Count what passed and what did not; of a test with others in it, those."""
    if report.when != "call" and report.outcome == "passed":
        return
    noted = dict(report.user_properties)
    if "test_node" in report.nodeid and not hasattr(report, "context"):
        return
    if hasattr(report, "wasxfail") and report.wasxfail.removeprefix("reason: ") not in KNOWN.values():
        return  # what the fake cannot do
    row = _rows.setdefault(noted["client"]["client"], {**noted["client"], "direct": {}, "rapport": {}})
    counts = row["direct" if noted["direct"] else "rapport"]
    outcome = "xfailed" if hasattr(report, "wasxfail") else report.outcome
    counts[outcome] = counts.get(outcome, 0) + 1


def pytest_sessionfinish() -> None:
    """Leave the counts for the table, which is made when all environments are through."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{Path(sys.prefix).name}.json").write_text(json.dumps(_rows, indent=1))


_rows: dict[str, dict[str, Any]] = {}
