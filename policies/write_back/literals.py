"""What a claim may not get wrong by one letter: quotations, addresses, identifiers of code, and names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from adapters.ports.words import stem_of, words_of
from policies.write_back.numbers import MONTHS
from policies.write_back.reading import plain, tokens, word_set

_QUOTED = re.compile(r"(?<![\w\"])\"([^\"\n]{1,400})\"(?!\w)|(?<!\w)'([^'\n]{2,200})'(?!\w)|`([^`\n]{1,400})`"
                     "|[\u00ab\u300c\u201e]([^\u00bb\u300d\u201c\"\\n]{1,400})[\u00bb\u300d\u201c\"]")  # fmt: skip
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>()\[\]\"]+|\b[\w.+-]+@[\w-]+\.[\w.-]+"
                      r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|edu|gov|eu|de|uk|fr)\b(?:/[^\s<>()\[\]\"]*)?")
_CODE = re.compile(
    r"(?<![\w/])--?[A-Za-z][\w-]*\b(?:=\S+)?|\b[A-Za-z]\w*\(\)|\b\w*[a-z]\w*_\w+\b|\b[A-Z]+(?:_[A-Z0-9]+)+\b"
    r"|\b[a-z]+[a-z0-9]*[A-Z]\w*\b|\b[A-Za-z_]\w+(?:\.[A-Za-z_]\w+)+\b|(?<![\w.])(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]+)*"
    r"|\b\d{1,2}:\d{2}\b|\d\^-?\d+|[<>\u2264\u2265]=?(?= ?\d)|\bv?\d+(?:\.\d+){2,}\b"
    r"|\bv\d+(?:\.\d+)*\b|\b(?=[A-Za-z-]*\d)(?=[\d-]*[A-Za-z])[A-Za-z\d]+(?:-[A-Za-z\d]+)*\b"
)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|k|m|bn|[a-z]{1,3})|\d+-[a-z]+", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w'])(?:[A-Z][\w'\u00c0-\u024f]*|[a-z]+[A-Z]\w*)(?:-\w+)*")
_OPENERS = word_set(
    """however additionally therefore generally overall typically currently usually normally finally alternatively
    similarly likewise meanwhile specifically especially particularly instead otherwise thus hence consequently moreover
    furthermore besides conversely originally initially eventually subsequently nowadays today customers users people
    according despite unlike regarding depending following including whenever wherever neither either several various
    certain"""
)
_PRONOUN = frozenset(("I", "I'm", "I've", "I'd", "I'll"))


def literals(text: str) -> Iterator[str]:
    """What must stand in a passage as it does here: quotations, addresses, identifiers; each without blanks around."""
    text = plain(text)
    for found in _QUOTED.finditer(text):
        yield next(each for each in found.groups() if each is not None).strip(" .,;:!?")
    for found in _ADDRESS.finditer(text):
        yield found[0].rstrip(".,;:!?")
    for found in _CODE.finditer(_ADDRESS.sub(" ", text)):
        if not _ORDINAL.fullmatch(found[0]):
            yield found[0]


def holds(passage: str, literal: str) -> bool:
    """Whether a passage, as `flat` gives it, has it: with nothing of a word in front of it or behind it."""
    wanted = flat(literal)
    at = passage.find(wanted) if wanted else 0
    while at >= 0 and wanted:
        before, after = passage[at - 1 : at], passage[at + len(wanted) : at + len(wanted) + 1]
        inside = (before.isalnum() and wanted[0].isalnum()) or (after.isalnum() and wanted[-1].isalnum())
        if not inside:
            return True
        at = passage.find(wanted, at + 1)
    return not wanted


def flat(text: str) -> str:
    """The text in lower case, with one blank between words."""
    return " ".join(plain(text).casefold().split())


def names(text: str) -> Iterator[str]:
    """The stems of capitalised words: all but the first of a sentence, which counts where it is no common opening."""
    text = plain(text)
    for found in _NAME.finditer(text):
        word = found[0].removesuffix("'s").rstrip("'")
        if word in _PRONOUN or not words_of(word):
            continue
        if _begins(text, found.start()) and (word.lower() in _OPENERS or word.lower().endswith("ly")):
            continue
        yield from (stem_of(each) for each in tokens(word))


def inner_names(text: str) -> Iterator[str]:
    """The same without first words of sentences: of a question, which often begins with an order."""
    text = plain(text)
    inside = (each for each in _NAME.finditer(text) if not _begins(text, each.start()))
    for found in inside:
        yield from names(f"- {found[0]}") if found[0] not in _PRONOUN else ()


class Name(NamedTuple):
    """A capitalised word: its stem, where it begins and ends, and whether it stands inside a sentence."""

    stem: str
    start: int
    end: int
    inside: bool


def named(text: str) -> Iterator[Name]:
    """Each capitalised word that is no month and no "I"."""
    for found in _NAME.finditer(text):
        word = found[0].removesuffix("'s").rstrip("'")
        if word not in _PRONOUN and word.lower() not in MONTHS and words_of(word):
            yield Name(stem_of(word.lower()), found.start(), found.end(), not _begins(text, found.start()))


def _begins(text: str, start: int) -> bool:
    head = text[:start].rstrip(" \t\"'(*_")
    return not head or head[-1] in ".!?:\n\u2022"
