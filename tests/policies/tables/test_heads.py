"""Names of rows, with what stands before them."""

from __future__ import annotations

from policies.tables.heads import nouns, persons, valued
from tests.policies.tables.asking import world
from tests.policies.tables.databases import BIKES, CLINIC, LIBRARY


def _wheres(script: str, said: str) -> set[tuple[str, str, tuple[object, ...]]]:
    asked = world(script, said)
    found = [noun for noun, end in nouns(asked, 0) if end == len(asked.text)]
    assert len(set(found)) == 1, found
    return {(each.table, each.column, each.values) for each in found[0].wheres}


def test_values_before_a_table() -> None:
    """One or several, also of a table that the rows lead to, and one of two."""
    assert _wheres(LIBRARY, "the science fiction books") == {("books", "genre", ("Science Fiction",))}
    assert _wheres(BIKES, "mitte electric bikes") == {
        ("stations", "district", ("Mitte",)), ("bikes", "bike_type", ("electric",)),
    }  # fmt: skip
    assert _wheres(LIBRARY, "crime or poetry books") == {("books", "genre", ("Crime", "Poetry"))}


def test_a_role_is_a_noun() -> None:
    """ "Pediatricians" are the doctors of that specialty."""
    assert _wheres(CLINIC, "pediatricians") == {("doctors", "specialty", ("Pediatrician",))}


def test_a_person_by_two_names() -> None:
    """A first and a last name that stand in two columns."""
    noun, end = next(persons(world(BIKES, "Ada Lund"), 0))
    assert noun.table == "members" and end == 2
    assert not list(persons(world(BIKES, "Lund Ada"), 0))


def test_with_alone_is_not_a_value() -> None:
    """ "Have a Surgeon" says nothing of what one is; a named column does."""
    assert not list(valued(world(CLINIC, "have a surgeon"), "doctors", 0, ""))
    assert list(valued(world(BIKES, "with the gold plan"), "members", 0, ""))
