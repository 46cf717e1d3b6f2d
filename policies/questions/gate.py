"""Does a request ask for facts or documents? Plain rules over the wording: pure, some tens of microseconds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from adapters.ports import Turn, strip_blocks
from adapters.ports.words import words_of
from policies.questions.wording import (
    CODE,
    COMMAND,
    CREATIVE,
    DOCUMENTS,
    HERE,
    HOW_TO,
    IDENTIFIER,
    LEANS,
    LOOK_UP,
    OFFERS,
    OPENING,
    PERSONAL,
    QUESTION,
    SMALL_TALK,
    SUMS,
)

LONG_PASTE = 2500
"""Characters from which on a turn brings its own context."""
HEAD, TAIL = 400, 200
"""Characters that are read of a longer turn: what it wants stands at its beginning or at its end."""
SHORT, BEFORE = 12, 300
"""Words up to which a turn may lean on the one before, and how many characters of that one then count."""


class Verdict(NamedTuple):
    """`yes`: it asks for knowledge; `no`: a search can only disturb; `unsure`: only for who is new. With a reason."""

    decision: Literal["yes", "unsure", "no"]
    reason: str


_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
_MARKS = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{FULLWIDTH QUESTION MARK}": "?"})
_NUMBER = re.compile(r"\d+")


def judge(text: str) -> Verdict:
    """Whether the wording of a person's turn asks for facts or documents; under 100 microseconds for a turn."""
    text = strip_blocks(text).strip()
    if not text:
        return Verdict("no", "no_user_turn")
    if len(text) > LONG_PASTE or "```" in text or text.count("\n") > 25:
        return Verdict("no", "context_supplied")
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    plain = _peel(text.lower().translate(_MARKS))
    if not plain:
        return Verdict("no", "greeting")
    if DOCUMENTS.search(plain):
        return Verdict("yes", "documents")
    if IDENTIFIER.search(text) and len(plain.split()) <= 15:
        return Verdict("yes", "identifier")
    return _command(plain) or _wording(plain)


def _peel(plain: str) -> str:
    """The text without greetings and polite lead-ins; empty where it is nothing else."""
    while (match := OPENING.match(plain)) is not None and match.end():
        plain = plain[match.end() :].lstrip(" ,.!?:;-")
    return plain.strip()


def _command(plain: str) -> Verdict | None:
    """What asks for work on what is given, not for knowledge."""
    for pattern, reason in ((CODE, "code"), (CREATIVE, "creative"), (COMMAND, "command")):
        if pattern.match(plain):
            return Verdict("no", reason)
    if HERE.search(plain):
        return Verdict("no", "context_supplied")
    numbers = len(_NUMBER.findall(plain))
    if numbers >= 2 and (numbers > 2 or len(plain) < 60) and SUMS.search(plain):
        return Verdict("no", "sums")
    return None


def _wording(plain: str) -> Verdict:
    """The verdict over the sentences: one that asks for facts decides, small talk only if nothing else is said."""
    verdicts = [_sentence(part) for raw in _SENTENCE.split(plain) if (part := _peel(raw).rstrip())]
    for decision in ("yes", "no"):
        for verdict in verdicts:
            if verdict.decision == decision:
                return verdict
    return next((verdict for verdict in verdicts if verdict.reason == "personal"), Verdict("unsure", "not_needed"))


def _sentence(part: str) -> Verdict:
    if SMALL_TALK.match(part):
        return Verdict("no", "small_talk")
    if HOW_TO.match(part):
        return Verdict("yes", "how_to")
    asks = QUESTION.match(part) or LOOK_UP.match(part)
    if PERSONAL.search(part) and not (asks and OFFERS.search(part)):
        return Verdict("unsure", "personal")
    if asks and (part.endswith("?") or LOOK_UP.match(part) or len(part.split()) > 2):
        return Verdict("yes", "question")
    if part.endswith("?") and (len(part.split()) > 3 or not part.isascii()):
        return Verdict("yes", "question")
    return Verdict("unsure", "not_needed")


def query(turns: Sequence[Turn]) -> str:
    """What to search for: the last turn of the person, with the one before it where it means little alone."""
    last = [turn.text for turn in turns if turn.role == "user"][-2:]
    said = [strip_blocks(text).strip()[:LONG_PASTE] for text in last]
    if len(said) > 1 and leans(said[-1]):
        return f"{said[-1]}\n{said[-2][:BEFORE]}"
    return said[-1] if said else ""


def leans(text: str) -> bool:
    """Whether a short turn points back, or has no content word of its own."""
    words = text[:LONG_PASTE].lower().split()
    return len(words) <= SHORT and (LEANS.search(" ".join(words)) is not None or not words_of(text[:LONG_PASTE]))
