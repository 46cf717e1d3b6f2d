"""Whether claims that choices bear are right: made-up people with few strong tastes pick between answers of the bank
that comes along. By coefficients, as shipped, and by sums of the choices, as where nothing learns coefficients."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from adapters.ports import Evidence
from policies.preferences.choices import choices, tally, tastes
from policies.preferences.voiced import borne
from policies.rewards.axes import AXES, FACTORS
from policies.rewards.claims import meant
from policies.rewards.deck import Deck, shipped
from policies.rewards.moments import Array, sigmoid
from policies.rewards.posterior import Answer
from policies.rewards.taste import NEUTRAL, floats
from policies.rewards.words import Named

STRONG, SIZE = 3, 3.0
"""How many axes somebody cares about, and how much: a whole difference on one decides 95 % of the choices."""


def claims(people: int, picks: int, seed: int = 7) -> dict[str, float]:
    """After so many picks between pairs drawn at random: by `_coefficients` and by `_sums`, claims per person
    (`taste/worded`), and which share of them the person holds (`_right`) or holds the contrary of (`_wrong`)."""
    deck, rng = Deck.of(shipped()), np.random.default_rng(seed)
    told: dict[str, list[int]] = {"coefficients": [0, 0, 0], "sums": [0, 0, 0]}
    for _ in range(people):
        taste = np.zeros(len(AXES))
        taste[rng.choice(len(AXES) - len(FACTORS), STRONG, replace=False)] = rng.choice((-SIZE, SIZE), STRONG)
        for way, found in zip(told, _said(deck, taste, picks, rng), strict=True):
            for claim in found:
                told[way][_held(claim, taste)] += 1
    found = {}
    for way, (right, wrong, neither) in told.items():
        whole = right + wrong + neither
        found |= {f"taste/worded_{way}": whole / people, f"taste/worded_{way}_right": right / max(1, whole),
                  f"taste/worded_{way}_wrong": wrong / max(1, whole)}  # fmt: skip
    return found


def _said(deck: Deck, taste: Array, picks: int, rng: np.random.Generator) -> Iterator[Collection[Named]]:
    """The claims after somebody's picks, by coefficients and by sums."""
    posterior, counts = NEUTRAL, dict[str, float]()
    for place in map(int, rng.choice(len(deck.bank.pairs), picks, replace=False)):
        v, (_, first, second) = deck.bank.pool.v[place], deck.bank.texts(place)
        preferred = bool(rng.random() < sigmoid(v @ taste))
        texts = (first, second) if preferred else (second, first)
        for choice in choices([Evidence(str(place), "pick", texts[0], "assistant", texts[1])]):
            tally(choice, counts)
        posterior = posterior.updated(Answer(v, float(preferred)))
    yield borne(floats(posterior))
    yield tastes(counts, ())


def _held(claim: Named, taste: Array) -> int:
    """0 where the person holds it, 1 where the contrary, 2 where they do not care."""
    sides = [side * float(taste[AXES.index(axis)]) for axis, side in meant(*claim, AXES).items()]
    return 0 if max(sides) > 0.0 else 1 if min(sides) < 0.0 else 2
