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
    """Whether answers are to have things, `known` by a pattern. "The list" and "skip it" are about something else."""
    no = r"without|no|not with|skip|leave out|avoid|i (?:don't|do not) (?:like|want|need)|i hate"
    return _either(f"answers with {things} or without", rf"with(?: (?:some |a few )?{known}| them)?|{known}",
                   rf"(?:{no})(?: any)? {known}|(?:without|not with)(?: them| any)?")  # fmt: skip


def _better(word: str) -> str:
    """A word that by itself may be about the answer that was just given: "longer!", but not "I prefer longer"."""
    return rf"(?:(?<=prefer )(?:{word})|(?:{word})(?= (?:ones|answers|explanations|replies|responses|is|are)\b))"


QUESTIONS: Mapping[str, Spoken] = {
    "length": _either("long or short answers", rf"long|{_better('longer')}|lengthy|(?:more )?detailed|thorough|"
                      r"(?:the longer,? the better)|as long as possible",
                      rf"short|{_better('shorter|briefer')}|brief|concise|compact|terse|to the point|short and sweet|"
                      r"short and to the point|the shorter,? the better|as short as possible"),
    "lists": _with("bullet lists", r"(?:(?:bullet(?:ed)?[- ]?)?lists|bullet[- ]?points|bullets)"),
    "headings": _with("headings", r"(?:headings|headers)"),
    "tables": _with("tables", r"tables"),
    "emoji": _with("emoji", r"(?:emojis?|smileys|emoticons)"),
    "code": _with("code", r"(?:code(?: (?:examples|snippets|blocks))?|snippets)"),
    "examples": _with("examples", r"examples"),
    "plain": _either("simple or technical explanations",
                     rf"simple|{_better('simpler')}|(?:in )?(?:plain|simple) (?:english|words|terms)|plain",
                     r"(?:more )?technical(?: terms)?"),
    "hedging": _either("answers that say how sure they are, or answers without hedging",
                       r"(?:that )?say(?:ing)? how sure (?:they|you) are|how sure(?: (?:they|you) are)?|"
                       r"with hedging|hedged", r"(?:without|no) hedg(?:ing|es)|without"),
    "questions": _either("answers with questions back to you or without",
                         r"with(?: (?:some )?questions(?: back)?(?: to me)?| them)?|questions back(?: to me)?",
                         r"without(?: (?:any )?questions(?: back)?(?: to me)?| them)?|"
                         r"no questions(?: back(?: to me)?|,? please)"),
    "person": _either("answers that speak to you, or impersonal ones",
                      r"(?:that )?speak(?:ing|s)? to me|(?:more )?personal", r"impersonal"),
    "directness": _either("the answer first, or a lead-up to it",
                          r"(?:the )?answers? first|first the answer|straight to the (?:point|answer)",
                          r"(?:a |the )?lead[- ]?up(?: to it| first)?|lead(?:ing)? up to it"),
    "formality": _either("formal or informal answers", r"(?:more )?formal", r"(?:more )?informal|(?:more )?casual"),
    "warmth": _either("warm or matter-of-fact answers", rf"warm|{_better('warmer')}|friendly",
                      r"matter[- ]of[- ]fact|factual"),
    "humour": _either("humorous or serious answers",
                      rf"humou?rous|{_better('funny')}|(?:with )?(?:some |a bit of )?(?:humou?r|jokes)",
                      r"(?:more )?serious|(?:without|no) (?:humou?r|jokes)"),
    "depth": _either("answers in depth or overviews", rf"(?:more )?in[- ]depth|{_better('deep|deeper')}|depth",
                     r"(?:an overview(?= is ))|(?:short )?overviews"),
    "caution": _either("answers that point out risks, or answers without warnings",
                       r"(?:that )?point(?:ing)? out (?:the |any )?risks|(?:with (?:some )?)?warnings",
                       r"(?:without|no)(?: any)? (?:warnings|risks)|without(?: them)?"),
}  # fmt: skip
"""By axis. Only axes that have a word for either side stand here."""
_CORES = {axis: spoken.question.removeprefix(BEGIN).rstrip("?").lower() for axis, spoken in QUESTIONS.items()}
_MARKS = re.compile(r"[\s*_>#\"\u201c\u201d]+")
_MAY = re.compile(r"\b(?:by the way\W+)?(?:do|would)\W+you\b", re.IGNORECASE)
_AROUND = 40
"""Characters that a model may put before and behind the two sides: "would you rather have long or short answers, in
general?" """


class Put(NamedTuple):
    """A question of taste in a text: its axis, and what stands before it and behind it."""

    axis: str
    before: str
    behind: str


def found(text: str) -> str | None:
    """The axis whose question stands in a text, however it is marked up or begun there; the last of several."""
    return put.axis if (put := around(text)) else None


def around(text: str) -> Put | None:
    """The last question of taste in a text. What stands behind it comes in lower case and without marks."""
    begins = [*_MAY.finditer(text)]
    if not begins:
        return None
    plain = _MARKS.sub(" ", text.lower())
    last, axis = max((plain.rfind(core), axis) for axis, core in _CORES.items())
    number = sum(1 for each in _MAY.finditer(plain) if each.end() <= last)
    opened = [*_MAY.finditer(plain)][number - 1].end() if number else 0
    end, rest = last + len(_CORES[axis]), plain[last + len(_CORES[axis]) :]
    close = rest.find("?")
    if last < 0 or not number or not 0 <= close <= _AROUND or re.search(r"[.!?]", plain[opened:last] + rest[:close]):
        return None
    return Put(axis, text[: begins[number - 1].start()], plain[end + close + 1 :]) if last - opened <= _AROUND else None


def claim(axis: str, side: int) -> tuple[str, str]:
    """What is claimed of somebody who answered for a side: 1 for more, -1 for less. Raises KeyError for an axis that is
    not asked about."""
    more, less = NAMED[axis]
    if less is None:
        raise KeyError(axis)
    return more if side > 0 else less
