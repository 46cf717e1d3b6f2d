"""The election's arithmetic: who wins, who loses, and the way back."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from adapters.ports import Election, Plan, Profile, Race
from policies.election import (
    CANDIDATE,
    INCUMBENT,
    MOST_CHOICES,
    NONE,
    PARTED,
    TELLING,
    WINS,
    advance,
    chance,
    decided,
    lead,
    mark,
    set_up,
    unproven,
    verdict,
)

PLAN = Plan("tight", share=0.5)


def test_agreement_makes_cautiously_sure() -> None:
    """Nothing said is a coin, one claim says .68, and no number of them more than .82."""
    assert chance(0.0) == 0.5
    assert (round(chance(1.0), 2), round(chance(-1.0), 2)) == (0.68, 0.32)
    assert chance(2.0) == chance(50.0) == pytest.approx(0.8176, abs=1e-4)


def test_sums_grow_by_weighted_logs() -> None:
    """A rival that did not run this time counts as a coin."""
    race = advance(set_up(PLAN, (NONE, "nearest")), {CANDIDATE: 0.8, NONE: 0.5}, CANDIDATE, 0.5)
    assert race.choices == 1
    assert race.own == pytest.approx(0.5 * math.log(0.8))
    assert race.rivals == {NONE: pytest.approx(0.5 * math.log(0.5)), "nearest": pytest.approx(0.5 * math.log(0.5))}
    assert lead(race) == pytest.approx(0.5 * math.log(1.6))


@pytest.mark.parametrize(
    ("own", "rivals", "choices", "expected"),
    [
        (-1.0, {NONE: -1.1 - WINS, INCUMBENT: -9.0}, 9, "wins"),
        (-1.0, {NONE: -9.0, INCUMBENT: -2.0}, 9, "runs"),
        (-9.0, {NONE: -8.9 + WINS, INCUMBENT: -20.0}, 9, "loses"),
        (-9.0, {INCUMBENT: -8.9 + WINS}, 9, "loses"),
        (-9.0, {NONE: -9.5, INCUMBENT: -1.0}, 9, "runs"),
        (-1.0, {NONE: -1.5}, MOST_CHOICES, "loses"),
        (-1.0, {NONE: -1.5}, TELLING, "runs"),
    ],
)
def test_all_rivals_must_be_beaten(own: float, rivals: dict[str, float], choices: int, expected: str) -> None:
    """By a factor of 20 each; behind a coin by as much, or out of time, is lost."""
    assert verdict(Race(PLAN, choices, own, rivals, PARTED)) == expected


def test_who_says_the_same_does_not_block_the_others() -> None:
    """After twenty choices of which what serves made the same, a race is over."""
    race = set_up(PLAN, (INCUMBENT,))
    for _ in range(TELLING):
        assert verdict(race) == "runs"
        race = advance(race, {CANDIDATE: 0.68, INCUMBENT: 0.68}, CANDIDATE, 1.0)
    assert verdict(race) == "loses"


def test_luck_hardly_ever_wins() -> None:
    """A coin with opinions is promoted in at most 5 % of 600 races of 200 looks each (seed 3)."""
    rng, won = random.Random(3), 0
    for _ in range(600):
        race = set_up(PLAN, (NONE,))
        while verdict(race) == "runs":
            said = chance(1.0 if rng.random() < 0.5 else -1.0)
            race = advance(race, {CANDIDATE: said, NONE: 0.5}, CANDIDATE, 1.0)
        won += verdict(race) == "wins"
    assert won / 600 <= 0.05


def test_a_winner_serves_and_can_be_recalled() -> None:
    """What it replaced runs against it from then on, and comes back if it predicts better."""
    won = decided(Election(race=Race(PLAN, 30, -1.0, {INCUMBENT: -1.1 - WINS})))
    assert (won.incumbent, won.before, won.outcome) == (PLAN, Plan(), "promoted:tight")
    assert won.watch == set_up(Plan(), (INCUMBENT,))
    assert won.watch is not None
    back = decided(replace(won, watch=replace(won.watch, own=-1.0, rivals={INCUMBENT: -1.1 - WINS})))
    assert (back.incumbent, back.before, back.watch, back.outcome) == (Plan(), None, None, "rolled_back:tight")
    assert back.lost == (mark(PLAN),)


def test_who_proves_itself_is_not_recalled() -> None:
    """Once the old plan is behind by a factor of 20, it is let go."""
    held = decided(Election(PLAN, before=Plan(), watch=Race(Plan(), 9, -1.1 - WINS, {INCUMBENT: -1.0})))
    assert (held.incumbent, held.before, held.watch) == (PLAN, None, None)


def test_a_loser_is_remembered() -> None:
    """So that the same plan is not tried again at once; another of the same name is another plan."""
    lost = decided(Election(race=Race(PLAN, 30, -9.0, {NONE: -1.0})))
    assert (lost.race, lost.lost, lost.outcome) == (None, (mark(PLAN),), "lost:tight")
    assert mark(PLAN) != mark(replace(PLAN, drop=("a",)))


def test_nothing_of_a_forgotten_claim_stays() -> None:
    """Its id goes from every plan."""
    plan = Plan("p", ("gone", "kept"), ("gone",))
    race = Race(plan)
    left = Election(plan, plan, race, race).without("gone")
    assert "gone" not in repr(left)
    assert "kept" in repr(left)


BETTER = {"own": -2.0, "house": -3.0, "none": -3.5}


@pytest.mark.parametrize(
    ("answers", "election", "why"),
    [
        (0, Election(), "too_few_choices"),
        (3, Election(), "too_few_choices"),
        (3, Election(choices=3, tastes={"own": -2.0, "none": -2.0}), ""),
        (3, Election(choices=2, tastes={"own": -2.0, "none": -2.0}), "too_few_choices"),
        (3, Election(choices=5, tastes={**BETTER, "house": -1.5}), ""),
        (3, Election(choices=5, tastes={**BETTER, "house": -1.0}), "no_better"),
        (2, Election(choices=9, tastes={**BETTER, "own": -9.0}), "no_better"),
        (0, Election(choices=5, tastes=BETTER), ""),
        (0, Election(choices=5, tastes={**BETTER, "house": -2.9}), "no_better"),
        (0, Election(choices=5, tastes={**BETTER, "none": -2.9}), "no_better"),
        (0, Election(choices=4, tastes=BETTER), "too_few_choices"),
        (0, Election(choices=5, tastes={"own": -2.0, "none": -3.5}), ""),
        (0, Election(choices=5, tastes={"house": -3.0, "none": -3.5}), "too_few_choices"),
        (9, Election(choices=9, tastes=BETTER, guarded="drifted"), "drifted"),
    ],
)
def test_own_coefficients_must_prove_themselves(answers: int, election: Election, why: str) -> None:
    """A nat ahead of the house's and of a coin, over five choices; or answers to three questions, and no nat behind."""
    profile = Profile(counts={"answers": float(answers)}, election=election)
    assert unproven(profile) == why
    assert unproven(replace(profile, paused=True)) == "paused"
