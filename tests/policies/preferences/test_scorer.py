"""Scorers: the rules, and a judge that is asked in both orders and replaced where it fails."""

from __future__ import annotations

import asyncio
import re

import pytest

from adapters.ports import Claim, Unavailable
from policies.election import chance
from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.scorer import Contender, Judge, Rules

SHORT = "Use a sieve."
LONG = "Take the sieve that hangs beside the door and shake it gently until nothing more comes out."
CHOICE = Choice("c", SHORT, LONG, Pair.of(SHORT, LONG), 0.8)
BRIEF = Contender("Answers: short.", (Claim("a", "length", "short"),))
WORDY = Contender("Answers: detailed.", (Claim("b", "length", "detailed"),))
CONTENDERS = {"none": Contender("", ()), "incumbent": WORDY, "candidate": BRIEF, "before": WORDY}


class Reader:
    """A far end that picks the shorter or the longer answer by what it is told is known; counts how often."""

    def __init__(self, fault: Exception | None = None, says: str = "{letter}", late: float = 0.0) -> None:
        self.asked, self.fault, self.says, self.late = 0, fault, says, late

    async def ask(self, prompt: str, max_tokens: int) -> str:
        self.asked += 1
        await asyncio.sleep(self.late)
        if self.fault:
            raise self.fault
        first, second = re.findall(r'<answer name=".">\n(.*?)\n</answer>', prompt, re.DOTALL)
        wanted = min if "short" in prompt.split("</known>")[0] else max
        return self.says.format(letter="A" if wanted(first, second, key=len) == first else "B")

    async def close(self) -> None:
        """Nothing to let go of."""


def test_rules_read_the_claims() -> None:
    """For what fits, against what does not, a coin where nothing is known."""
    found = asyncio.run(Rules().chances(CONTENDERS, CHOICE))
    assert found == {"none": 0.5, "incumbent": chance(-1.0), "candidate": chance(1.0), "before": chance(-1.0)}


def test_a_judge_is_asked_in_both_orders() -> None:
    """Once per summary, however many contenders share it, and never about no summary."""
    reader = Reader()
    found = asyncio.run(Judge(reader).chances(CONTENDERS, CHOICE))
    assert found == {"none": 0.5, "incumbent": 0.25, "candidate": 0.75, "before": 0.25}
    assert reader.asked == 4


def test_a_judge_that_likes_a_place_says_nothing() -> None:
    """Always the first: the two orders cancel out."""
    found = asyncio.run(Judge(Reader(says="The answer is A.")).chances(CONTENDERS, CHOICE))
    assert set(found.values()) == {0.5}


@pytest.mark.parametrize("reader", [Reader(Unavailable("away")), Reader(says="Neither of them."), Reader(late=1.0)])
def test_a_judge_that_fails_is_replaced(reader: Reader) -> None:
    """By the rules, for all contenders of that choice alike."""
    assert Judge(reader).cost(CONTENDERS) == 4
    judge = Judge(reader, patience=0.2)
    assert asyncio.run(judge.chances(CONTENDERS, CHOICE)) == asyncio.run(Rules().chances(CONTENDERS, CHOICE))
