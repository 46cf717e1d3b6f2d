"""How many values a call of `range` or `generate_series` gives, told from its constants."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.duckdb.names import folded

HOURS = {"hour": 1.0, "day": 24.0, "week": 168.0, "month": 672.0, "quarter": 2016.0, "year": 8760.0}
"""The least hours that a unit has."""
_INTERVAL = re.compile(r"\s*(\d{1,6})\s*([a-z]+?)s?\s*", re.ASCII | re.IGNORECASE)
_WHEN = ("date", "timestamp", "timestamptz", "datetime")


def count(arguments: Sequence[Any]) -> float | None:
    """At most how many values, None where that cannot be told: `arguments` are expressions of DuckDB's syntax tree."""
    numbers = [_number(each) for each in arguments]
    if not numbers or len(numbers) > 3:
        return None
    if None not in numbers:
        start, stop, step = _filled([each for each in numbers if each is not None])
        return abs(stop - start) / abs(step) + 1 if step else None
    if len(arguments) != 3:
        return None
    first, last, hours = _moment(arguments[0]), _moment(arguments[1]), _hours(arguments[2])
    if first is None or last is None or not hours:
        return None
    return abs((last - first).total_seconds()) / 3600 / hours + 1


def _filled(numbers: Sequence[float]) -> tuple[float, float, float]:
    if len(numbers) == 1:
        return 0, numbers[0], 1
    return numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else 1


def _number(node: Any) -> float | None:
    """A whole constant, or the negative of one."""
    if node.get("type") == "FUNCTION" and node.get("function_name") == "-" and len(node.get("arguments", ())) == 1:
        inner = _number(node["arguments"][0].get("expression", {}))
        return None if inner is None else -inner
    literal = _literal(node)
    return float(literal["text"]) if literal.get("kind") == "INTEGER" and len(literal.get("text", "")) < 20 else None


def _moment(node: Any) -> datetime | None:
    """DATE '2024-01-01', or with a time."""
    if node.get("type") != "OPERATOR_CAST" or folded(node.get("type_expr", {}).get("type_name", "")) not in _WHEN:
        return None
    try:
        return datetime.fromisoformat(_literal(node.get("child", {})).get("text", "")).replace(tzinfo=None)
    except ValueError:
        return None


def _hours(node: Any) -> float | None:
    """INTERVAL 1 MONTH, or INTERVAL '1 month'."""
    if node.get("type") == "FUNCTION" and len(node.get("arguments", ())) == 1:
        unit = node.get("function_name", "").removeprefix("to_").removesuffix("s")
        amount = _number(_uncast(node["arguments"][0].get("expression", {})))
        return amount * HOURS[unit] if amount and unit in HOURS else None
    if node.get("type") == "OPERATOR_CAST" and folded(node.get("type_expr", {}).get("type_name", "")) == "interval":
        said = _INTERVAL.fullmatch(_literal(node.get("child", {})).get("text", ""))
        return float(said[1]) * HOURS[folded(said[2])] if said and folded(said[2]) in HOURS else None
    return None


def _uncast(node: Any) -> Any:
    """What stands inside the casts and roundings that the parser puts around the number of an interval."""
    while True:
        if node.get("type") == "OPERATOR_CAST":
            node = node.get("child", {})
        elif node.get("type") == "FUNCTION" and node.get("function_name") == "trunc":
            node = node["arguments"][0].get("expression", {})
        else:
            return node


def _literal(node: Any) -> Any:
    return node.get("literal", {}) if node.get("type") == "VALUE_CONSTANT" else {}
