"""Closed-loop load on a chat endpoint, in a process of its own: `python -m bench.load --url http://127.0.0.1:9100/v1`.

One keep-alive connection per worker, own sockets, bodies of realistic size, many users; prints one JSON object. Every
request is a new question of somebody: the last turn differs, so that nothing is answered from what came before.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from random import Random
from time import monotonic_ns
from typing import Any
from urllib.parse import urlsplit

from bench.wire import Connection
from tests.fakes.server import new_event_loop

SYSTEM = (
    "You are a careful assistant for a software team. Answer in the language of the question. State assumptions, "
    "prefer short concrete steps, and say when you are not sure. "
) * 3
TURNS = (
    "We are planning the storage layer of a small service. Which embedded database would you use for session data and "
    "why?",
    "SQLite in WAL mode is a good default: one file, transactions, and readers do not block the writer. Keep writes "
    "short and use one writer connection.",
    "And if two processes on the same host need to write?",
    "They can share the file; set a busy timeout and keep transactions small. If writes are heavy, put a queue in "
    "front so that one process owns the write side.",
    "How large can the file get before that becomes a problem?",
    "Size alone is rarely the limit; tens of gigabytes work. Watch checkpoint time, vacuum cost and backup duration "
    "instead.",
    "Please summarise the decision for section @ of the design document, and mention the risk you find most likely.",
)
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: to `url` (with /v1), for `duration` seconds, from `users` people named by the header."""

    url: str
    concurrency: int = 1
    duration: float = 3.0
    stream: bool = False
    model: str = "bench"
    users: int = 200
    user_header: str = "x-rapport-user"
    warmup: int = 3
    seed: int = 1

    def template(self) -> tuple[bytes, bytes]:
        """The body before and after the number that makes the last turn new."""
        roles = ("user", "assistant")
        turns = [{"role": roles[index % 2], "content": text} for index, text in enumerate(TURNS)]
        body: dict[str, Any] = {"model": self.model, "messages": [{"role": "system", "content": SYSTEM}, *turns]}
        body |= {"temperature": 0.2, "max_tokens": 256} | ({"stream": True} if self.stream else {})
        before, _, after = json.dumps(body, separators=(",", ":")).encode().rpartition(b"@")
        return before, after


@dataclass(slots=True)
class Outcome:
    """What came back. Milliseconds; `first` is from sending to the first token of a stream. `sent` counts all answered
    requests, the warm-up too; `errors` by status or by the name of the exception."""

    sent: int = 0
    p50_ms: float = 0.0
    first_p50_ms: float = 0.0
    errors: dict[str, int] = field(default_factory=dict)


class Run:
    """One run of a load."""

    def __init__(self, load: Load) -> None:
        self.load = load
        parts = urlsplit(load.url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.before, self.after = load.template()
        self.head = (
            f"POST {parts.path}/chat/completions HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept: */*\r\n"
            "Content-Type: application/json\r\nAuthorization: Bearer sk-bench\r\nUser-Agent: bench-load\r\n"
        ).encode()
        self.random = Random(load.seed)
        self.outcome = Outcome()
        self.times: list[int] = []
        self.firsts: list[int] = []

    def request(self) -> bytes:
        """The bytes of the next request: another user, another question."""
        user = f"{self.load.user_header}: user-{self.random.randrange(self.load.users)}\r\n"
        body = self.before + b"%d" % self.random.getrandbits(40) + self.after
        return self.head + f"{user}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def connect(self) -> Connection:
        """A new connection."""
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, self.host, self.port))[1]

    async def once(self, connection: Connection, record: bool) -> None:
        """Send one request and take its answer's times."""
        data = self.request()
        start = monotonic_ns()
        await asyncio.wait_for(connection.ask(data), _TIMEOUT)
        end = monotonic_ns()
        if connection.status != 200:
            self._fail(str(connection.status))
        elif self.load.stream and not connection.done:
            self._fail("truncated")
        else:
            self.outcome.sent += 1
            if record:
                self.times.append(end - start)
                self.firsts.append(connection.first - start)

    def _fail(self, name: str) -> None:
        self.outcome.errors[name] = self.outcome.errors.get(name, 0) + 1

    async def worker(self) -> None:
        """Keep one request in flight until the time is up."""
        connection = await self.connect()
        for _ in range(self.load.warmup):
            await self.once(connection, record=False)
        end = monotonic_ns() + int(self.load.duration * 1e9)
        while monotonic_ns() < end:
            try:
                if connection.transport is None:
                    connection = await self.connect()
                await self.once(connection, record=True)
            except (OSError, TimeoutError) as error:
                self._fail(type(error).__name__)
                await asyncio.sleep(0.01)
        if connection.transport is not None:
            connection.transport.close()

    async def go(self) -> Outcome:
        """All workers until the time is up."""
        await asyncio.gather(*(self.worker() for _ in range(self.load.concurrency)))
        if self.times:
            self.outcome.p50_ms = statistics.median(self.times) / 1e6
            self.outcome.first_p50_ms = statistics.median(self.firsts) / 1e6 if self.load.stream else 0.0
        return self.outcome


def measure(load: Load) -> Outcome:
    """Run a load in a process of its own. Raises RuntimeError where it did not come to an end."""
    command = [sys.executable, "-m", "bench.load", "--json", json.dumps(asdict(load))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=load.duration + 2 * _TIMEOUT, check=False)
    if done.returncode:
        raise RuntimeError(f"the load generator failed: {done.stderr[-400:]}")
    return Outcome(**json.loads(done.stdout))


def main() -> None:
    """The command line; `--json` takes all settings at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="", help="base URL, with /v1")
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--duration", type=float, default=3.0, help="seconds")
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--model", default="bench")
    parser.add_argument("--json", default="", help="the settings as one JSON object, instead of the others")
    given = vars(parser.parse_args())
    whole = given.pop("json")
    load = Load(**json.loads(whole)) if whole else Load(**given)
    gc.freeze()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        print(json.dumps(asdict(runner.run(Run(load).go()))))


if __name__ == "__main__":
    main()
