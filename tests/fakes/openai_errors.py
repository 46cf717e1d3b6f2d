"""Errors as OpenAI words them."""

from __future__ import annotations

import json
from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong, and the HTTP status that goes with it."""

    kind: str
    code: str | None
    message: str
    param: str | None = None
    status: int = 400


FAULTS = {
    400: Fault("invalid_request_error", "context_length_exceeded", "This model's maximum context length is 8192 tokens."
               " Please reduce the length of the messages.", "messages"),
    401: Fault("invalid_request_error", "invalid_api_key", "Incorrect API key provided: {key}."),
    403: Fault("invalid_request_error", "model_access_denied", "Your project has no access to this model.", "model"),
    404: Fault("invalid_request_error", "model_not_found", "The model does not exist or you have no access to it."),
    408: Fault("server_error", "request_timeout", "The request took too long to be answered."),
    409: Fault("invalid_request_error", "resource_conflict", "The resource was changed by another request."),
    413: Fault("invalid_request_error", "request_too_large", "The body of the request is too large."),
    422: Fault("invalid_request_error", "unprocessable_entity", "The request was read but cannot be carried out."),
    429: Fault("requests", "rate_limit_exceeded", "Rate limit reached for requests. Please try again in 1s."),
    500: Fault("server_error", None, "The server had an error while processing your request."),
    503: Fault("server_error", "server_is_overloaded", "Our servers are currently overloaded."),
}  # fmt: skip
LIMITS = (
    b"retry-after: 1\r\nretry-after-ms: 1000\r\nx-ratelimit-limit-requests: 60\r\nx-ratelimit-remaining-requests: 0\r\n"
    b"x-ratelimit-reset-requests: 1s\r\n"
)
"""Header lines of a 429."""
_UNKNOWN = Fault("server_error", None, "Something went wrong.")


def of_status(status: int) -> Fault:
    """The usual error of an HTTP status."""
    return FAULTS.get(status, _UNKNOWN)._replace(status=status)


def missing(name: str) -> Fault:
    """A field is not there, or is not what it should be."""
    return Fault("invalid_request_error", None, f"Missing required parameter: '{name}'.", name)


def not_found(message: str, param: str | None = None, code: str | None = None) -> Fault:
    """There is no such thing."""
    return Fault("invalid_request_error", code, message, param, 404)


def error_body(fault: Fault, key: str = "") -> bytes:
    """The envelope, all four keys in it. A wrong key is quoted as the service does: its ends only."""
    message = fault.message.format(key=f"{key[:3]}***{key[-4:]}") if "{key}" in fault.message else fault.message
    inner = {"message": message, "type": fault.kind, "param": fault.param, "code": fault.code}
    return json.dumps({"error": inner}).encode()
