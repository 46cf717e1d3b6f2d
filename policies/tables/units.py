"""The unit of a number: that of a column ("over 10 km"), or a currency, which may stand in a column of its own."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.ports import Column, Table
from policies.tables.matching import World
from policies.tables.reading import Where
from policies.tables.spelling import folds_of, name_words
from policies.tables.vocabulary import CURRENCIES, MEASURES, MONEY, words

_CURRENCY = words("currenci ccy curr")
_CODES = words("eur usd gbp chf jpy cny sek nok dkk pln czk huf cad aud nzd inr brl mxn zar try sgd hkd krw")
MONEYED = frozenset((*MONEY, "subtotal"))
"""Words of columns of money."""
Also = tuple[Where, ...]


def amounts(world: World, table: str, column: Column, place: int) -> Iterator[tuple[int, Also]]:
    """Past a number and its unit, where there is none or one that is the column's, and what the unit asks of rows."""
    text = world.text
    if text.words[place][0] in CURRENCIES:
        also = currency(world, table, column, text.words[place][0])
        if also is not None:
            yield place + 1, also
        return
    yield place + 1, ()
    unit = text.folds[place + 1] if place + 1 < len(text) else ""
    if unit in CURRENCIES:
        also = currency(world, table, column, unit)
        if also is not None:
            yield place + 2, also
    elif unit in MEASURES and _measures(column, unit):
        yield place + 2, ()
        if text.word(place + 2) in ("old", "long"):
            yield place + 3, ()


def _measures(column: Column, unit: str) -> bool:
    named = {*name_words(column.name), *folds_of(column.description)}
    if unit == "year" and "age" in named:
        return True
    return MEASURES[unit] in {MEASURES[word] for word in named if word in MEASURES}


def currency(world: World, table: str, column: Column, unit: str) -> Also | None:
    """What a currency asks of the rows of a table: nothing where the column or the table is said to be in it, its value
    where another column says the currency of each row; None where neither is so."""
    code = CURRENCIES[unit]
    own = _codes(f"{' '.join(name_words(column.name))} {column.description}")
    money = bool({*name_words(column.name), *folds_of(column.description)} & MONEYED)
    known = currencies(world.table(table), column)
    if own or not money:
        also: Also | None = () if own == {code} else None
    elif known:
        values = tuple(sorted(value for value in known[0].values if _codes(value) == {code}))
        also = (Where(table, known[0].name, "in", values),) if len(known) == 1 and values else None
    else:
        also = () if _codes(world.table(table).description) == {code} and not _is_told_elsewhere(world, table) else None
    if also is None:
        world.note("other_unit")
    return also


def currencies(table: Table, amount: Column | None = None) -> list[Column]:
    """The columns that say the currency of each row, or of one amount: a "salary currency" is none of a bonus."""
    found = [each for each in table.columns if each.type == "text" and _is_currency(each)]
    return [each for each in found if amount is None or _is_of(each, amount)]


def is_other(table: Table, amount: Column, currency: str) -> bool:
    """Whether a column of currencies says nothing of an amount, which is told its own or has another one's."""
    own = bool(_codes(f"{' '.join(name_words(amount.name))} {amount.description}"))
    known = {each.name for each in currencies(table)}
    return currency in known and (own or currency not in {each.name for each in currencies(table, amount)})


def _is_of(currency: Column, amount: Column) -> bool:
    about = set(name_words(currency.name)) - _CURRENCY - {"code", "iso"}
    return not about or bool(about & set(name_words(amount.name))) or not _CURRENCY & set(name_words(currency.name))


def _is_currency(column: Column) -> bool:
    codes = {value.lower() for value in column.values}
    return bool(_CURRENCY & set(name_words(column.name))) or (bool(codes) and codes <= _CODES)


def _is_told_elsewhere(world: World, table: str) -> bool:
    """Whether rows lead to others that say a currency."""
    told = (name for name, other in world.lexicon.tables.items()
            if currencies(other) or _CURRENCY & set(name_words(name)))  # fmt: skip
    return any(name != table and world.graph.up(table, name) for name in told)


def _codes(text: str) -> set[str]:
    found = {CURRENCIES[word] for word in folds_of(text) if word in CURRENCIES}
    return found | {CURRENCIES[sign] for sign in "$€£" if sign in text}
