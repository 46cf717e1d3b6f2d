"""The protocols that adapters fulfil, and the frozen values that cross them."""

from adapters.ports.chat import Backend, ChatRequest, MalformedRequest, Reply, Turn
from adapters.ports.errors import AdapterError, ConfigError, Timeout, Unavailable
from adapters.ports.knowledge import Cache, Document, Embedder, Hit, Knowledge, Passage
from adapters.ports.people import (
    Caller,
    Claim,
    Evidence,
    Job,
    Key,
    Keys,
    Outbox,
    People,
    Person,
    PersonInfo,
    Profile,
    Tokens,
    User,
    UserStore,
)
from adapters.ports.text import Block, blocks, count_tokens, strip_blocks

__all__ = [
    "AdapterError",
    "Backend",
    "Block",
    "Cache",
    "Caller",
    "ChatRequest",
    "Claim",
    "ConfigError",
    "Document",
    "Embedder",
    "Evidence",
    "Hit",
    "Job",
    "Key",
    "Keys",
    "Knowledge",
    "MalformedRequest",
    "Outbox",
    "Passage",
    "People",
    "Person",
    "PersonInfo",
    "Profile",
    "Reply",
    "Timeout",
    "Tokens",
    "Turn",
    "Unavailable",
    "User",
    "UserStore",
    "blocks",
    "count_tokens",
    "strip_blocks",
]
