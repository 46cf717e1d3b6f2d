"""`rapport serve`: the server process."""

from __future__ import annotations

import argparse
import ipaddress
import socket
import sys

import structlog
import uvicorn

from adapters.ports import ConfigError
from proxy import telemetry
from proxy.app import create_app
from proxy.config import load
from proxy.settings import Server, Settings


def serve(options: argparse.Namespace) -> int:
    """Serve until told to stop; 1 where the port is taken."""
    settings = load(options.config)
    telemetry.configure(settings.logging)
    guard(settings)
    app = create_app(settings)
    try:
        listener = listen(settings.server)
    except OSError as error:
        where = f"{settings.server.host}:{settings.server.port}"
        print(f"rapport: cannot listen on {where}: {error.strerror}", file=sys.stderr)
        return 1
    host, port = listener.getsockname()[:2]
    structlog.get_logger("rapport").info("listening", host=host, port=port)
    if sys.stderr.isatty():
        print(f"\n  Rapport listens. Point an OpenAI client at  http://{host}:{port}/v1\n", file=sys.stderr)
    # The drain limit must be whole seconds and not 0, which uvicorn takes for "for ever".
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, proxy_headers=False, lifespan="on", ws="none",
        loop="uvloop", http="httptools", timeout_graceful_shutdown=max(1, round(settings.server.drain_seconds)),
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def guard(settings: Settings) -> None:
    """Refuse to open people's data to a network without keys."""
    if not _loopback(settings.server.host) and not settings.auth.required:
        raise ConfigError("server.host", "beyond loopback every call needs a key: set auth.required: true")


def listen(server: Server) -> socket.socket:
    """The listening socket; without delay, so that small chunks of a stream leave at once."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((server.host, server.port))
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
