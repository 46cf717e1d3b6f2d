"""How much a model reads at a time, by the table that comes with litellm: read without importing it, which takes
seconds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

TABLE = "model_prices_and_context_window_backup.json"


class _Facts(msgspec.Struct):
    max_input_tokens: Any = None
    max_tokens: Any = None


def window(model: str) -> int | None:
    """Tokens that a model (litellm's name of it) reads at a time; None where the table does not tell."""
    return table().get(model) or table().get(model.partition("/")[2])


@cache
def table() -> Mapping[str, int]:
    """Windows by the name of the model. The first call reads three megabytes: some 15 ms. Empty where litellm has no
    such table any more."""
    try:
        body = _path().read_bytes()
        found = msgspec.json.decode(body, type=dict[str, _Facts])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    windows = {name: facts.max_input_tokens or facts.max_tokens for name, facts in found.items()}
    return {name: size for name, size in windows.items() if isinstance(size, int) and size > 0}


def _path() -> Path:
    spec = find_spec("litellm")
    return Path(spec.origin if spec and spec.origin else "").parent / TABLE
