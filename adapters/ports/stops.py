"""Whether a model said all that it wanted to: neither cut off nor filtered, and without calls of tools."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from adapters.ports.chat import Reply
from adapters.ports.events import all_data
from adapters.ports.formats.base import decoding

_PLAIN = ("text", "thinking", "redacted_thinking", "message", "reasoning")
"""What answers are made of that call no tool."""
_CHAT, _MESSAGES = ("stop",), ("end_turn", "stop_sequence")


class _Part(msgspec.Struct):
    type: Any = "text"
    tool_calls: Any = None
    function_call: Any = None
    stop_reason: Any = None


class _Choice(msgspec.Struct):
    index: Any = 0
    finish_reason: Any = None
    message: _Part | None = None
    delta: _Part | None = None


class _Piece(msgspec.Struct):
    """What is read of a body, or of one event: each format has its own fields."""

    choices: list[_Choice] = []
    status: Any = None
    output: list[_Part] = []
    stop_reason: Any = None
    content: Any = None
    content_block: _Part | None = None
    delta: Any = None


_piece = decoding(_Piece, _Piece())


def stopped(reply: Reply) -> bool:
    """Whether the model itself ended its answer, and called nothing; False where that cannot be told."""
    if reply.body:
        return _ended([_piece(reply.body)])
    return reply.room >= 0 and _ended(map(_piece, all_data(reply.seen)))


def _ended(pieces: Iterable[_Piece]) -> bool:
    ended = False
    for piece in pieces:
        if not all(_plain(part) for part in _parts(piece)):
            return False
        reasons = [each.finish_reason for each in piece.choices if each.index == 0]
        said = piece.delta if isinstance(piece.delta, dict) else {}
        ended = ended or any(each in _CHAT for each in reasons) or piece.status == "completed"
        ended = ended or piece.stop_reason in _MESSAGES or said.get("stop_reason") in _MESSAGES
    return ended


def _parts(piece: _Piece) -> list[_Part]:
    parts = [part for each in piece.choices for part in (each.message, each.delta) if part is not None]
    blocks = piece.content if isinstance(piece.content, list) else []
    parts += [_Part(block.get("type")) for block in blocks if isinstance(block, dict)]
    return [*parts, *piece.output, *([piece.content_block] if piece.content_block else [])]


def _plain(part: _Part) -> bool:
    return part.type in _PLAIN and not part.tool_calls and not part.function_call
