"""Erasing one claim of a person: from every version of the profile, with the words it came from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select, update

from adapters.memory.kept import next_without, once_without, pack, unpack, unsaid
from adapters.ports import Erasure, Evidence, Names, User
from adapters.sql.changes import ROW, make_newest, who
from adapters.sql.erasure import owe, owe_index
from adapters.sql.ledger_tables import candidates, happened, written
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
_TEXTS = {
    each: Prepared(select(each.c.id, each.c.question, each.c.answer).where(each.c.person == bindparam("of_person")))
    for each in (candidates, written)
}
_GONE = Prepared(delete(candidates).where(candidates.c.person == bindparam("of_person"),
                                          candidates.c.id == bindparam("sought")))
_UNHAPPEN = Prepared(delete(happened).where(happened.c.entry == bindparam("sought")))
_UNWRITE = Prepared(delete(written).where(written.c.id == bindparam("sought")))


def forget_claim(
    connection: Connection, user: User, id: str, events: Sequence[str], names: Names | None
) -> Erasure | None:
    """Take a claim out of all versions, make the next one, and blank the events, and what names it in others; notes
    that a rewriting is owed. Words are compared here and not by the database, whose `lower` knows ASCII alone.

    An event keeps its id and digest, so that what clients send again of it is nothing new. Of what goes, the `written`
    are told; None where the newest profile has no such claim.
    """
    row = ROW.run(connection, **who(user)).fetchone()
    if row is None:
        return None
    person, _, version, *_ = row
    profiles = {number: unpack(body) for number, body in _BODIES.run(connection, of_person=person).fetchall()}
    newest = profiles.get(version)
    claim = next((claim for claim in newest.claims if claim.id == id), None) if newest else None
    if newest is None or claim is None:
        return None
    for number, profile in profiles.items():
        _REWRITE.run(connection, of_person=person, wanted=number, json=pack(once_without(profile, claim)))
    following = next_without(newest, claim)
    make_newest(connection, user, following, pack(following))
    given = frozenset(events)
    for event, kind, text, context in _SAID.run(connection, of_person=person).fetchall():
        item = Evidence(event, kind, text, context=context)
        left = unsaid(item, claim, given, names)
        if left is not item:
            _UNSAY.run(connection, of_person=person, sought=item.event, left=left.text, beside=left.context)
    value = claim.value.casefold()
    gone = _unwrite(connection, person, names or (lambda text: value in text.casefold()))
    owe(connection)
    if gone:
        owe_index(connection, user.tenant)
    return Erasure({}, (), gone)


def _unwrite(connection: Connection, person: int, names: Names) -> tuple[str, ...]:
    """Delete the person's answers that wait, and what others became of, where their texts name the claim; the ids of
    these entries."""
    gone = []
    for id, *texts in _TEXTS[candidates].run(connection, of_person=person).fetchall():
        if any(map(names, texts)):
            _GONE.run(connection, of_person=person, sought=id)
    for id, *texts in _TEXTS[written].run(connection, of_person=person).fetchall():
        if any(map(names, texts)):
            _UNHAPPEN.run(connection, sought=id)
            _UNWRITE.run(connection, sought=id)
            gone.append(id)
    return tuple(gone)
