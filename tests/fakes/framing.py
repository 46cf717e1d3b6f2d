"""JSON as it goes on the wire, whole or as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

DONE = b"data: [DONE]\n\n"


def packed(payload: Any) -> bytes:
    """Compact JSON. Characters beyond ASCII stay as they are; lone surrogates, which UTF-8 lacks, stay escaped."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def event(payload: Mapping[str, Any]) -> bytes:
    """An event without a name, as in chat completions."""
    return b"data: " + packed(payload) + b"\n\n"


def named(payload: Mapping[str, Any]) -> bytes:
    """An event whose name is its payload's type, as in the Responses API and with Anthropic."""
    return b"event: %s\ndata: %s\n\n" % (payload["type"].encode(), packed(payload))
