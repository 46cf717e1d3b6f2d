"""Regular expressions that a statement may hold.

RE2 takes no exponential time, but time that grows with the size of the expression, in which counts are written out, and
the engine cannot be interrupted within one batch of rows: `(a|b)*a(a|b){500}c` over cells of 1,000 characters went on
for 32 s. An expression that is read from a column is built anew for each row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from adapters.ports import Refused

TAKING = frozenset(("regexp_matches", "regexp_full_match", "regexp_replace", "regexp_extract", "regexp_extract_all"))
LONGEST, MOST = 200, 100
"""Characters, and the product of all counts."""
_COUNTS = re.compile(r"\{\s*(\d+)\s*(?:,\s*(\d*)\s*)?\}", re.ASCII)


def check(name: str, arguments: Sequence[Any]) -> None:
    """Raises Refused where the call takes an expression that is no constant, or too large a one."""
    if name in TAKING and len(arguments) > 1:
        literal = arguments[1].get("expression", {}).get("literal", {})
        if literal.get("kind") != "STRING" or size(literal.get("text", "")) > MOST:
            raise Refused("pattern")


def size(pattern: str) -> float:
    """The product of all counts; too much where the expression is too long."""
    if len(pattern) > LONGEST:
        return math.inf
    return math.prod(max(1, *(int(each or 0) for each in found)) for found in _COUNTS.findall(pattern))
