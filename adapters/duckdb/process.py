"""A copy in a process of its own, which the system bounds: spawned with an empty environment, kept warm, one query at a
time, killed when it overruns, and started again when the next one comes.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from adapters.duckdb import wire
from adapters.duckdb.limits import Limits
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, ConfigError, Failed, Rows, Table, Timeout, Unavailable

START, MORE = 120.0, 1.0
"""Seconds for a process to load its rows, and beyond a query's own limit before it is killed."""
LARGEST = 256 << 20
"""Bytes of an answer: no process may fill this one."""
GARBAGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading an answer raises that is none of ours."""
_CHUNK = 1 << 16
_RUN = "import sys; sys.path.insert(0, sys.argv[1]); from adapters.duckdb.worker import main; main()"


def demand_processes() -> None:
    """Raises ConfigError where this system cannot hold a process in limits."""
    if find_spec("resource") is None:
        raise ConfigError("sql.isolation", "this system cannot limit a process; the other choice is: thread")


class Process:
    """See `snapshot.Copy`. Raises AdapterError where the rows cannot be held."""

    together = 1

    def __init__(self, loaded: Sequence[Loaded], limits: Limits) -> None:
        self._limits = limits
        self._given = [wire.told({"limits": asdict(limits), "tables": [wire.head(each) for each in loaded]})]
        self._given += [wire.framed(wire.stream(each.data)) for each in loaded]
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False
        self.tables = self._start()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._child.pid if self._child is not None else None

    def query(self, sql: str) -> Rows:
        """See `Tables.query`."""
        return cast(Rows, self._ask(sql, False))

    def plan(self, sql: str) -> str:
        """See `Tables.plan`."""
        return cast(str, self._ask(sql, True))

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._closed = True
            self._end()

    def _ask(self, sql: str, plan: bool) -> Rows | str | Sequence[Table]:
        with self._turn:
            if self._closed:
                raise Unavailable("the tables are being let go")
            if self._child is None or self._child.poll() is not None:
                self._end()
                self._start()
            answer = self._exchange([wire.told({"sql": sql, "plan": plan})], self._limits.timeout + MORE)
            try:
                return wire.heard(answer)
            except GARBAGE:
                self._end()
                raise Failed("the query cannot be answered") from None

    def _start(self) -> tuple[Table, ...]:
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-c", _RUN, str(Path(__file__).parents[2])], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/", start_new_session=True, bufsize=0,
            )  # fmt: skip
            for pipe in (self._child.stdin, self._child.stdout):
                os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]
            return cast("tuple[Table, ...]", wire.heard(self._exchange(self._given, START)))
        except (AdapterError, OSError, *GARBAGE) as error:
            self._end()
            if type(error) is AdapterError:
                raise
            raise Unavailable("tables cannot be loaded in a process of their own") from error

    def _exchange(self, frames: Sequence[bytes], seconds: float) -> bytes:
        """Send, and wait for one frame. The process is ended where it gives none: Timeout where it took too long,
        Failed where it died, as it does when it asks for more memory than it may have."""
        deadline = time.monotonic() + seconds
        try:
            for frame in frames:
                self._write(frame, deadline)
            (length,) = wire.HEAD.unpack(self._read(wire.HEAD.size, deadline))
            if length > LARGEST:
                raise OSError("an answer is too large")
            return self._read(length, deadline)
        except TimeoutError:
            self._end()
            raise Timeout("a query over tables took too long") from None
        except OSError:
            self._end()
            raise Failed("the query takes more memory or time than it may have") from None

    def _write(self, frame: bytes, deadline: float) -> None:
        view, pipe = memoryview(frame), self._child.stdin.fileno()  # type: ignore[union-attr]
        while view:
            self._wait(pipe, selectors.EVENT_WRITE, deadline)
            view = view[os.write(pipe, view[:_CHUNK]) :]

    def _read(self, length: int, deadline: float) -> bytes:
        kept, pipe = bytearray(), self._child.stdout.fileno()  # type: ignore[union-attr]
        while len(kept) < length:
            self._wait(pipe, selectors.EVENT_READ, deadline)
            read = os.read(pipe, min(length - len(kept), 1 << 20))
            if not read:
                raise BrokenPipeError
            kept += read
        return bytes(kept)

    def _wait(self, pipe: int, event: int, deadline: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, event)
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError

    def _end(self) -> None:
        """Kill it, and take note of its end, so that it stays as no zombie."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                pipe.close()  # type: ignore[union-attr]
            self._child = None
