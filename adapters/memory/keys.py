"""API keys in this process, with the behaviour of `adapters.sql.keys`: gone with the process."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from adapters.ports import AdapterError, Key


class MemoryKeys:
    """Fulfils Keys, with a secret of its own if none is given."""

    def __init__(self, secret: bytes = b"") -> None:
        self._keys: dict[str, Key] = {}
        self._secret = secret or secrets.token_bytes(32)

    async def find(self, digest: str) -> Key | None:
        """The key with this SHA-256, or None."""
        return self._keys.get(digest)

    async def create(self, key: Key, digest: str) -> None:
        """Keep a new key. Raises AdapterError if its id or digest is taken."""
        if digest in self._keys or any(known.id == key.id for known in self._keys.values()):
            raise AdapterError("a key with this id or this digest exists already")
        self._keys[digest] = key

    async def list(self) -> Sequence[Key]:
        """All keys, the oldest first."""
        return sorted(self._keys.values(), key=lambda key: key.created)

    async def revoke(self, id: str) -> bool:
        """Delete a key by its id; False if there is none."""
        before = len(self._keys)
        self._keys = {digest: key for digest, key in self._keys.items() if key.id != id}
        return len(self._keys) < before

    async def secret(self) -> bytes:
        """32 random bytes, made with the object."""
        return self._secret
