"""What someone spent: "how much did Anna Smith spend in 2024"."""

from __future__ import annotations

from policies.tables.matching import World, is_summed, is_unit_price
from policies.tables.measures import Readings, owners, told
from policies.tables.reading import Measure, Noun
from policies.tables.settled import said_by
from policies.tables.spelling import name_words
from policies.tables.vocabulary import MONEY, PERSONS, SPENT, phrases

_MONEYED = frozenset(MONEY)


def spent(world: World, place: int) -> Readings:
    """ "How much did Anna Smith spend in 2024"."""
    for at in world.text.eat(place, phrases("how much did|how much has|how much have|how much money did|how much do")):
        for table in world.lexicon.tables:
            for inner, begin in owners(world, Noun(table), at):
                homes = {where.table for where in inner.wheres}
                if len(homes) == 1 and (measure := money(world, next(iter(homes)))) and measure.table == table:
                    for end in world.text.eat(begin, SPENT):
                        if said_by(world.table(table), world.text.word(begin)):
                            continue
                        yield from told(world, inner, measure, end)


def money(world: World, owner: str) -> Measure | None:
    """The sum that the rows of a table were charged, where exactly one table holds one column of such sums."""
    if name_words(owner)[-1] not in PERSONS:
        return None
    found = []
    for name, table in world.lexicon.tables.items():
        if name != owner and world.graph.up(name, owner):
            columns = [each for each in table.columns if is_summed(each) and _MONEYED & set(name_words(each.name))]
            found += [Measure("sum", name, each.name) for each in columns if not is_unit_price(table, each)]
    return found[0] if len(found) == 1 else None
