"""A question put to one of the databases, as the rules see it."""

from __future__ import annotations

from datetime import date

from policies.tables.index import lexicon
from policies.tables.matching import World
from policies.tables.reading import Reading
from policies.tables.templates import readings
from policies.tables.text import text_of
from tests.policies.tables.databases import opened


def world(script: str, question: str) -> World:
    """The question before the schema of a database."""
    known = lexicon(opened(script)[1])
    return World(text_of(question, date(2024, 6, 15)), known, known.graph)


def only(script: str, question: str) -> Reading:
    """The one reading of a question."""
    found = set(readings(world(script, question)))
    assert len(found) == 1, found
    return found.pop()
