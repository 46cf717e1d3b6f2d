"""A copy in a process of its own: what it may do, and what becomes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pytest

from adapters.duckdb.limits import Limits
from adapters.duckdb.process import MORE, Process, demand_processes
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, Failed, Rows, Timeout, Unavailable
from tests.adapters.duckdb.given import orders

COUNT, FORTY = "SELECT count(*) AS n FROM orders", Rows(("n",), ((40,),))
SLOW = (
    "SELECT count(*) FROM orders a, orders b, orders c, orders d, orders e, orders f, orders g "
    "WHERE a.id + b.id + c.id + d.id + e.id + f.id = g.id + 1"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def process(shared: Process) -> Process:
    """One that answers; which tests may kill, since it is started again."""
    assert shared.query(COUNT) == FORTY
    return shared


@pytest.fixture(scope="module")
def shared() -> Iterator[Process]:
    made = Process([orders()], Limits("process", timeout=0.5))
    yield made
    made.close()


def pid(process: Process) -> int:
    assert process.pid is not None
    return process.pid


def there(number: int) -> bool:
    """Whether there is a process of this number, a zombie too."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@linux
def test_bounds(process: Process) -> None:
    """It has no environment, no files but its two pipes, a session of its own, and limits that the system holds."""
    assert os.environ
    home = Path(f"/proc/{pid(process)}")
    assert (home / "environ").read_bytes() == b""
    assert os.getsid(pid(process)) == pid(process)
    limits = {line[:25].strip(): line[25:].split() for line in (home / "limits").read_text().splitlines()}
    for name in ("Max open files", "Max file size", "Max core file size"):
        assert limits[name][:2] == ["0", "0"]
    assert 512 << 20 < int(limits["Max address space"][0]) < 8 << 30
    targets = [os.readlink(each) for each in (home / "fd").iterdir()]
    assert all(each.startswith(("pipe:", "/dev/null")) for each in targets)
    process.query(COUNT)
    limits = {line[:25].strip(): line[25:].split() for line in (home / "limits").read_text().splitlines()}
    assert int(limits["Max cpu time"][0]) < 30


def test_killed_between(process: Process) -> None:
    """One that died is started again for the next query, and leaves no zombie."""
    before = pid(process)
    os.kill(before, signal.SIGKILL)
    while process._child is not None and process._child.poll() is None:
        pass
    assert process.query(COUNT) == FORTY
    assert pid(process) != before
    assert not there(before)


def test_killed_during(process: Process) -> None:
    """A query whose process dies fails, as where it asked for too much memory; the next one runs."""
    threading.Timer(0.2, os.kill, (pid(process), signal.SIGKILL)).start()
    with pytest.raises(Failed):
        process.query(SLOW)
    assert process.query(COUNT) == FORTY


def test_hangs(process: Process) -> None:
    """One that answers no more is killed when its time is over; the next query runs."""
    before = pid(process)
    os.kill(before, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(Timeout):
        process.query(COUNT)
    assert time.monotonic() - began < 0.5 + MORE + 3
    assert not there(before)
    assert process.query(COUNT) == FORTY


def test_no_process(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system starts no process that is an error like others, at the start and when one has died."""
    os.kill(pid(process), signal.SIGKILL)
    while process._child is not None and process._child.poll() is None:
        pass
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(Unavailable, match="in a process of their own"):
        process.query(COUNT)
    with pytest.raises(Unavailable, match="in a process of their own"):
        Process([orders()], Limits("process"))
    monkeypatch.undo()
    assert process.query(COUNT) == FORTY


def test_closed() -> None:
    """A closed one is gone, and answers nothing."""
    process = Process([orders()], Limits("process"))
    number = pid(process)
    process.close()
    process.close()
    assert not there(number)
    with pytest.raises(Unavailable):
        process.query(COUNT)


def test_unloadable() -> None:
    """Rows that cannot be held are an error, and leave no process."""
    with pytest.raises(AdapterError, match="cannot be held"):
        Process([orders(), Loaded("ORDERS", pyarrow.table({"a": [1]}))], Limits("process"))


def test_orphan() -> None:
    """It ends when who started it is gone, whatever became of that."""
    lines = (
        "from adapters.duckdb.limits import Limits; from adapters.duckdb.process import Process; import os, pyarrow\n"
        "from adapters.duckdb.source import Loaded\n"
        "made = Process([Loaded('a', pyarrow.table({'a': [1]}))], Limits('process'))\n"
        "print(made.pid, flush=True); os._exit(1)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", lines], cwd=root, capture_output=True, text=True, check=False)
    number, deadline = int(done.stdout), time.monotonic() + 10
    while there(number) and not _zombie(number) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not there(number) or _zombie(number)  # which the system's first process has to take note of


def _zombie(number: int) -> bool:
    stat = Path(f"/proc/{number}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_demand() -> None:
    """A system that knows limits is taken."""
    demand_processes()
