"""Whom own coefficients choose for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.ports import Election, Profile
from policies.rewards.axes import AXES
from policies.rewards.places import LEARNT, behind
from policies.rewards.posterior import HALF_LIFE
from policies.rewards.prior import neutral
from policies.rewards.taste import WEEK
from tests.policies.align.people import BRIEF, WON, World

UNPROVED = replace(BRIEF, counts={})


@pytest.mark.parametrize(("profile", "reason"), [
    (None, "no_identity"),
    (Profile(), "nothing_known"),
    (replace(BRIEF, taste={}), "nothing_known"),
    (replace(BRIEF, taste={"length": -3.0, "length~": 0.2}), "nothing_known"),
    (UNPROVED, "too_few_choices"),
    (replace(BRIEF, counts={"answers": 2.0}), "too_few_choices"),
    (replace(UNPROVED, election=replace(WON, choices=4)), "too_few_choices"),
    (replace(BRIEF, paused=True), "paused"),
    (replace(BRIEF, election=Election(guarded="drifted")), "drifted"),
])
@pytest.mark.parametrize("settings", [{}, {"calls": 1, "variants": {"short": {"text": "x", "style": {"length": -1}}}}])
def test_one_ordinary_call(profile: Profile | None, reason: str, settings: dict[str, object]) -> None:
    """Nothing is planned and nothing changed; the receipt says why."""
    exchange = World(profile, settings).send()
    assert exchange.choosing is None and exchange.request is exchange.received
    assert exchange.receipt.reasons == [reason]


@pytest.mark.parametrize("profile", [BRIEF, replace(UNPROVED, election=WON)])
def test_who_has_proved_it(profile: Profile) -> None:
    """By answers to questions, or by choices that their own coefficients foretold."""
    exchange = World(profile).send()
    assert exchange.choosing is not None and exchange.receipt.reasons == ["asked"]


def test_a_place_has_its_own() -> None:
    """Who is known at work alone is known there, and elsewhere gets one ordinary call."""
    there = replace(BRIEF, taste={f"work/{name}": value for name, value in BRIEF.taste.items()})
    assert [World(there, place=place).send().receipt.reasons for place in ("work", "home", "")] == [
        ["asked"], ["nothing_known"], ["nothing_known"]]  # fmt: skip


def test_a_taste_of_long_ago_is_less_sure() -> None:
    """What it prefers is the same; after a half-life it is about half as open as for anybody."""
    old = replace(BRIEF, counts={**BRIEF.counts, LEARNT: World.came - HALF_LIFE * WEEK})
    fresh, later = World(BRIEF).send().choosing, World(old).send().choosing
    assert fresh is not None and later is not None and later.taste["length"] == fresh.taste["length"]
    assert fresh.taste["length~length"] < 0.1 and later.taste["length~length"] == pytest.approx(1.0, abs=0.1)


def test_words_about_a_place_do_not_keep_a_taste_sure() -> None:
    """Where a person only said something of a place, what they chose elsewhere serves there, as sure as it is now."""
    kept = {**BRIEF.taste, **behind("work", BRIEF.taste)}
    old = replace(BRIEF, taste=kept, counts={**BRIEF.counts, LEARNT: World.came - HALF_LIFE * WEEK})
    there, everywhere = (World(old, place=place).send().choosing for place in ("work", ""))
    assert there is not None and everywhere is not None and there.taste == everywhere.taste


def test_what_a_posterior_is_kept_as() -> None:
    """The names that it writes are those that are looked for."""
    kept = replace(BRIEF, taste=neutral(AXES).floats(AXES))
    assert World(kept).send().choosing is not None
