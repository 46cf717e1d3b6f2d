"""The life of an answer that was accepted: in quarantine, found, and out again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from adapters.ports.ledger import Entry, Event, Move, State, Waiting
from adapters.ports.words import words_of
from policies.write_back.candidate import Decision

DAY = 86_400.0
QUESTIONS, ANSWERS = 0.6, 0.7
"""Share of content words (Dice) from which on two questions ask, and two answers say, the same."""
LONGEST_TITLE = 200
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NOT = re.compile(r"\b(?:no|not|never|none|without|cannot|kein\w*|nicht|nie|ohne|ne|pas|jamais|sans|sin|nunca)\b|n't\b")
_CODE = re.compile(r"[^\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long an answer waits and serves, in days from its acceptance on; how many of a tenant are accepted in a day;
    and what promotes one."""

    quarantine: float
    keep: float
    per_day: int
    promote: Literal["second", "approval", "both"] = "both"


def named(waiting: Waiting) -> str:
    """The id of what becomes of an answer: the same however often it is decided."""
    digest = blake2b(f"{waiting.tenant}\0{waiting.id}".encode("utf-8", "replace"), digest_size=12).hexdigest()
    return f"wb_{digest}"


def rejected(waiting: Waiting, reason: str, now: float) -> Entry:
    """What is kept of an answer that may not join: a code, and no text."""
    return Entry(named(waiting), waiting.tenant, "rejected", code(reason), created=now, changed=now)


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
    return Entry(named(waiting), waiting.tenant, "quarantine", "accepted", waiting.question, text,
                 "; ".join(titles)[:LONGEST_TITLE], roots, waiting.id, waiting.conversation,
                 waiting.user.id if waiting.user else None, waiting.approval, now, now)  # fmt: skip


def agree(one: Entry, other: Entry) -> bool:
    """Whether two answers rest on the same and say the same: alike in words, with the same numbers and as many denials.
    """
    if set(one.roots) != set(other.roots) or _numbers(one.answer) != _numbers(other.answer):
        return False
    if len(_NOT.findall(one.answer.lower())) != len(_NOT.findall(other.answer.lower())):
        return False
    return _alike(one.question, other.question) >= QUESTIONS and _alike(one.answer, other.answer) >= ANSWERS


def independent(one: Entry, other: Entry) -> bool:
    """Whether somebody else was told it: two people who are known, or two conversations that began differently, both
    in nobody's name. Somebody known and nobody are no two: who they are may only not have been said."""
    if one.person and other.person:
        return one.person != other.person
    return not one.person and not other.person and one.conversation != other.conversation


def over(entry: Entry, terms: Terms, now: float) -> Move | None:
    """The end of an entry whose time is over."""
    days = terms.quarantine if entry.state == "quarantine" else terms.keep
    if entry.state == "expired" or not entry.answer or now <= entry.created + days * DAY:
        return None
    return Move(entry.id, entry.state, "expired", "time_over")


def fallen(entry: Entry, digests: Mapping[str, str]) -> Move | None:
    """The withdrawal of an entry that does not hold any more."""
    if entry.holds(digests):
        return None
    gone = any(source not in digests for source, _ in entry.roots)
    return Move(entry.id, entry.state, "withdrawn", "source_gone" if gone else "source_changed")


def then(events: Sequence[Event], at: float) -> dict[str, State]:
    """The state of each entry at a time (since 1970), of those that there were."""
    return {each.entry: each.after for each in events if each.time <= at}


def back(entries: Sequence[Entry], states: Mapping[str, State], digests: Mapping[str, str]) -> tuple[list[Move], int]:
    """What makes the corpus as it was: what was not active then leaves, what was comes back, as far as its text is kept
    and all it rests on is as it was. The number tells how many cannot."""
    moves, lost = [], 0
    for entry in entries:
        was = states.get(entry.id) == "active"
        if entry.state == "active" and not was:
            moves.append(Move(entry.id, "active", "rolled_back", "rollback"))
        elif was and entry.state != "active":
            if entry.answer and entry.holds(digests):
                moves.append(Move(entry.id, entry.state, "active", "rollback"))
            else:
                lost += 1
    return moves, lost


def _numbers(text: str) -> list[str]:
    return sorted(set(_NUMBER.findall(text)))


def _alike(one: str, other: str) -> float:
    mine, theirs = set(words_of(one)), set(words_of(other))
    total = len(mine) + len(theirs)
    return 2 * len(mine & theirs) / total if total else 0.0
