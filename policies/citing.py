"""Which passages an answer cites, by the marks in its text. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from policies.marks import marks

LONGEST = 200_000
"""Characters of an answer beyond which nothing of it is read."""
MOST = 200
"""Numbers in the marks of an answer beyond which none is told: a few bytes of it would make many of what is told."""
Attach = Literal["annotate", "always", "receipt"]


class Source(NamedTuple):
    """What a number in brackets stands for: a passage by its id, its source as people may see it (`label`), its title,
    and where it is (`url`): its own URL, else a reference relative to nowhere in particular. `source` and `digest` are
    those of the index, for ourselves alone."""

    number: int
    id: str
    label: str
    title: str
    url: str
    source: str = ""
    digest: str = ""


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
    """What a text cites, in its order, and numbers in it that stand for nothing; `fault` is the reason code where
    neither is told."""

    citations: tuple[Citation, ...] = ()
    unknown: tuple[int, ...] = ()
    fault: Literal["", "citations_unread", "too_many_citations"] = ""


_MARK = re.compile("[\\[\u3010] ?\\d")


def cited(text: str, known: Mapping[int, Source]) -> Cited:
    """What a text cites of the passages with these numbers. Time grows linearly with the text."""
    if _MARK.search(text) is None:
        return Cited()
    if len(text) > LONGEST:
        return Cited(fault="citations_unread")
    citations: list[Citation] = []
    unknown: dict[int, None] = {}
    said = 0
    for mark in marks(text):
        said += len(mark.numbers)
        if said > MOST:
            return Cited(fault="too_many_citations")
        for number in mark.numbers:
            if number in known:
                citations.append(Citation(known[number], mark.start, mark.end))
            elif not mark.glued:
                unknown[number] = None
    return Cited(tuple(citations), tuple(unknown))
