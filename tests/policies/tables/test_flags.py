"""Conditions without a value."""

from __future__ import annotations

from policies.tables.flags import on_done, on_flag, on_missing
from policies.tables.reading import Where
from tests.policies.tables.asking import world
from tests.policies.tables.databases import CLINIC, LIBRARY
from tests.policies.tables.ledgers import BOOKS


def test_what_has_not_happened_has_no_date() -> None:
    """ "Not returned" is a date that is missing."""
    assert ((Where("loans", "returned_date", "null"),), 5) in list(
        on_done(world(LIBRARY, "that have not been returned"), "loans", 0)
    )


def test_flags() -> None:
    """A boolean column by its name, with a "not" or a prefix."""
    for said, value in (("insured", True), ("are not insured", False), ("uninsured", False)):
        found = [each for each, _ in on_flag(world(CLINIC, said), "patients", 0)]
        assert (Where("patients", "insured", "=", (value,)),) in found, said


def test_missing_only_where_some_are() -> None:
    """A column without empty rows is neither missing nor there."""
    wheres, _ = next(on_missing(world(CLINIC, "phone number"), "patients", 0, True))
    assert wheres == (Where("patients", "phone", "null"),)
    assert not list(on_missing(world(CLINIC, "city"), "patients", 0, True))


def test_a_number_that_is_missing_may_be_zero() -> None:
    """Of figures nobody knows whether none is 0, and neither is read; a text that says "none" is no value either."""
    assert not list(on_missing(world(BOOKS, "discount"), "bills", 0, True))
    assert not list(on_missing(world(BOOKS, "discount"), "bills", 0, False))
    assert not list(on_missing(world(BOOKS, "allergies"), "clients", 0, True))


def test_a_day_that_is_set_may_lie_ahead() -> None:
    """An end date that stands there does not say that something has ended; a date of what was done does."""
    assert not list(on_done(world(BOOKS, "have ended"), "contracts", 0))
    assert ((Where("contracts", "signed_on", "not null"),), 2) in list(
        on_done(world(BOOKS, "have signed"), "contracts", 0)
    )
