"""Answers on named axes: each is read, and compared within the prompt."""

from __future__ import annotations

import numpy as np
import pytest

from policies.rewards.axes import AXES, JUDGED, TEXT, features, read

PLAIN = "The sieve hangs beside the door. Take it and shake it until nothing more comes out of it at all."
HARD = "Considerable perforation characterises domestic instruments whose manipulation necessitates vigorous agitation."


@pytest.mark.parametrize(
    ("axis", "more", "less"),
    [
        ("length", PLAIN, "Use the sieve."),
        ("lists", "Do:\n- take it\n- shake it", "Do take it, shake it"),
        ("headings", "## Sieves\nShake it.", "Shake it."),
        ("tables", "| a | b |\n| - | - |\n| 1 | 2 |", "a and b"),
        ("code", "Do:\n```\nshake()\n```", "Do shake()"),
        ("emoji", "Shake it \U0001f389", "Shake it"),
        ("examples", "Sieves, for example round ones.", "Sieves, round ones."),
        ("hedging", "It might perhaps help to shake it.", "It helps to shake it."),
        ("questions", "Shake it. Which one is it?", "Shake it. It is that one."),
        ("plain", PLAIN, HARD),
        ("person", "You hold your sieve.", "One holds the sieve."),
        ("directness", "Shake it.", "Great question! I'd be happy to help you with that today. Shake it."),
        ("formal", "Dear Sir, please find it enclosed. Kind regards", "Here it is."),
        ("casual", "Hey, yeah, that's gonna work!!", "It works."),
    ],
)
def test_each_axis_is_read(axis: str, more: str, less: str) -> None:
    """In both orders."""
    assert read(more)[axis] > read(less)[axis]
    place = AXES.index(axis)
    there, back = features([more, less])[:, place], features([less, more])[:, place]
    assert there[0] > 0 > there[1]
    assert there[0] == pytest.approx(-back[0])


def test_every_axis_has_a_case() -> None:
    """Reading an answer gives every axis, and nothing else."""
    assert {*read(PLAIN)} == {*TEXT}
    assert all(np.isfinite(list(read("").values())))


def test_what_all_candidates_share_is_no_feature() -> None:
    """A list in every answer says nothing; each column has the mean 0, and lies in [-1, 1]."""
    texts = [f"Do:\n- take it\n- shake it\n{PLAIN * times}" for times in (0, 1, 2, 40, 9, 3, 1, 8, 2)]
    phi = features(texts)
    assert phi.shape == (9, len(AXES))
    assert not phi[:, AXES.index("lists")].any()
    assert np.abs(phi).max() <= 1.0
    assert np.abs(features(texts[:4]).mean(axis=0)).max() < 1e-12


def test_nothing_to_compare_is_nothing() -> None:
    """One candidate, equal ones, and none."""
    assert not features([PLAIN]).any()
    assert not features([PLAIN, PLAIN]).any()
    assert features([]).shape == (0, len(AXES))


def test_a_hardly_visible_difference_stays_small() -> None:
    """Although two amounts always lie a deviation from their mean."""
    place = AXES.index("length")
    near, far = features([PLAIN, PLAIN + " Yes."])[1, place], features(["Yes.", PLAIN * 5])[1, place]
    assert 0 < near < 0.1 and far > 0.4


def test_the_reading_grade_of_a_few_words_counts_little() -> None:
    """Long texts show it fully."""
    place = AXES.index("plain")
    few, many = features([PLAIN, HARD])[0, place], features([PLAIN * 9, HARD * 9])[0, place]
    assert 0 < few < many / 2


def test_judged_axes_need_a_score_for_every_candidate() -> None:
    """One that lacks it gives no axis to anybody."""
    axes = ("length", "warmth", "humour")
    phi = features(["a", "b"], axes, [{"warmth": 1.0, "humour": 0.5}, {"warmth": -1.0}])
    assert phi[0, 1] > 0.4 and phi[1, 1] < -0.4
    assert not phi[:, 2].any() and not features(["a", "b"], axes).any()
    assert {"warmth", "humour"} <= {*JUDGED}


def test_unknown_axes_are_named() -> None:
    """With those that there are."""
    with pytest.raises(ValueError, match="unknown axes: colour; known: length"):
        features(["a"], ("length", "colour"))
