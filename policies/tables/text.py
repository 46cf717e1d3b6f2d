"""A question as words, with the numbers and dates that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from policies.tables.spelling import fold, plain
from policies.tables.vocabulary import MONTHS, NUMBERS, Phrases

_TOKEN = re.compile(
    r"\d{4}-\d{2}-\d{2}|[$€£]?\d+(?:,\d{3})*(?:\.\d+)?[km]?(?![^\W_])|[^\W_]+(?:'[^\W_]+)*|'s?\b|[<>]=?|=|[^\w\s]|_"
)
_NUMBER = re.compile(r"([$€£]?)(\d+(?:,\d{3})*(?:\.\d+)?)([km]?)")
_SILENT = frozenset("?!.\"\u201c\u201d\u2018;:`()&/-'")
_CONTRACTED = {f"{word}n't": f"{word} not" for word in ("have", "has", "had", "are", "is", "were", "was", "did")}
_NEGATIVE = re.compile(r"(?<!\w)-(?=[.$€£\d])")
_SCALE = {"k": 1000, "m": 1_000_000, "": 1}
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARTS = {
    word: {"quarter": (at * 3 + 1, at * 3 + 3)} | ({"half": (at * 6 + 1, at * 6 + 6)} if at < 2 else {})
    for at, word in enumerate(("first", "second", "third", "fourth"))
}
_YEAR = re.compile(r"(?:19|20)\d\d")


class Span(NamedTuple):
    """Days from `start` up to but without `end`."""

    start: date
    end: date


@dataclass(frozen=True)
class Text:
    """The words in lower case, as they stand and folded; `numbers` by place, None where there is none."""

    words: tuple[str, ...]
    folds: tuple[str, ...]
    numbers: tuple[Decimal | None, ...]
    today: date

    def __len__(self) -> int:
        return len(self.words)

    def eat(self, place: int, options: Sequence[tuple[str, ...]]) -> Iterator[int]:
        """Where each of the phrases that begin at this place ends."""
        words = self.words
        if place >= len(words):
            return
        first = words[place]
        for option in options.by.get(first, ()) if isinstance(options, Phrases) else options:
            if option[0] == first and words[place : place + len(option)] == option:
                yield place + len(option)

    def skip(self, place: int, options: Sequence[tuple[str, ...]]) -> int:
        """Past as many of the phrases as stand at this place."""
        while (end := next(self.eat(place, options), place)) > place:
            place = end
        return place

    def word(self, place: int) -> str:
        return self.words[place] if 0 <= place < len(self.words) else ""

    def number(self, place: int) -> Decimal | None:
        return self.numbers[place] if 0 <= place < len(self.numbers) else None


def text_of(question: str, today: date) -> Text:
    """A question in words. A clause in front of a comma goes to the end: "in 2024, how many ..."."""
    words = []
    for word in _TOKEN.findall(_NEGATIVE.sub(" ~", plain(question))):
        if word.endswith("'s") and word != "'s":
            words += [word[:-2], "'s"]
        elif word not in _SILENT:
            words.append(word)
    words = [part for word in words for part in _CONTRACTED.get(word, word).split()]
    words = _rotated([word for word in words if word])
    return Text(tuple(words), tuple(map(fold, words)), tuple(map(_number, words)), today)


def _rotated(words: list[str]) -> list[str]:
    fronts = ("for", "in", "per", "of", "during", "since", "among", "between", "before", "after", "by")
    if not words or words[0] not in fronts or "," not in words:
        return words
    at = words.index(",")
    return [*words[at + 1 :], *words[:at]]


def _number(word: str) -> Decimal | None:
    if word in NUMBERS:
        return Decimal(NUMBERS[word])
    found = _NUMBER.fullmatch(word)
    return None if found is None else Decimal(found[2].replace(",", "")) * _SCALE[found[3]]


def spans(text: Text, place: int) -> Iterator[tuple[Span, int]]:
    """The days that the words at this place name: a day, a month, a quarter, a year."""
    word = text.word(place)
    if _ISO.fullmatch(word):
        yield from ((Span(day, day + timedelta(1)), place + 1) for day in _days(*map(int, word.split("-"))))
    elif _YEAR.fullmatch(word):
        yield Span(date(int(word), 1, 1), date(int(word) + 1, 1, 1)), place + 1
    elif word in MONTHS:
        yield from _from_month(text, place)
    elif word in ("q1", "q2", "q3", "q4") and _YEAR.fullmatch(text.word(place + 1)):
        quarter, year = int(word[1]), int(text.word(place + 1))
        yield Span(date(year, quarter * 3 - 2, 1), _month(year, quarter * 3).end), place + 2
    elif word in _PARTS and _YEAR.fullmatch(text.word(place + 3)) and text.word(place + 2) == "of":
        months = _PARTS[word].get(text.word(place + 1))
        year = int(text.word(place + 3))
        if months is not None:
            yield Span(date(year, months[0], 1), _month(year, months[1]).end), place + 4
    elif word.isdigit() and text.word(place + 1) in MONTHS and _YEAR.fullmatch(text.word(place + 2)):
        days = _days(int(text.word(place + 2)), MONTHS[text.word(place + 1)], int(word))
        yield from ((Span(day, day + timedelta(1)), place + 3) for day in days)
    else:
        yield from _relative(text, place)


def _from_month(text: Text, place: int) -> Iterator[tuple[Span, int]]:
    month, then = MONTHS[text.word(place)], text.word(place + 1)
    if _YEAR.fullmatch(then):
        yield _month(int(then), month), place + 2
    if re.fullmatch(r"\d\d?(?:st|nd|rd|th)?", then):
        at = place + 2 + (text.word(place + 2) == ",")
        if _YEAR.fullmatch(text.word(at)):
            days = _days(int(text.word(at)), month, int(then.rstrip("stndrh")))
            yield from ((Span(day, day + timedelta(1)), at + 1) for day in days)


def _relative(text: Text, place: int) -> Iterator[tuple[Span, int]]:
    today, pair = text.today, (text.word(place), text.word(place + 1))
    if pair[0] == "today":
        yield Span(today, today + timedelta(1)), place + 1
    elif pair[0] == "yesterday":
        yield Span(today - timedelta(1), today), place + 1
    elif pair in (("last", "year"), ("this", "year")):
        year = today.year - (pair[0] == "last")
        yield Span(date(year, 1, 1), date(year + 1, 1, 1)), place + 2
    elif pair[0] in ("last", "past") and text.word(place + 2) in ("day", "days") and (many := text.number(place + 1)):
        if many == int(many) and many < 10_000:
            yield Span(today - timedelta(int(many)), today + timedelta(1)), place + 3
    elif pair == ("this", "month"):
        yield _month(today.year, today.month), place + 2
    elif pair == ("last", "month"):
        before = today.replace(day=1) - timedelta(1)
        yield _month(before.year, before.month), place + 2


def _month(year: int, month: int) -> Span:
    return Span(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))


def _days(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


class Period(NamedTuple):
    """From a day on, and up to but without another; None is open."""

    start: date | None
    end: date | None


_IN = (("in", "the"), ("over", "the"), ("during", "the"), ("within", "the"), ("from", "the"),
       ("in",), ("during",), ("on",), ("from",), ("in", "the", "year"), ("for",), ("of",), ("within",), ("dated",))
_LATER = (("or", "later"), ("or", "after"), ("and", "later"), ("onwards",))
_EARLIER = (("or", "earlier"), ("or", "before"))
_BARE = frozenset(("past", "last", "this", "today", "yesterday"))


def periods(text: Text, place: int) -> Iterator[tuple[Period, int]]:
    """The times that the words at this place bound, with their preposition."""
    word = text.word(place)
    yield from _within(text, place)
    if word in ("before", "after", "since"):
        for span, end in spans(text, place + 1):
            yield {"before": Period(None, span.start), "after": Period(span.end, None),
                   "since": Period(span.start, None)}[word], end  # fmt: skip
    if word in ("between", "from"):
        middle = "and" if word == "between" else "to"
        for first, at in spans(text, place + 1):
            for last, end in spans(text, at + 1) if text.word(at) == middle else ():
                if first.start <= last.start:
                    yield Period(first.start, last.end), end
        yield from _between_months(text, place + 1, middle)


def _between_months(text: Text, place: int, middle: str) -> Iterator[tuple[Period, int]]:
    """ "Between March and May 2024": the first month is of the year of the second."""
    month, then, year = text.word(place), text.word(place + 2), text.word(place + 3)
    if month in MONTHS and text.word(place + 1) == middle and then in MONTHS and _YEAR.fullmatch(year):
        first, last = _month(int(year), MONTHS[month]), _month(int(year), MONTHS[then])
        if first.start <= last.start:
            yield Period(first.start, last.end), place + 4


def _within(text: Text, place: int) -> Iterator[tuple[Period, int]]:
    for at in text.eat(place, _IN):
        for span, end in spans(text, at):
            yield Period(*span), end
            yield from ((Period(span.start, None), after) for after in text.eat(end, _LATER))
            yield from ((Period(None, span.end), after) for after in text.eat(end, _EARLIER))
    if text.word(place) in _BARE:
        for span, end in spans(text, place):
            yield Period(*span), end
