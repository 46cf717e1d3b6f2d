"""The people's own rights and the operator's view."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from adapters.memory.kept import items_of, unpack
from adapters.ports import Erasure, Names, PersonInfo, Profile, User
from adapters.sql.database import Database
from adapters.sql.erasure import erase, scrub
from adapters.sql.forgetting import forget_claim
from adapters.sql.ledger import entries
from adapters.sql.ledger_tables import candidates, written
from adapters.sql.schema import evidence, people, responses, versions

_SHARE = 9
"""After a rewriting of the file that took t seconds, the next one waits 9 t: erasures take a tenth of the writer."""


class SqlPeople:
    """Fulfils People and Peers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._scrub: asyncio.Task[None] | None = None
        self._allowed = 0.0

    async def list(self, tenant: str | None = None) -> Sequence[PersonInfo]:
        """Everyone known, the newest first. Raises AdapterError."""
        return await self._database.query(partial(_list, tenant=tenant))

    async def others(self, user: User, limit: int) -> Sequence[Profile]:
        """Profiles of other people of the tenant, the last seen first, to compare with. Raises AdapterError."""
        found = await self._database.query(partial(_others, user=user, limit=limit))
        return [profile for body in found if not (profile := unpack(body)).paused]

    async def sharing(self, tenant: str, limit: int) -> Sequence[Profile]:
        """Profiles of people of a tenant who let themselves be counted, the last seen first. Raises AdapterError."""
        return await self._database.query(partial(_sharing, tenant=tenant, limit=limit))

    async def export(self, user: User) -> dict[str, Any]:
        """All that is kept of a person, as JSON values. Raises AdapterError."""
        return await self._database.query(partial(_export, user=user))

    async def forget(self, user: User) -> Erasure:
        """Erase a person: tombstone and rows in one transaction with full sync, then the file's unused bytes.

        Raises AdapterError; a Timeout says when the rows are gone but the file could not be rewritten yet.
        """
        erased = await self._database.write(partial(erase, user=user), "full")
        self._database.remembered.drop(user)
        await self._scrubbed()
        return erased

    async def forget_claim(
        self, user: User, id: str, events: Sequence[str], names: Names | None = None
    ) -> Erasure | None:
        """Erase a claim from all versions, the words of these events, what names it in others, and the file's unused
        bytes; None where there is no such claim. Raises AdapterError, like `forget`."""
        work = partial(forget_claim, user=user, id=id, events=events, names=names)
        erased = await self._database.write(work, "full")
        if erased is not None:
            self._database.remembered.drop(user)
            await self._scrubbed()
        return erased

    async def _scrubbed(self) -> None:
        """Wait for a rewriting that begins after this call; all who ask before it begins share one."""
        if self._scrub is None or self._scrub.done():
            self._scrub = asyncio.create_task(self._next_scrub())
        await asyncio.shield(self._scrub)

    async def _next_scrub(self) -> None:
        await asyncio.sleep(max(0.0, self._allowed - time.monotonic()))
        self._scrub = None
        started = time.monotonic()
        await self._database.write(scrub, "bare")
        self._allowed = time.monotonic() + _SHARE * (time.monotonic() - started)


def _list(connection: Connection, tenant: str | None) -> list[PersonInfo]:
    events = select(func.count()).where(evidence.c.person == people.c.id).scalar_subquery()
    wanted = select(people.c.user_id, people.c.tenant, events, people.c.claims, people.c.seen).where(
        people.c.erased.is_(None)
    )
    if tenant is not None:
        wanted = wanted.where(people.c.tenant == tenant)
    return [PersonInfo(*row) for row in connection.execute(wanted.order_by(people.c.seen.desc(), people.c.id.desc()))]


def _others(connection: Connection, user: User, limit: int) -> list[str]:
    newest = (versions.c.person == people.c.id) & (versions.c.version == people.c.version)
    wanted = (
        select(versions.c.body)
        .join(people, newest)
        .where(people.c.tenant == user.tenant, people.c.user_id != user.id)
        .order_by(people.c.seen.desc())
        .limit(limit)
    )
    return list(connection.execute(wanted).scalars())


def _sharing(connection: Connection, tenant: str, limit: int) -> list[Profile]:
    newest = (versions.c.person == people.c.id) & (versions.c.version == people.c.version)
    wanted = (
        select(versions.c.body)
        .join(people, newest)
        .where(people.c.tenant == tenant, people.c.share.is_(True))
        .order_by(people.c.seen.desc())
        .limit(limit)
    )
    found = map(unpack, connection.execute(wanted).scalars())
    # An older program on the same file knows nothing of the column: what the profile says counts.
    return [profile for profile in found if profile.share and not profile.paused]


def _export(connection: Connection, user: User) -> dict[str, Any]:
    of = (people.c.tenant == user.tenant, people.c.user_id == user.id)
    events = select(*(column for column in evidence.c if column.name != "person")).join(people).where(*of)
    bodies = select(versions.c.body, versions.c.created).join(people).where(*of)
    kept = [
        {**msgspec.json.decode(body), "created": created}
        for body, created in connection.execute(bodies.order_by(versions.c.version))
    ]
    return {
        "evidence": [dict(row) for row in connection.execute(events.order_by(evidence.c.seq)).mappings()],
        "profile": {name: value for name, value in kept[-1].items() if name != "created"} if kept else None,
        "versions": kept,
        "responses": _responses(connection, of),
        **_written(connection, of),
    }


def _written(connection: Connection, of: Sequence[Any]) -> dict[str, list[dict[str, Any]]]:
    """The person's answers that wait to be checked, and what became of others."""
    person = select(people.c.id).where(*of).scalar_subquery()
    named = ("id", "question", "answer", "time")
    waiting = select(*(candidates.c[name] for name in named)).where(candidates.c.person == person)
    shown = ("id", "state", "reason", "question", "answer", "exchange", "created", "changed")
    return {
        "candidates": [dict(row) for row in connection.execute(waiting.order_by(candidates.c.seq)).mappings()],
        "written": [{**{name: getattr(each, name) for name in shown}, "roots": [source for source, _ in each.roots]}
                    for each in entries(connection, written.c.person == person)],
    }


def _responses(connection: Connection, of: Sequence[Any]) -> list[dict[str, Any]]:
    named = ("id", "model", "previous", "created", "said", "answer")
    wanted = select(*(responses.c[name] for name in (*named, "inputs", "outputs"))).join(people).where(*of)
    return [
        {**dict(zip(named, row, strict=False)), "items": [each for part in row[-2:] for each in items_of(part)]}
        for row in connection.execute(wanted.order_by(responses.c.seq))
    ]
