"""Rapport's processes without the seconds that their imports take: forked from one that has imported everything.

That one is this module as a program. It waits, having imported nothing, until a test wants a process; then it imports,
forks, and tells whoever asked how the child ended. What is forked is a process like any other, with a session,
environment and files of its own; only what happens while an interpreter starts does not happen again. It ends, and
with it all that it forked, when its standard input does: with the test run.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

from tests.fakes.process import ROOT

ADDRESS = "TESTS_FORKED"
"""The variable that holds the path of the socket to ask at; without it there is no such process."""
_LONGEST = 1 << 20


class Forked:
    """A child of that process, to be used like `subprocess.Popen`."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self.returncode: int | None = None
        self.pid = self._number(None)

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, negative where a signal ended it. Raises TimeoutExpired after `timeout` seconds."""
        if self.returncode is None:
            try:
                self.returncode = self._number(timeout)
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0) from None
            self._told.close()
        return self.returncode

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _number(self, timeout: float | None) -> int:
        self._told.settimeout(timeout)
        told = self._told.recv(8, socket.MSG_WAITALL)
        if len(told) != 8:
            self._told.close()
            raise RuntimeError("the process that forks others has ended")
        return int.from_bytes(told, "big", signed=True)


@contextmanager
def nursery(all_imports: bool) -> Iterator[None]:
    """Let there be the process that forks others, for this process and all that it starts.

    What only some processes of Rapport's need is imported beforehand if `all_imports` says so: that takes five seconds,
    which a run of few tests does not make good.
    """
    with tempfile.TemporaryDirectory(prefix="forked-") as folder:
        path = str(Path(folder) / "socket")
        command = [sys.executable, "-m", "tests.forked", path, *(["all"] if all_imports else [])]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdout.readline()
            os.environ[ADDRESS] = path
            try:
                yield
            finally:
                del os.environ[ADDRESS]
                process.stdin.close()


def fork(arguments: Sequence[str], environment: Mapping[str, str], files: Sequence[int]) -> Forked:
    """Start `rapport` with these arguments; `files` are standard input, output and error."""
    asking = socket.socket(socket.AF_UNIX)
    asking.connect(os.environ[ADDRESS])
    order = {"arguments": [*arguments], "environment": dict(environment)}
    socket.send_fds(asking, [json.dumps(order).encode()], files)
    asking.shutdown(socket.SHUT_WR)
    return Forked(asking)


def _import(extent: str) -> None:
    """What a process of Rapport's may come to import, but what starts threads: those do not survive a fork."""
    commands = [found.name for found in pkgutil.iter_modules([str(ROOT / "proxy" / "commands")], "proxy.commands.")]
    for name in ("proxy.app", *commands, *(("numpy", "lance_namespace") if extent else ())):
        import_module(name)
    for name in _of_litellm() if extent else ():
        with suppress(ImportError):  # some only make sense to those who import them
            import_module(name)
    gc.collect()
    gc.freeze()


def _of_litellm() -> list[str]:
    """The modules that a warm litellm needs. A child gets it warm and tells: here it is imported and nothing else."""
    reading, writing = socket.socketpair()
    with reading, writing:
        child = os.fork()
        if not child:
            import_module("adapters.litellm_tables").warm()
            chosen = {name: text for name, text in os.environ.items() if name.startswith("LITELLM_")}
            writing.sendall(json.dumps([chosen, [*sys.modules]]).encode())
            os._exit(0)
        writing.close()
        with reading.makefile() as told:
            chosen, names = json.load(told)
        os.waitpid(child, 0)
    os.environ.update(chosen)
    return [name for name in names if name not in sys.modules]


def _offer(path: str, extent: str = "") -> list[str] | None:
    """Fork for whoever asks: returns in each child what it is to do, and None when all is over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for pytest, which then closes the standard input
    signal.signal(signal.SIGCHLD, lambda *_: None)
    rung, bell = socket.socketpair()
    bell.setblocking(False)
    signal.set_wakeup_fd(bell.fileno())
    children: dict[int, socket.socket] = {}
    with socket.socket(socket.AF_UNIX) as listener, rung, bell:
        listener.bind(path)
        listener.listen(64)
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([sys.stdin, listener, rung], [], [])
            if rung in ready:
                rung.recv(4096)
                _reap(children)
            if sys.stdin in ready:
                _end(children)
                return None
            if listener in ready:
                if "proxy.app" not in sys.modules:
                    _import(extent)
                arguments = _fork(listener.accept()[0], children)
                if arguments is not None:
                    return arguments


def _fork(asked: socket.socket, children: dict[int, socket.socket]) -> list[str] | None:
    """Fork once: the child's arguments in the child, None here."""
    text, files, _, _ = socket.recv_fds(asked, _LONGEST, 3)
    while piece := asked.recv(_LONGEST):
        text += piece
    order = json.loads(text)
    pid = os.fork()
    if pid:
        children[pid] = asked
        for file in files:
            os.close(file)
        return None
    for other in children.values():
        other.close()
    _become(order, files)
    asked.sendall(os.getpid().to_bytes(8, "big", signed=True))
    asked.close()
    return [*order["arguments"]]


def _become(order: dict[str, object], files: list[int]) -> None:
    """Be a process of one's own."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[call-overload]
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    if chosen := os.environ.get("PYTHONWARNINGS"):
        warnings.simplefilter(chosen)  # type: ignore[arg-type]
    folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [folder for folder in folders if folder and folder not in sys.path]


def _reap(children: dict[int, socket.socket]) -> None:
    """Tell how those ended that did."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with children.pop(pid) as asked, suppress(OSError):  # whoever asked may be gone
            asked.sendall(os.waitstatus_to_exitcode(status).to_bytes(8, "big", signed=True))


def _end(children: dict[int, socket.socket]) -> None:
    """Leave nobody behind."""
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    while children:
        children.pop(os.wait()[0]).close()


def _main() -> int:
    ended = [1]
    atexit.register(_leave, ended)  # before anybody else does, so after them
    arguments = _offer(*sys.argv[1:])
    if arguments is None:
        ended[0] = 0
        return ended[0]
    from proxy.__main__ import main

    sys.argv[1:] = arguments
    try:
        ended[0] = main(arguments)
    except SystemExit as wanted:  # of argparse
        ended[0] = int(wanted.code or 0)
        raise
    return ended[0]


def _leave(ended: list[int]) -> None:
    """End without taking three thousand modules apart, whose memory would have to be copied for that."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(ended[0])


if __name__ == "__main__":
    sys.exit(_main())
