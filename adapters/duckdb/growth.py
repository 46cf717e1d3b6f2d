"""How long the values of a statement can get: the memory limit does not count them, so they are bounded beforehand.

An estimate from above: the longest value there is, times every call that can multiply it, wherever it stands, since a
column may pass through all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.duckdb import functions, series
from adapters.ports import Refused

VECTOR = 2048
"""Rows that the engine works on at a time."""
MOST_SERIES = 100_000
BYTES = 4
"""Of a character, at most."""
ELEMENT = 16
"""Bytes of a list for each of its values."""
FEW = 8
_NAMED = 5
"""How many times as long a date can be as its format: `%A` is Wednesday."""


class Growth:
    """The measure of one statement. `widest` bytes has the longest value of the tables, `length` the statement."""

    def __init__(self, widest: int, length: int) -> None:
        self._widest = widest
        self._longest = widest + length
        self._factor = 1.0
        self._calls = 0
        self._seen: set[int] = set()

    def check(self, memory: int) -> None:
        """Raises Refused where a vector of all the values that are made is beyond `memory` bytes; a few calls may be
        made over whatever a table holds."""
        made = self._longest * self._factor * self._calls
        if made * VECTOR > memory and made > self._widest * FEW:
            raise Refused("growth")

    def call(self, name: str, node: Any) -> None:
        """Take a call into account. Raises Refused where it cannot be told how much it grows."""
        self._calls += name in functions.MAKING
        arguments = [each.get("expression", {}) for each in node.get("arguments", ())]
        if name in functions.JOINING:
            self._times(self._joined(name, node, arguments))
        elif name in functions.REPLACING:
            self._times(_replaced(name, arguments))
        elif name == "strftime":
            self._times(_NAMED)
        elif name in functions.PADS:
            self._plus(BYTES * _number(arguments[1:2]))
        elif name in functions.SERIES:
            self._plus(ELEMENT * bounded(arguments))

    def _joined(self, name: str, node: Any, arguments: Sequence[Any]) -> int:
        """How many values are put into one: those of a chain of `||` at once."""
        if id(node) in self._seen:
            return 1
        leaves = list(self._leaves(node)) if name == "||" else arguments
        return sum(each.get("type") != "VALUE_CONSTANT" for each in leaves)

    def _leaves(self, node: Any) -> Iterator[Any]:
        left = [node]
        while left:
            each = left.pop()
            if each.get("function_name") == "||":
                self._seen.add(id(each))
                left += [argument.get("expression", {}) for argument in each.get("arguments", ())]
            else:
                yield each

    def _times(self, factor: float) -> None:
        self._factor *= max(1.0, factor)

    def _plus(self, size: float) -> None:
        self._longest += math.ceil(size)


def bounded(arguments: Sequence[Any]) -> float:
    """How many values a series has. Raises Refused where that cannot be told, or is too many."""
    found = series.count(arguments)
    if found is None or found > MOST_SERIES:
        raise Refused("series")
    return found


def _replaced(name: str, arguments: Sequence[Any]) -> float:
    """How many times as long what comes out is: what is put in may stand at every place, and quote all (`\\0`)."""
    place = 1 if name == "array_to_string" else 2
    put = _text(arguments[place]) if len(arguments) > place else None
    if put is None:
        raise Refused("growth")
    sought = _text(arguments[1]) if name == "replace" else ""
    return math.ceil(len(put) / len(sought)) if sought else len(put) + 1


def _text(node: Any) -> bytes | None:
    literal = node.get("literal", {})
    return literal.get("text", "").encode() if literal.get("kind") == "STRING" else None


def _number(nodes: Sequence[Any]) -> int:
    literal = nodes[0].get("literal", {}) if nodes else {}
    if literal.get("kind") != "INTEGER" or len(literal["text"]) > 9:
        raise Refused("growth")
    return max(0, int(literal["text"]))
