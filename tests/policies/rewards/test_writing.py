"""A bank that a model writes: asked for styles that differ, and checked."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from adapters.ports import AdapterError, ConfigError, Unavailable
from policies.rewards import judge
from policies.rewards.axes import JUDGED
from policies.rewards.bank import parsed
from policies.rewards.writing import STYLES, apart, bank_of, prompt, written

TEXTS = ["Yes, do.", "Here:\n- one thing\n- another thing\n- for example, a third thing",
         "# Plan\n" + "Consider it. " * 40, "Sure! 🙂 You can do it. Will you?"]  # fmt: skip


class Says:
    """A model that gives these answers in turn, the last one again and again; of a fault it fails."""

    def __init__(self, *said: str | AdapterError) -> None:
        self.said, self.asked = [*said], list[str]()

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        self.asked.append(prompt)
        said = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        if isinstance(said, AdapterError):
            raise said
        return said

    async def close(self) -> None:
        return None


def test_a_line_is_written() -> None:
    """With the styles' names; the question goes as JSON, so that it cannot end its quotation."""
    model = Says(json.dumps({"answers": TEXTS}))
    line = asyncio.run(written(model, "q001", 'Why "so"?'))
    (item,) = parsed([line])
    assert item.prompt == 'Why "so"?' and re.fullmatch("q001-[0-9a-f]{8}", item.id)
    assert [answer.style for answer in item.answers] == list(STYLES) and apart(item)
    assert model.asked == [prompt('Why "so"?'), judge.prompt('Why "so"?', TEXTS)] and r"Why \"so\"?" in model.asked[0]
    assert not any(answer.scores for answer in item.answers)


def test_what_was_paid_for_is_kept() -> None:
    """What makes no question, and what is refused, is told beside the lines; a model that fails is asked no more."""
    texts = json.dumps({"answers": TEXTS})
    model = Says(texts, "{}", "no", AdapterError("refused"), texts, "{}", Unavailable("away"), texts)
    lines, faults = asyncio.run(bank_of(model, [f"Why {at}?" for at in range(6)]))
    assert [item.id.partition("-")[0] for item in parsed(lines)] == ["q001", "q004"]
    assert [fault.partition(":")[0] for fault in faults] == ["q002", "q003", "q005"]
    assert "no JSON" in faults[0] and "refused" in faults[1] and "away" in faults[2] and model.said == [texts]


def test_questions_of_two_banks_are_told_apart() -> None:
    """Who answered the first question of one was not asked that of another, be it about the same prompt."""
    def ids(*texts: str) -> set[str]:
        model = Says(json.dumps({"answers": texts}))
        return {item.id for question in ("Why?", "How?")
                for item in parsed([asyncio.run(written(model, "q001", question))])}  # fmt: skip

    assert len(ids(*TEXTS) | ids(*TEXTS[:3], TEXTS[3] + "!")) == 4 and ids(*TEXTS) == ids(*TEXTS)


def test_a_line_is_scored() -> None:
    """By the same model, afterwards; where it scores one text and not another, none."""
    scores = [dict.fromkeys(JUDGED, at / 4) for at in range(4)]
    texts, told = json.dumps({"answers": TEXTS}), json.dumps({"answers": scores})
    (item,) = parsed([asyncio.run(written(Says(texts, told), "q001", "Why?"))])
    assert [answer.scores for answer in item.answers] == scores
    told = json.dumps({"answers": [*scores[:3], {}]})
    (item,) = parsed([asyncio.run(written(Says(texts, told), "q001", "Why?"))])
    assert not any(answer.scores for answer in item.answers)


@pytest.mark.parametrize(
    "said",
    [
        "no",
        "[]",
        json.dumps({"answers": TEXTS[:3]}),
        json.dumps({"answers": [*TEXTS[:3], " "]}),
        json.dumps({"answers": [*TEXTS[:3], 3]}),
        json.dumps({"answers": ["Yes, you can."] * 4}),
    ],
)
def test_what_makes_no_question_is_refused(said: str) -> None:
    """By the id of its prompt."""
    with pytest.raises(ConfigError, match="q001"):
        asyncio.run(written(Says(said), "q001", "Why?"))
