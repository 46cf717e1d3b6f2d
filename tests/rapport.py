"""Starts Rapport as a real server process in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.process import ROOT, stop

START = 20.0


def python() -> str:
    """The interpreter that Rapport is installed for: this one, unless SERVER_PYTHON names another."""
    return os.environ.get("SERVER_PYTHON") or sys.executable


@dataclass(slots=True)
class Running:
    """A server process: its URL, its folder, and its log so far."""

    url: str
    folder: Path
    child: subprocess.Popen[bytes]

    @property
    def base(self) -> str:
        """What a client calls its base URL."""
        return f"{self.url}/v1"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def get(self, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Status and JSON of a request without a body."""
        request = urllib.request.Request(self.url + path, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def kill(self) -> None:
        """SIGKILL: no time to write anything."""
        self.child.kill()
        self.child.wait()


def configure(folder: Path, **sections: Any) -> Path:
    """Write a config.yaml with a free port and data in `folder`; sections named replace the defaults."""
    sections.setdefault("server", {"port": free_port()})
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(sections))
    return path


def openai_backend(base: str, **more: Any) -> dict[str, Any]:
    """A backend entry that sends every model to an OpenAI-shaped server."""
    return {"models": ["*"], "use": "openai/{model}", "api_base": base, "api_key": "env:FAKE_KEY", **more}


@contextmanager
def running(folder: Path, **sections: Any) -> Iterator[Running]:
    """Run `rapport serve` until the block ends."""
    with started(configure(folder, **sections)) as server:
        yield server


@contextmanager
def started(config: Path, **environment: str) -> Iterator[Running]:
    """Run `rapport serve` on a written configuration until the block ends."""
    port = yaml.safe_load(config.read_text())["server"]["port"]
    variables = {**surroundings(), "PYTHONWARNINGS": "default", **environment}
    with (config.parent / "log").open("ab") as log:
        command = [python(), "-m", "proxy", "serve", "--config", str(config)]
        child = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=variables, start_new_session=True)
        server = Running(f"http://127.0.0.1:{port}", config.parent, child)
        try:
            _wait(server)
            yield server
        finally:
            stop(child)


def cli(*arguments: str, config: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one `rapport` command to its end."""
    chosen = ["--config", str(config)] if config else []
    command = [python(), "-m", "proxy", *arguments, *chosen]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
                          env={**surroundings(), "COLUMNS": "150", **environment})


def surroundings() -> dict[str, str]:
    """The environment without the developer's own settings of Rapport, and with the fakes' key."""
    clean = {name: value for name, value in os.environ.items() if not name.upper().startswith("RAPPORT_")}
    return {**clean, "FAKE_KEY": "sk-fake"}


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Running) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        if server.child.poll() is not None:
            raise RuntimeError(f"the server ended with {server.child.returncode}: {server.log}")
        try:
            if server.get("/readyz")[0] == 200:
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    server.child.send_signal(signal.SIGKILL)
    raise RuntimeError(f"the server did not get ready: {server.log}")
