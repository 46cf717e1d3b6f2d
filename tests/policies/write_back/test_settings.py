"""Strictness that makes no sense is refused when it is set."""

from typing import Any

import pytest

from adapters.ports import ConfigError
from policies.write_back.settings import LONGEST_ANSWER, LONGEST_QUESTION, NEEDED, Strictness

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"checks": NEEDED[:-1]}, "checks: lacks novelty"), ({"checks": (*NEEDED, "luck")}, "of: eligible"),
    ({"checks": (*NEEDED, "judge", "judge")}, "at most once"), ({"min_support": 1.1}, "min_support"),
    ({"min_recall": float("nan")}, "min_recall"), ({"timeout": 0}, "verify_timeout"),
    ({"timeout": float("inf")}, "verify_timeout"), ({"shortest": 10, "longest": 9}, "shortest"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_wrong(given: dict[str, Any], message: str) -> None:
    """With the place and what would be right."""
    with pytest.raises(ConfigError, match=message):
        Strictness(**given)


def test_the_order_is_free() -> None:
    """And models may be asked at any place of it."""
    assert Strictness(("judge", *reversed(NEEDED), "entailment")).checks[0] == "judge"


def test_bounds() -> None:
    """What is longer than the longest answer is turned away, so these are the defaults."""
    assert Strictness().longest == LONGEST_ANSWER > LONGEST_QUESTION > 0
