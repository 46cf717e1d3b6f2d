"""The numbers and dates of a text, made alike: 1,000 and "a thousand", 5 % and "five percent",
2020-03-05 and 5 March 2020.

Pure. Of a number counts its value and, where one stands at it, its unit; of a range both ends have the unit behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from adapters.ports.words import stem_of
from policies.write_back.reading import is_content


def _counted(listed: str, first: int) -> dict[str, int]:
    return {word: value for value, word in enumerate(listed.split(), first)}


_ONES = _counted(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen", 0,
)  # fmt: skip
_DECADES = _counted("twenty thirty forty fifty sixty seventy eighty ninety", 2)
_TENS = {word: 10 * value for word, value in _DECADES.items()}
_SCALES = {"hundred": 100, "thousand": 1_000, "k": 1_000, "million": 10**6, "mn": 10**6, "billion": 10**9, "bn": 10**9,
           "trillion": 10**12}  # fmt: skip
_ORDINALS = _counted("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", 1)
_TIMES = {"once": 1, "twice": 2, "thrice": 3, "dozen": 12, "single": 1, "double": 2, "triple": 3, "half": 0.5}
_UNITS = {name: names.split()[0] for names in (
    "% percent pct", "$ dollar dollars usd", "eur euro euros \u20ac", "gbp \u00a3 pounds", "yen jpy \u00a5",
    "km kilometre kilometres kilometer kilometers",
    "m metre metres meter meters", "cm centimetre centimetres centimeter centimeters",
    "mm millimetre millimetres millimeter millimeters", "mile miles mi", "foot feet ft", "inch inches",
    "kg kilogram kilograms kilo kilos",
    "g gram grams", "mg milligram milligrams", "lb lbs pound", "ton tons tonne tonnes",
    "l litre litres liter liters", "ml millilitre millilitres milliliter milliliters", "second seconds sec secs",
    "ms millisecond milliseconds",
    "minute minutes min mins", "hour hours hr hrs h", "day days", "week weeks", "month months", "year years yr yrs",
    "decade decades", "century centuries", "kb kilobyte kilobytes", "mb megabyte megabytes", "gb gigabyte gigabytes",
    "tb terabyte terabytes", "w watt watts", "kw kilowatt kilowatts", "kwh", "v volt volts", "hz", "mhz", "ghz",
    "\u00b0c celsius", "\u00b0f fahrenheit", "degree degrees \u00b0", "point points", "time times", "am", "pm",
) for name in names.split()}  # fmt: skip
SPELT = {word: str(value) for word, value in (_ONES | _TENS).items() if value > 1}
"""Numbers of one word, with their digits."""
_CALENDAR = _counted("january february march april may june july august september october november december", 1)
MONTHS = {name[:size]: number for name, number in _CALENDAR.items() for size in {3, len(name)}} | {"sept": 9}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NAMED = "|".join(sorted(map(re.escape, [*_UNITS, *_SCALES]), key=len, reverse=True))
_TOKEN = re.compile(
    r"(?P<sign>[$\u20ac\u00a3\u00a5]\s?)?(?<![\w.,])(?P<number>"
    r"(?P<grouped>\d{1,3}(?:[,\u00a0\u202f']\d{3})+)(?:\.\d+)?|"
    rf"\d+(?:[.,]\d+)?)(?![.,]?\d)(?P<part>\s?\d{{1,2}}[\u2044/]\d{{1,2}}(?![\d/]))?(?P<ordinal>st|nd|rd|th)?(?P<unit>\s?(?:{_NAMED})(?![\w']))?"
    r"|[a-z]+|[-\u2013\u2014]"
)
_DATES = (
    re.compile(r"(?<!\d)(?P<y>[12]\d{3})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
    re.compile(rf"(?<![\w.])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<n>{_MONTH})\b\.?(?:,? "
               rf"(?P<y>[12]\d{{3}})(?!\d))?", re.I),
    re.compile(rf"\b(?P<n>{_MONTH})\b\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%])(?:,? "
               rf"(?P<y>[12]\d{{3}})(?!\d))?", re.I),
    re.compile(rf"\b(?P<n>{_MONTH})\b\.?,? (?:of )?(?P<y>[12]\d{{3}})(?!\d)", re.I),
)  # fmt: skip
_NEGATIVE = re.compile(r"(?:(?<![^\s(:])(?<!\d )[-\u2212\u2013]|\bminus\s)[$\u20ac\u00a3\u00a5]?\s?\Z", re.IGNORECASE)
_BEHIND = re.compile(r"(?:\s|-)([^\W\d_]+)")
_PER = re.compile(
    r"\bper\s+([^\W\d_]+)|(?:\ban?|\beach|\bevery)\s+(second|minute|hour|day|night|week|month|quarter|year|decade)\b",
    re.IGNORECASE)  # fmt: skip
_MONTH_HEADS = tuple(name for name in MONTHS if len(name) == 3)
_TELLING = frozenset((*_ONES, *_TENS, *_SCALES, *_ORDINALS, *_TIMES, *_UNITS, "-", "\u2013", "\u2014", "and", "a",
                      "per", "every", "each"))  # fmt: skip
_JOINS = frozenset(("to", "and", "or", "-", "\u2013", "\u2014"))


class Number(NamedTuple):
    """A number: its value, its unit ("" where none stands at it), where it begins and ends, and the stem of the word
    behind it, which may be a unit that is not known ("" where another mark or a word of no content is)."""

    value: float
    unit: str
    start: int
    end: int
    beside: str = ""


class Date(NamedTuple):
    """A date as far as it is told; 0 stands for what is not."""

    year: int
    month: int
    day: int

    def agrees(self, other: Date) -> bool:
        """Whether the other tells all that this one does, and the same."""
        return all(mine in (0, its) for mine, its in zip(self, other, strict=True))


def read(text: str) -> tuple[list[Number], list[Date]]:
    """All numbers and dates of a text; what makes a date is no number, but its year is one besides."""
    text, dates = _dated(text)
    return _numbers(text), dates


def _dated(text: str) -> tuple[str, list[Date]]:
    """The dates, and the text with blanks for them but for their years, which may be told of alone."""
    dates: list[Date] = []
    lower = text.lower()
    named = any(each in lower for each in _MONTH_HEADS)
    patterns = _DATES if named else _DATES[: text.count("-") > 1]
    for pattern in patterns:
        for found in pattern.finditer(text):
            part = found.groupdict()
            month = MONTHS[part["n"].lower()] if part.get("n") else int(part["m"])
            dates.append(Date(int(part.get("y") or 0), month, int(part.get("d") or 0)))
        text = pattern.sub(lambda found: f"{found.groupdict().get('y') or '':>{len(found[0])}}", text)
    return text, dates


def undated(text: str) -> str:
    """The text with blanks for days and months, which `read` compares; years stay."""
    return _dated(text)[0]


def _numbers(text: str) -> list[Number]:
    found: list[Number] = []
    # A few letters become two in lower case, and places must stay what they are.
    lower = text.lower() if len(text.lower()) == len(text) else text
    parts = [each for each in _TOKEN.finditer(lower) if each["number"] or each[0] in _TELLING]
    place = 0
    while place < len(parts):
        made, place = _number(parts, place)
        if made is not None:
            found.append(made)
    ranged = _ranged(found, text)
    return [each if each.unit or _year(each) else each._replace(beside=_beside(text, each.end)) for each in ranged]


def _year(number: Number) -> bool:
    return 1000 <= number.value < 3000 and number.value.is_integer()


def _part(said: str | None) -> float:
    """The value of a fraction behind a number, "1/2"."""
    over, _, under = (said or "0/1").replace("\u2044", "/").partition("/")
    return int(over) / int(under) if int(under) else 0.0


def _beside(text: str, end: int) -> str:
    found = _BEHIND.match(text, end)
    return stem_of(found[1].lower()) if found is not None and is_content(found[1].lower()) else ""


def rates(text: str) -> set[str]:
    """The units of what is told by the unit, of "per minute" and "a month"."""
    found = ((each[1] or each[2]).lower() for each in _PER.finditer(text))
    return {_UNITS.get(word, stem_of(word)) for word in found} - {""}


def _number(parts: Sequence[re.Match[str]], place: int) -> tuple[Number | None, int]:
    """The number that begins at a place, if one does, and the place behind it."""
    first = parts[place]
    word = first[0].lower()
    if first["number"]:
        said = re.sub(r"[,\u00a0\u202f']", "" if first["grouped"] else ".", first["number"])
        value = float(said) + _part(first["part"])
        if _NEGATIVE.search(first.string, 0, first.start("number")) is not None:
            value = -value
        behind = (first["unit"] or "").strip().lower()
        sign = (first["sign"] or "").strip()
        if behind in _SCALES:
            value *= _SCALES[behind]
            behind = ""
        unit, end, place = _unit(sign or behind, parts, place + 1, first.end())
        return Number(value, f"no{unit}" if first["ordinal"] else unit, first.start(), end), place
    if word in _ORDINALS and not (place and parts[place - 1][0].lower() in ("a", "per", "every", "each")):
        return Number(_ORDINALS[word], "no", first.start(), first.end()), place + 1
    if word in _TIMES and word not in ("single", "half"):
        return Number(_TIMES[word], "", first.start(), first.end()), place + 1
    if word not in _ONES and word not in _TENS:
        return None, place + 1
    return _spoken(parts, place)


def _spoken(parts: Sequence[re.Match[str]], place: int) -> tuple[Number | None, int]:
    """A number in words; "one" alone is mostly none."""
    first, whole, part, last = place, 0.0, 0.0, place
    while place < len(parts) and parts[place]["number"] is None and _close(parts, place, first):
        word = parts[place][0].lower()
        if word in _ONES or word in _TENS:
            part += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word in _SCALES and part:
            whole, part = (whole, part * 100) if word == "hundred" else (whole + part * _SCALES[word], 0.0)
        elif word not in ("and", "-") or place + 1 >= len(parts) or parts[place + 1][0].lower() not in _ONES | _TENS \
                or (word == "and" and parts[last][0].lower() not in _SCALES):
            break
        if word not in ("and", "-"):
            last = place
        place += 1
    unit, end, after = _unit("", parts, last + 1, parts[last].end())
    value = whole + part
    if value == 1 and last == first and not unit:
        return None, last + 1
    return Number(value, unit, parts[first].start(), end), after


def _close(parts: Sequence[re.Match[str]], place: int, first: int) -> bool:
    """Whether nothing but a blank is in front of a part, if it is not the first."""
    return place == first or not parts[place].string[parts[place - 1].end() : parts[place].start()].strip()


def _unit(said: str, parts: Sequence[re.Match[str]], place: int, end: int) -> tuple[str, int, int]:
    """The unit of a number, known by what stands at it or by the next word, or the one behind a hyphen; where it ends,
    and the place behind it."""
    if said in _UNITS:
        return _UNITS[said], end, place
    if said:
        return "", end, place
    if place < len(parts) and parts[0].string[end : parts[place].start()].strip():
        return "", end, place
    after = place + (place < len(parts) and parts[place][0] == "-")
    if after < len(parts) and parts[after]["number"] is None and (word := parts[after][0].lower()) in _UNITS:
        return _UNITS[word], parts[after].end(), after + 1
    return "", end, place


def _ranged(found: Sequence[Number], text: str) -> Iterator[Number]:
    """The numbers, those in front of a range's end with its unit."""
    for number, following in zip_longest(found, found[1:]):
        between = text[number.end : following.start].strip() if following else ""
        joined = following is not None and between.lower() in _JOINS
        yield number._replace(unit=following.unit) if joined and following and not number.unit else number
