"""The wire formats in which clients ask something of a model, one per endpoint."""

from adapters.ports.formats.base import Fields, Format, Items, MalformedRequest, Turn
from adapters.ports.formats.chat import ChatCompletions
from adapters.ports.formats.messages import Messages
from adapters.ports.formats.responses import Responses

__all__ = [
    "CHAT", "COMPACT", "COMPLETIONS", "COUNT_TOKENS", "EMBEDDINGS", "FORMATS", "INPUT_TOKENS", "MESSAGES", "RESPONSES",
    "Fields", "Format", "Items", "MalformedRequest", "Turn",
]  # fmt: skip

CHAT = ChatCompletions("chat", "/chat/completions")
RESPONSES = Responses("responses", "/responses")
MESSAGES = Messages("messages", "/messages", anthropic=True)
COMPLETIONS = Format("completions", "/completions")
EMBEDDINGS = Format("embeddings", "/embeddings")
INPUT_TOKENS = Format("input_tokens", "/responses/input_tokens")
COMPACT = Format("compact", "/responses/compact")
COUNT_TOKENS = Format("count_tokens", "/messages/count_tokens", anthropic=True)

FORMATS: tuple[Format, ...] = (
    CHAT, RESPONSES, MESSAGES, COMPLETIONS, EMBEDDINGS, INPUT_TOKENS, COMPACT, COUNT_TOKENS,
)  # fmt: skip
