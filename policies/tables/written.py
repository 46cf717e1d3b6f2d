"""A query for a question, or why there is none."""

from __future__ import annotations

from typing import NamedTuple


class Written(NamedTuple):
    """`sql` is one SELECT, or None; `reason` is a code: how it came about (`template`), or why it did not
    (`ambiguous_column`, `unknown_word`, ...); `reads` says in plain words what the query computes, so that a wrong
    reading of the question can be seen: "number of rows of orders where status is 'shipped'"."""

    sql: str | None
    reason: str
    reads: str = ""
