"""Reviews, people and questions made up for the bench of aspects: the same for the same seed.

Sixteen aspects of hotels. What people care for is skewed (Zipf), and every fifth cares for what hardly anybody does. A
review has one or two subjects; a third of the reviews, and those of no subject, name an aspect in passing besides,
which is not what they are about and counts as irrelevant. People say what they like in their own words, and in every
fourth case in words that no review has. Nothing of it is known to the policy but texts, claims and who shares.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from adapters.ports import Claim, Passage

SAID: dict[str, tuple[str, str, str]] = {
    "breakfast": ("Breakfast had warm rolls and four kinds of jam.", "They serve breakfast until eleven.", "brunch"),
    "pool": ("The pool is heated from May on.", "Towels lie ready by the pool.", "swimming"),
    "parking": ("Parking costs eight euros and the gate is narrow.", "There is parking below the house.", "garage"),
    "noise": ("Some noise from the tram reached us until one.", "With the window shut the noise is gone.", "silence"),
    "staff": ("The staff carried our bags up the stairs.", "Staff at the desk spoke four languages.", "service"),
    "bed": ("The bed was firm and wide.", "Each bed has two pillows of buckwheat.", "mattresses"),
    "gym": ("The gym has three treadmills and a rack.", "We found the gym open at six.", "workouts"),
    "view": ("The view reaches over the bay to the islands.", "Ask for the view towards the hills.", "panoramas"),
    "bathroom": ("The bathroom was tiled in green, with a deep tub.", "Hot water in the bathroom ran out.", "tubs"),
    "garden": ("The garden is full of roses and bees.", "Tables stand in the garden under pears.", "lawns"),
    "bar": ("The bar mixes drinks with local gin.", "A pianist played in the bar.", "cocktails"),
    "heating": ("The heating knocked and would not go lower.", "They turn the heating off in April.", "radiators"),
    "shuttle": ("The shuttle leaves for the airport each hour.", "We booked the shuttle by phone.", "transfers"),
    "kitchen": ("The kitchen in our flat had pans and knives.", "You may use the kitchen on each floor.", "cooking"),
    "sauna": ("The sauna smells of birch.", "They light the sauna in the evening.", "steam"),
    "playground": ("The playground has swings and sand.", "Our son lived in the playground.", "children"),
}
"""Per aspect: what two reviews say of it, and how some people call what they care for, which no review says."""
ASPECTS = tuple(SAID)
FILLER = (
    "We came by train with two friends in March.", "It was our second visit since the wedding.",
    "The town is worth a walk after dark.", "A cousin had told us about it.", "We left on Sunday before noon.",
    "Rain kept us inside for most of the week.", "The key is a plain card.", "Our neighbours were from Ghent.",
)  # fmt: skip
PASSING = ("We met them by the {}.", "Someone asked the way to the {}.", "A bus with a picture of a {} came past.")
FIRST = ("Bright", "Stone", "Silver", "Oak", "Harbour", "Linden", "Raven", "Amber", "Mill", "Falcon", "Juniper", "Swan")
SECOND = ("water", "field", "gate", "crest", "brook")
QUESTIONS = ("What is it like to stay at the {}?", "Tell me about the {}.", "What do guests of the {} say about it?")
REVIEWS = 12
CONTRARIAN = 0.2
OTHERWISE = 0.25
LIKED = ("{}", "a good {}", "places with a {}")


class Guest(NamedTuple):
    """A person: the aspects that they care for, what they said of them (in the same order), the hotels that they ask
    about, and how they ask."""

    cares: tuple[str, ...]
    said: tuple[Claim, ...]
    hotels: tuple[str, ...]
    question: str


class World(NamedTuple):
    """Reviews, the subjects of each by its id, people who share, and people who ask."""

    passages: tuple[Passage, ...]
    subjects: dict[str, frozenset[str]]
    sharing: tuple[Guest, ...]
    guests: tuple[Guest, ...]


def world(seed: int, sharing: int, guests: int, asks: int) -> World:
    """A world: `sharing` people who let themselves be counted, `guests` who ask about `asks` hotels each."""
    draw = random.Random(seed)
    names = [first + second for first in FIRST for second in SECOND]
    hotels = draw.sample(names, 24)
    liked = draw.sample(ASPECTS, len(ASPECTS))
    passages, subjects = [], dict[str, frozenset[str]]()
    for hotel in hotels:
        for number in range(REVIEWS):
            id = f"{hotel}-{number}"
            text, subjects[id] = _review(draw)
            passages.append(Passage(id, "", id, f"Hotel {hotel}", text))
    people = [_guest(draw, liked, hotels, asks) for _ in range(sharing + guests)]
    return World(tuple(passages), subjects, tuple(people[:sharing]), tuple(people[sharing:]))


def _review(draw: random.Random) -> tuple[str, frozenset[str]]:
    about = draw.sample(ASPECTS, draw.choice((0, 1, 1, 2)))
    lines = draw.sample(FILLER, 3) + [draw.choice(SAID[aspect][:2]) for aspect in about]
    if not about or draw.random() < 1 / 3:
        lines.append(draw.choice(PASSING).format(draw.choice(ASPECTS)))
    draw.shuffle(lines)
    return " ".join(lines), frozenset(about)


def _guest(draw: random.Random, liked: Sequence[str], hotels: Sequence[str], asks: int) -> Guest:
    contrary = draw.random() < CONTRARIAN
    weights = [1.0 * (place >= len(liked) // 2) if contrary else 1.0 / (1 + place) for place in range(len(liked))]
    cares: list[str] = []
    while len(cares) < 3:
        aspect = draw.choices(liked, weights)[0]
        if aspect not in cares:
            cares.append(aspect)
    said = []
    for place, aspect in enumerate(cares):
        word = SAID[aspect][2] if draw.random() < OTHERWISE else draw.choice(LIKED).format(aspect)
        said.append(Claim(f"c{place}", "likes", word))
    return Guest(tuple(cares), tuple(said), tuple(draw.sample(hotels, asks)), draw.choice(QUESTIONS))
