"""Locks on files, so that the processes of a machine take turns."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import IO

from adapters.ports import Timeout, Unavailable

TIMEOUT = 120.0


async def lock(path: str, name: str, shared: bool = False, seconds: float = TIMEOUT) -> IO[bytes] | None:
    """An open file in the folder `path` that holds a lock until it is closed; None where there are no such locks.
    Raises Timeout where others hold it for longer than `seconds`, Unavailable where the folder cannot be written."""
    try:
        import fcntl
    except ImportError:
        return None
    if "://" in path:
        return None
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
        handle = Path(path, name).open("ab")  # noqa: SIM115
    except OSError as error:
        raise Unavailable(f"We cannot write to the knowledge folder {path}.") from error
    deadline = time.monotonic() + seconds
    try:
        while True:
            try:
                fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                return handle
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise Timeout(f"Another process keeps writing to the knowledge index in {path}.") from error
            await asyncio.sleep(0.05)
    except BaseException:  # also where whoever waits is told to wait no longer
        handle.close()
        raise
