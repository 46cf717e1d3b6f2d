"""From one event to candidate claims: the person's own sentences, each read by the first reader that understands it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from adapters.ports import Evidence, strip_blocks
from policies.preferences.answers import accepted, agreed, answered
from policies.preferences.asides import aside
from policies.preferences.aspects import Said
from policies.preferences.clauses import (
    asks,
    bare,
    clauses,
    idle,
    once,
    opens_with_statement,
    sentences,
    supposes,
    tasks,
    words,
)
from policies.preferences.corrections import taken_back
from policies.preferences.ellipsis import tells_of_others, with_subject
from policies.preferences.facts import greeted, stated
from policies.preferences.foreign import ABROAD, stated_abroad
from policies.preferences.guard import own
from policies.preferences.habits import usual
from policies.preferences.inquired import taken
from policies.preferences.lexicon import PEOPLE, word_set
from policies.preferences.mentions import beside
from policies.preferences.orders import clearly, ordered
from policies.preferences.questions import GUARDED, Asked, asked
from policies.preferences.tastes import requested, tasted
from policies.preferences.topics import ORDERING
from policies.preferences.wordings import in_passing, plainly, reworded

SPOKEN = frozenset(("statement", "edit", "import", "rating", "accepted"))
"""Kinds of evidence whose text may state something; an artefact speaks for whoever it was written for."""
_LONGEST_ANSWER = 640
"""Characters: a longer turn is no answer but a matter of its own, and only explicit statements are read in it."""

_SPEAKING = (
    ORDERING
    | ABROAD
    | word_set(
        "i i'm i've i'd i'll my me we we're we've our love hate enjoy prefer dislike adore detest can't don't "
        "allergic fan keen into fond partial tired sick forget remove delete drop erase unlearn scratch strike "
        "disregard allergies budget favourite favorite favourites favorites recommend suggest find get give show "
        "about user user's no not interested name name's money price cost been trying hoping training saving any "
        "planning studying learning working travelling traveling moved living based looking"
    )
)
"""Words one of which stands in every sentence that can state something by itself."""
_SUBJECT = re.compile(r"(?:i|i'm|i've|i'd|i'll|we|we're|we've)\b", re.IGNORECASE)
_OURS = re.compile(r"(?:it's|it is|planning|organi[sz]ing|throwing|celebrating) (?:my|our)\b", re.IGNORECASE)
_OTHERS = word_set("they he she you people")
_SOMETHING = re.compile(
    r"(?:something|anything|somewhere|someplace) (?!else\b|is\b|to\b|you\b|like that|about)", re.IGNORECASE
)
_TOLD_OF_USER = re.compile(
    r"^(?:(?:the )?user(?P<own>'s)? |(?=(?:prefers|likes|loves|dislikes|hates|enjoys|avoids|lives|works|has|is) ))"
    r"(?P<verb>is|has|\w+?)(?P<s>s)? (?=\w)",
    re.IGNORECASE | re.MULTILINE,
)
_OF_ANSWERS = re.compile(
    r"\b(?:bullets?(?: points?)?|markdown|emojis?|headings|headers|jargon|formatting|snippets?)\b",
    re.IGNORECASE,
)
"""What is said of answers and was not understood as a wish about them is no taste either."""
_MAYBE = re.compile(
    r"(?:maybe|perhaps|possibly|how about|what about|i was thinking(?: of)?(?: maybe| perhaps)?) (?!i\b|i'|you|we\b|it|"
    r"that|this|these|those|them|the (?:other|first|second|last)|other|another|something else|anything else|if|to\b)",
    re.IGNORECASE,
)
_SEEKS = re.compile(
    r"(?:(?:what|how) about|do you (?:have|know|think)|have you|(?:can|could|would|will) (?:we|i|you (?!tell|explain|"
    r"help|write|show|say|check|translate|summar)\w+)|is there|are there|any\w*|got|maybe|perhaps)\b",
    re.IGNORECASE,
)
"""Questions that ask for something that the person may like, not for a fact."""
_KIN = re.compile(rf"\bmy (?:{PEOPLE})\b", re.IGNORECASE)
_CAN_YOU = re.compile(r"(?:can|could|would|will) (?:you|we) (?:please )?", re.IGNORECASE)
_EPHEMERAL = frozenset(("time", "budget", "skill", "companions", "occasion"))
"""Aspects that hold for an evening and are asked again: these may be said "for today"."""
_TOGETHER = frozenset(("favourites", "allergies"))


def extract(evidence: Evidence) -> list[Said]:
    """The candidate claims in one event, in the order of the text. Work grows linearly with the text, up to a cap."""
    if evidence.author != "self" or evidence.kind not in SPOKEN:
        return []
    text = plainly(own(evidence.text))
    lines = tuple(sentences(_TOLD_OF_USER.sub(_in_first_person, text) if evidence.kind == "import" else text))
    if evidence.kind == "edit":
        lines = tuple(line for line in lines if line not in evidence.context)
    answering = evidence.kind == "statement" and evidence.context and len(evidence.text) < _LONGEST_ANSWER
    told, lines, context = taken(lines, strip_blocks(evidence.context)) if answering else ([], lines, "")
    turn = _Turn(lines, asked(context) if answering else None)
    found: dict[Said, None] = dict.fromkeys(told)
    for line in chain.from_iterable(map(in_passing, lines)):
        there = words(line)
        if turn.question or not there.isdisjoint(_SPEAKING):
            found.update(dict.fromkeys(_said(_Sentence(line, there, turn, turn.question))))
    return list(found)


def _in_first_person(found: re.Match[str]) -> str:
    """ "User likes tea", as another product exports it, in the person's own voice."""
    if found["own"]:
        return f"my {found['verb']}{found['s'] or ''} "
    return {"is": "I'm ", "has": "I have "}.get(found["verb"].lower(), f"I {found['verb']} ")


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


@dataclass(slots=True)
class _Sentence:
    """A sentence while it is read: its words, the question it may answer, and of whom it has spoken so far."""

    line: str
    there: frozenset[str]
    turn: _Turn
    question: Asked | None
    spoken: bool = False
    others: bool = False


def _said(sentence: _Sentence) -> list[Said]:
    """The candidates of one sentence; one-off wishes, hypotheses and hearsay are dropped as a whole."""
    found = list(_read(sentence))
    if not found or supposes(sentence.line):
        return []
    return [said for said in found if said.undo or said.aspect in _EPHEMERAL] if once(sentence.line) else found


def _read(sentence: _Sentence) -> Iterator[Said]:
    line, pieces = sentence.line, clauses(sentence.line)
    asking = asks(bare(line))
    if asking:
        found = list(_asked_for(bare(line), sentence.question))
        yield from found
        if sentence.question and _SEEKS.match(bare(line)) and not _KIN.search(line):
            yield from beside(bare(line), sentence.question, found)
        if not opens_with_statement(pieces):
            return
    yield from greeted(line)
    if sentence.question and (agreement := agreed(line, sentence.question)) is not None:
        yield from agreement
        return
    for part in pieces[: -1 if asking else None]:
        clause = bare(part, sentence.question is not None)
        found = list(_clause(clause, sentence))
        yield from found
        if sentence.question and not sentence.others:
            yield from beside(clause, sentence.question, found)
        if any(said.aspect in ("avoid", "dislikes") for said in found):
            # What follows "I avoid bacon" in a sentence gives the reason, and no liking.
            sentence.question = None


def _asked_for(text: str, question: Asked | None) -> Iterator[Said]:
    """What a question wants: a recommendation of something, or answers of a kind from now on."""
    yield from requested(text) or _wondered(text, question)
    wish = _CAN_YOU.sub("", text, count=1).rstrip("? ") if _CAN_YOU.match(text) else ""
    if wish and clearly(wish):
        yield from ordered(wish)


def _wondered(text: str, question: Asked | None) -> list[Said]:
    """The wish in what ends as a question: "I was thinking of French toast", as an answer also "maybe jazz"."""
    maybe = _MAYBE.match(text) if question and question.aspects and GUARDED.isdisjoint(question.aspects) else None
    wish = f"I want {text[maybe.end() :]}" if maybe else text
    wished = tasted(wish.rstrip("? "), maybe is not None) if _SUBJECT.match(wish) else None
    return [said for said in wished or () if said.aspect == "wants"]


def _clause(clause: str, sentence: _Sentence) -> Iterator[Said]:
    plain = reworded(clause)
    sentence.there |= words(plain)
    if back := taken_back(plain, sentence.there):
        yield from back
        return
    if orders := _orders(plain, sentence):
        yield from orders if clearly(plain) or not sentence.turn.busy else ()
        return
    spoken = sentence.spoken or sentence.question is not None
    clause = plain if sentence.others else reworded(with_subject(plain, spoken))
    sentence.spoken = sentence.spoken or _SUBJECT.match(clause) is not None
    sentence.others = tells_of_others(plain) or (sentence.others and not _SUBJECT.match(clause))
    if asks(clause) or idle(plain):
        return
    if facts := stated(clause, sentence.there) or stated_abroad(clause):
        yield from facts
        if sentence.question and ", " in plain and facts[0].aspect not in _TOGETHER:
            yield from answered(plain.split(", ", 1)[1], sentence.question)
        return
    yield from usual(clause, sentence.there) or _free(clause, sentence)


def _orders(plain: str, sentence: _Sentence) -> list[Said]:
    """Wishes about answers; not what a sentence says of others: "they never listen and always cite sources"."""
    if ORDERING.isdisjoint(sentence.there):
        return []
    told_of_others = bare(sentence.line)[:1] != plain[:1] and not sentence.there.isdisjoint(_OTHERS)
    return [] if told_of_others and not clearly(plain) else ordered(plain)


def _free(clause: str, sentence: _Sentence) -> Iterator[Said]:
    """Tastes, what stands beside them, and what only the question makes clear."""
    question, rest = sentence.question, clause
    near: list[Said] = []
    if question or _SUBJECT.match(clause) or _OURS.match(clause):
        asking = question is not None and ("companions" in question.aspects or question.tasteful)
        near, rest = aside(clause, sentence.there, asking)
    yield from near
    if question and (anything := _SOMETHING.match(rest)):
        rest = rest[anything.end() :] if question.aspects and GUARDED.issuperset(question.aspects) else f"I want {rest}"
    found = tasted(rest, question is not None and bool(question.aspects))
    if not found and question:
        found = accepted(rest, question) or (
            answered(rest, question) if question.aspects and (found is None or not _SUBJECT.match(rest)) else []
        )
    else:
        found = [said for said in found or () if said.aspect == "dislikes" or not _OF_ANSWERS.search(said.value)]
    yield from found
