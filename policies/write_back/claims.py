"""An answer taken apart into its claims, each with the numbers of the passages that it cites itself. Pure.

A sentence is a claim; a list's items are, each behind the words that lead in, since these may turn them around ("it
does not cover:"). Marks before or after a full stop belong to its sentence; a sentence without any has those that stand
at the end of its paragraph, if all between is without, too. What says nothing ("I hope this helps") is dropped. What
cannot be taken apart for sure (tables, blocks of code, HTML) makes the answer as a whole no candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from policies.marks import marks
from policies.write_back.candidate import Claim
from policies.write_back.reading import plain, sentences, tokens

MOST = 20
"""Claims of an answer."""
_OPEN, _SHUT = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9,]+){_SHUT}")
_TRAILING = re.compile(rf"([.!?\u3002]+[\"'\u201d)]*)[ ]*((?:{_OPEN}[0-9,]+{_SHUT}[ ]*)+)(?=\s|$|[.])")
_UNSAFE = re.compile(r"```|~~~|^\s*\|.*\|\s*$|^\s*[^|\n]+\|[^|\n]+\|[^\n]*$|^(?: {4}|\t)\S.*[;{}=()]|</?[a-z!][^>\n]*>"
                     "|[\ue000-\uf8ff]|^\\s*>", re.MULTILINE | re.IGNORECASE)  # fmt: skip
_ITEM = re.compile(r"^\s*(?:[-*+\u2022]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+(.*)$")
_HEADING = re.compile(r"^\s*(?:#{1,6}\s+.*|(?:\*\*|__)[^*_]{1,80}(?:\*\*|__):?\s*|[-=_*]{3,})$")
_STYLE = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S))(.+?)\1")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
_SOURCES = (r"(?:the|these|this|those|your)?\s*(?:(?:provided|given|above|retrieved|available|cited|supplied|"
            r"following) )?"
            r"(?:passages?|documents?|context|sources?|texts?|information|materials?|excerpts?|references?|articles?|"
            r"knowledge base|documentation|search results?)(?: (?:provided|given|above|supplied|you (?:gave|"
            r"provided)))?")
_PREFIX = re.compile(
    rf"^(?:(?:based (?:up)?on|according to|as (?:per|stated in|described in|noted in|mentioned in)|per|from|in|given) "
    rf"(?:{_SOURCES}|passages? [\d, and]+|{_OPEN}[0-9,]+{_SHUT})\s*(?:[,:]|(?={_OPEN}))\s*"
    rf"|(?:{_SOURCES}|{_OPEN}[0-9,]+{_SHUT}) (?:states?|says?|notes?|explains?|mentions?|shows?|indicates?) that\s+"
    r"|(?:in summary|in short|to summari[sz]e|overall|in conclusion|additionally|furthermore|moreover|finally|also|"
    r"in addition|so|well|sure|certainly|of course|note that|please note that|it is worth noting that|"
    r"it should be noted that|in other words|however)\s*[,:!]\s*"
    r"|(?:please )?note that\s+)", re.IGNORECASE)  # fmt: skip
_EMPTY = re.compile(
    r"(?:(?:i )?hope (?:this|that|it) (?:helps?|answers? your question|was helpful)(?: you)?"
    r"|(?:please )?(?:let me know|feel free to (?:ask|reach out)|don't hesitate to ask)"
    r"(?: (?:if|should) you (?:have|need)(?: any| more| further)*"
    r"(?: (?:questions?|help|information|details|clarification|assistance))?)?"
    r"|(?:do you have|is there) (?:any(?:thing)?|other|more) (?:other |more |further )?(?:questions?|else)"
    r"(?: (?:i can help (?:you )?with))?"
    r"|(?:sure|certainly|of course|absolutely|great question|good question|happy to help|you're welcome|thanks for "
    r"asking"
    r"|thank you for your question)(?: thing)?(?:[,!] (?:happy to help|i can help with that))?"
    r"|here(?:'s| is| are) (?:the|a|an|some|what)(?: (?:short|brief|quick|key|main|relevant|detailed|complete))?"
    r"(?: (?:answer|summary|overview|explanation|steps|points|details|information|facts|list|i found))?"
    rf"|(?:the following|these) (?:are|is) (?:the )?(?:key |main )?(?:points|steps|facts|details)"
    rf"|(?:based on|according to) {_SOURCES}|(?:answer|summary|sources?|references|conclusion|overview|in summary|"
    rf"details)"
    r")[ ,.:!?]*", re.IGNORECASE)  # fmt: skip
_AND = re.compile(rf"(?<={_SHUT}),? (?:and|but|while|whereas|although)\s+(?=\S+ \S+ \S+)|(?<={_SHUT});\s+")
_SHORT = 9
"""Words up to which a line without an end may be a heading that has no sign of one."""
_ENDED = re.compile(rf"[.!?\u3002{_SHUT}][\"'\u201d)*_]*$")
_COLON = re.compile(r"[:\uff1a]\s*$")


class Split(NamedTuple):
    """The claims of an answer; none where `fault` says why it cannot be taken apart. `headings` are those, and
    the words that lead in to what is no list, that stand over claims and may turn them around."""

    claims: tuple[Claim, ...] = ()
    fault: str = ""
    headings: tuple[str, ...] = ()


class _Piece(NamedTuple):
    text: str
    cites: tuple[int, ...]


def split(answer: str, most: int = MOST) -> Split:
    """The claims of an answer, or a reason code: `unsplittable`, `no_claims`, `too_many_claims`."""
    if _UNSAFE.search(answer) is not None:
        return Split(fault="unsplittable")
    claims: list[Claim] = []
    for paragraph in _paragraphs(_marked(answer)):
        claims += _claims(paragraph)
        if len(claims) > most:
            return Split(fault="too_many_claims")
    return Split(tuple(claims), "" if claims else "no_claims", tuple(_headings(_marked(answer))))


def _headings(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        led = _COLON.search(line) is not None and _ITEM.match(following) is None
        short = len(line.split()) < _SHORT and not _ENDED.search(line) and not _ITEM.match(line)
        if _HEADING.match(line) or led or short:
            said = _without(line.strip("#*_=- ") if not led else sentences(line)[-1].strip("#*_=- "))
            if tokens(said) and not _EMPTY.fullmatch(said):
                yield said


def _marked(answer: str) -> str:
    """The answer with a sign of its own for every mark, and those behind a full stop moved in front of it."""
    parts, done = [], 0
    for mark in marks(answer):
        parts += [answer[done : mark.start], f"{_OPEN}{','.join(map(str, mark.numbers))}{_SHUT}"]
        done = mark.end
    text = _LINK.sub(r"\1", "".join([*parts, answer[done:]]))
    text = _TRAILING.sub(lambda found: f" {found[2].strip()}{found[1]}", text)
    for _ in range(2):
        text = _STYLE.sub(r"\2", text)
    return text


def _paragraphs(text: str) -> Iterator[str]:
    """What belongs together: neighbouring lines, and each item of a list behind the words that lead in."""
    lead, lines = "", list[str]()
    for line in [*text.split("\n"), ""]:
        item = _ITEM.match(line)
        if item is None and line.strip() and not _HEADING.match(line):
            lead = ""
            lines.append(line.strip())
            continue
        if lines:
            whole = " ".join(lines)
            lines = []
            if _COLON.search(whole) is None:
                yield whole
            else:
                *before, lead = sentences(whole)
                yield " ".join(before)
        if item is not None:
            yield _led(lead, item[1])
        elif line.strip():
            lead = ""
            yield from _told(line)


def _told(heading: str) -> Iterator[str]:
    """A heading, if it says something: it has a mark, or a number."""
    said = heading.strip("#*_=- :")
    if _MARK.search(said) is not None or re.search(r"\d", said):
        yield said


def _led(lead: str, item: str) -> str:
    said = _without(_COLON.sub("", lead))
    cited = "".join(f"{_OPEN}{found}{_SHUT}" for found in _MARK.findall(lead))
    return item if not said or _EMPTY.fullmatch(said) else f"{said} {item} {cited}".strip()


def _claims(paragraph: str) -> list[Claim]:
    pieces = [_piece(part) for each in sentences(paragraph) for part in _AND.split(each)]
    found: list[_Piece] = []
    waiting = 0
    for place, piece in enumerate(pieces):
        if not piece.cites:
            waiting += 1
            found.append(piece)
            continue
        if place == len(pieces) - 1:
            found[len(found) - waiting :] = [each._replace(cites=piece.cites) for each in found[len(found) - waiting :]]
        waiting = 0
        found.append(piece)
    return [Claim(each.text, each.cites) for each in found if tokens(each.text) and not _EMPTY.fullmatch(each.text)]


def _piece(sentence: str) -> _Piece:
    numbers = [int(each) for found in _MARK.findall(sentence) for each in found.split(",")]
    said = re.sub(r"\s+([.,;:!?])", r"\1", _without(sentence))
    return _Piece(" ".join(said.split()), tuple(dict.fromkeys(numbers)))


def _without(text: str) -> str:
    """The text without marks, and without what it is opened with: where it was found, or that it goes on."""
    text = plain(text).strip()
    for _ in range(3):
        text = _PREFIX.sub("", text)
    return _MARK.sub("", text).strip()
