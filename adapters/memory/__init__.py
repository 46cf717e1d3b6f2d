"""Every port in this process: for tests, for trying things out, and for authors of plug-ins.

Product code, held by the contract tests to the behaviour of the adapters that write files. `MemoryPeople` fulfils
UserStore, Outbox and People at once, and its `responses` ResponseStore.
"""

from adapters.memory.cache import MemoryCache
from adapters.memory.keys import MemoryKeys
from adapters.memory.knowledge import MemoryKnowledge
from adapters.memory.people import MemoryPeople
from adapters.memory.reranker import MemoryReranker
from adapters.memory.responses import MemoryResponses

__all__ = ["MemoryCache", "MemoryKeys", "MemoryKnowledge", "MemoryPeople", "MemoryReranker", "MemoryResponses"]
