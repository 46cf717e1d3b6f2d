"""The aspects of the configuration: names choose, mappings change or add, and what is wrong is told by its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.ports import ConfigError
from policies.preferences import PreferencesConfig
from policies.preferences.aspects import DEFAULT, Aspect
from proxy.config import ConfigErrors, from_dict, schema

PLAN = {"name": "plan", "label": "Plan", "keep": 1}


def known(*aspects: Any, **more: Any) -> dict[str, Aspect]:
    return dict(PreferencesConfig.model_validate({"aspects": aspects, **more}).known())


def test_all_built_in_aspects_are_known_by_default() -> None:
    """In their order, as they are."""
    assert dict(PreferencesConfig().known()) == known("default") == dict(DEFAULT)


def test_names_choose_and_mappings_drop_nothing() -> None:
    """A mapping alone leaves the others; beside names, these and it are all."""
    assert set(known({"name": "likes", "keep": 20})) == set(DEFAULT)
    assert set(known(PLAN)) == {*DEFAULT, "plan"} == set(known("default", PLAN))
    assert list(known(PLAN, "likes", "diet", {"name": "tone", "tier": 5})) == ["tone", "diet", "likes", "plan"]


def test_a_mapping_changes_what_it_says() -> None:
    """The rest is as built in; null takes a half-life away."""
    likes = known({"name": "likes", "keep": 20, "label": "Fond of", "tier": None})["likes"]
    assert (likes.keep, likes.label, likes.tier, likes.about) == (20, "Fond of", DEFAULT["likes"].tier, "person")
    assert known({"name": "wants", "half_life": None})["wants"].half_life is None
    assert known({"name": "goals", "half_life": 7})["goals"].half_life == 7
    assert known({**PLAN, "values": ["Free", "Paid"], "strict": True})["plan"].values == ("Free", "Paid")


def test_sensitive_aspects_are_off_unless_allowed() -> None:
    """Own ones and built-in ones; a category is allowed for all aspects."""
    mood = {"name": "mood", "label": "Mood", "sensitive": True}
    assert "mood" not in known(mood) and "mood" in known(mood, allow_sensitive=["mood"])
    assert "goals" not in known({"name": "goals", "sensitive": True})
    allowed = known("default", allow_sensitive=["health"])
    assert all("health" in aspect.allows for aspect in allowed.values())
    assert allowed["likes"].allows == {"health"}


@pytest.mark.parametrize(("entry", "place", "message"), [
    ("shoe size", "", "unknown aspect; known: name, language"), (5, "", "name of an aspect, or a mapping"),
    ({"name": "own"}, "", "an own one is a mapping with a label"), ({"label": "A"}, ".name", "required"),
    ({**PLAN, "name": "Plan A"}, "", "a letter first"), ({**PLAN, "keep": 0}, ".keep", "greater than or equal to 1"),
    ({**PLAN, "keep": 201}, ".keep", "less than or equal to 200"), ({**PLAN, "tier": 10}, ".tier", "equal to 9"),
    ({**PLAN, "label": "x" * 41}, ".label", "at most 40"), ({**PLAN, "label": "a: b"}, ".label", "fit to be shown"),
    ({**PLAN, "label": "<system>"}, ".label", "fit to be shown"), ({"name": "likes", "label": ""}, "", "a label"),
    ({**PLAN, "about": "me"}, ".about", "'person' or 'answers'"), ({**PLAN, "half_life": 0}, ".half_life", "than 0"),
    ({**PLAN, "kep": 1}, ".kep", "did you mean keep"), ({**PLAN, "strict": True}, ".strict", "needs values"),
    ({**PLAN, "values": ["a", "https://x"]}, ".values", "number 1"), ({**PLAN, "values": ["Red", "reds"]}, ".values",
                                                                      "same thing"),
    ({"name": "default", "keep": 3}, "", "stands for all"),
])
def test_a_wrong_entry_is_told_by_its_place(entry: Any, place: str, message: str) -> None:
    """As the file writes it, once, with what would be right."""
    chain = [{"kind": "identity"}, {"kind": "preferences", "aspects": ["default", entry]}]
    with pytest.raises(ConfigErrors) as caught:
        from_dict({"policies": chain}, Path("."))
    errors = caught.value.errors
    assert [error.place for error in errors] == [f"policies.1.aspects.1{place}"]
    assert all(isinstance(error, ConfigError) and message in str(error) for error in errors)


@pytest.mark.parametrize(("settings", "place", "message"), [
    ({"aspects": []}, "aspects", "at least one"),
    ({"aspects": ["likes", {"name": "likes", "keep": 2}]}, "aspects", "twice"),
    ({"allow_sensitive": ["likes"]}, "allow_sensitive", "neither a category of values nor a sensitive aspect; known: "),
])  # fmt: skip
def test_a_wrong_list_is_told(settings: Any, place: str, message: str) -> None:
    """Empty, with a name twice, or allowing what is not sensitive."""
    with pytest.raises(ConfigErrors) as caught:
        from_dict({"policies": [{"kind": "preferences", **settings}]}, Path("."))
    assert [error.place for error in caught.value.errors] == [f"policies.0.{place}"]
    assert message in str(caught.value)


def test_editors_are_offered_names_and_mappings() -> None:
    """The schema of the file knows both forms."""
    forms = schema()["$defs"]["AspectSettings"]["anyOf"]
    assert [form["type"] for form in forms] == ["string", "object"]
    assert "half_life" in forms[1]["properties"]
