"""Choices as a deployment sees them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from adapters.ports import Profile
from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.coefficients import directions
from policies.preferences.seeing import judged_by, seen, seen_by
from policies.rewards.axes import AXES, JUDGED
from policies.sight import FACTORED, Sight
from tests.policies.test_sight import Says, along

LONG, SHORT = "It is done like this, and it takes about an hour of your time.", "Do it."
WARMTH = AXES.index("warmth")


def choice(event: str = "e", edited: bool = False) -> Choice:
    return Choice(event, LONG, SHORT, Pair.of(LONG, SHORT), 1.0, edited)


def judge() -> Says:
    scores = [dict.fromkeys(JUDGED, 0.0) | {"warmth": value} for value in (0.8, -0.8)]
    return Says(json.dumps({"answers": scores}))


def looked(sight: Sight, made: Choice, often: int = 5, counts: dict[str, float] | None = None) -> Any:
    return asyncio.run(judged_by(sight, made, counts or {}, often))


def test_a_model_judges_within_the_calls_of_a_day() -> None:
    """One call for each choice; an edit answers axis by axis; without one it is seen by its texts."""
    sight = Sight(judge(), judged=True)
    v, counts = looked(sight, choice())
    assert v.shape == (1, len(AXES)) and v[0, WARMTH] > 0.5 and counts["model.calls"] == 1
    rows, _ = looked(sight, choice(edited=True))
    assert [row[WARMTH] for row in rows if row[WARMTH]] == [v[0, WARMTH]] and len(rows) > 1
    assert all((row != 0).sum() == 1 for row in rows)
    today = {"model.day": float(time.time() // 86_400), "model.calls": 5.0}
    for often, before in ((0, {}), (5, today)):
        v, counts = looked(sight, choice(), often, before)
        assert (v == directions(choice())).all() and counts == before


def test_no_model_where_it_is_not_wanted() -> None:
    """For learning, or of an answer to a question of ours."""
    model = judge()
    for sight, made in ((Sight(model), choice()), (Sight(model, judged=True), choice("question-q1.0.1"))):
        v, counts = looked(sight, made)
        assert (v == directions(choice())).all() and counts == {}
    assert not model.asked
    bare = Choice("e", "", "", Pair({"length": 1.0}, frozenset(), frozenset()), 1.0)
    assert looked(Sight(model, judged=True), bare) == (None, {})


def test_the_last_choices_are_seen_alike() -> None:
    """By the bank, without a call; without one by their texts."""
    known = {LONG: {"warmth": 1.0}, SHORT: {"warmth": -1.0}}
    found = asyncio.run(seen(Sight(judge(), scored=lambda: known, judged=True), [choice()] * 3, {}))
    assert len(found) == 3 and all(each[0, WARMTH] > 0.5 for each in found)
    (plain,) = asyncio.run(seen(Sight(), [choice()], {}))
    assert (plain == directions(choice())).all()


def test_the_mark_of_learnt_axes_is_kept() -> None:
    """Of those that are, in the place of those that were; coefficients of others are left out."""
    sight, old = Sight(factors=along(1.0)), {FACTORED: 3.0, "events": 1.0}
    assert seen_by(sight, old) == {FACTORED: sight.mark, "events": 1.0}
    assert seen_by(Sight(), old) == {"events": 1.0}
    profile = Profile(taste={"factor1": 1.0}, counts=old)
    assert sight.current(profile).taste == {}
