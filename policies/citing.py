"""Which passages an answer cites: marks such as [3], [1][2], [1, 3], [1-3] and full-width ones in its text. Pure.

No mark is what stands in code, in a link or a URL, behind a backslash, what a link or a footnote is defined by, and an
index as programs write it: `a[1]`, `my_list[2]`, `list[1] = 3`. "Sixteen weeks[1]." is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Attach = Literal["annotate", "always", "receipt"]


class Source(NamedTuple):
    """What a number in brackets stands for: a passage by its id, its source as people may see it (`label`), its title,
    and where it is (`url`): its own URL, else a reference relative to nowhere in particular."""

    number: int
    id: str
    label: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages that a conversation was given, by number, and the numbers of those of its last turn. `attach` says
    how an answer tells what it cites: `annotate` where its server has a place for it, `always` in any case, `receipt`
    not at all."""

    known: Mapping[int, Source]
    latest: tuple[int, ...] = ()
    attach: Attach = "annotate"


class Citation(NamedTuple):
    """A passage that is cited, and the mark that does it: from character `start` of the text to before `end`."""

    source: Source
    start: int
    end: int


class Cited(NamedTuple):
    """What a text cites, in its order, and numbers in it that stand for nothing."""

    citations: tuple[Citation, ...] = ()
    unknown: tuple[int, ...] = ()


MOST_IN_RANGE = 20
_NUMBER = "\\d{1,3}(?: ?[-\u2013] ?\\d{1,3})?"
_LIST = f"{_NUMBER}(?: ?[,;\u3001\uff0c] ?{_NUMBER}){{0,20}}"
_MARK = re.compile("[\\[\u3010] ?\\d")
# Whatever is no text comes first, so that marks in it are passed over; an end that is missing is the end of the text.
_FENCE = r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*(?:\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)|\Z)"
_REST = (
    r"<(?P<tag>pre|code)\b[^<>]{0,200}>.*?(?:</(?P=tag)>|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)"
    r"|https?://[^\s<>)\]]{1,2000}"
    r"|\[[^\[\]\n]{0,300}\]\([^()\n]{0,1000}\)"
    rf"|\[ ?(?P<plain>{_LIST}) ?\](?![(\w])"
    f"|\u3010 ?(?P<wide>{_LIST}) ?(?:\u2020[^\u3010\u3011\\n]{{0,100}})?\u3011"
)
_FLAGS = re.MULTILINE | re.DOTALL | re.ASCII
_FENCED = re.compile(f"{_FENCE}|{_REST}", _FLAGS)
# Twice as fast: whatever is looked for begins with one of these.
_UNFENCED = re.compile(f"(?=[<`h\\[\u3010])(?:{_REST})", _FLAGS)
_WORD = re.compile(r"[\w.$]+\Z")
# Of one letter, with a digit or an underscore among letters, with a capital inside, or a path of several.
_IDENTIFIER = re.compile(r"[A-Za-z]|.*[_$.].*|\d+[A-Za-z].*|[A-Za-z]+\d.*|.*[a-z][A-Z].*", re.ASCII)
_PROGRAM = re.compile(r"\.[^\W\d_]| ?[-+*/]?=")
_LINE_START = re.compile(r"(?:\A|\n)[ \t>]*\Z")


def cited(text: str, known: Mapping[int, Source]) -> Cited:
    """What a text cites of the passages with these numbers. Time grows linearly with the text."""
    if _MARK.search(text) is None:
        return Cited()
    citations: list[Citation] = []
    unknown: dict[int, None] = {}
    for numbers, start, end, glued in _marks(text):
        for number in numbers:
            if number in known:
                citations.append(Citation(known[number], start, end))
            elif not glued:
                unknown[number] = None
    return Cited(tuple(citations), tuple(unknown))


def _marks(text: str) -> Iterator[tuple[list[int], int, int, bool]]:
    """The marks with their numbers, and whether they are glued to a word, which may make them an index."""
    last, looked = -1, _FENCED if "```" in text or "~~~" in text else _UNFENCED
    for found in looked.finditer(text):
        said, (start, end) = found["plain"] or found["wide"], found.span()
        numbers = _numbers(said) if said else []
        if not numbers:
            continue
        before = text[start - 1 : start]
        if found["wide"] or _cites(text, start, end, last):
            last = end
            yield numbers, start, end, before.isalnum()


def _cites(text: str, start: int, end: int, last: int) -> bool:
    """Whether a mark in brackets is one; `last` is where the mark before it ended."""
    before = text[start - 1 : start]
    if before == "\\" or (before == "]" and last != start):
        return False
    if text[end : end + 1] == ":" and _LINE_START.search(text[max(start - 20, 0) : start]):
        return False
    word = _WORD.search(text[max(start - 40, 0) : start]) if before.isalnum() or before == "_" else None
    return word is None or not (_IDENTIFIER.fullmatch(word[0]) or _PROGRAM.match(text, end))


def _numbers(said: str) -> list[int]:
    """The numbers of a mark; none where one of them cannot be a passage's."""
    numbers: list[int] = []
    for part in re.split("[,;\u3001\uff0c]", said):
        first, *rest = (each.strip() for each in re.split("[-\u2013]", part))
        low, high = int(first), int(rest[0] if rest else first)
        if first.startswith("0") or not low <= high < low + MOST_IN_RANGE:
            return []
        numbers += range(low, high + 1)
    return list(dict.fromkeys(numbers))
