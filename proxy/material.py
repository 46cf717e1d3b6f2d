"""What passages are taken for, as part of the digest by which an ingest knows that nothing has changed."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.ports import Material

_MARK = "+"


def stamp(material: Material, digest: str) -> str:
    """The digest of a document that is taken for something; that of knowledge is the plain one."""
    return digest if material == "knowledge" else f"{digest}{_MARK}{material}"


def stamped(digest: str) -> Material:
    """What the document of a digest is taken for."""
    return "experiences" if digest == stamp("experiences", digest.partition(_MARK)[0]) else "knowledge"


def seen_as(material: Material, digests: Mapping[str, str]) -> dict[str, str]:
    """The plain digest of each source that is taken for this material already, and "" for any other."""
    return {source: _plain(material, digest) for source, digest in digests.items()}


def _plain(material: Material, digest: str) -> str:
    plain = digest.partition(_MARK)[0]
    return plain if digest == stamp(material, plain) else ""
