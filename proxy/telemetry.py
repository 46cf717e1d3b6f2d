"""Logs: JSON in production, readable in a terminal; never a message, a key or a person's id."""

from __future__ import annotations

import logging
import sys
from typing import Any

import msgspec
import structlog

from proxy.settings import Logging

# Events name only these fields. Whatever else a caller passes is dropped, so that no text can slip into a log.
ALLOWED = frozenset({
    "event", "level", "timestamp", "exchange", "status", "ms", "stream", "complete", "policies", "tokens", "policy",
    "hook", "reason", "kind", "host", "port", "route", "place",
})


def configure(settings: Logging) -> None:
    """Set up structlog for this process, once, before the server starts."""
    level = getattr(logging, settings.level.upper())
    console = settings.format == "console" or (settings.format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [structlog.processors.add_log_level, _only_allowed]
    if console:
        stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
        renderers: list[Any] = [stamp, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        factory: Any = structlog.PrintLoggerFactory(sys.stderr)
    else:
        renderers = [structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer(_json)]
        factory = structlog.BytesLoggerFactory(sys.stderr.buffer)
    logging.getLogger("uvicorn.error").addFilter(_without_text)
    structlog.configure(
        processors=[*shared, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
    )


def _without_text(record: logging.LogRecord) -> bool:
    """uvicorn's own log tells that something failed, and not the traceback, whose message may quote a person."""
    if record.exc_info and record.exc_info[0]:
        record.msg, record.args = f"unhandled {record.exc_info[0].__name__}", ()
        record.exc_info = record.exc_text = None
    return True


def _only_allowed(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name in ALLOWED}


def _json(event: dict[str, Any], **_options: Any) -> bytes:
    return msgspec.json.encode(event)
