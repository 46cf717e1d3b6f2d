"""A bank of questions."""

from __future__ import annotations

import json

import numpy as np
import pytest

from adapters.ports import ConfigError
from policies.rewards.axes import AXES
from policies.rewards.bank import opened, parsed, scores_of


def line(id: str = "q1", **other: object) -> str:
    answers = [{"style": "brief", "text": "Yes."}, {"style": "list", "text": "Yes:\n- a\n- b"},
               {"style": "long", "text": "Yes, and that for a number of reasons that take long to tell."}]  # fmt: skip
    return json.dumps({"id": id, "prompt": f"{id}?", "answers": answers, **other})


def test_every_two_answers_are_a_pair() -> None:
    """Of one prompt, never of two; differences go from the second text to the first."""
    bank = opened(parsed([line(), "", line("q2")]))
    assert len(bank.pairs) == 6 and bank.pool.v.shape == (6, len(AXES))
    assert list(bank.pool.prompts) == ["q1"] * 3 + ["q2"] * 3
    assert bank.texts(3) == ("q2?", "Yes.", "Yes:\n- a\n- b")
    assert bank.pool.v[0, AXES.index("lists")] < 0
    assert np.allclose(bank.pool.v[0] + bank.pool.v[2], bank.pool.v[1])
    assert bank.items[0].answers[1].style == "list"


def test_an_empty_bank_has_no_pairs() -> None:
    """But the right shape."""
    assert opened(()).pool.v.shape == (0, len(AXES))


def scored(*scores: object) -> str:
    answers = [{"style": "a", "text": f"Answer {at}.", "scores": each} for at, each in enumerate(scores)]
    return line(answers=answers)


def test_scores_are_seen() -> None:
    """On judged axes, where all answers of a prompt have them; those that have none are as before."""
    items = parsed([scored({"warmth": 1, "depth": 0.5}, {"warmth": -0.5}), line("q2")])
    bank = opened(items)
    warmth, depth = AXES.index("warmth"), AXES.index("depth")
    assert bank.pool.v[0, warmth] > 0.5 and not bank.pool.v[:, depth].any() and not bank.pool.v[1:, warmth].any()
    assert scores_of(items) == {"Answer 0.": {"warmth": 1.0, "depth": 0.5}, "Answer 1.": {"warmth": -0.5}}


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["{"], "bank.1"),
        (["[]"], "bank.1"),
        ([line(answers=[])], "bank.1.answers"),
        ([line(answers=[{"style": "a", "text": "b"}])], "bank.1.answers"),
        ([line(answers=[{"style": "a", "text": "b"}, {"style": "a", "text": " "}])], "bank.1.answers.1.text"),
        ([line(answers=[{"style": "a", "text": "b"}, "c"])], "bank.1.answers.1.style"),
        ([line(prompt=3)], "bank.1.prompt"),
        ([line(), line()], "bank.2.id"),
        ([scored({}, [])], "bank.1.answers.1.scores"),
        ([scored({}, None)], "bank.1.answers.1.scores"),
        ([scored({"wit": 1}, {})], "bank.1.answers.0.scores.wit"),
        ([scored({"length": 1}, {})], "bank.1.answers.0.scores.length"),
        ([scored({}, {"warmth": 1.5})], "bank.1.answers.1.scores.warmth"),
        ([scored({}, {"warmth": 10**400})], "bank.1.answers.1.scores.warmth"),
        (["[" * 100_000], "bank.1"),
        ([scored({}, {"warmth": "1"})], "bank.1.answers.1.scores.warmth"),
        ([scored({}, {"warmth": True})], "bank.1.answers.1.scores.warmth"),
        ([scored({}, {"warmth": float("nan")})], "bank.1.answers.1.scores.warmth"),
    ],
)
def test_bad_lines_are_named(lines: list[str], place: str) -> None:
    """With what is wrong of them."""
    with pytest.raises(ConfigError) as caught:
        parsed(lines)
    assert caught.value.place == place and caught.value.message
