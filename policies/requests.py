"""What a request is like beside its words: whether it can be asked several times, or be answered at length."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from adapters.ports import CHAT, RESPONSES, ChatRequest

_TEXT = (None, "text")
_TOOLS = ("tools", "functions", "web_search_options", "mcp_servers", "container")
_STATE = ("previous_response_id", "conversation", "prompt", "background")


def obstacle(request: ChatRequest, but: Collection[str] = ()) -> str:
    """Why a request gets one ordinary call and an ordinary answer, as a reason code, `but` for these; "" where it can
    be asked several times."""
    return next((code for code, holds in _OBSTACLES if code not in but and holds(request)), "")


def structured(request: ChatRequest) -> bool:
    """Whether the answer is to have a form that programs read."""
    told: Any = request.get("text") if request.format is RESPONSES else request.get("response_format")
    if request.format is RESPONSES and isinstance(told, dict):
        told = told.get("format")
    kind = told.get("type") if isinstance(told, dict) else told
    return kind not in _TEXT or bool(request.get("output_format") or request.get("output_config"))


def same(request: ChatRequest) -> bool:
    """Whether the same words would get the same answer."""
    return request.get("temperature") == 0 or request.get("seed") is not None


def thoughts(request: ChatRequest) -> int:
    """Tokens that the model is to think for before it answers, where the limit of an answer must be above them."""
    told = request.get("thinking")
    budget = told.get("budget_tokens") if isinstance(told, dict) else None
    return budget if isinstance(budget, int) else 0


def _continues(request: ChatRequest) -> bool:
    """Whether the last turn is not the person's: an answer that was begun, or a tool's result."""
    return not request.turns or request.turns[-1].role != "user"


def _stored(request: ChatRequest) -> bool:
    """Whether a server keeps the answer, or kept what it goes on from: the others would be kept, too."""
    if request.format is not RESPONSES:
        return request.format is CHAT and request.get("store") is True
    return request.get("store") is not False or any(request.get(name) for name in _STATE)


def _spoken(request: ChatRequest) -> bool:
    return bool(request.get("audio")) or request.get("modalities") not in (None, ["text"])


_OBSTACLES: tuple[tuple[str, Callable[[ChatRequest], bool]], ...] = (
    ("tools", lambda request: any(request.get(name) for name in _TOOLS)),
    ("several", lambda request: request.get("n") not in (None, 1)),
    ("logprobs", lambda request: bool(request.get("logprobs") or request.get("top_logprobs"))),
    ("structured", structured),
    ("stored", _stored),
    ("spoken", _spoken),
    ("continues", _continues),
)
