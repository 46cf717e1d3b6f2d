"""What a verb says of rows that may say it themselves: payments are recorded before they are paid."""

from __future__ import annotations

from adapters.ports import Table
from policies.tables.matching import is_date
from policies.tables.spelling import folds_of, name_words
from policies.tables.verbs import verb_key
from policies.tables.vocabulary import words

PAYING = words("pay paid pays spend spent spends")
_OPEN = words("""pending failed declined unpaid refunded open overdue cancelled due draft rejected reversed void voided
outstanding chargeback scheduled authorized authorised partial""")
_SUMS = frozenset(map(verb_key, words("paid spent donated contributed invested sold bought purchased ordered earned")))


def said_by(table: Table, verb: str) -> bool:
    """Whether a boolean, a status or a date that may be missing says of each row whether what the verb says is so: then
    that there is a row does not tell it."""
    keys = {verb_key(verb), verb_key("paid")} if verb in PAYING else {verb_key(verb)}
    paying = verb in PAYING and verb not in ("spend", "spent", "spends")
    for column in table.columns:
        may = column.type == "boolean" or (is_date(column) and column.nulls > 0)
        if may and keys & set(map(_key, name_words(column.name))):
            return True
        told = {word for value in column.values for word in folds_of(value)}
        if keys & set(map(_key, told)) or (paying and (told & _OPEN)):
            return True
        if paying and (column.type == "boolean" or {"statu", "status", "state"} & set(name_words(column.name))):
            return True
    return False


def _key(word: str) -> str:
    """The root of a participle, also of its contrary: "unpaid"."""
    return verb_key(word[2:] if word.startswith("un") and len(word) > 4 else word)


def is_sum(verb: str) -> bool:
    """Whether who did "the most" of it may be told by an amount as well as by how often."""
    return verb_key(verb) in _SUMS
