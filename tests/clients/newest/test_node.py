"""The clients for Node: each file of ../node is run once on each way, and every test in it is one here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients.known import KNOWN
from tests.clients.ways import CHAT, MESSAGES, RESPONSES, Servers, way

FOLDER = Path(__file__).resolve().parents[1] / "node"
CLIENT, PACKAGES, TRIED = "Node", (), ""


@dataclass(frozen=True)
class NodeClient:
    """One file of tests: the packages it is about, and what it tries."""

    file: str
    name: str
    packages: tuple[str, ...]
    tried: str

    def told(self) -> dict[str, str]:
        """What the table says of it."""
        places = [FOLDER / "node_modules" / package / "package.json" for package in self.packages]
        versions = [json.loads(place.read_text())["version"] if place.exists() else "absent" for place in places]
        return {"client": self.name, "version": ", ".join(versions), "tried": self.tried}


CLIENTS = (
    (NodeClient("openai_chat", "openai (Node)", ("openai",),
                "chat, streams, tool calls, its tool runner, JSON schema, errors, retries, embeddings"), CHAT),
    (NodeClient("openai_responses", "openai (Node), Responses", ("openai",),
                "plain, streams, tool calls, JSON schema, previous_response_id, errors, retries"), RESPONSES),
    (NodeClient("vercel_chat", "Vercel AI SDK, chat", ("ai", "@ai-sdk/openai-compatible", "@ai-sdk/openai"),
                "text, streams, tool loops, objects, reasoning, errors, retries, embeddings"), CHAT),
    (NodeClient("vercel_responses", "Vercel AI SDK, its default (Responses)", ("ai", "@ai-sdk/openai"),
                "text, streams, tool loops, objects, previousResponseId, errors, retries"), RESPONSES),
    (NodeClient("anthropic", "@anthropic-ai/sdk (Node)", ("@anthropic-ai/sdk",),
                "messages, streams, tool use, tokens, errors, retries"), MESSAGES),
)  # fmt: skip
NODE = shutil.which("node")
LEAST = 20


def _missing() -> str:
    """Why the tests cannot run here."""
    if not NODE:
        return "Node is not installed"
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").partition(".")[0]) < LEAST:
        return f"Node is older than {LEAST}"
    return "" if (FOLDER / "node_modules/openai").exists() else "npm has installed nothing"


@pytest.fixture(scope="module")
def node() -> str:
    """Node, where it is there with the packages."""
    missing = _missing()
    if missing:
        pytest.skip(missing)
    return str(NODE)


@pytest.mark.parametrize(("client", "ways", "name"), [
    pytest.param(client, ways, name, id=f"{client.file}-{name}") for client, ways in CLIENTS for name in ways])
def test_a_file(servers: Servers, node: str, subtests: Any, client: NodeClient, ways: Any, name: str) -> None:
    """Every test of the file passes on this way."""
    at = way(servers, ways, name)
    told = {**asdict(at), "fake": at.fake.url, "direct": at.direct}
    done = subprocess.run(
        [node, "--test", "--test-reporter=./reporter.mjs", f"{client.file}.test.mjs"], cwd=FOLDER, text=True,
        capture_output=True, timeout=120, check=False, env={**os.environ, "WAY": json.dumps(told)},
    )  # fmt: skip
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(results) > 5, done.stdout + done.stderr
    for result in results:
        with subtests.test(result["name"]):
            if result["skipped"]:
                pytest.skip(result["skipped"])
            known = KNOWN.get(f"{client.file}-{name}: {result['name']}")
            if result["error"] and known:
                pytest.xfail(known)
            assert not (result["error"] or known), result["error"] or f"this passes now, but known.py says: {known}"
