"""LanceDB as Knowledge and Library: passages with two full-text indexes, and vectors where an embedder is set."""

from adapters.lancedb.knowledge import LanceKnowledge
from adapters.lancedb.tables import within

__all__ = ["LanceKnowledge", "within"]
