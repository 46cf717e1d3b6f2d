"""Starts Rapport as a real server process in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import yaml

from tests.fakes.process import ROOT, Child, stop
from tests.forked import ADDRESS, fork

START = 20.0


def python() -> str:
    """The interpreter that Rapport is installed for: this one, unless SERVER_PYTHON names another."""
    return os.environ.get("SERVER_PYTHON") or sys.executable


@dataclass(slots=True)
class Running:
    """A server process: its URL, its folder, and its log so far."""

    url: str
    folder: Path
    child: Child

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
def started(config: Path, fresh: bool = False, **environment: str) -> Iterator[Running]:
    """Run `rapport serve` on a written configuration until the block ends; see `launch` for `fresh`."""
    port = yaml.safe_load(config.read_text())["server"]["port"]
    variables = {**surroundings(), "PYTHONWARNINGS": "default", **environment}
    with (config.parent / "log").open("ab") as log, open(os.devnull, "rb") as nothing:
        child = launch(["serve", "--config", str(config)], variables, (nothing, log, log), fresh)
        server = Running(f"http://127.0.0.1:{port}", config.parent, child)
        try:
            _wait(server)
            yield server
        finally:
            stop(child)


def cli(*arguments: str, config: Path | None = None, given: bytes = b"", fresh: bool = False,
        **environment: str) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run one `rapport` command to its end, `given` to read; see `launch` for `fresh`."""
    chosen = [*arguments, *(["--config", str(config)] if config else [])]
    with tempfile.TemporaryFile() as reads, tempfile.TemporaryFile() as says, tempfile.TemporaryFile() as complains:
        reads.write(given)
        reads.seek(0)
        child = launch(chosen, {**surroundings(), "COLUMNS": "150", **environment}, (reads, says, complains), fresh)
        try:
            status = child.wait(60)
        finally:
            stop(child)
        return subprocess.CompletedProcess(chosen, status, _text(says), _text(complains))


def launch(arguments: Sequence[str], environment: Mapping[str, str], files: Sequence[IO[bytes]],
           fresh: bool = False) -> Child:  # fmt: skip
    """Start `rapport` with `files` as standard input, output and error.

    It is forked from a process that has imported everything, where there is one and where the interpreter needs no
    settings of its own; `fresh` makes it a new interpreter all the same.
    """
    same = python() == sys.executable and _settings(environment) == _settings(os.environ)
    if same and not fresh and ADDRESS in os.environ:
        return fork(arguments, environment, [file.fileno() for file in files])
    command = [python(), "-m", "proxy", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=files[0], stdout=files[1], stderr=files[2],
                            env=dict(environment), start_new_session=True)


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of the interpreter that only hold from its start."""
    names = {name for name in environment if name.startswith("PYTHON")} - {"PYTHONWARNINGS", "PYTHONPATH"}
    return {name: environment[name] for name in names}


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


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
