"""Request headers: what they say to us, and which of them a backend shall see."""

from __future__ import annotations

from adapters.ports import CHAT, MESSAGES, Format
from policies.rewards.places import CONTEXTS, KNOWN_PLACES, PLACES
from proxy.wire import HttpError, Scope

# These say who calls, or frame the body: the last one counts.
_SINGLE = frozenset({
    "authorization", "x-api-key", "api-key", "content-length", "content-type", "content-encoding", "host",
})
MODES = ("full", "readonly", "off")
# What reverse proxies say about whom they speak for.
GO_BETWEENS = ("forwarded", "via", "x-real-ip", "true-client-ip")
GO_BETWEEN_PREFIXES = ("x-forwarded-", "cf-")
# Headers that are between the client and us, or that say who the person is.
PRIVATE = frozenset({
    "host", "content-length", "content-type", "content-encoding", "accept-encoding", "connection", "keep-alive", "te",
    "trailer", "transfer-encoding", "upgrade", "cookie", "origin", "referer", "expect", *GO_BETWEENS,
})
PRIVATE_PREFIXES = ("x-rapport-", "x-openwebui-", "proxy-", "sec-", *GO_BETWEEN_PREFIXES)


def read_headers(scope: Scope) -> dict[str, str]:
    """Request headers by lower-case name. One that comes several times is a list (RFC 9110, 5.3), but of what says who
    calls the last counts."""
    found: dict[str, str] = {}
    for raw, given in scope["headers"]:
        name, value = raw.decode("latin-1"), given.decode("latin-1")
        single = name in _SINGLE or name.startswith("x-rapport-")
        found[name] = f"{found[name]}, {value}" if name in found and not single else value
    return found


def mode_of(headers: dict[str, str]) -> str:
    """How much may be done to this request. Raises HttpError 400 for a mode that there is not."""
    mode = headers.get("x-rapport-mode", "full").strip().lower()
    if mode not in MODES:
        raise HttpError(400, f"x-rapport-mode must be one of {', '.join(MODES)}.", None, "x-rapport-mode")
    return mode


def place_of(headers: dict[str, str]) -> str:
    """Where a request belongs (`work`, `home`), "" where the app does not say: a place that there is not is no reason
    to fail a chat."""
    said = headers.get("x-rapport-context", "").strip().lower()
    return said if said in CONTEXTS else ""


def known_place(said: str | None) -> str | None:
    """The `context` of a body or a query, "" for everywhere. Raises HttpError 400 for one that there is not."""
    if said in (None, *PLACES):
        return said
    raise HttpError(400, f"Expected {KNOWN_PLACES}.", None, "context")


def forwarded(headers: dict[str, str], secrets: set[str]) -> tuple[tuple[str, str], ...]:
    """The client's headers that the backend shall see: none that is between the client and us."""
    return tuple(
        (name, utf8(value)) for name, value in headers.items()
        if name not in PRIVATE and name not in secrets and not name.startswith(PRIVATE_PREFIXES)
    )


def utf8(value: str) -> str:
    """A header whose bytes are UTF-8, as what they say; others as they were read, byte for character."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value


def path_of(scope: Scope) -> str:
    """The path, unquoted, without where the application is mounted."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def error_format(scope: Scope) -> Format:
    """In whose shape an error is told that belongs to no endpoint: Anthropic's clients say who they are in a header,
    or by the path."""
    anthropic = path_of(scope).startswith(f"/v1{MESSAGES.path}")
    return MESSAGES if anthropic or any(name == b"anthropic-version" for name, _ in scope["headers"]) else CHAT


def cors(scope: Scope, origins: tuple[str, ...]) -> list[tuple[str, str]]:
    """What lets a page of the request's web origin read the answer; nothing where no page asks, or not one of these."""
    origin = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)
    if origin is None or not ("*" in origins or origin in origins):
        return []
    shown = "*" if "*" in origins else origin
    return [("access-control-allow-origin", shown), ("access-control-expose-headers", "*"), ("vary", "origin")]


def preflight(scope: Scope, origins: tuple[str, ...]) -> list[tuple[str, str]]:
    """The answer's headers where a browser asks beforehand what a page may send."""
    headers = read_headers(scope)
    allowed = cors(scope, origins)
    if not allowed:
        return []
    wanted = headers.get("access-control-request-headers", "")
    return [*allowed, ("access-control-allow-methods", "GET, POST, PATCH, DELETE, OPTIONS"),
            ("access-control-allow-headers", wanted), ("access-control-max-age", "600")]
