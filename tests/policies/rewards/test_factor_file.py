"""The file of learnt axes."""

from __future__ import annotations

import json

import pytest

from adapters.ports import ConfigError
from policies.rewards.factor_file import MOST, Learnt, fits, read, written

GOOD = Learnt(("a", "b"), "e", 1, ((0.5, -1.0, 2.0), (0.0, 0.0, 1.0)))


def changed(**more: object) -> str:
    return json.dumps(json.loads(written(GOOD)) | more)


def test_what_is_written_is_read() -> None:
    """The same, with a mark of its own."""
    assert read(written(GOOD), "x") == GOOD and GOOD.mark == read(written(GOOD), "x").mark > 0
    assert GOOD.mark == int(GOOD.mark) < 2**53
    assert GOOD.mark != GOOD._replace(directions=GOOD.directions[:1]).mark


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no file"), ("[]", "is no file"), ("[" * 100_000, "is no file"), (changed(object="bank"), "is no file"),
        (changed(axes=None), "must have axes"), (changed(directions={}), "must have axes"),
        (changed(dimensions=-1), "must have axes"), (changed(dimensions=True), "must have axes"),
        (changed(embedder=3), "must have axes"), (changed(directions=[]), f"1 to {MOST}"),
        (changed(directions=[[0, 0, 0]] * (MOST + 1)), f"holds {MOST + 1} directions"),
        (changed(directions=[[0, 0]]), r"2 \+ 1 finite"), (changed(directions=[3]), r"2 \+ 1 finite"),
        (changed(directions=[[0, 0, "1"]]), "finite"), (changed(directions=[[0, 0, True]]), "finite"),
        (changed(directions=[[0, 0, float("nan")]]), "finite"),
        (changed(directions=[[0, 0, 10**400]]), "beyond 1e\\+09"),
        (changed(directions=[[0, 0, -1e10]]), "beyond"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(text: str, says: str) -> None:
    """With the place and what would be right."""
    with pytest.raises(ConfigError, match=says) as caught:
        read(text, "taste.factors")
    assert caught.value.place == "taste.factors"


def test_it_must_fit_the_deployment() -> None:
    """Its axes, and its embedder by name and dimensions; one without vectors fits any embedder."""
    assert fits(GOOD, ("a", "b"), ("e", 1), "x") is GOOD
    bare = GOOD._replace(embedder=None, dimensions=0, directions=((1.0, 1.0),))
    assert fits(bare, ("a", "b"), ("e", 1), "x") is fits(bare, ("a", "b"), None, "x") is bare
    for axes, embedder, says in ((("b", "a"), ("e", 1), "these: b, a"), (("a", "b"), ("f", 1), "has f with 1"),
                                 (("a", "b"), ("e", 2), "needs embedder e with 1"), (("a", "b"), None, "none")):
        with pytest.raises(ConfigError, match=says):
            fits(GOOD, axes, embedder, "x")
