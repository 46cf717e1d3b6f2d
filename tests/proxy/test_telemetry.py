"""Logs say what happened and never what anybody wrote."""

import json
import subprocess
import sys

from tests.fakes.process import ROOT

SCRIPT = """
import logging, structlog
from proxy import telemetry
from proxy.settings import Logging
telemetry.configure(Logging(format="{format}", level="{level}"))
log = structlog.get_logger("rapport")
log.info("exchange", exchange="ex_1", status=200, place="tables.0", user="alice", text="a secret of alice", key="rk-1")
log.debug("exchange", exchange="ex_2")
try:
    raise ValueError("a secret of alice")
except ValueError:
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=True)
"""


def logged(format: str = "json", level: str = "info") -> list[str]:
    """What a process logs to standard error with these settings."""
    command = [sys.executable, "-c", SCRIPT.format(format=format, level=level)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr.splitlines()


def test_only_named_fields_are_logged() -> None:
    """A field that is not on the list is dropped, so that no text can slip into a log."""
    event = json.loads(logged()[0])
    assert {name: event[name] for name in ("event", "exchange", "status", "place")} == {
        "event": "exchange", "exchange": "ex_1", "status": 200, "place": "tables.0"}
    assert "alice" not in "".join(logged())
    assert "rk-1" not in "".join(logged("console"))


def test_levels_hold() -> None:
    """What is below the level is not written."""
    assert "ex_2" not in "".join(logged())
    assert "ex_2" in "".join(logged(level="debug"))


def test_tracebacks_lose_their_text() -> None:
    """The server's own log names the error's type, and not its message."""
    assert "unhandled ValueError" in "".join(logged())
