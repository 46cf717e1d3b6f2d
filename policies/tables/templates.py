"""A question in English as one SELECT, without any model, or the reason why there is none.

All readings that use up every word of the question are looked for, by rules over the names and values of the schema.
One is answered only if there is exactly one: a word that has no place, a name that could mean two things, a join with
two ways and two readings that differ all lead to None. So the rules need not be many, only narrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from adapters.ports import Schema
from policies.tables import (
    amounts,
    commons,
    conditions,
    each,
    figures,
    flags,
    grouping,
    heads,
    listing,
    measures,
    moments,
    nouns,
    ranking,
    shares,
    spending,
    states,
    ties,
    vocabulary,
)
from policies.tables.checking import fault
from policies.tables.compose import sql_of
from policies.tables.index import lexicon
from policies.tables.matching import MOST, World
from policies.tables.naming import Lexicon
from policies.tables.paraphrase import paraphrase
from policies.tables.reading import Reading
from policies.tables.text import Text, text_of
from policies.tables.vocabulary import CHANGING, LEADS, TAILS
from policies.tables.written import Written

_RULES = (
    measures.counts, measures.aggregates, spending.spent, ranking.rankings, listing.kinds,
    listing.lookups, listing.comparisons, each.averages, shares.percentages, shares.whether, commons.commonest,
    commons.having, commons.busiest, moments.moments, amounts.amounts, ties.beside,
)  # fmt: skip
_MODULES = (vocabulary, conditions, figures, grouping, heads, listing, measures, nouns, ranking, amounts, commons, each,
            moments, shares, states, ties, flags, spending)  # fmt: skip
_LONGEST = 40
"""Words of a question that is read."""


def write(question: str, schema: Schema, today: date) -> Written:
    """The SELECT for a question; `today` is what "last year" is counted from. Never raises."""
    text = text_of(question[:1000], today)
    if not 0 < len(text) <= _LONGEST:
        return Written(None, "no_question" if not len(text) else "too_long")
    known = lexicon(schema)
    missing = unknown(text, known)
    if missing:
        return Written(None, missing)
    world = World(text, known, known.graph)
    found = {_written(reading, known, text.words) for reading in readings(world)}
    if world.steps > MOST:
        return Written(None, "too_long")
    if not found:
        return Written(None, world.notes[-1] if world.notes else _why(text))
    return found.pop() if len(found) == 1 else Written(None, "several_readings")


def _written(reading: Reading, known: Lexicon, words: tuple[str, ...]) -> Written:
    """A reading as a statement, or why it may not be answered; readings that compute the same give the same."""
    reading = reading if "per" in words or "by" in words else each.with_none(reading, known, known.graph)
    reason = fault(reading, known, known.graph)
    if reason:
        return Written(None, reason)
    return Written(sql_of(reading, known, known.graph), "template", paraphrase(reading, known))


def readings(world: World) -> Iterator[Reading]:
    """What the question may ask for, each reading with all of its words used up."""
    text = world.text
    seen = set()
    for start in _begins(text):
        for rule in _RULES:
            seen |= {reading for reading, end in rule(world, start) if _is_end(text, end)}
        seen |= {reading for reading, end in listing.listings(world, start, start > 0) if _is_end(text, end)}
    yield from seen


def _begins(text: Text) -> set[int]:
    """Where a question may begin, behind what is only said to open it."""
    found, new = {0}, {0}
    while new:
        new = {end for start in new for end in text.eat(start, LEADS)} - found
        found |= new
    return found


def _is_end(text: Text, place: int) -> bool:
    return text.skip(place, TAILS) == len(text)


def _words() -> frozenset[str]:
    """All words that some rule reads."""
    found: set[str] = set(vocabulary.FUNCTION) | set(vocabulary.NUMBERS) | set(vocabulary.MONTHS)
    for module in _MODULES:
        for value in vars(module).values():
            if isinstance(value, tuple) and value and isinstance(value[0], tuple):
                found.update(word for phrase in value for word in phrase if isinstance(word, str))
    for table in (vocabulary.SUPERLATIVES, vocabulary.COMPARATIVES, vocabulary.AGGREGATES):
        found.update(word for phrase in table for word in phrase.split())
    for options in vocabulary.COMPARISONS.values():
        found.update(word for phrase in options for word in phrase)
    return frozenset(found) | set(vocabulary.VERBS) | set(vocabulary.CURRENCIES) | set(vocabulary.MEASURES)


_READ = _words() | vocabulary.words(
    """sign signed quarter half past average typical
    month months year years day days today yesterday 's than old long later earlier onwards recently monthly yearly
    daily q1 q2 q3 q4 compare"""
)
_DONE = ("sold", "bought", "paid", "born", "built", "sent")


def unknown(text: Text, known: Lexicon) -> str:
    """A code where a word has no place in any rule and no place in the schema; "" where all have."""
    covered: set[int] = set()
    for place in range(len(text)):
        for _, end in known.at(text.folds, place):
            covered |= set(range(place, end))
    for place, word in enumerate(text.words):
        if place in covered or word in _READ or text.folds[place] in _READ:
            continue
        if text.number(place) is None and not word[0].isdigit() and not _may_be_done(word):
            return "changing_word" if word in CHANGING else "unknown_word"
    return ""


def _may_be_done(word: str) -> bool:
    """A participle or a word with a prefix may stand for a column of another form."""
    return word.endswith("ed") or word in _DONE or word[:2] in ("un", "in")


def _why(text: Text) -> str:
    return "changing_word" if CHANGING & set(text.words) else "no_reading"
