"""Does a request need outside knowledge? Two linear models over its wording, in plain Python, in some microseconds.

The weights stand in `gate.bin`, which `python -m training.gate` makes: a line of JSON (numbers below), then `BUCKETS`
whole numbers of 16 bits, the least byte first.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt
from pathlib import Path

from policies.questions.grams import BUCKETS, english, grams
from policies.questions.signs import signs

FILE = Path(__file__).with_name("gate.bin")
FORMAT = 1
_NUMBERS = ("scale", "bias", "slope", "signs", "signs_bias")


RULES = {"yes": 0.5, "unsure": -0.5, "no": -1.5}
"""What the decision of the rules adds to the log-odds. Chosen so that rules and weights together do well on
training sources that were left out and on the rows at even places of the evaluation set `gate`."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """`scale` turns the table's numbers into weights, `slope` makes the odds as sure as they were right on sources that
    were not seen; `signs` weighs the signs of a question over rows."""

    table: array[int]
    scale: float
    bias: float
    slope: float
    signs: Mapping[str, float]
    signs_bias: float

    def knowledge(self, words: Sequence[str], decision: str) -> float | None:
        """How likely it is that a text of these tokens needs outside knowledge, given what the rules decide; None where
        it is not English, of which alone the weights know something."""
        score = self.score(words)
        return None if score is None else _probability(self.slope * (score + RULES[decision]))

    def score(self, words: Sequence[str]) -> float | None:
        """The log-odds by the weights alone; None where the text is not English."""
        if not english(words):
            return None
        places = grams(words)
        return self.bias + self.scale * sum(map(self.table.__getitem__, places)) / sqrt(len(places))

    def relational(self, words: Sequence[str]) -> float:
        """How likely it is that a text asks for counts, orders or comparisons over rows."""
        return _probability(self.signs_bias + sum(self.signs.get(sign, 0.0) for sign in signs(words)))


def _probability(odds: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))


def read(file: Path) -> Classifier:
    """The classifier of a file. Raises OSError where it is missing, ValueError where it is not what it should be."""
    head, _, rows = file.read_bytes().partition(b"\n")
    table = array("h")
    if table.itemsize != 2 or len(rows) != 2 * BUCKETS:
        raise ValueError(f"{file.name} must hold {BUCKETS} weights of 2 bytes, not {len(rows)} bytes")
    table.frombytes(rows)
    if sys.byteorder == "big":
        table.byteswap()
    numbers = json.loads(head)
    if not isinstance(numbers, dict) or numbers.get("format") != FORMAT:
        raise ValueError(f"{file.name} must be of format {FORMAT}")
    try:
        return Classifier(table, *(numbers[name] for name in _NUMBERS))
    except KeyError as missing:
        raise ValueError(f"{file.name} lacks {missing}") from None


@lru_cache(maxsize=1)
def shipped() -> Classifier:
    """The classifier that comes with the package, read once. Raises what `read` does."""
    return read(FILE)
