"""What the writing thread does with entries of the ledger: keep a new one, and change the state of others."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, update

from adapters.memory.kept import clean
from adapters.ports.ledger import BY_HAND, Entry, Move
from adapters.sql.ledger_tables import happened, written
from adapters.sql.schema import Prepared, insert

TEXTS = ("question", "answer", "title")
_GIVEN = ("id", "tenant", "state", "reason", *TEXTS, "exchange", "conversation", "approval", "disapproval", "created",
          "changed")  # fmt: skip

_ENTER = Prepared(
    insert(written)
    .values({name: bindparam(f"the_{name}", type_=written.c[name].type)
             for name in (*_GIVEN, "roots", "person", "approved")})
    .on_conflict_do_nothing()
)
_HAPPEN = Prepared(
    insert(happened).values(entry=bindparam("of_entry"), time=bindparam("at"), code=bindparam("the_code"),
                            before=bindparam("was"), after=bindparam("now_is"))
)
_THIS = (written.c.id == bindparam("of_entry"), written.c.state == bindparam("was"))
_MOVE = update(written).where(*_THIS).values(state=bindparam("now_is"), reason=bindparam("the_code"),
                                             changed=bindparam("at"))  # fmt: skip
_KEEPS, _LOSES = Prepared(_MOVE), Prepared(_MOVE.values(dict.fromkeys(TEXTS, "")))


def enter(connection: Connection, entry: Entry, person: int | None, approved: bool) -> bool:
    """Keep an entry, and that it began; False where there is one of this id."""
    values = {f"the_{name}": clean(value) if isinstance(value := getattr(entry, name), str) else value
              for name in _GIVEN}  # fmt: skip
    roots = json.dumps([list(map(clean, root)) for root in entry.roots])
    if not _ENTER.run(connection, **values, the_roots=roots, the_person=person, the_approved=approved).rowcount:
        return False
    _HAPPEN.run(connection, of_entry=entry.id, at=entry.created, the_code=entry.reason, was=None, now_is=entry.state)
    return True


def moved(connection: Connection, moves: Sequence[Move]) -> int:
    """Make the changes that can be made; how many. Texts go where they are of no use any more."""
    made = 0
    for id, before, after, code in moves:
        loses = after == "expired" or ((before, after) == ("quarantine", "rejected") and code != BY_HAND)
        values = {"of_entry": id, "was": before, "now_is": after, "the_code": code, "at": time.time()}
        if (_LOSES if loses else _KEEPS).run(connection, **values).rowcount:
            _HAPPEN.run(connection, **values)
            made += 1
    return made
