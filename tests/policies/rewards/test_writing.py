"""A bank that a model writes: asked for styles that differ, and checked."""

from __future__ import annotations

import asyncio
import json

import pytest

from adapters.ports import AdapterError, ConfigError
from policies.rewards import judge
from policies.rewards.axes import JUDGED
from policies.rewards.bank import parsed
from policies.rewards.writing import STYLES, apart, prompt, written

TEXTS = ["Yes, do.", "Here:\n- one thing\n- another thing\n- for example, a third thing",
         "# Plan\n" + "Consider it. " * 40, "Sure! 🙂 You can do it. Will you?"]  # fmt: skip


class Says:
    """A model that gives these answers in turn, the last one again and again."""

    def __init__(self, *said: str) -> None:
        self.said, self.asked = [*said], list[str]()

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        self.asked.append(prompt)
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]

    async def close(self) -> None:
        return None


def test_a_line_is_written() -> None:
    """With the styles' names; the question goes as JSON, so that it cannot end its quotation."""
    model = Says(json.dumps({"answers": TEXTS}))
    line = asyncio.run(written(model, "q001", 'Why "so"?'))
    (item,) = parsed([line])
    assert (item.id, item.prompt) == ("q001", 'Why "so"?')
    assert [answer.style for answer in item.answers] == list(STYLES) and apart(item)
    assert model.asked == [prompt('Why "so"?'), judge.prompt('Why "so"?', TEXTS)] and r"Why \"so\"?" in model.asked[0]
    assert not any(answer.scores for answer in item.answers)


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
    ("said", "fault"),
    [
        ("no", AdapterError),
        ("[]", ConfigError),
        (json.dumps({"answers": TEXTS[:3]}), ConfigError),
        (json.dumps({"answers": [*TEXTS[:3], " "]}), ConfigError),
        (json.dumps({"answers": [*TEXTS[:3], 3]}), ConfigError),
        (json.dumps({"answers": ["Yes, you can."] * 4}), ConfigError),
    ],
)
def test_what_makes_no_question_is_refused(said: str, fault: type[Exception]) -> None:
    """By the id of its prompt."""
    with pytest.raises(fault, match="q001"):
        asyncio.run(written(Says(said), "q001", "Why?"))
