"""The lens: verified factors in words, elected, recalled, and bounded."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Claim, Election, Lens, Plan, Race, count_tokens
from policies.election import INCUMBENT, NONE, WINS
from policies.preferences.axes import Pair
from policies.preferences.choices import AXES, Choice
from policies.preferences.lens import AGAIN, LENS, MOST, due, judged, made, moved

SURE = {"length": -2.0, "length~": 0.1, "lists": 1.0, "lists~": 0.1}


def choices(*differing: dict[str, float]) -> list[Choice]:
    return [Choice(f"c{n}", "", "", Pair(each, frozenset(), frozenset()), 0.8) for n, each in enumerate(differing)]


def test_verified_factors_are_named_in_their_order() -> None:
    """With how many of the choices that spoke of them they predicted."""
    past = choices(*[{"length": -1.0, "lists": 1.0}] * 3, {"length": 1.0})
    lens = made((), SURE, past, 9)
    assert lens.text == (
        "This person decides by, most important first: brevity over completeness (3 of 4 choices); "
        "lists over prose (3 of 3 choices)."
    )
    assert (lens.weights["length"] < 0 < lens.weights["lists"], lens.serves, lens.tried) == (True, False, 9)


def test_what_choices_do_not_bear_out_is_no_factor() -> None:
    """A coefficient that mostly predicted wrong, is unsure, or was hardly tried."""
    wrong = choices(*[{"length": 1.0}] * 2, *[{"length": -1.0}] * 3)
    assert made((), SURE, wrong, 1) == Lens(tried=1)
    assert made((), {**SURE, "length~": 4.0}, choices(*[{"length": -1.0}] * 5), 1).text == ""
    assert made((), SURE, choices(*[{"length": -1.0}] * 2), 1).text == ""


def test_proven_claims_are_named_if_they_may_be() -> None:
    """With where they hold; and never beyond the bound."""
    tea = Claim("tea", "likes", "tea")
    pair = Pair({"length": -1.0}, frozenset({"tea"}), frozenset())
    past = [Choice(f"c{n}", "", "", pair, 0.8) for n in range(4)]
    assert made((tea,), SURE, past, 1).text.endswith(" Borne out: tea.")
    assert made((replace(tea, context="work"),), SURE, past, 1).text.endswith(" Borne out: tea (at work).")
    every = {**{axis: 2.0 for axis in AXES}, **{f"{axis}~": 0.1 for axis in AXES}}
    full = made((tea,), every, choices(*[{axis: 1.0 for axis in AXES}] * 3), 1)
    assert 0 < count_tokens(full.text) <= MOST


def test_it_serves_once_it_won_and_until_the_summary_wins() -> None:
    """By the same rule as a summary; a lens that lost is gone, and another is due some choices later."""
    lens = Lens("x", {"length": -1.0}, race=Race(Plan(LENS), 20, -1.0, {NONE: -1.1 - WINS, INCUMBENT: -1.1 - WINS}))
    won = judged(Election(lens=lens))
    assert (won.lens.serves, won.outcome) == (True, "promoted:lens")
    assert won.lens.race == Race(Plan(INCUMBENT), rivals={LENS: 0.0})
    after = moved(won.lens, {INCUMBENT: 0.8, LENS: 0.2}, 1.0)
    assert after.race is not None
    assert after.race.own > after.race.rivals[LENS]
    gone = judged(Election(choices=30, lens=replace(won.lens, race=Race(Plan(INCUMBENT), 9, -1.0, {LENS: -9.0}))))
    assert (gone.lens, gone.outcome) == (Lens(tried=30), "rolled_back:lens")
    lost = judged(Election(choices=30, lens=replace(lens, race=Race(Plan(LENS), 9, -9.0, {NONE: -1.0}))))
    assert (lost.lens, lost.outcome) == (Lens(tried=30), "lost:lens")
    assert not due(lost)
    assert due(replace(lost, choices=30 + AGAIN))


def test_who_proves_itself_goes_on() -> None:
    """Ahead of the summary by a factor of 20, it begins a new watch."""
    lens = Lens("x", serves=True, race=Race(Plan(INCUMBENT), 9, -9.0, {LENS: -1.0}))
    assert judged(Election(lens=lens)).lens == replace(lens, race=Race(Plan(INCUMBENT), rivals={LENS: 0.0}))


def test_a_forgotten_claim_takes_the_lens_along() -> None:
    """Its words go with it."""
    assert Election(lens=Lens("tea", claims=("tea",))).without("tea").lens == Lens()
