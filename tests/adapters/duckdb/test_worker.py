"""The other end of the pipe, by itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict

from adapters.duckdb import wire
from adapters.duckdb.limits import Limits
from tests.adapters.duckdb.given import orders

COMMAND = [sys.executable, "-c", "from adapters.duckdb.worker import main; main()"]


def answers(given: bytes) -> tuple[int, list[bytes]]:
    done = subprocess.run(COMMAND, input=given, capture_output=True, check=False)
    frames, rest = [], done.stdout
    while rest:
        (length,) = wire.HEAD.unpack(rest[: wire.HEAD.size])
        frames.append(rest[wire.HEAD.size : wire.HEAD.size + length])
        rest = rest[wire.HEAD.size + length :]
    assert done.stderr == b""
    return done.returncode, frames


def test_conversation() -> None:
    """It tells what it loaded, answers each query, refuses what may not run, and ends when nothing comes any more."""
    table = orders()
    given = wire.told({"limits": asdict(Limits()), "tables": [wire.head(table)]}) + wire.framed(wire.stream(table.data))
    for sql in ("SELECT count(*) FROM orders", "SELECT getenv('HOME')", "SELECT 1"):
        given += wire.told({"sql": sql, "plan": False})
    status, (loaded, count, refused, one) = answers(given)
    assert status == 0
    (known,) = wire.heard(loaded)
    assert not isinstance(known, str) and known.rows == 40
    assert b"40" in count and b"function" in refused and b"[[1]]" in one


def test_cut_off() -> None:
    """What ends in the middle ends it, without an answer and without a trace of the fault."""
    assert answers(wire.HEAD.pack(100) + b"{") == (0, [])
