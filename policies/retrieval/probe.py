"""Does the corpus speak of what a request asks? Wording alone cannot know: the index is asked for its words, not its
passages, in some microseconds.

A search is vetoed where no passage can pass the floor, so few of the words does the corpus hold; and for somebody new,
whose wording asks for nothing, only words that tell passages apart are searched for. A rare exact term of the corpus
(an error code, an article number, in a larger corpus a name) is looked up however the request is worded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from adapters.ports import Embedder, Terms
from adapters.ports.words import STRONG, stems, words_of
from policies.questions.grams import english, tokens
from policies.questions.needs import Need
from policies.retrieval.floor import DOUBT
from policies.retrieval.search import LENT

HEAD, TAIL, MOST = 100, 50, 24
"""Characters that are read of a longer text, from its beginning and its end, and words of these."""
FEW = 0.5
"""Share of a question's words that the corpus holds, from which on it is not foreign, however short it is. With the
reach, it costs no answer to the SQuAD 2.0 questions at even places, and saves 11 % of the searches for those of them
whose article is not in the index (23 % by words alone)."""
NEVER = 0.3
"""How much nearer than usual to a question a passage is without any of its words at most: ten pairs of our own writing
that say the same in other words are at most .18 nearer, with the embedded embedder."""
OFTEN, TOPIC = 0.01, 0.1
"""Shares of the passages between which a word does not tell them apart: rarer ones do, and what more passages hold is
the corpus' own subject. Chosen on the rows of `gate` at even places, beside the same SQuAD 2.0 questions."""
BRIEF = 15
"""Words up to which a text looks something up; a longer one tells of it."""
LEAST = 100
"""Passages from which on words can be common and names rare: a corpus of a few tells neither."""
CERTAIN = frozenset({"no_user_turn", "greeting", "context_supplied"})
"""Reasons that no corpus changes."""
CODED = frozenset({"command", "small_talk"})
"""Reasons against a search that hold unless a code or a number is looked up: to call Ann is no question about her."""
NAMED = frozenset({"documents", "identifier"})
"""Reasons for a search that the words of a corpus say nothing against: what is meant is named, if perhaps otherwise."""
_NAME = re.compile(r"(?<=[^\s.!?:;]\s)[A-Z][^\W\d_]{2,}")
_CODE = re.compile(r"[^\W\d_]\d|^(?!(?:19|20)\d\d$)\d{4,}$")
"""A letter before a digit, or four digits and more that are no year."""


class Affinity(NamedTuple):
    """`share`: weight of the words of a text that the corpus holds, of all, in [0, 1]; `reach`: more of them no passage
    can cover (`floor.coverage`); `telling`: whether one of them tells passages apart."""

    share: float
    reach: float
    telling: bool


def least_reach(min_coverage: float, min_similarity: float, embedder: Embedder | None) -> float:
    """The reach below which nothing can pass the floor; 0 where meaning alone may pass it: with an embedder of which it
    is not known how near is near."""
    if embedder is None:
        return min_coverage
    if embedder.usual is None or min_similarity < embedder.usual + NEVER:
        return 0.0
    return max(0.0, min_coverage - LENT * (min_similarity - embedder.usual))


def probed(need: Need, wording: str, searched: str, terms: Terms | None, least: float) -> Need:
    """The need, as the words of the corpus change it: `wording` is what was asked, `searched` what would be searched
    for. As it was where the words are not known yet."""
    if terms is None or need.reason in CERTAIN:
        return need
    if need.decision == "no":
        coded = need.reason in CODED and _brief(wording) and _codes(words_of(wording), terms)
        return need._replace(decision="yes", reason="rare_term") if coded else need
    if not terms.passages:
        return need._replace(decision="no", reason="empty_corpus")
    words = words_of(_cut(searched), MOST)
    if not words:
        return need
    found = affinity(words, terms)
    need = need._replace(affinity=found.share)
    if need.decision == "unsure" and _rare(wording, words, terms):
        return need._replace(decision="yes", reason="rare_term")
    why = _against(need, found, least)
    return need._replace(decision="no", reason=why) if why else need


def _against(need: Need, found: Affinity, least: float) -> str | None:
    """Why not to search, if the words of the corpus speak against it."""
    if found.share < FEW and found.reach < least and need.reason not in NAMED:
        return "foreign"
    return "common_words" if need.decision == "unsure" and least and not found.telling else None


def affinity(words: Mapping[str, float], terms: Terms) -> Affinity:
    """How much of these words (stems with weights, at least one) a corpus holds."""
    held, often, topic = 0.0, OFTEN * terms.passages, TOPIC * terms.passages
    telling = terms.passages < LEAST or min(words.values()) == STRONG
    for stem, weight in words.items():
        if count := terms.frequency(stem):
            held += weight
            telling = telling or count < often or count > topic
    whole = sum(words.values())
    return Affinity(held / whole, held / (whole + DOUBT), telling)


def _rare(wording: str, words: Iterable[str], terms: Terms) -> bool:
    """Whether a code of these words is in the corpus at all, or a name of the wording in few passages of many."""
    if not _brief(wording):
        return False
    if _codes(words, terms):
        return True
    names = _NAME.findall(wording) if terms.passages >= LEAST else []
    if not names or 2 * len(names) > len(wording.split()) or not english(tokens(wording)):
        return False
    return any(0 < terms.frequency(stem) < OFTEN * terms.passages for name in names for stem in stems(name))


def _codes(words: Iterable[str], terms: Terms) -> bool:
    coded = [word for word in words if not word.isalpha() and _CODE.search(word)]
    return any(map(terms.frequency, coded))


def _brief(text: str) -> bool:
    return len(text) <= HEAD + TAIL and len(text.split()) <= BRIEF


def _cut(text: str) -> str:
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"
