"""Rapport as its users run it: a process of its own with a generated config.yaml and a folder that vanishes after."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.process import ROOT, Fake, stop

IDENTITY = {"kind": "identity", "sources": ["jwt", "header", "safety_identifier", "user", "metadata"]}
PREFERENCES = {"kind": "preferences", "max_tokens": 150}
RETRIEVAL = {"kind": "retrieval", "when": ["low_history", "knowledge_query"], "top_k": 5}
HISTORY = {"kind": "history"}
STATED = (
    "Please always keep your answers short.",
    "I prefer British spelling.",
    "I am vegetarian.",
    "Never use emojis in your answers.",
    "From now on, answer me in bullet points.",
)
_READY = 60.0
_LEARNT = 60.0


@dataclass(frozen=True, slots=True)
class Rapport:
    """A running server: where it listens, its process, and the seconds from its start to readiness."""

    url: str
    pid: int
    ready_s: float
    first_answer_s: float


def config(
    port: int, upstream: str, folder: Path, policies: Sequence[dict[str, Any]],
    backends: Sequence[dict[str, Any]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The configuration of a server whose one backend is relayed to `upstream`, if no others are named, all of its
    state in `folder`."""
    backend = {"models": ["*"], "use": "openai/{model}", "api_base": f"{upstream}/v1"}
    return {
        "server": {"host": "127.0.0.1", "port": port, "workers": 1},
        "backends": list(backends or [{**backend, "api_key": "env:FAKE_KEY", "carrier": "relay"}]),
        "users": {"url": f"sqlite:///{folder}/rapport.db"},
        "knowledge": {"path": f"{folder}/knowledge"},
        "cache": {"path": f"{folder}/cache"},
        "policies": list(policies),
    }


@contextmanager
def running(
    upstream: str, policies: Sequence[dict[str, Any]], backends: Sequence[dict[str, Any]] | None = None,
    prepare: Callable[[Path], None] | None = None,
) -> Iterator[Rapport]:  # fmt: skip
    """Start a server before `upstream` and wait for its first answer. Raises RuntimeError where none came.

    `prepare` gets the path of its configuration before it starts.
    """
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as name:
        folder, port = Path(name), _free_port()
        path = folder / "config.yaml"
        path.write_text(json.dumps(config(port, upstream, folder, policies, backends)))  # JSON is YAML too
        if prepare is not None:
            prepare(path)
        command = [sys.executable, "-m", "proxy", "serve", "--config", str(path)]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
        environment = {**inherited, "FAKE_KEY": "sk-fake", "PYTHONPATH": str(ROOT)}
        start = time.monotonic()
        with (folder / "log").open("wb") as log, subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        ) as child:  # fmt: skip
            try:
                ready = _wait(child, port, "GET", "/readyz", start, folder / "log")
                answered = _wait(child, port, "POST", "/v1/chat/completions", start, folder / "log")
                yield Rapport(f"http://127.0.0.1:{port}", child.pid, ready, answered)
            finally:
                stop(child)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait(child: subprocess.Popen[bytes], port: int, method: str, path: str, start: float, log: Path) -> float:
    """Seconds from `start` until a path first answers 200."""
    while time.monotonic() - start < _READY and child.poll() is None:
        try:
            if ask(port, method, path, "") == 200:
                return time.monotonic() - start
        except OSError:
            pass  # not listening yet
        time.sleep(0.005)
    raise RuntimeError(f"the server does not answer {path}: {log.read_text(errors='replace')[-800:]}")


def ask(port: int, method: str, path: str, text: str, user: str = "user-first") -> int:
    """One request on a new connection; a POST says `text` as that user. Returns the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps({"model": "bench", "messages": [{"role": "user", "content": text or "Good morning."}]})
    headers = {"x-rapport-user": user, "content-type": "application/json"}
    try:
        connection.request(method, path, body if method == "POST" else None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def acquaint(server: Rapport, fake: Fake, users: int) -> None:
    """Let every user state preferences, and wait until the backend gets each one's profile.

    Raises RuntimeError where that does not come about: figures of a path that injects nothing would mean nothing.
    """
    port = int(server.url.rpartition(":")[2])
    for text in STATED:
        for number in range(users):
            ask(port, "POST", "/v1/chat/completions", text, f"user-{number}")
    unknown, end = set(range(users)), time.monotonic() + _LEARNT
    while unknown and time.monotonic() < end:
        for number in sorted(unknown):
            ask(port, "POST", "/v1/chat/completions", "What is new?", f"user-{number}")
            if not injected(fake):
                time.sleep(0.2)
                break
            unknown.discard(number)
    if unknown:
        raise RuntimeError(f"{len(unknown)} of {users} users have no profile after {_LEARNT:.0f} s")


def injected(fake: Fake) -> bool:
    """Whether the last request that reached the backend carried a profile."""
    return "<rapport-profile" in fake.last().body
