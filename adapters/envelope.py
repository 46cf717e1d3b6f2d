"""What is around the content of a backend's answer, whoever carries it: its limits, headers, packing and errors."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from adapters.ports import CHAT, Format, Reply, Unavailable
from adapters.ports.formats.base import decoded_or

MAX_ANSWER = 64 * 1024 * 1024
MAX_EVENT = 8 * 1024 * 1024
HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade", "content-length", "content-encoding", "set-cookie", "alt-svc", "server", "date",
})  # fmt: skip
FRAMING = ("content-length", "content-encoding")
_SECRETS = re.compile(r"\b(?:sk|pk|rk|gsk|xai|AIza|Bearer)[-\s]?[\w*.-]{7,}[\w*]|\S*\*{3,}[^\s.,;]*")
UNSAID_404 = "The backend does not know this model, or lacks this endpoint."
_WORDS = {
    400: "The backend refused the request.",
    401: "The backend refused the credentials that this service uses.",
    403: "The backend does not allow this.",
    404: UNSAID_404,
    413: "The request is too large for the backend.",
    429: "The backend's rate limit is reached.",
}
# What frameworks say where nobody thought of anything: the status says the same.
_PHRASES = frozenset({"", *(status.phrase for status in HTTPStatus)})
_KINDS = {403: "permission_error", 408: "timeout_error", 429: "rate_limit_error"}
_ANTHROPIC = {
    401: "authentication_error", 403: "permission_error", 404: "not_found_error", 413: "request_too_large",
    429: "rate_limit_error", 504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip


def end_to_end(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Lower-case headers without those of the connection: the known ones and those that `Connection` lists."""
    named = [(name.lower(), value) for name, value in headers]
    listed = {word.strip().lower() for name, value in named if name == "connection" for word in value.split(",")}
    return tuple(item for item in named if item[0] not in HOP_BY_HOP and item[0] not in listed)


class Unpack:
    """Takes gzip or deflate off an answer, piece by piece. `ended` once the packed data came to their own end."""

    def __init__(self, packing: str) -> None:
        # 32 more than the window of 15 bits: gzip's head or zlib's, whichever is there.
        self._inner = zlib.decompressobj(wbits=47)
        self._headless = packing == "deflate"

    @property
    def ended(self) -> bool:
        return self._inner.eof

    def feed(self, raw: bytes, room: int) -> bytes:
        """Up to `room` bytes (1 or more) of what the next piece holds: a few kilobytes can hold gigabytes.

        Raises Unavailable for what is not packed as was said.
        """
        try:
            return self._inner.decompress(raw, room)
        except zlib.error as error:
            if not self._headless:
                raise Unavailable("The backend's answer cannot be unpacked.") from error
        # Some call it deflate and leave out the head that belongs to it (RFC 9110, 8.4.1.2).
        self._headless, self._inner = False, zlib.decompressobj(wbits=-15)
        return self.feed(raw, room)


def unpacking(packing: str | None) -> Unpack | None:
    """What reads an answer with this `content-encoding`, None for a plain one. Raises Unavailable for others."""
    packing = packing.strip().lower() if packing else ""
    if packing in ("", "identity"):
        return None
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise Unavailable("The backend packed its answer although it was asked not to.")
    return Unpack(packing)


def failure(status: int, headers: Iterable[tuple[str, str]], said: bytes | Mapping[str, Any] | None,
            keys: Iterable[str | None] = (), code: str | None = None, format: Format = CHAT) -> Reply:
    """A backend's error in the envelope of a format.

    The backend's message is kept where it stands in JSON, with `keys` and whatever looks like one taken out; of HTML
    and plain text nothing is kept. `code` is used where the backend gives none.
    """
    otherwise = _WORDS.get(status, f"The backend failed (status {status}).")
    body = error_of(said, otherwise, kind_of(status), keys)
    body["code"] = body["code"] or code
    kept = [(name, value) for name, value in headers if name != "content-type"]
    return Reply(status, (*kept, ("content-type", "application/json")), enveloped(body, status, format))


def error_of(said: bytes | Mapping[str, Any] | None, otherwise: str, kind: str = "server_error",
             keys: Iterable[str | None] = ()) -> dict[str, Any]:
    """A backend's error with OpenAI's four keys; `otherwise` and `kind` where it does not say what happened. `keys` and
    what looks like one are taken out of its message."""
    error = _error(said)
    message, named, code = error.get("message"), error.get("type"), error.get("code")
    told = isinstance(message, str) and message not in _PHRASES
    return {
        "message": _redacted(str(message), keys) if told else otherwise,
        "type": named if isinstance(named, str) and named else kind, "param": error.get("param"),
        # A bare number says what the status says; agents branch on words.
        "code": code if isinstance(code, str) and not code.isdigit() else None,
    }  # fmt: skip


def kind_of(status: int) -> str:
    """The `type` that OpenAI gives an error of this status."""
    return _KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")


def enveloped(error: Mapping[str, Any], status: int, format: Format = CHAT) -> bytes:
    """An error as the clients of a format read it: OpenAI's four keys, for Anthropic's under one of its own types."""
    if not format.anthropic:
        return msgspec.json.encode({"error": error})
    kind = _ANTHROPIC.get(status, "api_error" if status >= 500 else "invalid_request_error")
    return msgspec.json.encode({"type": "error", "error": {**error, "type": kind}})


def _error(said: bytes | Mapping[str, Any] | None) -> dict[str, Any]:
    if isinstance(said, bytes):
        said = decoded_or(said, Any, None)
    if isinstance(said, list) and said:
        said = said[0]
    if not isinstance(said, Mapping):
        return {}
    inner = said.get("error") or said.get("detail") or said
    if isinstance(inner, str):
        return {"message": inner}
    return dict(inner) if isinstance(inner, Mapping) else {}


def _redacted(text: str, keys: Iterable[str | None]) -> str:
    for key in keys:
        if key and len(key) >= 8:
            text = text.replace(key, "[redacted]")
    return _SECRETS.sub("[redacted]", text)
