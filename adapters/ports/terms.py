"""Which words a corpus holds, and in how many of its passages: small enough to be asked before every search."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from adapters.ports.words import stems

KIND = "I"
"""Type of an array of terms: unsigned, 4 bytes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How many of `passages` hold a term, by the term's number (`term`): `numbers` rising, `counts` beside them.

    Two words share a number in one of four thousand million cases: then the count is too high, never too low.
    """

    passages: int
    numbers: Sequence[int]
    counts: Sequence[int]

    def frequency(self, stem: str) -> int:
        """In how many passages a stem (as `words.stems` makes them) occurs; 0 where it is in none."""
        number = term(stem)
        place = bisect_left(self.numbers, number)
        return self.counts[place] if place < len(self.numbers) and self.numbers[place] == number else 0


def term(stem: str) -> int:
    """The number of a stem."""
    return crc32(stem.encode("utf-8", "replace"))


def terms_of(title: str, text: str) -> array[int]:
    """The terms of a passage, each once, rising."""
    return array(KIND, sorted({term(stem) for part in (title, text) for stem in stems(part)}))


def count(passages: Iterable[Sequence[int]]) -> Terms:
    """The terms of a corpus, from those of each of its passages."""
    found: Counter[int] = Counter()
    number = 0
    for own in passages:
        found.update(own)
        number += 1
    rising = sorted(found)
    return Terms(number, array(KIND, rising), array(KIND, (found[each] for each in rising)))
