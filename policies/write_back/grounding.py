"""Whether a claim stands in the passages that it cites: a cascade that fails closed. Pure.

Every number, date, quotation, address, identifier and name of the claim must stand in one of them; most of its words
must; and where they share words, these may neither be denied, swapped nor strengthened, and no number or name may stand
where the passage has another one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from adapters.ports import Passage
from adapters.ports.words import stem_of
from policies.write_back import language, opposites, order, ties
from policies.write_back.literals import flat, holds, literals, names
from policies.write_back.numbers import MONTHS, SPELT, Date, Number, rates, undated
from policies.write_back.numbers import read as numbers_of
from policies.write_back.reading import FIRST, Read, near, plain, sentences
from policies.write_back.support import support

MIN_RECALL = 0.6
"""Share of a claim's content words that its passages must hold."""
_OPINION = re.compile(
    r"\b(?:i|we) (?:think|believe|feel|guess|suppose|would say|recommend|suggest)\b|\bin my (?:opinion|view)\b"
    r"|\b(?:personally|imho|imo|arguably|hopefully|fortunately|sadly|interestingly|surprisingly|obviously)\b"
    r"|\b(?:amazing|awesome|wonderful|fantastic|fascinating|terrible|horrible|lovely|"
    r"gorgeous)\b", re.IGNORECASE)  # fmt: skip
_META = re.compile(
    r"\b(?:the|these|this|those|any|both|all|provided|given|retrieved|cited)(?: \w+)? (?:passages?|documents?|"
    r"contexts?|sources?|"
    r"excerpts?|snippets?|search results?|knowledge base)\b|\b(?:passages?|sources?|documents?) "
    r"\d", re.IGNORECASE)  # fmt: skip
_MONTHS = frozenset(map(stem_of, MONTHS))
_POINTS = frozenset((word,) for word in ("it", "they", "he", "she", "this", "these"))
_SUBJECT = 6
"""Words at the head of a sentence that a pronoun in the next one may stand for."""
_DIGITS = {stem_of(word): digits for word, digits in SPELT.items()}
_LONGEST = 6_000
"""Characters of a passage that are read."""


@dataclass(frozen=True)
class Ground:
    """A passage, read once for all claims."""

    text: str
    title: str = ""

    @classmethod
    def of(cls, passage: Passage) -> Ground:
        """The passage, its title in front."""
        title = "" if passage.text.startswith(passage.title) else f"{passage.title}.\n"
        return cls(plain(f"{title}{passage.text}")[:_LONGEST], passage.title)

    @cached_property
    def parts(self) -> list[str]:
        """Its sentences."""
        return sentences(self.text)

    @cached_property
    def read(self) -> list[Read]:
        """Its sentences, read."""
        return [Read.of(each) for each in self.parts]

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all its words."""
        return frozenset(stem for each in self.read for stem in each.stems)

    @cached_property
    def named(self) -> frozenset[str]:
        """The stems of its title, which say what all its sentences are about."""
        return frozenset(Read.of(self.title).stems)

    @cached_property
    def flat(self) -> str:
        """As quotations are looked for in it."""
        return flat(self.text)

    @cached_property
    def rates(self) -> set[str]:
        """By which units something of it is told."""
        return rates(self.text)

    @cached_property
    def numbers(self) -> tuple[list[Number], list[Date]]:
        """Its numbers and dates."""
        return numbers_of(self.text)

    def best(self, own: Read) -> list[int]:
        """The sentence that shares most with a claim, and its neighbour where that has more of it."""
        wanted = frozenset(own.stems)
        shared = [wanted.intersection(each.stems) for each in self.read]
        if not shared:
            return []
        at = max(range(len(shared)), key=lambda place: len(shared[place]))
        beside = [place for place in (at - 1, at + 1) if 0 <= place < len(shared)]
        content = frozenset(own.content)
        further = [place for place in beside if len((shared[place] - shared[at]) & content) >= 2]
        return sorted([at, *further[:1]])


    def sole(self, own: Read) -> tuple[int, int]:
        """The sentence that lacks fewest of a claim's content words, and how many; of several the one that has most of
        its words. Those of the title may stand in for it, and so may those of the sentence in front of one that points
        back ("It ...")."""
        wanted, words = frozenset(own.content), frozenset(own.stems)
        found = []
        for place, each in enumerate(self.read):
            before = self.read[place - 1].stems[:_SUBJECT] if place and each.words[:1] in _POINTS else ()
            known = self.named.union(before)
            lacking = [word for word in wanted.difference(each.stems, known) if not _held(word, each.stems)]
            found.append((len(lacking), -len(words.intersection(each.stems)), place))
        least, _, place = min(found, default=(len(wanted), 0, -1))
        return place, least


def fault(claim: str, grounds: Sequence[Ground], min_recall: float = MIN_RECALL) -> str:
    """Why a claim does not stand in its passages, as a reason code; "" where nothing speaks against it."""
    claim = plain(claim)
    own = Read.of(claim)
    if not own.content or not grounds:
        return "no_content"
    stems = frozenset[str]().union(*(each.stems for each in grounds))
    return (
        _attributable(claim, own, grounds)
        or _exact(claim, grounds, stems)
        or ("words" if recall(own, stems) < min_recall else "")
        or _consistent(claim, own, grounds)
    )


def _held(stem: str, stems: Sequence[str]) -> bool:
    """Whether these have a stem in another form, or the digits of a number in words."""
    digits = _DIGITS.get(stem, stem)
    return order.among(stem, stems) or digits in stems or any(_DIGITS.get(each) == stem for each in stems)


def recall(own: Read, stems: frozenset[str]) -> float:
    """Share of the content words, each counted once, that are among these stems, in one form or another."""
    wanted = frozenset(own.content)
    return sum(stem in stems or near(stem, stems) for stem in wanted) / len(wanted) if wanted else 0.0


def _attributable(claim: str, own: Read, grounds: Sequence[Ground]) -> str:
    """Who speaks for himself, or asks, says nothing that a passage could bear out; other languages are not read."""
    if not language.readable(own.words):
        return "language"
    first = FIRST.intersection(own.words)
    said = frozenset(word for each in grounds for part in each.read for word in part.words) if first else first
    if first and (not first <= said or first & {"i", "i'm", "i've", "i'd", "i'll", "me", "my", "mine", "myself"}):
        return "first_person"
    if "?" in claim or "\uff1f" in claim:
        return "question"
    opinion, meta = _OPINION.search(claim), _META.search(claim)
    if opinion is not None and not any(holds(each.flat, opinion[0]) for each in grounds):
        return "opinion"
    if meta is not None and not any(holds(each.flat, meta[0]) for each in grounds):
        return "meta"
    return ""


def _exact(claim: str, grounds: Sequence[Ground], stems: frozenset[str]) -> str:
    """What must stand there as it is."""
    numbers, dates = numbers_of(claim)
    if any(not any(_counted(number, each.numbers[0]) for each in grounds) for number in numbers):
        return "number"
    if not rates(claim) <= frozenset[str]().union(*(each.rates for each in grounds)):
        return "rate"
    if any(not any(date.agrees(other) for each in grounds for other in each.numbers[1]) for date in dates):
        return "date"
    if any(not any(holds(each.flat, literal) for each in grounds) for literal in literals(claim)):
        return "literal"
    # A month is part of a date, which may be written in numbers.
    spoken = _MONTHS if dates else frozenset[str]()
    if any(not name.isdigit() and name not in stems and name not in spoken for name in names(claim)):
        return "name"
    return ""


def _counted(number: Number, others: Sequence[Number]) -> bool:
    """Whether it is among these, with the same unit and word behind it: units that are not listed are such words."""
    mine = (number.value, number.unit, number.beside)
    return any(mine == (each.value, each.unit, each.beside) for each in others)


def _consistent(claim: str, own: Read, grounds: Sequence[Ground]) -> str:
    """What the words of the best passage say, against what the claim does: one of them must bear it out."""
    found = [_against(claim, own, each) for each in grounds]
    return "" if "" in found else found[0]


def _against(claim: str, own: Read, ground: Ground) -> str:
    place, lacking = ground.sole(Read.of(undated(claim)))
    if lacking:
        return "scattered"
    sole, text = ground.parts[place], " ".join(ground.parts[each] for each in ground.best(own))
    mine, its = order.parts(claim), order.parts(text)
    checks: Mapping[str, bool] = {
        "language": language.denies(its), "negation": order.denied(mine, its),
        "opposite": opposites.opposed(mine, order.parts(sole)),
        "stronger": opposites.stronger(mine, its), "swapped": order.swapped(mine, its),
        "number_of_another": order.misplaced(claim, text), "name_of_another": order.mistaken(claim, text),
    }  # fmt: skip
    return next((name for name, found in checks.items() if found), "") or ties.loosened(claim, sole)


def supported(claim: str, grounds: Sequence[Ground]) -> float:
    """How well the best of the passages bears the claim out, in [0, 1]."""
    return max((support(claim, each.read) for each in grounds), default=0.0)
