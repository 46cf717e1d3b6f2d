"""What processes use of this machine: CPU seconds of a process tree and of everybody else, from /proc (Linux)."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: str) -> list[str]:
    """The fields of /proc/PID/stat after the command's name, which may hold spaces; empty for one that has ended."""
    try:
        return (_PROC / pid / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def cpu_seconds(pid: int) -> float:
    """User and system seconds of a process and its descendants, those that ended and were waited for included."""
    stats = {int(entry.name): _stat(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()}
    children: dict[int, list[int]] = {}
    for child, fields in stats.items():
        if fields:
            children.setdefault(int(fields[1]), []).append(child)
    ticks, todo = 0, [pid]
    while todo:
        one = todo.pop()
        ticks += sum(map(int, (stats.get(one) or [])[11:15]))
        todo += children.get(one, [])
    return ticks / _TICK


def busy_seconds() -> float:
    """CPU seconds that all processes of the machine have used."""
    with (_PROC / "stat").open() as file:
        ticks = [int(field) for field in file.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / _TICK


def settle(pid: int, level: float = 0.05, limit: float = 5.0) -> None:
    """Wait until a process tree uses less than `level` of a core, at most `limit` seconds: until its work is done."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        before = cpu_seconds(pid)
        time.sleep(0.2)
        if cpu_seconds(pid) - before < level * 0.2:
            return


@contextmanager
def pinned(cpu: int, on: bool = True) -> Iterator[None]:
    """Start what is started in this block on one CPU, where there are two or more: the measured apart from the rest."""
    allowed = os.sched_getaffinity(0)
    if not on or len(allowed) < 2:
        yield
        return
    os.sched_setaffinity(0, {sorted(allowed)[cpu]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def describe() -> str:
    """One line on the machine."""
    names = [line.partition(":")[2].strip() for line in _lines(_PROC / "cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) for line in _lines(_PROC / "meminfo") if line.startswith("MemTotal")), 0)
    model = names[0] if names else platform.machine()
    python = f"Python {platform.python_version()}"
    load = f"load average {os.getloadavg()[0]:.2f}"
    return f"{os.cpu_count()} CPUs ({model}), {memory / 2**20:.0f} GiB, {platform.system()}, {python}, {load}"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
