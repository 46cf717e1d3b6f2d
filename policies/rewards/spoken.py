"""Questions of taste as a chat puts them: one sentence per axis, and the plain answers to it.

Each asks for one of two sides, the one that names more of the axis first, so that "the first" is an answer, too; an
answer means the claim that `words.NAMED` has for its side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from policies.rewards.words import NAMED

BEGIN = "By the way: do you prefer "


class Spoken(NamedTuple):
    """A question, and what answers it for each of its sides: patterns over lower-case text."""

    question: str
    more: str
    less: str


def _either(asked: str, more: str, less: str) -> Spoken:
    return Spoken(f"{BEGIN}{asked}?", more, less)


def _with(things: str, known: str) -> Spoken:
    """Whether answers are to have things, `known` by a pattern."""
    them = rf"(?:(?:any|the|some) )?(?:{known}|them|it)"
    less = rf"(?:without|no|not(?: with)?|skip|leave out|i (?:don't|do not) (?:like|want|need)|avoid)(?: {them})"
    return _either(f"answers with {things} or without", rf"with(?: {them})?|{known}", rf"{less}|without|none")


QUESTIONS: Mapping[str, Spoken] = {
    "length": _either("long or short answers", r"long(?:er)?|lengthy|detailed|in detail|thorough|(?:more )?details?",
                      r"short(?:er)?|brief(?:er)?|concise|compact|terse|to the point|short and sweet"),
    "lists": _with("bullet lists", r"(?:bullet(?:ed)?[- ]?)?lists?|bullet[- ]?points?|bullets?"),
    "headings": _with("headings", r"headings?|headers?"),
    "tables": _with("tables", r"tables?"),
    "emoji": _with("emoji", r"emojis?|smileys?|emoticons?"),
    "code": _with("code", r"code(?: (?:examples?|snippets?|blocks?))?|snippets?"),
    "examples": _with("examples", r"examples?"),
    "plain": _either("simple or technical explanations", r"simpler?|plain(?: english| words)?|simple (?:words|terms)",
                     r"(?:more )?technical(?: terms)?"),
    "hedging": _either("answers that say how sure they are, or answers without hedging",
                       r"(?:that )?say(?:ing)? how sure(?: (?:they|you) are)?|how sure(?: (?:they|you) are)?|"
                       r"with hedg(?:ing|es)|hedged", r"(?:without|no) (?:hedg(?:ing|es)|it)|without"),
    "questions": _with("questions back to you", r"questions?(?: back)?(?: to me)?"),
    "person": _either("answers that speak to you, or impersonal ones",
                      r"(?:that )?(?:speak(?:ing|s)?|talk(?:ing|s)?) to me|(?:more )?personal", r"impersonal"),
    "directness": _either("the answer first, or a lead-up to it",
                          r"(?:the )?answer(?:s)? first|first the answer|straight to the (?:point|answer)",
                          r"(?:a |the )?lead[- ]?up(?: to it| first)?|lead(?:ing)? up to it"),
    "formality": _either("formal or informal answers", r"(?:more )?formal", r"(?:more )?informal|(?:more )?casual"),
    "warmth": _either("warm or matter-of-fact answers", r"warm(?:er)?|friendly", r"matter[- ]of[- ]fact|sober|factual"),
    "humour": _either("humorous or serious answers", r"humou?rous|funny|with (?:some )?(?:humou?r|jokes)|humou?r",
                      r"(?:more )?serious|(?:without|no) (?:humou?r|jokes)"),
    "depth": _either("answers in depth or overviews", r"(?:more )?in[- ]depth|deep(?:er)?|depth",
                     r"(?:an |just an |short )?overviews?"),
    "caution": _either("answers that point out risks, or answers without warnings",
                       r"(?:that )?point(?:ing)? out (?:the )?risks|with (?:the )?(?:risks|warnings)|risks|warnings",
                       r"(?:without|no) (?:warnings|risks|them)|without"),
}  # fmt: skip
"""By axis. Only axes that have a word for either side stand here."""
_CORES = {axis: spoken.question.removeprefix("By the way: ").lower() for axis, spoken in QUESTIONS.items()}
_MARKS = re.compile(r"[\s*_>#\"\u201c\u201d]+")
_MAY = re.compile(r"\b(?:by the way\W+)?do\W+you\W+prefer\b", re.IGNORECASE)


def found(text: str) -> str | None:
    """The axis whose question stands in a text, however it is marked up there; the last of several."""
    if not _MAY.search(text):
        return None
    plain = _MARKS.sub(" ", text.lower())
    places = {axis: plain.rfind(core) for axis, core in _CORES.items()}
    last = max(places, key=lambda axis: places[axis])
    return last if places[last] >= 0 else None


def without(text: str) -> str:
    """The text up to the last question of taste in it; all of it where there is none."""
    last = next(reversed([*_MAY.finditer(text)]), None)
    return text[: last.start()] if last and found(text) else text


def claim(axis: str, side: int) -> tuple[str, str]:
    """What is claimed of somebody who answered for a side: 1 for more, -1 for less. Raises KeyError for an axis that is
    not asked about."""
    more, less = NAMED[axis]
    if less is None:
        raise KeyError(axis)
    return more if side > 0 else less
