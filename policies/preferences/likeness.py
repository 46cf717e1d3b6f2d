"""Whose hand a text is in: sums over how a person writes, and how well a text fits each of several people's sums.

The sums are counts that hardly depend on the subject. Together they tell people apart; none is read by itself:

- `short0` .. `short63`: words of at most four letters, in buckets by checksum. In languages written with spaces these
  are mostly articles, pronouns, auxiliaries, negations, hedges ("may"), thus how a person builds sentences and speaks
  of themselves and to others. No list of words, so no language is preferred, and no word of the person's is kept.
- `letters1` .. `letters6`: words by their length, the last for longer ones: plain or bookish. Their total is the number
  of words measured, by which all counts become rates.
- one per mark (`comma`, `question`, `dash` ...): how sentences are cut, asked, shouted and hedged about.

What most people share says nothing about one of them. So a rate is compared with the house's, the mean of the profiles
at hand, in units of the deviation that chance and mood give a text of that length, and a profile's rate is drawn
towards the house's by how little text there is. No weights: nothing was fitted to a corpus but the three constants of
`fits`, coarsely, on the first 15 pairs of `style_plays`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

from policies.rewards.traits import straight, words

_SHORT, _BUCKETS, _LONGEST = 4, 64, 6
_MARKS = {
    "comma": ",\uff0c\u3001\u060c",
    "stop": ".\u3002",
    "semicolon": ";\uff1b\u061b",
    "colon": ":\uff1a",
    "question": "?\uff1f\u061f",
    "exclamation": "!\uff01",
    "apostrophe": "'",
    "hyphen": "-",
    "dash": "\u2013\u2014",
    "quote": '"\u201c\u201e\u00ab\u300c',
    "bracket": "(\uff08",
    "line": "\n",
}
_LETTERS = tuple(f"letters{size}" for size in range(1, _LONGEST + 1))
NAMES = (*(f"short{bucket}" for bucket in range(_BUCKETS)), *_LETTERS, *_MARKS)
"""Every sum there may be; those of a profile stand in its `counts`, behind `style.`, where they are not 0."""

_HOUSE_WORDS = 1500.0
"""Words of the house that count as if the person had written them too."""
_FARTHEST = 3.0
"""Deviations: one odd sentence may not outweigh everything else."""
_DRIFT = 100.0
"""Words of which chance makes as much as mood and occasion do: a long text shows a day's hand, not a person's."""


def hand(text: str, said: Sequence[str]) -> dict[str, int]:
    """The sums of one text with the words `said`: those of NAMES that are not 0."""
    sums: dict[str, int] = {}
    for word, times in Counter(said).items():
        size = len(word)
        if size <= _SHORT:
            bucket = NAMES[crc32(word.encode("utf-8", "replace")) % _BUCKETS]
            sums[bucket] = sums.get(bucket, 0) + times
        letters = _LETTERS[min(size, _LONGEST) - 1]
        sums[letters] = sums.get(letters, 0) + times
    for name, marks in _MARKS.items():
        if times := sum(map(text.count, marks)):
            sums[name] = times
    return sums


def fits(texts: Iterable[str], profiles: Sequence[Mapping[str, float]]) -> list[float]:
    """How well texts of one hand, taken together, fit each of several profiles' `counts`: log-likelihood, in nats.

    0 is what the house gets, the mean of these profiles, and what a profile without texts gets. The difference of two
    is the evidence that the one wrote the texts rather than the other, to be trusted as far as the texts are not among
    those that the profiles were made of. All are 0 where there are no words.
    """
    given: Counter[str] = Counter()
    for text in texts:
        given.update(hand(straight(text), words(text)))
    length, amounts = _length(given), [_length(counts, "style.") for counts in profiles]
    if not length or not sum(amounts):
        return [0.0] * len(profiles)
    found = [0.0] * len(profiles)
    for name in NAMES:
        sums = [counts.get(f"style.{name}", 0.0) for counts in profiles]
        if house := sum(sums) / sum(amounts):
            spread = math.sqrt(house * (1.0 / length + 1.0 / _DRIFT))
            here = max(-_FARTHEST, min(_FARTHEST, (given[name] / length - house) / spread))
            for at, (total, amount) in enumerate(zip(sums, amounts, strict=True)):
                usual = (total - amount * house) / (amount + _HOUSE_WORDS) / spread
                found[at] += usual * (here - usual / 2.0)
    return found


def _length(counts: Mapping[str, float], prefix: str = "") -> float:
    """The words that went into the sums."""
    return sum(counts.get(prefix + name, 0.0) for name in _LETTERS)
