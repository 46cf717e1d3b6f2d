"""The other end: a process that holds a copy and answers over its standard input and output.

It begins with an empty environment, loads what it is given, and then takes from itself what it does not need: files,
memory, and, query by query, time of the processor.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import sys
import time
from pathlib import Path
from typing import BinaryIO

from adapters.duckdb import wire
from adapters.duckdb.engine import Engine
from adapters.duckdb.library import arrow
from adapters.duckdb.limits import Limits
from adapters.ports import AdapterError

ROOM = 512 << 20
"""Bytes of address space beside a query's: for the library's own, and the stacks of threads."""


def main() -> None:
    """Load what comes, say what it is, and answer until nothing comes any more."""
    given, gives = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    with contextlib.suppress(EOFError, BrokenPipeError):
        said = json.loads(_frame(given))
        limits = Limits(**said["limits"])
        try:
            engine = Engine([wire.table(each, _frame(given)) for each in said["tables"]], limits)
        except AdapterError as error:
            _give(gives, wire.fault(error))
            return
        with contextlib.suppress(AdapterError):
            engine.query("SELECT now()")  # for times with a zone Python opens that zone's file, and later it cannot
        _confine(limits)
        _give(gives, wire.answer(engine.tables))
        while True:
            _serve(engine, limits, given, gives)


def _serve(engine: Engine, limits: Limits, given: BinaryIO, gives: BinaryIO) -> None:
    said = json.loads(_frame(given))
    used = time.process_time()
    _limit(resource.RLIMIT_CPU, math.ceil(used + limits.timeout) + 1, again=True)
    call = engine.plan if said["plan"] else engine.query
    try:
        answer = wire.answer(call(said["sql"]))
    except AdapterError as error:
        answer = wire.fault(error)
    _give(gives, answer)


def _confine(limits: Limits) -> None:
    """No new files, no bytes in any file, no core, and no more memory than a query may have."""
    arrow().default_memory_pool().release_unused()
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _limit(resource.RLIMIT_AS, pages * resource.getpagesize() + (limits.memory_mb << 20) + ROOM)
    for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        _limit(what, 0)


def _limit(what: int, most: int, again: bool = False) -> None:
    """For good, unless it is set `again`."""
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, hard if again else most))


def _frame(given: BinaryIO) -> bytes:
    (length,) = wire.HEAD.unpack(_exactly(given, wire.HEAD.size))
    return _exactly(given, length)


def _exactly(given: BinaryIO, length: int) -> bytes:
    read = given.read(length)
    if len(read) < length:
        raise EOFError
    return read


def _give(gives: BinaryIO, frame: bytes) -> None:
    gives.write(frame)
    gives.flush()
