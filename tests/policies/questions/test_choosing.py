"""What asks for a choice or for advice, and what does not."""

from __future__ import annotations

import pytest

from policies.questions.choosing import choosing


@pytest.mark.parametrize(
    "text",
    [
        "Which laptop should I buy?",
        "Should I take the train or fly?",
        "Can you recommend a film?",
        "What would you suggest for a rainy Sunday?",
        "Any advice on asking for a rise?",
        "Help me decide between these two flats.",
        "I'm torn between Lisbon and Porto.",
        "Is it worth buying a dishwasher?",
        "What are the pros and cons of renting?",
    ],
)
def test_choices_and_advice(text: str) -> None:
    """In several wordings."""
    assert choosing(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is the boiling point of ethanol?",
        "Translate this into French: the cat sat.",
        "Thanks, that is all.",
        "Write a haiku about rain.",
        '<rapport-known note="x">\nWhich one should I buy?\n</rapport-known>',
    ],
)
def test_facts_and_work(text: str) -> None:
    """Nor what we put there ourselves."""
    assert not choosing(text)
