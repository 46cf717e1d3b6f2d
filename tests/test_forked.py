"""Forked processes are like others: they read, write, fail and end in the same way, and leave nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.process import ROOT
from tests.forked import ADDRESS, Forked, fork
from tests.rapport import cli, configure, launch, started, surroundings


@pytest.fixture
def files(tmp_path: Path) -> Iterator[list[int]]:
    """Standard input, output and error."""
    (tmp_path / "given").touch()
    with (tmp_path / "given").open() as given, (tmp_path / "said").open("w") as said:
        yield [given.fileno(), said.fileno(), said.fileno()]


@pytest.mark.parametrize("arguments", [
    ("--version",), ("users", "import", "ann", "-", "--json"), ("users", "import", "ann"), ("users", "show", "\udcff"),
    ("check",),
])
def test_it_makes_no_difference(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Status, output and complaints of a command are those of a new interpreter, where it fails too."""
    both = []
    for fresh in (False, True):
        (tmp_path / str(fresh)).mkdir()
        config = configure(tmp_path / str(fresh), server={"port": 4140}, cache={"path": str(tmp_path / "cache")},
                           knowledge={"path": str(tmp_path / "knowledge")})
        done = cli(*arguments, config=config, given=b'{"text": "I love jazz."}', fresh=fresh)
        both.append((done.returncode, *(text.replace(str(config.parent), "") for text in (done.stdout, done.stderr))))
    assert both[0] == both[1]


def test_it_is_a_process_of_its_own(tmp_path: Path) -> None:
    """With a session, an environment and files of its own; what one wrote into its memory the next does not have."""
    config = configure(tmp_path)
    with started(config, RAPPORT_LOGGING__LEVEL="debug") as server:
        assert isinstance(server.child, Forked)
        assert os.getsid(server.child.pid) == server.child.pid != os.getsid(0)
        assert server.child.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            server.child.wait(0.01)
        server.child.terminate()
        assert server.child.wait(5) == server.child.poll() == -signal.SIGTERM
        assert "listening" in server.log
    shown = cli("check", "--json", config=config)
    assert shown.returncode == 0 and not shown.stderr and "RAPPORT_LOGGING__LEVEL" not in os.environ


def test_settings_of_the_interpreter_want_a_new_one(tmp_path: Path) -> None:
    """They hold from its start only; a path to modules holds in any."""
    with (tmp_path / "said").open("w+b") as said, (tmp_path / "said").open("rb") as given:
        for name, forked in (("PYTHONPATH", True), ("PYTHONUTF8", False)):
            child = launch(["--version"], {**surroundings(), name: "1"}, (given, said, said))
            assert (child.wait(20), isinstance(child, Forked)) == (0, forked)


def test_whoever_is_killed_is_told_of(files: list[int], tmp_path: Path) -> None:
    """As a negative status."""
    config = configure(tmp_path)
    child = fork(["serve", "--config", str(config)], surroundings(), files)
    child.kill()
    assert child.wait(5) == -signal.SIGKILL
    child.kill()


def test_nobody_is_left_behind(tmp_path: Path) -> None:
    """Children end with the process that forked them, and that one with its standard input."""
    path, config = str(tmp_path / "socket"), configure(tmp_path)
    command = [sys.executable, "-m", "tests.forked", path]
    before = os.environ[ADDRESS]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stdout.readline() == b"ready\n"
        os.environ[ADDRESS] = path
        try:
            with (tmp_path / "log").open("w+b") as log:
                child = launch(["serve", "--config", str(config)], surroundings(), (log, log, log))
        finally:
            os.environ[ADDRESS] = before
        process.stdin.close()
        assert process.wait(10) == 0
    with pytest.raises(RuntimeError, match="has ended"):
        child.wait(5)
    with suppress(ProcessLookupError):
        os.kill(child.pid, 0)
        pytest.fail("it is still there")
