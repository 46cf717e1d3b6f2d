"""Does a request ask for facts or documents? Plain rules over the wording: pure, some tens of microseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from adapters.ports import Turn, strip_blocks
from adapters.ports.words import words_of
from policies.questions.wording import (
    AS_IF,
    ASKS_ON,
    CODE,
    COMMAND,
    CREATIVE,
    DOCUMENT_WORDS,
    DOCUMENTS,
    HERE,
    HERE_WORDS,
    HOW_TO,
    IDENTIFIER,
    LEANS,
    LOOK_UP,
    OFFERS,
    OPENING,
    PERSONAL,
    QUESTION,
    SMALL_TALK,
    SUM_WORDS,
    SUMS,
    YOURS,
)

LONG_PASTE = 2500
"""Characters from which on a turn brings its own context."""
HEAD, TAIL = 240, 120
"""Characters that are read of a longer turn: what it wants stands at its beginning or at its end."""
SHORT, BEFORE = 12, 300
"""Words up to which a turn may lean on the one before, and how many characters of that one then count."""
BRIEF = 200
"""Characters up to which an error code or an article number says what a turn is about."""
CHAIN, LOOK = 3, 8
"""Turns before that count at most, each because the later one leans on it, and among how many of the last."""


class Verdict(NamedTuple):
    """`yes`: it asks for knowledge; `no`: a search can only disturb; `unsure`: only for who is new. With a reason."""

    decision: Literal["yes", "unsure", "no"]
    reason: str


_ENDS = (".", "!", "?", ":", ";")
_DIGIT, _NUMBER = re.compile(r"\d"), re.compile(r"\d+")


def judge(text: str) -> Verdict:
    """Whether the wording of a person's turn asks for facts or documents; under 100 microseconds for a turn."""
    text = strip_blocks(text).strip()
    if not text:
        return Verdict("no", "no_user_turn")
    if len(text) > LONG_PASTE or "```" in text or text.count("\n") > 25:
        return Verdict("no", "context_supplied")
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    plain = _peel(_plain(text))
    if not plain:
        return Verdict("no", "greeting")
    if _holds(plain, DOCUMENT_WORDS) and DOCUMENTS.search(plain):
        return Verdict("yes", "documents")
    if len(plain) <= BRIEF and _DIGIT.search(text) and len(plain.split()) <= 15 and IDENTIFIER.search(text):
        return Verdict("yes", "identifier")
    return _command(plain) or _wording(plain)


def _plain(text: str) -> str:
    """Lower case, with the marks that the patterns know. `translate` is slow on what is not ASCII."""
    text = text.lower()
    if text.isascii():
        return text
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("\N{FULLWIDTH QUESTION MARK}", "?")


def _sentences(plain: str) -> Iterator[str]:
    """The sentences and lines of a text. A few `replace` cost less than one pattern with a look behind."""
    for end in _ENDS:
        plain = plain.replace(f"{end} ", f"{end}\n")
    return (part for line in plain.split("\n") if (part := _peel(line.strip())))


def _holds(plain: str, words: Sequence[str]) -> bool:
    """Whether one of these is in the text, as itself or within a word: what is much cheaper than a pattern of them."""
    for word in words:  # noqa: SIM110
        if word in plain:
            return True
    return False


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
    if "as if you" in plain and AS_IF.match(plain):
        return Verdict("no", "creative")
    if _holds(plain, HERE_WORDS) and HERE.search(plain):
        return Verdict("no", "context_supplied")
    numbers = len(_NUMBER.findall(plain)) if _holds(plain, SUM_WORDS) else 0
    if numbers >= 2 and (numbers > 2 or len(plain) < 60) and SUMS.search(plain):
        return Verdict("no", "sums")
    return None


def _wording(plain: str) -> Verdict:
    """The verdict over the sentences: one that asks for facts decides, small talk only if nothing else is said."""
    talk = personal = None
    for part in _sentences(plain):
        verdict = _sentence(part)
        if verdict.decision == "yes":
            return verdict
        talk = talk or (verdict if verdict.decision == "no" else None)
        personal = personal or (verdict if verdict.reason == "personal" else None)
    return talk or personal or Verdict("unsure", "not_needed")


def _sentence(part: str) -> Verdict:
    if SMALL_TALK.match(part) or ("your" in part and YOURS.match(part)):
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
    """What to search for: the last turn of the person, with those before it where it means little alone. The one before
    may itself lean on an earlier one; greetings and thanks between them are passed over."""
    own = (turn for turn in reversed(turns) if turn.role == "user")
    said = map(_said, islice(own, 1 + LOOK))
    parts = [next(said, "")]
    while len(parts) <= CHAIN and leans(parts[-1]) and (before := next(filter(_speaks, said), "")):
        parts.append(before[:BEFORE])
    return "\n".join(parts)


def _speaks(text: str) -> bool:
    """Whether a turn says more than a greeting."""
    return bool(_peel(_plain(text[:BEFORE])))


def wording(turns: Sequence[Turn]) -> str:
    """The text by which the last turn of the person is understood: `query` where it asks back, else itself alone."""
    said = next((_said(turn) for turn in reversed(turns) if turn.role == "user"), "")
    asks = said.endswith("?") or ASKS_ON.match(said.lower()) is not None
    return query(turns) if asks and leans(said) else said


def _said(turn: Turn) -> str:
    return strip_blocks(turn.text).strip()[:LONG_PASTE]


def leans(text: str) -> bool:
    """Whether a short turn points back, or has no content word of its own."""
    words = text[:LONG_PASTE].lower().split()
    return len(words) <= SHORT and (LEANS.search(" ".join(words)) is not None or not words_of(text[:LONG_PASTE]))
