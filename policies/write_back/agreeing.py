"""Whether two answers say the same. Pure.

To let one promote the other, each must be borne out by the other as by a passage, down to every number, name and
content word, in one order: what cannot be told does not promote. To keep out what an operator rejected, being like it
is enough, unless the two are seen to contradict each other.
"""

from __future__ import annotations

from adapters.ports.ledger import Entry
from adapters.ports.words import stem_of, words_of
from policies.write_back import opposites, order
from policies.write_back.grounding import Ground, fault
from policies.write_back.literals import inner_names, names
from policies.write_back.numbers import read as numbers_of
from policies.write_back.reading import is_content, negates, plain, sentences, tokens

QUESTIONS, ANSWERS = 0.6, 0.7
"""Share of content words (Dice) from which on two questions ask the same, and two answers are alike."""
_ARTICLES = frozenset(("a", "an", "the"))
_CONTRADICTIONS = frozenset(("negation", "opposite", "stronger", "swapped", "number_of_another", "name_of_another",
                             "name", "number", "date"))  # fmt: skip


def agree(one: Entry, other: Entry) -> bool:
    """Whether both answer the same question, rest on the same and say the same."""
    return same_question(one.question, other.question) and repeats(one, other)


def repeats(one: Entry, other: Entry) -> bool:
    """Whether both rest on the same and say the same, whatever was asked: no question is found, and one is enough."""
    return set(one.roots) == set(other.roots) and same_answer(one.answer, other.answer)


def same_question(one: str, other: str) -> bool:
    """Alike in words, with the same numbers, names and denials, and nothing turned around."""
    if _normal(one) == _normal(other):
        return True
    mine, its = order.parts(one), order.parts(other)
    turned = any(
        order.denied(*both) or opposites.opposed(*both) or order.swapped(*both) for both in ((mine, its), (its, mine))
    )
    return _alike(one, other) >= QUESTIONS and _exact(one, True) == _exact(other, True) and not turned


def same_answer(one: str, other: str) -> bool:
    """Word for word, but for articles and marks; or each borne out by the other."""
    if _normal(one) == _normal(other):
        return True
    if _alike(one, other) < ANSWERS or _exact(one) != _exact(other) or _content(one) != _content(other):
        return False
    return not _faults(one, other) and not _faults(other, one)


def like(one: Entry, other: Entry) -> bool:
    """Whether an answer says again what another does, on whatever ground and to whatever question."""
    if _normal(one.answer) == _normal(other.answer):
        return True
    if _alike(one.answer, other.answer) < ANSWERS:
        return False
    return not _CONTRADICTIONS & {*_faults(one.answer, other.answer), *_faults(other.answer, one.answer)}


def _faults(answer: str, text: str) -> set[str]:
    """What speaks against each sentence of an answer, with a text as its passage."""
    ground = Ground(plain(text))
    return {found for each in sentences(plain(answer)) if (found := fault(each, [ground], 1.0))}


def _normal(text: str) -> list[str]:
    return [word for word in tokens(text) if word not in _ARTICLES]


def _exact(text: str, question: bool = False) -> tuple[object, ...]:
    """Numbers with their units, dates, names and the number of denials: what is the same or is not."""
    numbers, dates = numbers_of(text)
    called = set(inner_names(text) if question else names(text))
    return (sorted((each.value, each.unit) for each in numbers), sorted(map(str, dates)), called,
            sum(map(negates, tokens(text))))  # fmt: skip


def _content(text: str) -> list[str]:
    """The stems of the words that say something, in their order: "a to b" is not "b to a"."""
    return [stem_of(word) for word in tokens(text) if is_content(word) and word not in _ARTICLES]


def _alike(one: str, other: str) -> float:
    mine, theirs = set(words_of(one)), set(words_of(other))
    total = len(mine) + len(theirs)
    return 2 * len(mine & theirs) / total if total else 0.0
