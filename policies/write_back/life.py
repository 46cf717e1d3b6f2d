"""The life of an answer that was accepted: in quarantine, found, and out again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.ports.ledger import DISAPPROVED, LIVING, Entry, Event, Move, State, Waiting, named
from policies.write_back.candidate import Decision

DAY = 86_400.0
REJECTED_DAYS = 7
"""Days for which it is told of an answer why it was not accepted."""
LONGEST_TITLE = 200
_CODE = re.compile(r"[^\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long an answer waits and serves, in days from its acceptance on; how many of a tenant are accepted in a day;
    and what promotes one."""

    quarantine: float
    keep: float
    per_day: int
    promote: Literal["second", "approval", "both"] = "approval"

    def served(self, now: float) -> float:
        """When what is over now had been accepted (since 1970)."""
        return now - self.keep * DAY


def rejected(waiting: Waiting, reason: str, now: float) -> Entry:
    """What is kept of an answer that may not join: a code, and no text."""
    return Entry(named(waiting.tenant, waiting.id), waiting.tenant, "rejected", code(reason), created=now, changed=now)


def code(reason: str) -> str:
    """A reason as a code, whoever wrote it."""
    return _CODE.sub("_", reason)[:64] or "none"


def accepted(waiting: Waiting, decision: Decision, now: float) -> Entry:
    """The entry of an answer that may join. Its text are the claims that were checked, and nothing that was not: what
    stood between them may be anything. The question, which is the person's own, is kept to be compared, and goes into
    no index; the title is that of what the answer rests on."""
    text = " ".join(claim.text.strip() for claim in decision.claims if claim.text.strip())
    titles = dict.fromkeys(" ".join(each.title.split()) for each in decision.roots)
    roots = tuple(dict.fromkeys((each.source, each.digest) for each in decision.roots))
    return Entry(named(waiting.tenant, waiting.id), waiting.tenant, "quarantine", "accepted", waiting.question, text,
                 "; ".join(titles)[:LONGEST_TITLE], roots, waiting.id, waiting.conversation,
                 waiting.user.id if waiting.user else None, waiting.approval, now, now,
                 waiting.disapproval)  # fmt: skip


def independent(one: Entry, other: Entry) -> bool:
    """Whether somebody else was told it: two people who are known. Of nobody it cannot be told: what tells their
    conversations apart is said by the client, and one may be somebody whose name was not said."""
    return bool(one.person and other.person and one.person != other.person)


def over(entry: Entry, terms: Terms, now: float) -> Move | None:
    """The end of an entry that waits or serves and whose time is over."""
    days = terms.quarantine if entry.state == "quarantine" else terms.keep
    if entry.state not in LIVING or now <= entry.created + days * DAY:
        return None
    return Move(entry.id, entry.state, "expired", "time_over")


def fallen(entry: Entry, digests: Mapping[str, str]) -> Move | None:
    """The withdrawal of an entry that does not hold any more."""
    if entry.holds(digests):
        return None
    gone = any(source not in digests for source, _ in entry.roots)
    return Move(entry.id, entry.state, "withdrawn", "source_gone" if gone else "source_changed")


def again(entry: Entry, before: State | None, digests: Mapping[str, str]) -> Move | None:
    """The return of a withdrawn entry that holds again, to what it was `before` it was withdrawn."""
    if entry.state != "withdrawn" or before not in LIVING or not entry.holds(digests):
        return None
    return Move(entry.id, "withdrawn", before, "source_back")


def then(events: Sequence[Event], at: float) -> dict[str, State]:
    """The state of each entry at a time (since 1970), of those that there were."""
    return {each.entry: each.after for each in events if each.time <= at}


def back(
    entries: Sequence[Entry], states: Mapping[str, State], digests: Mapping[str, str], served: float
) -> tuple[list[Move], int]:
    """What makes the corpus as it was: what was not active then leaves, what was comes back, as far as its text is
    kept, all it rests on is as it was, its time is not over (accepted after `served`), and its person did not say that
    it is wrong. The number tells how many cannot."""
    moves, lost = [], 0
    for entry in entries:
        was = states.get(entry.id) == "active"
        if entry.state == "active" and not was:
            moves.append(Move(entry.id, "active", "rolled_back", "rollback"))
        elif was and entry.state != "active":
            if returns(entry, digests, served):
                moves.append(Move(entry.id, entry.state, "active", "rollback"))
            else:
                lost += 1
    return moves, lost


def returns(entry: Entry, digests: Mapping[str, str], served: float) -> bool:
    """Whether an entry can be found again: otherwise it would leave at the next look."""
    return bool(entry.answer) and entry.reason != DISAPPROVED and entry.created > served and entry.holds(digests)
