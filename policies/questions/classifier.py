"""Does a request need outside knowledge, does it ask for rows? Two linear models over its wording, in plain Python, in
some microseconds.

The weights stand in `gate.bin`, which `python -m training.gate` makes: a line of JSON (numbers below), then `BUCKETS`
and `FOLDED` whole numbers of 16 bits, the least byte first.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt
from pathlib import Path

from policies.questions.grams import BUCKETS, brief, english, grams
from policies.questions.signs import signs

FILE = Path(__file__).with_name("gate.bin")
FORMAT = 2
FOLDED = 1 << 13
"""Places in the table for questions over rows: there are fewer texts to learn it from, and it carries better so."""
_NUMBERS = ("scale", "bias", "slope", "rows_scale", "rows_bias", "rows_slope", "signs")

RULES = {"yes": 0.5, "unsure": -0.5, "no": -1.5}
"""What the decision of the rules adds to the log-odds. Chosen so that rules and weights together do well on
training sources that were left out and on the rows at even places of the evaluation set `gate`."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """`scale` turns a table's numbers into weights, `slope` makes the odds as sure as they were right on sources that
    were not seen. `rows` is the table for questions over rows, as long as the other; `signs` weighs the signs of
    them."""

    table: array[int]
    rows: array[int]
    scale: float
    bias: float
    slope: float
    rows_scale: float
    rows_bias: float
    rows_slope: float
    signs: Mapping[str, float]

    def read(self, words: Sequence[str], decision: str | None, rows: bool) -> tuple[float | None, float | None]:
        """How likely it is that a text of these tokens needs outside knowledge, given what the rules decide (None: that
        is not asked), and, if `rows`, that it asks for counts, orders or comparisons over rows. None where it is not
        English, of which alone the weights know something; a few words that no language has alone ("top 5 customers")
        may ask for rows."""
        known = english(words)
        if not known and not (rows and brief(words)):
            return None, None
        places = grams(words)
        knowledge = _probability(self.slope * (self._score(places) + RULES[decision])) if known and decision else None
        return knowledge, self._relational(words, places) if rows else None

    def knowledge(self, words: Sequence[str], decision: str) -> float | None:
        """The first that `read` tells."""
        return self.read(words, decision, rows=False)[0]

    def relational(self, words: Sequence[str]) -> float | None:
        """The second that `read` tells."""
        return self.read(words, None, rows=True)[1]

    def score(self, words: Sequence[str]) -> float | None:
        """The log-odds of needing knowledge by the weights alone; None where the text is not English."""
        return self._score(grams(words)) if english(words) else None

    def _score(self, places: Collection[int]) -> float:
        return self.bias + self.scale * sum(map(self.table.__getitem__, places)) / sqrt(len(places))

    def _relational(self, words: Sequence[str], places: Collection[int]) -> float:
        found = signs(words)
        total = self.rows_scale * sum(map(self.rows.__getitem__, places))
        total += sum([self.signs.get(sign, 0.0) for sign in found])
        return _probability(self.rows_slope * (self.rows_bias + total / sqrt(len(places) + len(found))))


def _probability(odds: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))


def read(file: Path) -> Classifier:
    """The classifier of a file. Raises OSError where it is missing, ValueError where it is not what it should be."""
    head, _, rows = file.read_bytes().partition(b"\n")
    tables = array("h")
    if tables.itemsize != 2 or len(rows) != 2 * (BUCKETS + FOLDED):
        raise ValueError(f"{file.name} must hold {BUCKETS + FOLDED} weights of 2 bytes, not {len(rows)} bytes")
    tables.frombytes(rows)
    if sys.byteorder == "big":
        tables.byteswap()
    numbers = json.loads(head)
    if not isinstance(numbers, dict) or numbers.get("format") != FORMAT:
        raise ValueError(f"{file.name} must be of format {FORMAT}")
    try:
        # Repeated, so that a place need not be folded each time.
        folded = tables[BUCKETS:] * (BUCKETS // FOLDED)
        return Classifier(tables[:BUCKETS], folded, *(numbers[name] for name in _NUMBERS))
    except KeyError as missing:
        raise ValueError(f"{file.name} lacks {missing}") from None


@lru_cache(maxsize=1)
def shipped() -> Classifier:
    """The classifier that comes with the package, read once. Raises what `read` does."""
    return read(FILE)
