"""Sound, pictures and moderation: fixed answers, for what is passed through."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from tests.fakes.multipart import Part
from tests.fakes.openai_chat import CREATED
from tests.fakes.openai_errors import Fault, missing

SPEECH = b"".join(blake2b(number.to_bytes(2, "big")).digest() for number in range(1024))
"""What /v1/audio/speech answers, 64 KiB: no two pieces of it are the same, and every value of a byte is in it."""
_CHUNK = 8192
_PICTURE = base64.b64encode(SPEECH[:1024]).decode()
_CATEGORIES = (
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
    "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
)  # fmt: skip


def speech(body: Mapping[str, Any]) -> list[bytes] | Fault:
    """The sound, in the pieces in which it is sent."""
    absent = next((name for name in ("input", "voice") if not body.get(name)), None)
    return missing(absent) if absent else [SPEECH[at : at + _CHUNK] for at in range(0, len(SPEECH), _CHUNK)]


def transcription(form: Mapping[str, Any]) -> dict[str, Any] | Fault:
    """A text that names the file and its size."""
    file = form.get("file")
    if not isinstance(file, Part):
        return missing("file")
    return {"text": f"{len(file.content)} bytes of {file.filename}", "usage": {"type": "duration", "seconds": 1}}


def moderations(body: Mapping[str, Any]) -> dict[str, Any] | Fault:
    """One harmless result for each input."""
    given = body.get("input")
    if not given:
        return missing("input")
    texts = isinstance(given, list) and isinstance(given[0], str)
    result = {
        "flagged": False,
        "categories": dict.fromkeys(_CATEGORIES, False),
        "category_scores": dict.fromkeys(_CATEGORIES, 1e-06),
        "category_applied_input_types": {name: ["text"] for name in _CATEGORIES},
    }
    results = [result] * (len(given) if texts else 1)
    return {"id": "modr-fake", "model": body.get("model") or "omni-moderation-latest", "results": results}


def images(body: Mapping[str, Any]) -> dict[str, Any] | Fault:
    """As many pictures as asked for; they are none, but their bytes are."""
    if not body.get("prompt"):
        return missing("prompt")
    rows = [{"b64_json": _PICTURE} for _ in range(body.get("n") or 1)]
    kinds = {"background": "opaque", "output_format": "png", "quality": "low", "size": "1024x1024"}
    details = {"image_tokens": 0, "text_tokens": 8}
    used = {"input_tokens": 8, "input_tokens_details": details, "output_tokens": 272, "total_tokens": 280}
    return {"created": CREATED, **kinds, "data": rows, "usage": used}
