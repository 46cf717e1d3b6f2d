"""API keys by their SHA-256, and the secret under which ids of people are hashed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from adapters.ports import Key
from adapters.sql.database import Database
from adapters.sql.schema import META, SET_META, Prepared, insert, keys

_COLUMNS = (keys.c.id, keys.c.name, keys.c.tenant, keys.c.trust, keys.c.created)
_FIND = Prepared(select(*_COLUMNS).where(keys.c.digest == bindparam("sought")))
_ALL = Prepared(select(*_COLUMNS).order_by(keys.c.created, keys.c.id))
_ADD = Prepared(
    insert(keys).values(
        id=bindparam("new_id"),
        digest=bindparam("new_digest"),
        name=bindparam("new_name"),
        tenant=bindparam("new_tenant"),
        trust=bindparam("new_trust"),
        created=bindparam("now"),
    )
)
_REVOKE = Prepared(delete(keys).where(keys.c.id == bindparam("sought")))


class SqlKeys:
    """Fulfils Keys. Every write is on disk (fsync) when it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._secret: tuple[object, bytes] = (None, b"")

    async def find(self, digest: str) -> Key | None:
        """The key with this SHA-256, or None; read each time, so a key revoked elsewhere is refused at once."""
        rows = await self._fetch(_FIND, sought=digest)
        return Key(*rows[0]) if rows else None

    async def create(self, key: Key, digest: str) -> None:
        """Keep a new key. Raises AdapterError if its id or digest is taken."""
        await self._database.write(partial(_create, key=key, digest=digest), "full")

    async def list(self) -> Sequence[Key]:
        """All keys, the oldest first."""
        return [Key(*row) for row in await self._fetch(_ALL)]

    async def revoke(self, id: str) -> bool:
        """Delete a key by its id; False if there is none."""
        return await self._database.write(partial(_revoke, id=id), "full")

    async def secret(self) -> bytes:
        """32 random bytes, made once per file; processes that start together get the same."""
        await self._database.ready()
        opened = self._database.opening
        if self._secret[0] is not opened:
            rows = self._database.fetch(META, name="secret")
            made = rows[0][0] if rows else await self._database.write(_make_secret, "full")
            self._secret = (opened, bytes.fromhex(made))
        return self._secret[1]

    async def _fetch(self, query: Prepared, **values: Any) -> Sequence[tuple[Any, ...]]:
        await self._database.ready()
        return self._database.fetch(query, **values)


def _create(connection: Connection, key: Key, digest: str) -> None:
    _ADD.run(
        connection,
        new_id=key.id,
        new_digest=digest,
        new_name=key.name,
        new_tenant=key.tenant,
        new_trust=key.trust,
        now=key.created,
    )


def _revoke(connection: Connection, id: str) -> bool:
    return bool(_REVOKE.run(connection, sought=id).rowcount)


def _make_secret(connection: Connection) -> str:
    SET_META.run(connection, new="secret", to=secrets.token_hex(32))
    kept: str = META.run(connection, name="secret").fetchone()[0]
    return kept
