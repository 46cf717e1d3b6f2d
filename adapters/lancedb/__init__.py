"""LanceDB as Knowledge and Library: passages with two full-text indexes, and vectors where an embedder is set."""

from adapters.lancedb.knowledge import LanceKnowledge

__all__ = ["LanceKnowledge"]
