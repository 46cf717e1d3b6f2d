"""The features of a request that the classifier weighs: words, neighbouring words and the beginning, each as a place in
a table. Lower case, digits alike, the last mark left out, so that how a text is typed decides nothing."""

from __future__ import annotations

import re
from binascii import crc32
from collections.abc import Sequence
from itertools import accumulate

BUCKETS = 1 << 16
"""Places in the table. Features that fall on the same one share its weight (Weinberger et al., ICML 2009)."""
CHARS, WORDS = 400, 32
"""How much of a text is read: what a request wants stands at its beginning, and the time is bounded."""
FEW = 8
"""Words that may lack all words that only one language has."""
_ENOUGH = 220
"""Characters that mostly hold so many words; the others are only looked at where they do not."""
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[?;:]")
_MASK = BUCKETS - 1
def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split("|"))


_ENGLISH = _words(
    "the|of|to|and|is|are|what|how|who|where|when|which|why|does|did|do|you|your|my|i|it|for|with|from|that|this|can|"
    "could|would|should|have|has|had|be|been|there|any|some|about|by|at|i'm|i'd|don't|what's|please|me|we|our|if|or|"
    "many|much|was|were|will|show|list|find|give|tell|write|make|create|explain"
)
_FOREIGN = _words(
    "der|die|das|und|ein|eine|ist|wie|wer|wo|ich|nicht|mit|le|les|des|est|une|que|qui|quel|quelle|el|los|las|un|del|"
    "por|como|para|je|vous|pas|dans|il|che|di|della|het|een|de|van|wat|och|att|det|som"
)


def tokens(text: str) -> list[str]:
    """The first `WORDS` words of a text, numbers as `0`, and the marks between them that tell questions apart."""
    plain = text[:CHARS].lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").rstrip(" ?.!:;\n")
    found = _TOKEN.findall(plain, 0, _ENOUGH)
    if len(found) <= WORDS and len(plain) > _ENOUGH:
        found = _TOKEN.findall(plain)
    return ["0" if word[0].isdigit() else word for word in found[:WORDS]]


def grams(words: Sequence[str]) -> set[int]:
    """The places of the features of a text, each once: CRC-32 modulo `BUCKETS`, the same on every machine."""
    each = " ".join(words).encode("utf-8", "replace").split(b" ") if words else [b""]
    alone = list(map(crc32, each if words else ()))
    later = [b" " + word for word in each[1:]]
    # The number of "one two" is that of " two", counted on from that of "one".
    pairs = map(crc32, later, alone)
    begins = accumulate(later[:2], lambda begin, word: crc32(word, begin), initial=crc32(b"^" + each[0]))
    return {number & _MASK for number in (*alone, *pairs, *begins)}


def english(words: Sequence[str]) -> bool:
    """Whether these words are surely English: it has words that only English has, and more of them than of others."""
    return sum(map(_ENGLISH.__contains__, words)) > sum(map(_FOREIGN.__contains__, words))


def brief(words: Sequence[str]) -> bool:
    """Whether these are a few words in plain letters that speak for no other language than English."""
    few = 0 < len(words) <= FEW and all(map(str.isascii, words))
    return few and not sum(map(_FOREIGN.__contains__, words)) > sum(map(_ENGLISH.__contains__, words))
