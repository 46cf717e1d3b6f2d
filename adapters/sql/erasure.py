"""Erasing a person from rows, free pages and the write-ahead log.

`secure_delete` is not enough: it zeroes what is deleted, but when rows come and go, SQLite moves cells between pages
(balance_nonroot) and leaves their old bytes in the unused part of the page they left; on a file with 60 people, 40
erasures left texts or event ids of erased people behind in every run. Only rewriting the file (VACUUM) takes those
away. So an erasure is two steps: the rows go at once, in a transaction that also notes that a rewriting is owed; the
rewriting follows, and after a crash the next process that opens the file does it.
"""

from __future__ import annotations

import secrets
import sqlite3
import time

from sqlalchemy import Connection, bindparam, delete, select, update

from adapters.ports import Erasure, Timeout, User
from adapters.sql.faults import mapped_errors
from adapters.sql.ledger_tables import candidates, happened, owing, written
from adapters.sql.schema import (
    META,
    SET_META,
    Prepared,
    driver,
    evidence,
    insert,
    jobs,
    meta,
    people,
    responses,
    versions,
)

_IN_MEMORY = 64 << 20
"""Bytes up to which the rewritten copy is made in memory instead of a temporary file."""

_OWED = "scrub"

BORN = Prepared(
    insert(people)
    .values(
        tenant=bindparam("in_tenant"),
        user_id=bindparam("as_user"),
        epoch=0,
        version=0,
        watermark=0,
        last_seq=0,
        claims=0,
        seen=bindparam("now"),
    )
    .on_conflict_do_nothing()
)
"""A row for a person who has none."""

_LIVING = Prepared(
    select(people.c.id).where(
        people.c.tenant == bindparam("in_tenant"), people.c.user_id == bindparam("as_user"), people.c.erased.is_(None)
    )
)
_BURY = Prepared(
    update(people)
    .where(people.c.tenant == bindparam("in_tenant"), people.c.user_id == bindparam("as_user"))
    .values(epoch=people.c.epoch + 1, version=0, watermark=0, last_seq=0, claims=0, seen=0.0, erased=bindparam("now"),
            share=False)
    .returning(people.c.id)
)
_TABLES = {
    table.name: Prepared(delete(table).where(table.c.person == bindparam("of_person")))
    for table in (evidence, versions, jobs, responses)
}
_OF_PERSON = select(written.c.id).where(written.c.person == bindparam("of_person"))
_UNHAPPEN = Prepared(delete(happened).where(happened.c.entry.in_(_OF_PERSON)))
_WRITTEN = Prepared(delete(written).where(written.c.person == bindparam("of_person")).returning(written.c.id))
_WAITING = Prepared(delete(candidates).where(candidates.c.person == bindparam("of_person")))
_AT_BACKENDS = Prepared(
    select(responses.c.id, responses.c.model).where(
        responses.c.person == bindparam("of_person"), responses.c.body == b""
    )
)
_PAID = Prepared(delete(meta).where(meta.c.name == _OWED, meta.c.value == bindparam("token")))
_UNPAID = Prepared(delete(meta).where(meta.c.name == _OWED))


_OWE = insert(owing).values(tenant=bindparam("in_tenant"), token=bindparam("new"))
_OWE_INDEX = Prepared(_OWE.on_conflict_do_update(index_elements=["tenant"], set_={"token": _OWE.excluded.token}))


def erase(connection: Connection, user: User) -> Erasure:
    """Turn a person's row into a tombstone with the next epoch and delete all that hangs on it.

    The tombstone is written even for a person unknown so far: an append on its way from another process meets it.
    """
    who = {"in_tenant": user.tenant, "as_user": user.id, "now": time.time()}
    # Of whom nothing is kept any more, something was: what became too old, or was taken back.
    living = _LIVING.run(connection, **who).fetchone() is not None
    BORN.run(connection, **who)
    (person,) = _BURY.run(connection, **who).fetchone()
    at_backends = _AT_BACKENDS.run(connection, of_person=person).fetchall()
    gone = {kind: int(rows.run(connection, of_person=person).rowcount) for kind, rows in _TABLES.items()}
    candidates, written = _unwrite(connection, person)
    gone |= {name: count for name, count in (("candidates", candidates), ("written", len(written))) if count}
    if living or any(gone.values()):
        owe(connection)
    if written:
        owe_index(connection, user.tenant)
    return Erasure(gone, tuple((id, model) for id, model in at_backends), written)


def _unwrite(connection: Connection, person: int) -> tuple[int, tuple[str, ...]]:
    """Delete the person's answers that wait, and what others became of; how many, and the ids of these entries."""
    _UNHAPPEN.run(connection, of_person=person)
    gone = tuple(id for (id,) in _WRITTEN.run(connection, of_person=person).fetchall())
    return int(_WAITING.run(connection, of_person=person).rowcount), gone


def owe(connection: Connection) -> None:
    """Note that a rewriting is owed, under a new token: one that is under way already does not pay for it."""
    _UNPAID.run(connection)
    SET_META.run(connection, new=_OWED, to=secrets.token_hex(8))


def owe_index(connection: Connection, tenant: str) -> None:
    """Note that passages of the tenant must leave the index: which, the ledger tells by not having them."""
    _OWE_INDEX.run(connection, in_tenant=tenant, new=secrets.token_hex(8))


def owed(connection: Connection) -> str | None:
    """The token of a rewriting that is still owed, or None."""
    row = META.run(connection, name=_OWED).fetchone()
    return row[0] if row else None


def scrub(connection: Connection) -> None:
    """Rewrite the file without its unused bytes and empty the log; call it outside of a transaction.

    Takes the write lock for about 6 seconds per GB. Raises Timeout when another process reads an old state for so
    long that the log cannot be emptied; the rewriting then stays owed.
    """
    token = owed(connection)
    if token is None:
        return
    raw: sqlite3.Connection = driver(connection)
    with mapped_errors():
        pages, size = (raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        raw.execute(f"PRAGMA temp_store={'MEMORY' if pages * size <= _IN_MEMORY else 'FILE'}")
        raw.execute("VACUUM")
        raw.execute("PRAGMA temp_store=MEMORY")
        (busy, _, _) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Timeout("erased, but a long read by another process still holds the log; it is emptied later")
        _PAID.run(connection, token=token)
