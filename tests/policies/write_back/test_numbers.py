"""Numbers and dates are one however they are written."""

import pytest

from policies.write_back.numbers import Date, rates, read, undated

NUMBERS = [
    ("It costs 1,000 dollars.", [(1000, "$")]), ("It costs $1000.", [(1000, "$")]), ("a thousand", []),
    ("two thousand five hundred units", [(2500, "")]), ("twenty-one pilots", [(21, "")]), ("5 %", [(5, "%")]),
    ("five percent", [(5, "%")]), ("3 million euros", [(3e6, "eur")]), ("2.5bn", [(2.5e9, "")]),
    ("2,5 km", [(2.5, "km")]),
    ("12,345.6", [(12345.6, "")]), ("one of the best", []), ("one day", [(1, "day")]), ("first place", [(1, "no")]),
    ("the 1st place", [(1, "no")]), ("5-10 days", [(5, "day"), (10, "day")]),
    ("5 to 10 days", [(5, "day"), (10, "day")]),
    ("a 14-day trial", [(14, "day")]), ("5MB", [(5, "mb")]), ("5 red km", [(5, "")]), ("twice", [(2, "")]),
    ("two and three", [(2, ""), (3, "")]), ("two hundred and five", [(205, "")]), ("version 2.1.3", []),
    ("1990s", [(1990, "")]),
    ("at 10 am", [(10, "am")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_numbers(text: str, expected: list[tuple[float, str]]) -> None:
    """With their units, in digits and in words; "one" alone is mostly no number, a version is none."""
    assert [(each.value, each.unit) for each in read(text)[0]] == expected


BESIDE = [
    ("60 kPa", [(60, "kpa")]), ("60 bar", [(60, "bar")]), ("60", [(60, "")]), ("in 1998 people", [(1998, "")]),
    ("at -20 degrees", [(-20, "")]), ("at \u221220 degrees", [(-20, "")]), ("minus 20 degrees", [(-20, "")]),
    ("10-20 degrees", [(10, ""), (20, "")]), ("312 1/2 metres", [(312.5, "")]), ("312 1\u20442 metres", [(312.5, "")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BESIDE)
def test_signs_fractions_and_words_behind(text: str, expected: list[tuple[float, str]]) -> None:
    """A unit that is not known is the word behind; a hyphen of a range is no sign."""
    assert [(each.value, each.beside) for each in read(text)[0]] == expected


def test_rates() -> None:
    """By what something is told; "a" and "per" say the same."""
    assert rates("600 per minute, 5 euros a month, a castle") == {"minute", "month"}
    assert rates("2 per vehicle") == {"vehicl"}


def test_undated() -> None:
    """Days and months go, years and places stay."""
    text = "on 5 March 1998 in Berlin"
    assert undated(text).split() == ["on", "1998", "in", "Berlin"] and len(undated(text)) == len(text)


DATES = [
    ("on March 5, 2020", Date(2020, 3, 5)), ("on 5th of March 2020", Date(2020, 3, 5)),
    ("on 2020-03-05", Date(2020, 3, 5)),
    ("on 5 Mar", Date(0, 3, 5)), ("in March 2020", Date(2020, 3, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: Date) -> None:
    """In the orders that are usual; the year counts as a number, too."""
    numbers, dates = read(text)
    assert dates == [expected]
    assert [each.value for each in numbers] == ([expected.year] if expected.year else [])


def test_a_date_agrees_with_one_that_tells_more() -> None:
    """Not the other way round."""
    assert Date(2020, 3, 0).agrees(Date(2020, 3, 5)) and not Date(2020, 3, 5).agrees(Date(2020, 3, 0))
    assert not Date(2020, 3, 5).agrees(Date(2020, 3, 6))
