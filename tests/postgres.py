"""A real PostgreSQL server of its own, where there is one on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

WAIT = 30
USER = "nobody"
"""Who runs it where this is root, for which PostgreSQL refuses to run."""


def program(name: str) -> str:
    """Where a program of PostgreSQL lies; skips the test where it does not."""
    places = [Path(found) for found in [shutil.which(name)] if found]
    places += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if not places:
        pytest.skip("PostgreSQL is not installed here")
    return str(places[0].resolve())


@contextmanager
def serving() -> Iterator[str]:
    """Run a server on a socket of its own; gives its URL."""
    initdb, postgres = program("initdb"), program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    as_user: dict[str, Any] = {"user": USER, "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
    if as_user:
        shutil.chown(folder, USER)
    data, quiet = folder / "data", {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    try:
        made = [initdb, "-D", data, "-U", "rapport", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run(made, check=True, timeout=60, **quiet, **as_user)
        settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "shared_buffers=16MB",
                    "autovacuum=off", "max_connections=20"]  # fmt: skip
        flags = [part for setting in settings for part in ("-c", setting)]
        with subprocess.Popen([postgres, "-D", data, *flags], **quiet, **as_user) as child:
            try:
                url = f"postgresql://rapport@/postgres?host={folder}"
                _wait(url, child)
                yield url
            finally:
                child.terminate()
                try:
                    child.wait(WAIT)
                finally:
                    child.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, child: subprocess.Popen[bytes]) -> None:
    while child.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=WAIT).close()
            return
        except psycopg.OperationalError:
            continue
    raise RuntimeError("PostgreSQL does not start")
