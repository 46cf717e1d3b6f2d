"""Made-up answers in made-up styles: the same facts, written in as many ways as there are axes to write them on."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

FACTS = (
    "the parts are cleaned with warm water", "a dry place keeps them for a year", "two people need about an hour",
    "the cheaper kind breaks sooner", "the order of the steps does not change the result", "small pieces dry faster",
    "the label names the date", "it is best done in the morning", "old stock goes first", "most shops carry it",
    "the lid must stay open", "one turn of the key is enough",
)  # fmt: skip
SWITCHES = (
    "long", "lists", "headings", "tables", "code", "emoji", "examples", "hedging", "questions", "hard", "person",
    "preamble", "formal", "casual",
)  # fmt: skip
STYLES: dict[str, frozenset[str]] = {
    "brief": frozenset(),
    "structured": frozenset(("long", "lists", "headings", "tables", "code")),
    "friendly": frozenset(("emoji", "casual", "person", "questions", "examples", "preamble")),
    "careful": frozenset(("long", "formal", "hedging", "hard", "examples", "preamble")),
}
"""Four rewritings of an answer, as a backend might give them."""


def written(facts: Sequence[str], on: Collection[str]) -> str:
    """The facts as a text with these switches on."""
    said = [_sentence(fact, on) for fact in facts][: 8 if "long" in on else 3]
    told = "\n".join(f"- {each}" for each in said) if "lists" in on else " ".join(said)
    rows = "".join(f"\n| {fact[:9]} | yes |" for fact in facts[:3])
    parts = (
        ("preamble", "That's a good question to look at before starting."),
        ("casual", "Hey, it's gonna be cool!!"),
        ("formal", "With respect to the matter, please find the following."),
        ("headings", "## Overview"),
        ("", told),
        ("examples", "For example, the blue one; for instance, the round one."),
        ("tables", f"| what | how |\n| - | - |{rows}"),
        ("code", "```\nclean(parts)\ndry(parts)\nstore(parts)\n```"),
        ("formal", "Furthermore, we remain at your convenience. Kind regards"),
        ("questions", "Which kind is it? Where is it kept?"),
        ("emoji", "\U0001f389 \U0001f600"),
    )
    return "\n\n".join(text for switch, text in parts if not switch or switch in on)


def _sentence(fact: str, on: Collection[str]) -> str:
    if "hard" in on:
        fact = f"notwithstanding considerable organisational interdependencies, {fact}"
    if "hedging" in on:
        fact = f"perhaps {fact}, generally"
    if "person" in on:
        fact = f"for you and your home {fact}"
    return f"{fact[0].upper()}{fact[1:]}."


def facts(rng: random.Random) -> list[str]:
    """What one answer is about: some of the facts in some order."""
    return rng.sample(FACTS, 8)


def mixtures(rng: random.Random, number: int = 4) -> dict[str, str]:
    """So many answers to one prompt, each with a third of the switches on, by name."""
    about = facts(rng)
    return {f"mixture{place}": written(about, [each for each in SWITCHES if rng.random() < 1 / 3])
            for place in range(number)}  # fmt: skip


def rewritings(rng: random.Random) -> dict[str, str]:
    """One answer in each of STYLES, by its name."""
    about = facts(rng)
    return {name: written(about, on) for name, on in STYLES.items()}
