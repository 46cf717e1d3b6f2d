"""The same words in another order say another thing: this is seen as far as words show it."""

import pytest

from policies.write_back import order


def both(claim: str, passage: str) -> tuple[list[str], list[str]]:
    return order.parts(claim), order.parts(passage)


DENIED = [
    ("The warranty covers water damage.", "The warranty does not cover water damage.", True),
    ("The warranty does not cover water damage.", "The warranty covers water damage.", True),
    ("The warranty does not cover water damage.", "The warranty doesn't cover water damage.", False),
    ("Water damage is not covered by the warranty.", "The warranty does not cover water damage.", False),
    ("The fee is low.", "The fee is low, and no deposit is taken.", False),
    ("Pets are never allowed.", "Pets are allowed.", True),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "passage", "found"), DENIED)
def test_denied(claim: str, passage: str, found: bool) -> None:
    """In both directions; what is denied of something else does not count."""
    assert order.denied(*both(claim, passage)) is found


SWAPPED = [
    ("Bob sued Alice in court.", "Alice sued Bob in court.", True),
    ("Bob was sued by Alice.", "Alice sued Bob.", False),
    ("Alice was sued by Bob.", "Alice sued Bob.", True), ("Alice sued Bob.", "Alice sued Bob.", False),
    ("The flag is green, blue and red.", "The flag is red, blue and green.", False),
    ("Lions are larger than tigers.", "Tigers are larger than lions.", True),
    ("Karl founded it in Berlin in 1903.", "In 1903 it was founded in Berlin by Karl.", False),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "passage", "found"), SWAPPED)
def test_swapped(claim: str, passage: str, found: bool) -> None:
    """Who does it to whom; a passive turns it round, a list may be told in any order."""
    assert order.swapped(*both(claim, passage)) is found


PLANS = "Plan A costs 5 euros per month and plan B costs 10 euros per month."


def test_numbers_of_others() -> None:
    """A number belongs to the words around it."""
    assert order.misplaced("Plan A costs 10 euros.", PLANS) and not order.misplaced("Plan A costs 5 euros.", PLANS)
    assert order.misplaced("Plan B costs 5 euros.", PLANS) and not order.misplaced("Plan B costs 10 euros.", PLANS)
    assert not order.misplaced("It closes at six.", "It opens at nine and closes at six.")


FRANCE = "In 1805 Janjaap Ruys drew the house in Dutch brick, and Marie Blanc, a critic of Lyon, praised the roof."


def test_names_of_others() -> None:
    """A name belongs to the words around it, too; other words around it are no offence."""
    assert order.mistaken("In 1805 Janjaap Blanc drew the house in Dutch brick.", FRANCE)
    assert order.mistaken("Marie Ruys, a critic of Lyon, praised the roof.", FRANCE)
    assert not order.mistaken("In 1805 Janjaap Ruys drew the house in Dutch brick.", FRANCE)
    assert not order.mistaken("The roof was praised by the critic Marie Blanc.", FRANCE)
