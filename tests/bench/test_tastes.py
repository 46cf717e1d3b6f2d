"""Made-up people with tastes: asking them finds out, and better ways find out more."""

from __future__ import annotations

import numpy as np

from bench.tastes import AXES, KINDS, LOOKS, Pairs, Seen, World, survey

WORLDS = [World.drawn(1)]


def agreement(seen: list[list[Seen]]) -> list[float]:
    return [float(np.mean([each.agreement[place] for world in seen for each in world])) for place in range(len(LOOKS))]


def test_questions_find_out() -> None:
    """More with each, most of all with a prior and the pairs that tell most; without a prior it begins with a coin."""
    gain, pref = (agreement(survey(WORLDS, way, 40)) for way in ("gain", "pref"))
    assert gain == sorted(gain) and gain[1] > pref[1] + 0.08 and gain[3] > pref[3] + 0.04
    assert 0.4 < pref[0] < 0.6 < gain[0]
    assert gain == agreement(survey(WORLDS, "gain", 40))
    random, bare = (agreement(survey(WORLDS, way, 40)) for way in ("random", "bare"))
    assert random[1] < gain[1] and bare[1] < random[1]


def test_odd_people_are_harder() -> None:
    """Those whose answers are random in part, wander, or have tastes in products of axes."""
    usual = agreement(survey(WORLDS, "gain", 40))
    for name, kind in KINDS.items():
        assert name == "true" or agreement(survey(WORLDS, "gain", 40, kind))[3] < usual[3]


def test_pairs_are_of_answers_in_bounds() -> None:
    """So many, and a taste in products looks at the answers, not only at their difference."""
    rng = np.random.default_rng(0)
    pairs = Pairs.drawn(rng, 30)
    assert pairs.v.shape == (30, len(AXES)) and np.abs(pairs.first).max() <= 1
    person = WORLDS[0].somebody(rng, KINDS["interactions"])
    assert not np.allclose(person.scores(pairs), pairs.v @ person.taste)
    assert np.allclose(WORLDS[0].somebody(rng).products, 0)
