"""Whether a claim says the same as a passage of the same words: who did what to whom, which number or name is whose,
and what is denied. Pure; by the order of words alone, so it finds what can be seen there and no more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import combinations, pairwise

from adapters.ports.words import stem_of
from policies.write_back.literals import Name, named
from policies.write_back.numbers import MONTHS
from policies.write_back.numbers import read as numbers_of
from policies.write_back.reading import is_content, near, negates, plain, word_set

_PART = re.compile(r"\d[\d,.]*\d|[^\W_]+(?:'[^\W_]+)*|[,;]")
_LISTING = frozenset((",", ";", "and", "or", "&"))
_REACH, _BESIDE = 4, 2
"""Content words behind a negation that it may concern, and words on each side of a number that tell whose it is."""
_GAP = 20
"""Characters that may stand between two names in a passage, which follow each other in a claim."""
_Around = tuple[frozenset[str], frozenset[str]]
_CLAUSE = re.compile(r"[.;!?,]\s")
_NEXT = re.compile(r"[.;!?,](?:\s|$)|\b(?:and|but)\b")
_SMALL = _LISTING | word_set(
    "at about the of is are was were in to for an up around only just than with by on from"
)
_MOST = 14
"""Content words of a claim up to which all threes of them are compared."""


def parts(text: str) -> list[str]:
    """Words, numbers, commas and semicolons, in lower case."""
    return _PART.findall(plain(text).lower())


def denied(claim: Sequence[str], passage: Sequence[str]) -> bool:
    """Whether one of them denies what the other one says; of the words that both have."""
    mine, its = _scopes(claim), _scopes(passage)
    if not mine and not its:
        return False
    said = frozenset(stem_of(word) for word in claim)
    no, other = frozenset(each for scope in mine for each in scope), frozenset(each for scope in its for each in scope)
    if any(not any(among(each, other) for each in scope) for scope in mine):
        return True
    # What the passage denies may not be said plainly: the words next to a negation count, not all behind it.
    heads = [scope[:2] for scope in its if scope]
    return any(
        all(among(each, said) for each in head) and not any(among(each, no) for each in head) for head in heads
    )


def among(stem: str, stems: Collection[str]) -> bool:
    """Whether a stem, in one form or another, is among these."""
    # One ending off is not always all: of "covered" it leaves "cover", of that "cov".
    return stem in stems or stem_of(stem) in stems or near(stem, stems) or any(stem_of(each) == stem for each in stems)


def _scopes(words: Sequence[str]) -> list[list[str]]:
    """The stems of content words that follow each negation, or the last two in front where none does."""
    found = []
    for place, word in enumerate(words):
        if negates(word):
            behind = [stem_of(each) for each in words[place + 1 : place + 10] if is_content(each)][:_REACH]
            ahead = [stem_of(each) for each in words[max(0, place - 6) : place] if is_content(each)][-2:]
            found.append(behind or ahead)
    return found


def swapped(claim: Sequence[str], passage: Sequence[str]) -> bool:
    """Whether three words of the claim stand the other way round in the passage though both are active, or in the same
    order though one of them is passive ("was sued by"). Lists may be told in any order."""
    where = _places(passage)
    held = [(place, where.get(stem_of(word), ())) for place, word in enumerate(claim) if _acts(word)]
    spots = [(place, its[0]) for place, its in held if len(its) == 1][:_MOST]
    by = "by" in claim or "by" in passage
    for three in combinations(spots, 3):
        mine, its = [each[0] for each in three], [each[1] for each in three]
        if mine[2] - mine[0] > 12 or max(its) - min(its) > 12:
            continue
        turned = its[0] > its[1] > its[2]
        if not turned and not (its[0] < its[1] < its[2] and by):
            continue
        low, high = min(its), max(its)
        passive = _passive(claim[mine[0] : mine[2]]) != _passive(passage[low:high])
        if turned != passive and not _listed(claim, mine) and not _listed(passage, sorted(its)):
            return True
    return False


def _passive(words: Sequence[str]) -> bool:
    return "by" in words and any(each in words for each in ("is", "are", "was", "were", "been", "be", "being"))


def _listed(words: Sequence[str], at: Sequence[int]) -> bool:
    """Whether any two neighbours of three words are members of one list."""
    return any(_LISTING.intersection(words[left + 1 : right]) for left, right in pairwise(at))


def _acts(word: str) -> bool:
    """Whether a word may stand for who does what: dates and numbers may stand anywhere."""
    return is_content(word) and word[0].isalpha() and word not in MONTHS


def _places(words: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        if _acts(word):
            found.setdefault(stem_of(word), []).append(place)
    return found


def misplaced(claim: str, passage: str) -> bool:
    """Whether a number of the claim is, by the words around it, another one of the passage."""
    mine = numbers_of(claim)[0]
    its = numbers_of(passage)[0] if mine else []
    around = [(each.value, _around(passage, each.start, each.end)) for each in its]
    return any(_fits_another(each.value, _around(claim, each.start, each.end), around) for each in mine)


def mistaken(claim: str, passage: str) -> bool:
    """Whether a name of the claim stands, by the words around it, where the passage has another one."""
    claim, passage = plain(claim), plain(passage)
    mine = list(named(claim))
    its = list(named(passage)) if mine else []
    if _torn(claim, mine, its):
        return True
    if not mine or _passive(parts(claim)) != _passive(parts(passage)):
        # All names have other neighbours in a passive, and `swapped` looks at who does what.
        return False
    known = {name.stem for name in its if name.inside}
    around = [(name.stem, _around(passage, name.start, name.end)) for name in its]
    return any(
        _fits_another(name.stem, _around(claim, name.start, name.end), around, 2)
        for name in mine
        if name.inside or name.stem in known
    )


def _torn(claim: str, mine: Sequence[Name], its: Sequence[Name]) -> bool:
    """Whether two names that follow each other in the claim, as first and last names do, stand apart in the passage."""
    for one, two in pairwise(mine):
        if claim[one.end : two.start] != " ":
            continue
        gaps = [
            max(right.start - left.end, left.start - right.end)
            for left in its
            for right in its
            if left.stem == one.stem and right.stem == two.stem
        ]
        if gaps and min(gaps) > _GAP:
            return True
    return False


def _fits_another(own: object, here: _Around, around: Sequence[tuple[object, _Around]], least: int = 1) -> bool:
    """Whether the words around something fit something else better than itself."""
    mine = max((_alike(here, there) for each, there in around if each == own), default=0)
    other = max((_alike(here, there) for each, there in around if each != own), default=0)
    return other > mine and other >= least


def _around(text: str, start: int, end: int) -> _Around:
    """The words in front of a number or name and behind it, as far as its clause goes."""
    head = _CLAUSE.split(text[max(0, start - 60) : start])[-1]
    tail = _NEXT.split(text[end : end + 60])[0]
    return frozenset(_near(head)[-_BESIDE:]), frozenset(_near(tail)[:_BESIDE])


def _near(text: str) -> list[str]:
    return [stem_of(each) for each in parts(text) if each not in _SMALL]


def _alike(one: _Around, other: _Around) -> int:
    return len(one[0] & other[0]) + len(one[1] & other[1])
