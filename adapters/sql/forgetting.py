"""Erasing one claim of a person: from every version of the profile, with the words it came from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from adapters.memory.kept import next_without, pack, unpack, unsaid, without
from adapters.ports import Evidence, Names, User
from adapters.sql.changes import ROW, make_newest, who
from adapters.sql.erasure import owe
from adapters.sql.schema import Prepared, evidence, versions

_BODIES = Prepared(select(versions.c.version, versions.c.body).where(versions.c.person == bindparam("of_person")))
_REWRITE = Prepared(
    update(versions)
    .where(versions.c.person == bindparam("of_person"), versions.c.version == bindparam("wanted"))
    .values(body=bindparam("json"))
)
_SAID = Prepared(
    select(evidence.c.event, evidence.c.kind, evidence.c.text, evidence.c.context).where(
        evidence.c.person == bindparam("of_person")
    )
)
_UNSAY = Prepared(
    update(evidence)
    .where(evidence.c.person == bindparam("of_person"), evidence.c.event == bindparam("sought"))
    .values(text=bindparam("left"), context=bindparam("beside"))
)


def forget_claim(connection: Connection, user: User, id: str, events: Sequence[str], names: Names | None) -> bool:
    """Take a claim out of all versions, make the next one, and blank the events, and what names it in others; notes
    that a rewriting is owed. Words are compared here and not by the database, whose `lower` knows ASCII alone.

    An event keeps its id and digest, so that what clients send again of it is nothing new. False where the newest
    profile has no such claim.
    """
    row = ROW.run(connection, **who(user)).fetchone()
    if row is None:
        return False
    person, _, version, *_ = row
    profiles = {number: unpack(body) for number, body in _BODIES.run(connection, of_person=person).fetchall()}
    newest = profiles.get(version)
    claim = next((claim for claim in newest.claims if claim.id == id), None) if newest else None
    if newest is None or claim is None:
        return False
    for number, profile in profiles.items():
        _REWRITE.run(connection, of_person=person, wanted=number, json=pack(without(profile, claim)))
    following = next_without(newest, claim)
    make_newest(connection, user, following, pack(following))
    given = frozenset(events)
    for event, kind, text, context in _SAID.run(connection, of_person=person).fetchall():
        item = Evidence(event, kind, text, context=context)
        left = unsaid(item, claim, given, names)
        if left is not item:
            _UNSAY.run(connection, of_person=person, sought=item.event, left=left.text, beside=left.context)
    owe(connection)
    return True
