"""The words that name nothing."""

from policies.aspects.carrying import CARRYING


def test_they_are_written_as_they_are_compared() -> None:
    """In lower case, with their accents; and none of them is something that people care for."""
    assert all(word == word.lower() for word in CARRYING)
    assert {"für", "avec", "también"} <= CARRYING
    assert not {"battery", "price", "room", "service", "sun"} & CARRYING
