"""What every fake has: counters, the last requests, control endpoints outside /v1, and a command line."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
from abc import ABC, abstractmethod
from collections import deque
from itertools import islice
from typing import Any

from tests.fakes.http import Connection, Request

_KEPT = 2000


class Server(ABC):
    """A fake provider: subclass it, answer in `handle`."""

    def __init__(self) -> None:
        self.stats = dict.fromkeys(("requests", "connections", "bytes_in", "open", "busy", "abandoned"), 0)
        self.kept: deque[Request] = deque(maxlen=_KEPT)

    @abstractmethod
    def handle(self, connection: Connection, request: Request) -> None:
        """Answer a request under /v1."""

    @abstractmethod
    def common(self, request: Request) -> bytes:
        """Header lines that every answer of this provider has."""

    def take(self, connection: Connection, request: Request) -> None:
        """Count, keep and answer a request."""
        if not request.target.startswith("/v1/"):
            self._control(connection, request)
            return
        self.stats["requests"] += 1
        self.stats["bytes_in"] += len(request.body)
        self.kept.append(request)
        self.handle(connection, request)

    def count(self, name: str) -> None:
        """Raise one counter of /stats."""
        self.stats[name] = self.stats.get(name, 0) + 1

    def _control(self, connection: Connection, request: Request) -> None:
        path, _, query = request.target.partition("?")
        answer: Any = {"status": "ok"}
        if path == "/reset":
            self.kept.clear()
            self.stats.update({name: 0 for name in self.stats if name not in ("open", "busy")})
        elif path == "/stats":
            answer = self.stats
        elif path == "/open":  # the connection that asks is not one of those asked about
            answer = {**{name: self.stats[name] for name in ("busy", "abandoned")}, "open": self.stats["open"] - 1}
        elif path == "/last":
            answer = self.kept[-1].seen() if self.kept else None
        elif path == "/requests":
            skip = max(0, len(self.kept) - int(query.removeprefix("last="))) if query else 0
            answer = [item.seen() for item in islice(self.kept, skip, None)]
        connection.send(request, 200, json.dumps(answer).encode())


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The command line that every fake has. Port 0 takes a free one; the ready line names it."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency-ms", type=float, default=0.0, help="before every answer")
    parser.add_argument("--chunks", type=int, default=32, help="pieces of a streamed text")
    parser.add_argument("--chunk-delay-ms", type=float, default=0.0, help="between two of them")
    parser.add_argument("--key", default="", help="refuse requests with any other key")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does: with the parent")
    return parser


async def _serve(server: Server, name: str, options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.until_eof:
        loop.add_reader(sys.stdin.fileno(), stop.set)
    listener = await loop.create_server(lambda: Connection(server), options.host, options.port, backlog=4096)
    port = listener.sockets[0].getsockname()[1]
    print(f"{name} pid={os.getpid()} http://{options.host}:{port}", flush=True)
    await stop.wait()
    listener.close()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def serve(server: Server, name: str, options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT, on uvloop where there is one; prints one line when ready."""
    gc.freeze()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(server, name, options))
