"""What phrases of a schema name."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Column, Link, Schema, Table
from policies.tables.index import lexicon
from policies.tables.naming import Lexicon, Ref
from tests.policies.tables.databases import BIKES, LIBRARY, opened


def _found(schema: Schema, *folds: str) -> list[Ref]:
    return [ref for refs, end in lexicon(schema).at(folds, 0) if end == len(folds) for ref in refs]


def test_a_column_is_found_without_its_unit_and_its_table() -> None:
    """The end of a name names it too, at a lower rank than a whole name; a unit and the table's name may be left
    out."""
    schema = opened(BIKES)[1]
    assert Ref("column", "rentals", "distance_km") in _found(schema, "distance")
    assert Ref("column", "bikes", "bike_type") in _found(schema, "type")
    assert Ref("column", "bikes", "purchase_price", rank=1) in _found(schema, "price")


def test_keys_are_not_named() -> None:
    """Identifiers and links are nothing that a question can ask a figure of."""
    schema = opened(BIKES)[1]
    assert not any(ref.column in ("bike_id", "member_id") for ref in _found(schema, "bike", "id"))


def test_descriptions_name_what_has_no_such_name() -> None:
    """The noun that a description begins with names its column; one that two descriptions begin with names none."""
    schema = opened(BIKES)[1]
    assert _found(schema, "charge") == [Ref("column", "rentals", "cost_eur", rank=2)]
    assert _found(schema, "rider") == [Ref("table", "members", rank=2)]
    columns = (Column("a", "number", "Turnover in EUR"), Column("b", "number", "Turnover of last year"))
    assert _found(Schema("1", (Table("sales", columns),)), "turnover") == []
    negated = Schema("1", (Table("sales", (Column("a", "number", "Price before discount"),)),))
    assert _found(negated, "discount") == []


def test_values_of_function_words_are_not_values() -> None:
    """A value that is a word of the grammar or a number alone cannot be told in a question."""
    schema = Schema("1", (Table("t", (Column("kind", "text", "", ("other kinds", "in", "2024", "all"), 4),)),))
    assert _found(schema, "in") == _found(schema, "2024") == _found(schema, "all") == []
    assert len(_found(schema, "other", "kind")) == 1


def test_names_of_rows() -> None:
    """A row is shown by its name or title, a person by a first and a last name."""
    assert lexicon(opened(BIKES)[1]).names["members"] == ("first_name", "last_name")
    assert lexicon(opened(LIBRARY)[1]).labels == {
        "authors": "name", "books": "title", "LibraryMembers": "memberName", "loans": "",
    }  # fmt: skip


def test_a_key_that_two_rows_share_is_none() -> None:
    """Neither is a link to it followed, since it would lead to several rows."""
    owners = Table("owners", (Column("id", "integer", "", (), 2), Column("name", "text", "", ("Al", "Bo"), 2)), ("id",),
                   "", 3)  # fmt: skip
    dogs = Table("dogs", (Column("id", "integer", "", (), 3), Column("owner_id", "integer", "", (), 2)), ("id",), "", 3)
    links = (Link("dogs", "owner_id", "owners", "id"),)
    twice = Lexicon(Schema("1", (owners, dogs), links))
    assert twice.keys == {"owners": (), "dogs": ("id",)} and twice.graph.way("dogs", "owners") is None
    once = Lexicon(Schema("1", (replace(owners, rows=2), dogs), links))
    assert once.keys["owners"] == ("id",) and once.graph.up("dogs", "owners")
