"""Conditions on the attributes of passages: values that cross the port `Knowledge`, and what they mean. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Value = str | float | bool
"""What an attribute may be. A number is a float, so that 3 and 3.0 are one."""
Comparison = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]


@dataclass(frozen=True, slots=True)
class Compare:
    """An attribute against a value, or against several for `in` and `nin`. A passage without the attribute fulfils
    `ne` and `nin` and nothing else; order is only between two numbers or two texts."""

    key: str
    op: Comparison
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Compound:
    """All of the parts (`and`; true of none) or at least one (`or`)."""

    op: Literal["and", "or"]
    parts: tuple[Filter, ...]


Filter = Compare | Compound


def matches(wanted: Filter, attributes: Mapping[str, Value]) -> bool:
    """Whether attributes fulfil a condition."""
    if isinstance(wanted, Compound):
        return (all if wanted.op == "and" else any)(matches(part, attributes) for part in wanted.parts)
    if wanted.key not in attributes:
        return wanted.op in ("ne", "nin")
    return holds(wanted, attributes[wanted.key])


def holds(wanted: Compare, value: Value) -> bool:
    """Whether a value that is there fulfils a comparison."""
    if wanted.op in ("eq", "in"):
        return any(_same(value, each) for each in wanted.values)
    if wanted.op in ("ne", "nin"):
        return not any(_same(value, each) for each in wanted.values)
    other = wanted.values[0]
    if isinstance(value, bool) or isinstance(other, bool) or isinstance(value, str) is not isinstance(other, str):
        return False
    low, high = (value, other) if wanted.op in ("lt", "lte") else (other, value)
    return low < high or (wanted.op in ("lte", "gte") and low == high)  # type: ignore[operator]


def comparisons(wanted: Filter) -> Iterator[Compare]:
    """All comparisons in a condition."""
    if isinstance(wanted, Compare):
        yield wanted
    else:
        for part in wanted.parts:
            yield from comparisons(part)


def _same(one: Value, other: Value) -> bool:
    return isinstance(one, bool) is isinstance(other, bool) and one == other
