"""Ratings of cuisines: the product's inference over a made-up set of the same form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bench.cuisines import FILE, LOOKS, Grid, Model, figures, looked

ITEMS = [f"land{place:02}" for place in range(20)]


def rows(number: int, fold: str) -> list[dict[str, object]]:
    """People of two camps: one likes the even lands, the other the odd ones."""
    rng, found = np.random.default_rng(len(fold)), []
    for person in range(number):
        side = 1 if person % 2 else -1
        stars = {name: int(np.clip(round(3 + side * (1.5 if place % 2 else -1.5) + rng.normal(0, 0.5)), 1, 5))
                 for place, name in enumerate(ITEMS)}  # fmt: skip
        found.append({"user": f"{fold}{person}", "fold": fold, "ratings": stars, "eval_items": ITEMS[:6]})
    return found


def test_answers_tell_of_what_was_not_asked() -> None:
    """A model of rank 1 learnt from others puts lands in order that somebody did not tell about."""
    model = Model.fit(rows(30, "fit"), ITEMS, 0.2, 10.0).of_rank(1)
    found = np.nanmean([looked(model, row, ITEMS[:6], None) for row in rows(10, "test")], axis=0)
    assert len(found) == len(LOOKS)
    assert found[1] > found[0] + 0.15 and found[1] > 0.8
    assert looked(model, rows(1, "test")[0], ITEMS[:6], np.random.default_rng(0))[3] > 0.75


def test_figures(tmp_path: Path) -> None:
    """Both ways and their difference; none without the set."""
    assert figures(tmp_path) == {}
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text("\n".join(map(json.dumps, [*rows(20, "fit"), *rows(6, "test")])))
    found = figures(tmp_path, (0,), Grid((1, 20), (0.2,), (10.0,)))
    assert found["cuisine_ratings/pair_acc@3"] > found["cuisine_ratings/pair_acc@0"] + 0.1
    assert found["cuisine_ratings/rank"] in (1, 20)
    name = "cuisine_ratings/gain@3"
    assert found[f"{name}_low"] <= found[name] <= found[f"{name}_high"]
