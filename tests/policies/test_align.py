"""Settings of `kind: align`: what cannot work is told at the start."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.ports import ConfigError
from tests.policies.align.people import World
from tests.policies.test_sight import Says


@pytest.mark.parametrize(("settings", "place", "says"), [
    ({"calls": 2, "models": ["a", "b"]}, "calls", "at least 3"),
    ({"calls": 3, "models": ["a"], "variants": {"x": "y", "z": "y"}}, "calls", "at least 4"),
    ({"judged": True}, "judged", "learning.model"),
    ({"calls": 1}, "calls", "variants"),
    ({"calls": 1, "variants": {"x": {"text": "y", "style": {"factor1": 1}}}}, "variants.x.style.factor1", "caution"),
    ({"calls": 1, "models": ["a"], "variants": {"x": {"text": "y", "style": {"length": 1}}}}, "calls", "no models"),
    ({"calls": 1, "variants": {"x": "y"}}, "variants.x.style", "needs a style"),
    ({"calls": 1, "variants": {"x": {"text": "y", "sample": "z"}}}, "variants.x.style", "two at least"),
    ({"calls": 1, "variants": {"x": {"text": "y", "style": {"wit": 1}}}}, "variants.x.style.wit", "length"),
    ({"calls": 1, "variants": {"x": {"text": "y", "style": {"length": 2}}}}, "variants.x.style.length", "-1 to 1"),
    ({"calls": 1, "variants": {"x": {"text": "y", "style": {"code": float("nan")}}}}, "variants.x.style.code", "-1"),
])
def test_what_cannot_work(settings: dict[str, Any], place: str, says: str) -> None:
    """The error names the place, and what would be right."""
    with pytest.raises(ConfigError, match=says) as caught:
        World(settings=settings).send()
    assert caught.value.place == place


@pytest.mark.parametrize(("settings", "says"), [
    ({"calls": 2}, "at least 3: for the ordinary call, a further one, and for the judge"),
    ({"calls": 3, "models": ["a", "b"]}, "at least 4"),
    ({"calls": 1, "variants": {"x": {"text": "y", "style": {"warmth": 1}}}}, "no judge"),
])
def test_a_judge_needs_something_to_judge(settings: dict[str, Any], says: str) -> None:
    """It is one of the calls."""
    with pytest.raises(ConfigError, match=says) as caught:
        World(settings={"judged": True, **settings}, model=Says("{}")).send()
    assert caught.value.place == "calls"


@pytest.mark.parametrize("settings", [
    {"calls": 0}, {"calls": 9}, {"wait": 0}, {"max_tokens": 1}, {"variants": {"x": ""}},
    {"variants": {"x": {"test": "y"}}}, {"variants": ["x"]}, {"calls_per_day": -1}, {"caution": -1},
])
def test_what_is_no_setting(settings: dict[str, Any]) -> None:
    """Numbers out of their range, variants without a text."""
    with pytest.raises(ValueError):
        World(settings=settings).send()


def test_a_text_is_a_variant() -> None:
    """The short way to write one."""
    plan = World(settings={"variants": {"x": "Be brief."}}).send().choosing
    assert plan is not None and len(plan.ways) == 2
