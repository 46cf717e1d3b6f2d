"""A question of fact is one that surely asks for nothing else; what might concern the person is none."""

import time

import pytest

from policies.questions.factual import MOST, all_factual, factual, stays_factual


@pytest.mark.parametrize("text", [
    "What is the boiling point of ethanol?", "who wrote the magic flute", "Hi! When did the Berlin wall fall?",
    "How does a fridge work?", "how many states are in the u.s.", "Tell me what the capital of Chad is.",
    "What does the handbook say about parental leave?", "Who won World War I?", "Define entropy",
    "Which river runs through Lyon?", "<rapport-known note='x'>\nI like tea.\n</rapport-known>\nWho was Ada Lovelace?",
])  # fmt: skip
def test_facts(text: str) -> None:
    """Plain questions, with or without a greeting; what Rapport itself put in is not read."""
    assert factual(text)


@pytest.mark.parametrize("text", [
    "What should I cook tonight?", "Is it safe to fly to Peru?", "What is a good restaurant in Lyon?",
    "Which phone is better, A or B?", "How do I boil an egg?", "How do you boil an egg?", "What goes well with salmon?",
    "What are some popular films?", "Do I need a visa for Peru?", "What is the weather like?", "What's on tonight?",
    "Where is the nearest pharmacy?", "Write a poem about whales.", "Plan three days in Rome.", "Thanks!", "",
    "What is my name?", "What do you know about me?", "What about our budget?", "I moved house. What is a lease?",
    "Explain monads", "What helps against headaches?", "What is the best gift?", "Compare Lyon and Nice.",
    "Was soll man heute Abend kochen?", "Was kostet das?", "Que faire \u00e0 Lyon ce soir ?", "Is er kip of vis?",
    "Which antibiotics are given for strep throat?", "What are the ingredients for tiramisu?", "How is paella made?",
    "What are the side effects of penicillin?", "How much paracetamol can be taken in a day?",
    "What painkillers are there?", "Which trains run from home to work?", "Where can vegan food be found in Berlin?",
    "parental leave weeks", "What is this? ```x = 1```", "What's good for us?", "What is a gift for a child?",
])  # fmt: skip
def test_anything_else(text: str) -> None:
    """Advice, choice, plans, taste, what is eaten and taken, the person, their place and time, work, small talk, and
    other languages."""
    assert not factual(text)


def test_long_turns_bring_a_situation_along() -> None:
    """A question behind a long text is not plainly one of fact."""
    question = "What is the boiling point of ethanol?"
    assert factual("x" * (MOST - len(question) - 2) + ". " + question) and not factual("x" * MOST + ". " + question)


def test_conversations() -> None:
    """Thanks and greetings change nothing, and are no question by themselves."""
    fact, other = "What is the boiling point of ethanol?", "What should I cook?"
    assert all_factual([fact]) and all_factual(["Hi!", fact, "Thanks!"])
    assert not all_factual(["Hi!"]) and not all_factual([]) and not all_factual([fact, other])
    assert stays_factual(["Thanks!"]) and stays_factual([]) and not stays_factual([other])


@pytest.mark.parametrize("text", ["what " * 90, "how to " * 60, "which " + "a " * 190, "for what " * 10_000])
def test_no_text_takes_long(text: str) -> None:
    """A verdict takes a small part of a millisecond, whatever the text."""
    factual(text)
    start = time.process_time()
    for _ in range(20):
        factual(text)
    assert time.process_time() - start < 0.5
