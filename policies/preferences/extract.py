"""From one event to candidate claims: the person's own sentences, each read by the first reader that understands it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from adapters.ports import Evidence, strip_blocks
from policies.preferences.answers import agreed, answered
from policies.preferences.asides import aside
from policies.preferences.aspects import Said
from policies.preferences.clauses import (
    asks,
    bare,
    clauses,
    once,
    opens_with_statement,
    sentences,
    supposes,
    tasks,
    words,
)
from policies.preferences.corrections import taken_back
from policies.preferences.facts import greeted, stated
from policies.preferences.foreign import ABROAD, stated_abroad
from policies.preferences.guard import own
from policies.preferences.lexicon import word_set
from policies.preferences.orders import clearly, ordered
from policies.preferences.questions import Asked, asked
from policies.preferences.tastes import requested, tasted
from policies.preferences.topics import ORDERING

SPOKEN = frozenset(("statement", "edit", "import", "rating"))
"""Kinds of evidence whose text may state something; an artefact speaks for whoever it was written for."""
_LONGEST_ANSWER = 640
"""Characters: a longer turn is no answer but a matter of its own, and only explicit statements are read in it."""

_SPEAKING = (
    ORDERING
    | ABROAD
    | word_set(
        "i i'm i've i'd i'll my me we we're we've our love hate enjoy prefer dislike adore detest can't don't "
        "allergic fan "
        "keen into fond partial tired sick forget remove delete drop erase unlearn scratch strike disregard allergies "
        "budget favourite favorite favourites favorites recommend suggest find get give show about user user's"
    )
)
_ELLIPSIS = re.compile(
    r"(?:(?:really |absolutely |also |definitely |usually |generally |just ){0,3}(?P<verb>love|hate|enjoy|prefer|"
    r"dislike|adore|"
    r"detest|can't (?:stand|eat|drink|have)|don't (?:like|eat|drink|enjoy|want|need|have|mind|love|care)|have|tend to|"
    r"like|would "
    r"(?!you|it|that|this|he|she|they|there|i|we|be)\w+|am|need|want|avoid|usually \w+|never (?:eat|drink|liked|watch|"
    r"use))"
    r"|(?:also |just ){0,2}(?P<state>not (?:a (?:big |huge )?fan of|keen on|into|fond of)|(?:a )?(?:big |huge )?fan "
    r"of|allergic "
    r"to|looking for|in the mood for|interested in|open to|partial to|tired of|sick of))\b(?= )",
    re.IGNORECASE,
)
_SOMETHING = re.compile(r"(?:something|anything) (?!else\b|is\b|to\b|you\b|like that|about)", re.IGNORECASE)
_PERSONAL = re.compile(r"(?:i|i'm|i've|i'd|i'll|we|we're|we've|my)\b", re.IGNORECASE)
_TOLD_OF_USER = re.compile(
    r"^(?:the )?user(?P<own>'s)? (?P<verb>is|has|\w+?)(?P<s>s)? (?=\w)", re.IGNORECASE | re.MULTILINE
)
_CAN_YOU = re.compile(r"(?:can|could|would|will) you (?:please )?", re.IGNORECASE)
_EPHEMERAL = frozenset(("time", "budget", "skill", "companions", "occasion"))
"""Aspects that hold for an evening and are asked again: these may be said "for today"."""
_TOGETHER = frozenset(("favourites", "allergies"))


@dataclass(frozen=True)
class _Turn:
    """The sentences of a turn, and the question of the assistant that is open, if any."""

    lines: tuple[str, ...]
    question: Asked | None

    @cached_property
    def busy(self) -> bool:
        """Whether the turn is about something else, so that a bare "keep it short" is for this answer only."""
        answering = self.question is not None and bool(self.question.aspects)
        return answering or any(tasks(line) and not ordered(bare(line)) for line in self.lines)


def extract(evidence: Evidence) -> list[Said]:
    """The candidate claims in one event, in the order of the text. Work grows linearly with the text, up to a cap."""
    if evidence.author != "self" or evidence.kind not in SPOKEN:
        return []
    text = own(evidence.text)
    lines = tuple(sentences(_TOLD_OF_USER.sub(_in_first_person, text) if evidence.kind == "import" else text))
    if evidence.kind == "edit":
        lines = tuple(line for line in lines if line not in evidence.context)
    answering = evidence.kind == "statement" and evidence.context and len(evidence.text) < _LONGEST_ANSWER
    turn = _Turn(lines, asked(strip_blocks(evidence.context)) if answering else None)
    found: dict[Said, None] = {}
    for line in lines:
        there = words(line)
        if turn.question or not there.isdisjoint(_SPEAKING):
            found.update(dict.fromkeys(_said(line, there, turn)))
    return list(found)


def _in_first_person(found: re.Match[str]) -> str:
    """ "User likes tea", as another product exports it, in the person's own voice."""
    if found["own"]:
        return f"my {found['verb']}{found['s'] or ''} "
    return {"is": "I'm ", "has": "I have "}.get(found["verb"].lower(), f"I {found['verb']} ")


def _said(line: str, there: frozenset[str], turn: _Turn) -> list[Said]:
    """The candidates of one sentence; one-off wishes, hypotheses and hearsay are dropped as a whole."""
    found = list(_sentence(line, there, turn))
    if not found or supposes(line):
        return []
    return [said for said in found if said.undo or said.aspect in _EPHEMERAL] if once(line) else found


def _sentence(line: str, there: frozenset[str], turn: _Turn) -> Iterator[Said]:
    parts = clauses(line)
    asking = asks(bare(line))
    if asking:
        yield from _asked_for(bare(line))
        if not opens_with_statement(parts):
            return
    yield from greeted(line)
    if turn.question and (agreement := agreed(line, turn.question)) is not None:
        yield from agreement
        return
    question = turn.question
    for part in parts[: -1 if asking else None]:
        for said in _clause(bare(part) or part.strip(" ,.!"), there, turn, question):
            yield said
            # What follows "I avoid bacon" in a sentence gives the reason, and no liking.
            question = None if said.aspect in ("avoid", "dislikes") else question


def _asked_for(text: str) -> Iterator[Said]:
    """What a question wants: a recommendation of something, or answers of a kind from now on."""
    yield from requested(text)
    wish = _CAN_YOU.sub("", text, count=1).rstrip("? ") if _CAN_YOU.match(text) else ""
    if wish and clearly(wish):
        yield from ordered(wish)


def _clause(plain: str, there: frozenset[str], turn: _Turn, question: Asked | None) -> Iterator[Said]:
    if back := taken_back(plain, there):
        yield from back
        return
    orders = [] if ORDERING.isdisjoint(there) else ordered(plain)
    if orders:
        yield from orders if clearly(plain) or not turn.busy else ()
        return
    spoken = _ELLIPSIS.sub(_with_subject, plain, count=1) if _ELLIPSIS.match(plain) else plain
    if asks(spoken):
        return
    if facts := stated(spoken, there) or stated_abroad(spoken):
        yield from facts
        if question and ", " in plain and facts[0].aspect not in _TOGETHER:
            yield from answered(plain.split(", ", 1)[1], question)
        return
    yield from _free(spoken, there, question)


def _free(spoken: str, there: frozenset[str], question: Asked | None) -> Iterator[Said]:
    """Tastes, what stands beside them, and what only the question makes clear."""
    rest = spoken
    beside: list[Said] = []
    if question or _PERSONAL.match(spoken):
        beside, rest = aside(spoken, there, question is not None and "companions" in question.aspects)
    yield from beside
    if question and _SOMETHING.match(rest):
        rest = f"I want {rest}"
    tastes = tasted(rest, question is not None and bool(question.aspects))
    if tastes:
        yield from tastes
    elif question and question.aspects and (tastes is None or not _PERSONAL.match(rest)):
        yield from answered(rest, question)


def _with_subject(found: re.Match[str]) -> str:
    """The subject put back: "love jazz" is "I love jazz", "allergic to nuts" is "I'm allergic to nuts"."""
    return f"I {found.group()}" if found["verb"] else f"I'm {found.group()}"
