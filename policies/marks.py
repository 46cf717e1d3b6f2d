"""Marks of citations in a text: [3], [1][2], [1, 3], [1-3] and full-width ones. Pure, and linear in the text.

No mark is what stands in code, in mathematics, in a link or a URL, behind a backslash, what a link or a footnote is
defined by, and a list or an index as programs write them: `a[1]`, `my_list[2]`, `list[1] = 3`, `x = [1, 2]`. "Sixteen
weeks[1]." is one, and so is "iPhone[1]", unless the text has code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_IN_RANGE = 20
_NUMBER = "\\d{1,3}(?: ?[-\u2013] ?\\d{1,3})?"
_LIST = f"{_NUMBER}(?: ?[,;\u3001\uff0c] ?{_NUMBER}){{0,20}}"
# What makes the brackets before it a link: its first word is a URL or a path. "[1](p. 3)" is none.
_TARGET = r"(?=<|[^()\s]{0,1000}?(?:[/#:]|\.[A-Za-z]{2}))"
# Whatever is no text comes first, so that marks in it are passed over; an end that is missing is the end of the text.
_FENCE = r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*(?:\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)|\Z)"
_REST = (
    r"<(?P<tag>pre|code)\b[^<>]{0,200}>.*?(?:</(?P=tag)>|\Z)"
    r"|(?P<ticks>`+)"
    r"|https?://[^\s<>)\]]{1,2000}"
    # What begins with a digit is money.
    r"|(?<![\\\w$])\$(?:\$[^$]{1,1000}+\$|(?![\s\d$])[^$\n]{1,200}+(?<!\s))\$(?![\w$])"
    rf"|\[[^\[\]\n]{{0,300}}\]\({_TARGET}[^()\s]{{1,1000}}+(?:[ \t]+[\"'][^()\n]{{0,300}}+)?\)"
    rf"|\[ ?(?P<plain>{_LIST}) ?\](?!\w|\({_TARGET})"
    f"|\u3010 ?(?P<wide>{_LIST}) ?(?:\u2020[^\u3010\u3011\\n]{{0,100}})?\u3011"
)
_FLAGS = re.MULTILINE | re.DOTALL | re.ASCII
_FENCED = re.compile(f"{_FENCE}|{_REST}", _FLAGS)
# Twice as fast: whatever is looked for begins with one of these.
_UNFENCED = re.compile(f"(?=[<`h$\\[\u3010])(?:{_REST})", _FLAGS)
_TICKS = re.compile("`+|\n")
_CODE = re.compile("`|~~~|<(?:pre|code)\\b")
_DEEP = ("    ", "\t")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)", re.ASCII)
_SPLIT = re.compile("[,;\u3001\uff0c]")
# "The company's[1]" ends with no word of one letter.
_WORD = re.compile("(?:[^\\W\\d_]['\u2019])?[\\w.$]+\\Z")
# Of one letter, with an underscore, or a path of several: but no amount, and no version.
_IDENTIFIER = re.compile(r"[A-Za-z]|(?![A-Za-z]*\$?\d(?:[\d.]*\d)?[A-Za-z]{0,3}\Z).*[_$.].*", re.ASCII)
# With a digit among letters or a capital inside: a name of a product as well.
_NAME = re.compile(r"\d+[A-Za-z].*|[A-Za-z]+\d.*|.*[a-z][A-Z].*", re.ASCII)
_PROGRAM = re.compile(r"\.[^\W\d_]|\((?:[^\W\d]\w*)?\)| ?[-+*/<>!=]?=| [+*<>] ")
_PROGRAM_BEFORE = re.compile(r"(?:=[ \t]*|\w\()\Z", re.ASCII)
_LIST_BEFORE = re.compile(r"\b(?:vector|list|array|matrix|tuple)s?\s?\Z", re.IGNORECASE)
_LINE_START = re.compile(r"(?:\A|\n)[ \t>]*\Z")


class Mark(NamedTuple):
    """A mark from character `start` of the text to before `end`; `glued` to a word it may be an index after all."""

    numbers: list[int]
    start: int
    end: int
    glued: bool


def marks(text: str) -> Iterator[Mark]:
    """The marks of a text, in order."""
    prose = _without_indented(text)
    coded = prose != text or _CODE.search(text) is not None
    looked = _FENCED if "```" in prose or "~~~" in prose else _UNFENCED
    inline, last, at = _inline(prose), -1, 0
    while found := looked.search(prose, at):
        start, at = found.span()
        at = inline.get(start, at) if found["ticks"] else at
        said = found["plain"] or found["wide"]
        numbers = _numbers(said) if said else []
        if numbers and (found["wide"] or _cites(prose, (start, at), last, coded)):
            last = at
            yield Mark(numbers, start, at, prose[start - 1 : start].isalnum())


def _without_indented(text: str) -> str:
    """The text with blanks for code that is one by its indentation, which in lists only goes on with an item."""
    if not text.startswith(_DEEP) and "\n    " not in text and "\n\t" not in text:
        return text
    lines, blank, code, item = text.split("\n"), True, False, False
    for number, line in enumerate(lines):
        bare = line.lstrip()
        if not bare:
            blank = True
            continue
        deep = line.startswith(_DEEP)
        code = deep and not item and (blank or code)
        if not deep:
            item = _ITEM.match(line) is not None or (item and (line[0] == " " or not blank))
        elif code and not bare.startswith(("```", "~~~")):
            lines[number] = " " * len(line)
        blank = False
    return "\n".join(lines)


def _inline(text: str) -> dict[int, int]:
    """Where code in a line ends, by where its ticks begin: behind the next ticks of that number. In one pass, since a
    text may have ticks of very many numbers."""
    ends: dict[int, int] = {}
    begun: dict[int, int] = {}
    for found in _TICKS.finditer(text) if "`" in text else ():
        start, end = found.span()
        if text[start] == "\n":
            begun.clear()
            continue
        if end - start in begun:
            ends[begun[end - start]] = end
        begun[end - start] = start
    return ends


def _cites(text: str, span: tuple[int, int], last: int, coded: bool) -> bool:
    """Whether a mark in brackets is one; `last` is where the mark before it ended."""
    start, end = span
    before, head = text[start - 1 : start], text[max(start - 40, 0) : start]
    if before == "\\" or (before == "]" and last != start) or _PROGRAM_BEFORE.search(head):
        return False
    if _LIST_BEFORE.search(head) and _SPLIT.search(text, start, end):
        return False
    if text[end : end + 1] == ":" and _LINE_START.search(head):
        return False
    word = _WORD.search(head) if before.isalnum() or before == "_" else None
    if word is None:
        return True
    if _IDENTIFIER.fullmatch(word[0]) or _PROGRAM.match(text, end):
        return False
    return _NAME.fullmatch(word[0]) is None or not (coded or _PROGRAM_BEFORE.search(head[: word.start()]))


def _numbers(said: str) -> list[int]:
    """The numbers of a mark; none where one of them cannot be a passage's."""
    numbers: list[int] = []
    for part in _SPLIT.split(said):
        first, *rest = (each.strip() for each in re.split("[-\u2013]", part))
        low, high = int(first), int(rest[0] if rest else first)
        if first.startswith("0") or not low <= high < low + MOST_IN_RANGE:
            return []
        numbers += range(low, high + 1)
    return list(dict.fromkeys(numbers))
