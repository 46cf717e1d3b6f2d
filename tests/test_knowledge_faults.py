"""An index that is damaged, gone or cannot be written costs the passages and never the chat, and can be mended."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI

from tests.fakes.process import Fake
from tests.rapport import Running, cli, configure, openai_backend, started

QUESTION = "How many weeks of parental leave do employees get?"


def damaged(index: Path) -> None:
    """Every file of the index is nonsense."""
    for file in index.rglob("*"):
        if file.is_file():
            file.write_bytes(b"xx")


def truncated(index: Path) -> None:
    """What a crash without fsync may leave: the newest manifests are cut."""
    for file in index.rglob("*.manifest"):
        file.write_bytes(file.read_bytes()[:10])


def gone(index: Path) -> None:
    """The folder was deleted."""
    shutil.rmtree(index)


def asked(server: Running) -> tuple[str, dict[str, Any]]:
    """The answer of the backend, and the retrieval step of the receipt."""
    with OpenAI(base_url=server.base, api_key="x", max_retries=0) as client:
        answer = client.chat.completions.with_raw_response.create(
            model="gpt-x", messages=[{"role": "user", "content": QUESTION}], user="alice"
        )
    steps = server.get(f"/v1/receipts/{answer.headers['x-rapport-exchange']}")[1]["policies"]
    text = answer.parse().choices[0].message.content or ""
    return text, next(step for step in steps if step["policy"] == "retrieval" and step["hook"] == "on_request")


@pytest.mark.parametrize("harm", [damaged, truncated, gone])
def test_harmed(tmp_path: Path, openai_fake: Fake, harm: Callable[[Path], None]) -> None:
    """Before and under a running server: the chat is answered, receipt and readiness tell of it, and a rebuild from the
    files mends it without a restart."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text("# Parental leave\n\nEmployees get sixteen weeks of parental leave.")
    config = configure(tmp_path, backends=[openai_backend(openai_fake.base)], embedder={"kind": "full_text_only"},
                       policies=[{"kind": "identity"}, {"kind": "retrieval", "stuff_max_tokens": 0}])
    assert cli("ingest", str(tmp_path / "docs"), config=config).returncode == 0
    index = tmp_path / "data" / "knowledge"
    harm(index)
    with started(config) as server:
        text, step = asked(server)
        assert text
        assert "sixteen weeks" not in openai_fake.last().body
        assert step["reasons"][-1] in ("error:Unavailable", "timeout", "empty_corpus", "nothing_found")
        assert server.get("/readyz") == (200, {"status": "ok", "degraded": ["knowledge"]})
        deadline = time.monotonic() + 10
        while "rapport knowledge rebuild" not in server.log and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "rapport knowledge rebuild" in server.log
        done = cli("knowledge", "rebuild", config=config)
        assert (done.returncode, done.stdout) == (0, "default: 1 sources, 1 passages.\n")
        deadline = time.monotonic() + 3
        while "retrieved" not in asked(server)[1]["reasons"] and time.monotonic() < deadline:
            time.sleep(0.2)
        assert "sixteen weeks" in openai_fake.last().body
