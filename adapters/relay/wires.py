"""The connections to backends, what goes into the head of a request, and what comes of errors: aiohttp."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import aiohttp

from adapters.ports import AdapterError, Timeout, Unavailable

Dialect = Literal["openai", "anthropic"]
ANTHROPIC_VERSION = "2023-06-01"
CREDENTIALS = ("authorization", "x-api-key", "api-key")


@dataclass(frozen=True, slots=True)
class Clocks:
    """Seconds: to connect, to the head of the answer, between two pieces of content, and in all."""

    connect: float = 10
    first: float = 600
    gap: float = 600
    total: float = 3600


@dataclass(frozen=True, slots=True)
class Target:
    """A server behind a base URL. `api_key` "client" leaves the caller's own credentials in place."""

    api_base: str
    api_key: str | None = field(default=None, repr=False)
    clocks: Clocks = Clocks()
    dialect: Dialect = "openai"

    @property
    def base(self) -> str:
        """The base URL without a slash at its end."""
        return self.api_base.rstrip("/")


class Wires:
    """The connections of this process to all backends: one pool, kept alive, no cookies, no redirects."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """The session, made inside the running loop at first use."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30, socket_factory=_no_delay)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Content-Type"), timeout=aiohttp.ClientTimeout(total=None),
                read_bufsize=256 * 1024,
            )
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()


def head(client: Iterable[tuple[str, str]], target: Target) -> dict[str, str]:
    """The headers of a request: the client's own, with the credentials for the target in place of theirs."""
    headers = dict(client)
    if target.api_key != "client":
        for name in CREDENTIALS:
            headers.pop(name, None)
        if target.api_key and target.dialect == "anthropic":
            headers["x-api-key"] = target.api_key
        elif target.api_key:
            headers["authorization"] = f"Bearer {target.api_key}"
    elif target.dialect == "openai" and "authorization" not in headers and "x-api-key" in headers:
        # A client of Anthropic's in front of a server of OpenAI's.
        headers["authorization"] = f"Bearer {headers.pop('x-api-key')}"
    if target.dialect == "anthropic":
        headers.setdefault("anthropic-version", ANTHROPIC_VERSION)
    # Compressed answers could hide a bomb, and an event stream must be readable to know its end.
    headers["accept-encoding"] = "identity"
    return headers


@contextmanager
def let_go(response: aiohttp.ClientResponse) -> Iterator[None]:
    """Close, not release, at the end: a connection whose answer was not read to its end must not serve anybody else."""
    try:
        yield
    finally:
        if not response.content.at_eof():
            response.close()


@contextmanager
def mapped_errors() -> Iterator[None]:
    """aiohttp's errors as ours. Their text may hold URLs and keys, so none of it is kept."""
    try:
        yield
    except (TimeoutError, aiohttp.ServerTimeoutError) as error:
        raise Timeout("The backend did not answer in time.") from error
    except AdapterError:
        raise
    except (aiohttp.ClientPayloadError, ConnectionResetError) as error:
        raise Unavailable("The backend cut the connection.") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unavailable("The backend cannot be reached.") from error


def _no_delay(address: tuple[object, ...]) -> socket.socket:
    family, kind, protocol, *_ = address
    made = socket.socket(family=family, type=kind, proto=protocol)  # type: ignore[arg-type]
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
