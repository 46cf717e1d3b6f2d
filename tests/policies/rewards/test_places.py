"""What serves at a place: what was learnt there, else what holds everywhere."""

from __future__ import annotations

from policies.rewards.places import behind, known, of_place, serving

EVERYWHERE = {"length": -1.0, "length~length": 0.5}
HELD = {**EVERYWHERE, "chosen/length": -0.5, "chosen/length~length": 0.6, "work/length": 2.0, "work/length~length": 0.4,
        "work/chosen/length": 1.5, "home/length": 3.0}  # fmt: skip


def test_a_place_has_its_own_or_everywheres() -> None:
    """Apart from each other; a mean without a variance is no taste."""
    assert dict(serving(HELD, "work")) == of_place(HELD, "work")
    assert of_place(HELD, "work") == {"length": 2.0, "length~length": 0.4, "chosen/length": 1.5}
    assert of_place(behind("home", EVERYWHERE) | EVERYWHERE, "home") == EVERYWHERE and of_place(HELD, "") is HELD
    assert serving(HELD, "") is HELD and serving(HELD, "home") is HELD


def test_what_is_known() -> None:
    """Variances of axes under their own names, and nothing else."""
    assert known(EVERYWHERE) and not known({}) and not known({"length": 1.0, "length~": 0.5, "length~lists": 0.1})
    assert not known({"work/length~length": 0.4})
