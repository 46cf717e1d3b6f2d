"""Erasing one claim of a person: from every version of the profile, with the words it came from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, String, bindparam, func, select, update

from adapters.memory.kept import next_without, pack, unpack, without
from adapters.ports import User
from adapters.sql.changes import ROW, make_newest, who
from adapters.sql.erasure import owe
from adapters.sql.schema import Prepared, evidence, versions

_BODIES = Prepared(select(versions.c.version, versions.c.body).where(versions.c.person == bindparam("of_person")))
_REWRITE = Prepared(
    update(versions)
    .where(versions.c.person == bindparam("of_person"), versions.c.version == bindparam("wanted"))
    .values(body=bindparam("json"))
)
_BLANK = Prepared(
    update(evidence)
    .where(evidence.c.person == bindparam("of_person"), evidence.c.event == bindparam("sought"))
    .values(text="", context="")
)
_UNSAID = Prepared(
    update(evidence)
    .where(
        evidence.c.person == bindparam("of_person"),
        func.instr(func.lower(evidence.c.context), func.lower(bindparam("value", type_=String))) > 0,
    )
    .values(context="")
)


def forget_claim(connection: Connection, user: User, id: str, events: Sequence[str]) -> bool:
    """Take a claim out of all versions, make the next one, and blank the events, and what assistants said of it beside
    others; notes that a rewriting is owed.

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
    _UNSAID.run(connection, of_person=person, value=claim.value)
    for event in events:
        _BLANK.run(connection, of_person=person, sought=event)
    owe(connection)
    return True
