"""The command line at its edges: odd words, a full disk, a reader that leaves, a poor terminal."""

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.process import ROOT
from tests.rapport import cli, configure, launch, surroundings

DEMO = [sys.executable, "-m", "proxy", "demo", "--fast"]
FULL = Path("/dev/full")


@pytest.mark.parametrize(("arguments", "line"), [
    (("explain", "\udcff"), "text: is not UTF-8\n"),
    (("search", "\udcff"), "text: is not UTF-8\n"),
    (("users", "show", "\udcff"), "user: is not UTF-8\n"),
])
def test_words_that_cannot_be_meant_are_refused(tmp_path: Path, arguments: tuple[str, ...], line: str) -> None:
    """One line and status 2, never a traceback."""
    done = cli(*arguments, config=configure(tmp_path))
    assert (done.returncode, done.stderr) == (2, line)


@pytest.mark.parametrize("tenant", ["", "  "])
def test_a_key_needs_a_tenant(tmp_path: Path, tenant: str) -> None:
    """An empty tenant would open nobody's data, or a key's without one."""
    done = cli("keys", "create", "--tenant", tenant, config=configure(tmp_path))
    assert done.returncode == 2
    assert "--tenant: must not be empty" in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(not FULL.exists(), reason="no full device here")
@pytest.mark.parametrize("arguments", [("search", "battery"), ("schema",), ("check", "--json")])
def test_a_full_disk_is_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Output that cannot be written ends with status 1, not with a traceback."""
    chosen = [*arguments] if arguments == ("schema",) else [*arguments, "--config", str(configure(tmp_path))]
    with FULL.open("wb") as full, (tmp_path / "told").open("w+b") as told, open(os.devnull, "rb") as nothing:
        child = launch(chosen, surroundings(), (nothing, full, told), fresh="check" in arguments)
        assert child.wait(60) == 1
        told.seek(0)
        assert told.read() == b"rapport: No space left on device\n"


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """`rapport check | head -0` ends quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "proxy", "check", "--config", str(configure(tmp_path))]
    done = subprocess.run(command, cwd=ROOT, stdout=writing, check=False, stderr=subprocess.PIPE, timeout=60,
                          env=surroundings())
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_demo_stops_when_its_reader_leaves(tmp_path: Path) -> None:
    """`rapport demo | head -1` ends quietly and leaves no server behind."""
    reading, writing = os.pipe()
    with open(reading, "rb") as shown, (tmp_path / "told").open("w+b") as told, open(os.devnull, "rb") as nothing:
        with open(writing, "wb") as output:
            child = launch(["demo", "--fast"], surroundings(), (nothing, output, told))
        shown.readline()
        shown.close()
        assert child.wait(30) == 0
        told.seek(0)
        assert told.read() == b""


def test_the_demo_leaves_an_operators_data_alone(tmp_path: Path) -> None:
    """Settings in the environment neither send the samples into the real index nor the demo to a wrong port.

    It plays on a terminal without colours, cursor and Unicode, which gets plain text.
    """
    settings = {"RAPPORT_KNOWLEDGE__PATH": str(tmp_path / "knowledge"), "RAPPORT_SERVER__PORT": "1",
                "RAPPORT_USERS__URL": f"sqlite:///{tmp_path}/people.db", "RAPPORT_BACKENDS": "[{"}
    main, side = pty.openpty()
    with subprocess.Popen(DEMO, cwd=ROOT, stdin=side, stdout=side, stderr=side,
                          env={**surroundings(), **settings, "TERM": "dumb", "PYTHONIOENCODING": "ascii"}) as child:
        os.close(side)
        shown = b""
        with suppress(OSError):  # how the end of a terminal is told
            while piece := os.read(main, 65_536):
                shown += piece
        assert child.wait(30) == 0, shown
    os.close(main)
    assert b"claims left: 0" in shown
    assert b"\x1b" not in shown
    assert list(tmp_path.iterdir()) == []
