"""Starts a fake as a real child process on a free port, and reads what it was asked.

    with serving("openai_api", "--key", "sk-test") as fake:
        client = OpenAI(base_url=fake.base, api_key="sk-test")
        ...
        assert fake.last().json["user"] == "u1"

The model's name says how a fake answers (see behaviour).
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[2]
_READY = 20.0
_LEAVE = 5.0


class Child(Protocol):
    """What `subprocess.Popen` and `tests.forked.Forked` have in common."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as the fake got it: header names in lower case, the body as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def raw(self) -> bytes:
        """The body, byte for byte."""
        return self.body.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Fake:
    """A running fake: `url` without a path, and its control endpoints as methods."""

    url: str
    pid: int

    @property
    def base(self) -> str:
        """The URL that clients call a base URL: with /v1."""
        return f"{self.url}/v1"

    def last(self) -> Seen:
        """The last request under /v1. Raises LookupError where there was none."""
        seen = self._get("/last")
        if seen is None:
            raise LookupError("the fake was not asked anything yet")
        return Seen(**seen)

    def requests(self, last: int = 0) -> list[Seen]:
        """The requests under /v1, oldest first: all that are kept (2,000), or the `last` ones."""
        return [Seen(**seen) for seen in self._get(f"/requests?last={last}" if last else "/requests")]

    def stats(self) -> dict[str, int]:
        """Counters since the start or the last reset."""
        return dict(self._get("/stats"))

    def open(self) -> dict[str, int]:
        """Connections `open` now, answers in progress (`busy`), and those whose client left early (`abandoned`)."""
        return dict(self._get("/open"))

    def reset(self) -> None:
        """Forget requests and counters."""
        self._get("/reset")

    def wait(self, name: str, value: int, seconds: float = 3.0) -> bool:
        """Wait until `open()[name]` is `value`; False if that did not come about in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.open()[name] == value:
                return True
            time.sleep(0.01)
        return False

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def serving(name: str, *args: str) -> Iterator[Fake]:
    """Run `tests.fakes.<name>` until the block ends. It also ends when this process does, however that comes about."""
    command = [sys.executable, "-m", f"tests.fakes.{name}", "--until-eof", *args]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        try:
            yield Fake(ready_line(child).rpartition(" ")[2], child.pid)
        finally:
            stop(child)


def ready_line(child: subprocess.Popen[bytes], seconds: float = _READY) -> str:
    """The first line a child prints. Raises RuntimeError if it ends or is silent for too long."""
    if child.stdout is None:
        raise RuntimeError("the child's output is not piped")
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        line = child.stdout.readline() if selector.select(seconds) else b""
    if not line:
        raise RuntimeError(f"{child.args!r} did not get ready in {seconds} s (exit status {child.poll()})")
    return line.decode().strip()


def stop(child: Child) -> None:
    """End a child, and its process group if it leads one: politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            return
        with suppress(ProcessLookupError):  # it ended just now, and it was not for this process to see it off
            (os.killpg if os.getpgid(child.pid) == child.pid else os.kill)(child.pid, number)
        try:
            child.wait(_LEAVE)
        except subprocess.TimeoutExpired:
            continue
