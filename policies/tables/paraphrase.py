"""A reading in plain words, so that a wrong one can be seen."""

from __future__ import annotations

from decimal import Decimal

from policies.tables.naming import Lexicon
from policies.tables.reading import Group, Literal_, Measure, Noun, Reading, Related, Where
from policies.tables.sql import columns_of

_OPERATORS = {
    "=": "is", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least", "in": "is",
    "not in": "is not", "null": "is empty", "not null": "is not empty", "day<": "is before", "day>=": "is on or after",
}  # fmt: skip
_AGGREGATES = {"sum": "total", "avg": "average", "median": "median", "min": "lowest", "max": "highest"}


def paraphrase(reading: Reading, lexicon: Lexicon) -> str:
    """What a reading computes, in words."""
    if reading.among is not None:
        return f"percentage of the rows of {reading.noun.table}{_rows(reading.noun)}, of {_all(reading.among)}"
    if reading.tied is not None:
        figure = f"{_AGGREGATES[reading.measures[0].aggregate]} " if reading.measures else ""
        return (f"{figure}number of rows of {reading.tied.table}{_rows(reading.tied)} tied to each row of "
                f"{reading.noun.table}{_rows(reading.noun)}, 0 where there are none")  # fmt: skip
    said = ", ".join(_measure(each) for each in reading.measures) or _columns(reading, lexicon)
    said += _rows(reading.noun)
    if reading.groups:
        said += " for each " + " and ".join(map(_group, reading.groups))
        if any(not each.column for each in reading.groups):
            said += " that has any"
    if reading.having is not None:
        said += f"; only where that {_OPERATORS[reading.having[0]]} {reading.having[1]}"
    order = reading.order
    if order is not None and reading.measures:
        said += f"; the {order.limit} {'highest' if order.down else 'lowest'}, and all that tie"
    elif order is not None and order.limit:
        said += f"; the {order.limit} with the {'highest' if order.down else 'lowest'} {order.column}, and all that tie"
    elif order is not None:
        said += f", sorted by {order.column}{' from high to low' if order.down else ''}"
    return said


def _columns(reading: Reading, lexicon: Lexicon) -> str:
    names = ", ".join([*columns_of(reading, lexicon), *(f"the name of the row of {each}" for each in reading.named)])
    return f"different values of {names} of {reading.noun.table}" if reading.distinct else (
        f"{names} of the rows of {reading.noun.table}"
    )


def _all(noun: Noun) -> str:
    return f"all rows{_rows(noun)}"


def _measure(measure: Measure) -> str:
    if measure.aggregate == "any":
        return "whether there are any"
    if measure.aggregate == "count":
        return f"number of rows of {measure.table}"
    if measure.aggregate == "distinct":
        return f"number of different values of {measure.column} of {measure.table}"
    return f"{_AGGREGATES[measure.aggregate]} {measure.column} of {measure.table}"


def _rows(noun: Noun) -> str:
    wheres = [_where(each, noun.table) for each in sorted(noun.wheres, key=repr)]
    said = [*wheres, *(_related(each) for each in sorted(noun.related, key=repr))]
    return f" where {' and '.join(said)}" if said else ""


def _where(where: Where, table: str) -> str:
    column = where.column if where.table == table else f"{where.column} of {where.table}"
    values = " or ".join(map(_value, where.values))
    return f"{column} {_OPERATORS[where.operator]} {values}".rstrip()


def _value(value: Literal_) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


def _related(related: Related) -> str:
    of = f"rows of {related.noun.table}{_rows(related.noun)}"
    if related.measure.aggregate != "count":
        return f"the {_measure(related.measure)} over tied {of} {_OPERATORS[related.operator]} {related.number}"
    return f"the number of tied {of} {_OPERATORS[related.operator]} {related.number}"


def _group(group: Group) -> str:
    if not group.column:
        return f"row of {group.table}"
    return f"{group.part} of {group.column}" if group.part else f"{group.column} of {group.table}"
