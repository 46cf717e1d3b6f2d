"""A claim may not say the opposite of its passage, nor more than it."""

import pytest

from policies.write_back.opposites import opposed, stronger
from policies.write_back.order import parts

OPPOSED = [
    ("Call before noon.", "Call after noon.", True), ("It costs more than 5.", "It costs less than 5.", True),
    ("It is always open.", "It is never open.", True), ("Turn it on, then off.", "Turn it off, then on.", False),
    ("Call before noon.", "Call before noon, not after.", False), ("Paid monthly.", "Paid yearly.", True),
    ("Alarms are enabled by default.", "Alarms are disabled by default; sirens can be enabled.", True),
    ("Sirens can be enabled.", "Alarms are disabled by default; sirens can be enabled.", False),
    ("The Harbour Museum closes at six.", "The Harbour Museum opens at nine and closes at six.", False),
    ("The gate was closed on Monday.", "The gate was opened on Monday and the shop was closed in May.", True),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "passage", "found"), OPPOSED)
def test_opposed(claim: str, passage: str, found: bool) -> None:
    """A word whose opposite alone the passage has."""
    assert opposed(parts(claim), parts(passage)) is found


STRONGER = [
    ("All refunds are paid.", "Refunds are paid.", True), ("All refunds are paid.", "Every refund is paid.", False),
    ("Coffee causes cancer.", "Coffee may cause cancer.", True),
    ("Coffee might cause cancer.", "Coffee may cause cancer.", False),
    ("The shop is large.", "The shop is large, and may open later.", False),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "passage", "found"), STRONGER)
def test_stronger(claim: str, passage: str, found: bool) -> None:
    """What the passage doubts, or says of some, is not said for sure, or of all."""
    assert stronger(parts(claim), parts(passage)) is found
