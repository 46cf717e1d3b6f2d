"""Whether a reading can be computed so that nobody would expect another figure."""

from __future__ import annotations

from collections import defaultdict

from policies.tables.joins import Graph
from policies.tables.matching import is_date, is_number
from policies.tables.naming import Lexicon
from policies.tables.reading import Group, Measure, Noun, Reading, Related, Where
from policies.tables.spelling import name_words
from policies.tables.units import MONEYED, currencies, is_other
from policies.tables.verbs import verb_key
from policies.tables.vocabulary import NONE, words

_EVENTS = words("paid shipped delivered returned refunded cancelled closed resolved completed finished approved ended")
"""Dates of what became of rows later."""


def fault(reading: Reading, lexicon: Lexicon, graph: Graph) -> str:
    """Why a reading may not be answered, as a code; "" where it may."""
    if not _is_counted(reading.noun, lexicon, graph):
        return "no_key"
    full = all(_is_full(each, reading.noun.table, lexicon, graph) for each in reading.noun.related)
    if not full or (reading.among is not None and _unknown(reading.noun, reading.among, lexicon)):
        return "may_be_none"
    if _other_time(reading, lexicon):
        return "unclear_date"
    if not consistent(reading.noun):
        return "several_conditions"
    faults = (_group_fault(reading, group, lexicon, graph) for group in reading.groups)
    reason = "other_unit" if _mixed(reading, lexicon) else "ambiguous_value" if _is_uneven(reading, lexicon) else ""
    return next(filter(None, faults), reason)


def _other_time(reading: Reading, lexicon: Lexicon) -> bool:
    """Whether a state has a date of its own and another date is told: "closed tickets in 2024" by when they came."""
    noun = reading.noun
    states = {verb_key(str(value).lower()) for where in noun.wheres for value in where.values
              if where.table == noun.table and where.operator in ("in", "not in")}  # fmt: skip
    states |= {verb_key(word) for where in noun.wheres if where.table == noun.table and where.values == (True,)
               for word in name_words(where.column) if word.endswith("ed")}  # fmt: skip
    table = lexicon.tables[noun.table]
    dates = {each.name: {verb_key(word) for word in name_words(each.name)} for each in table.columns if is_date(each)}
    told = {where.column for where in noun.wheres if where.table == noun.table}
    told |= {each.column for each in reading.measures if each.table == noun.table}
    told |= {each.column for each in reading.groups if each.table == noun.table}
    told |= {reading.order.column} if reading.order is not None else set()
    if any(told & dates.keys() - {name} for name, said in dates.items() if states & said):
        return True
    # "Refunded this month" is not when it was paid, where a date says when that was.
    flags = any(where.values == (True,) and where.table == noun.table for where in noun.wheres)
    events = {name for name in told & dates.keys() if _EVENTS & set(name_words(name))}
    return flags and any(not states & dates[name] for name in events)


def _is_uneven(reading: Reading, lexicon: Lexicon) -> bool:
    """Whether values that are told apart are written in several ways ("US", "us"), or one that is counted says that
    there is none."""
    counted = [lexicon.columns[each.table, each.column] for each in reading.measures if each.aggregate == "distinct"]
    told = [lexicon.columns[each.table, each.column] for each in reading.groups if each.column]
    if any(NONE & {value.strip().lower() for value in each.values} for each in counted):
        return True
    return any(len({value.strip().lower() for value in each.values}) < len(each.values) for each in counted + told)


def _unknown(part: Noun, whole: Noun, lexicon: Lexicon) -> bool:
    """Whether of some rows nobody knows if they belong to the part."""
    told = [each for each in part.wheres - whole.wheres if each.values == (True,)]
    return any(lexicon.columns[each.table, each.column].nulls for each in told)


def _mixed(reading: Reading, lexicon: Lexicon) -> bool:
    """Whether amounts of several currencies would be added up."""
    ordered = reading.order.column if reading.order is not None and reading.order.limit else ""
    for measure in (*reading.measures, *([Measure("max", reading.noun.table, ordered)] if ordered else ())):
        if not measure.column or measure.aggregate == "distinct":
            continue
        table, column = lexicon.tables[measure.table], lexicon.columns[measure.table, measure.column]
        if any(where.table == measure.table and is_other(table, column, where.column) for where in reading.noun.wheres):
            return True
        known = [each for each in currencies(table, column) if each.distinct > 1]
        number = is_number(column)
        if known and number and MONEYED & set(name_words(measure.column)):
            one = {where.column for where in reading.noun.wheres if where.table == measure.table
                   and where.operator == "in" and len({str(each).lower() for each in where.values}) == 1}  # fmt: skip
            apart = {group.column for group in reading.groups if group.table == measure.table}
            if any(each.name not in one | apart for each in known):
                return True
    return any(_mixed(Reading(each.noun, measures=(each.measure,)), lexicon) for each in reading.noun.related)


def _group_fault(reading: Reading, group: Group, lexicon: Lexicon, graph: Graph) -> str:
    if not graph.up(reading.noun.table, group.table):
        if any(measure.aggregate != "count" for measure in reading.measures):
            return "fan_out"
        if group.column or len(lexicon.keys[reading.noun.table]) != 1:
            return "no_key"
    if group.column:
        return ""
    if not lexicon.keys[group.table]:
        return "no_key"
    return "may_be_none" if _needs_all(reading) and not covers(reading.noun, group.table, lexicon, graph) else ""


def _needs_all(reading: Reading) -> bool:
    """Whether rows of a table to which nothing is tied would be expected, with zero."""
    counted = reading.measures[0].aggregate == "count"
    return counted and (reading.order is None or not reading.order.down)


def covers(noun: Noun, table: str, lexicon: Lexicon, graph: Graph) -> bool:
    """Whether surely each row of a table has rows of the noun tied to it."""
    way = graph.way(noun.table, table)
    if noun.wheres or noun.related or way is None or len(way) != 1 or not way[0].up:
        return False
    return lexicon.columns[noun.table, way[0].column].distinct == lexicon.tables[table].rows


def _is_full(related: Related, table: str, lexicon: Lexicon, graph: Graph) -> bool:
    """Whether the number of tied rows is not taken for one that leaves those without any out."""
    if any(not _is_full(each, related.noun.table, lexicon, graph) for each in related.noun.related):
        return False
    if related.measure.aggregate != "count":
        return True
    return related.operator not in ("<", "<=") or covers(related.noun, table, lexicon, graph)


def _is_counted(noun: Noun, lexicon: Lexicon, graph: Graph) -> bool:
    """Whether tied rows can be counted once each: each is tied to one row, or a key tells them apart."""
    return all(
        (graph.up(each.noun.table, noun.table) or len(lexicon.keys[each.noun.table]) == 1)
        and _is_counted(each.noun, lexicon, graph)
        for each in noun.related
    )


def consistent(noun: Noun) -> bool:
    """Whether each column has one condition, or a lower and an upper bound: "in 2023 and in 2024" is no row's date."""
    by: dict[tuple[str, str], list[Where]] = defaultdict(list)
    for where in noun.wheres:
        by[where.table, where.column].append(where)
    bounds = ({"<", ">"}, {"<=", ">"}, {"<", ">="}, {"<=", ">="}, {"day<", "day>="})
    for wheres in by.values():
        if len(wheres) == 2 and {each.operator for each in wheres} in bounds:
            low, high = sorted(wheres, key=lambda each: ">" not in each.operator)
            if low.values[0] > high.values[0]:  # type: ignore[operator]
                return False
        elif len(wheres) > 1:
            return False
    return all(consistent(each.noun) for each in noun.related)
